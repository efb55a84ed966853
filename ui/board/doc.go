// Package board is the television in the hall: the number just called with its counter, what
// each counter does, the last calls, and what there is to know of the hours. It shows no
// personal data and takes no input; a browser joins by pairing, [lan.Pairing].
//
// The page never shows a number that may be old: without a stream it blanks and asks people
// to listen. Televisions have old browsers and run for months, so that the script is plain
// ES5 and the page of a fixed size.
package board
