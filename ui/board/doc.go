// Package board is the television in the hall: the number just called with its counter, what
// each counter does, the last calls, and what there is to know of the hours. It shows no
// personal data and takes no input; a browser joins by pairing, [lan.Pairing].
//
// A board that the office has chosen for it says the numbers as well, one after the other; a
// browser that wants a key pressed first asks for OK. Without pairing, in a demonstration on the
// machine itself, /board?sound=1 does the same.
//
// The page never shows a number that may be old: without a stream it blanks and asks people
// to listen. Televisions have old browsers and run for months, so that the script is plain
// ES5 and the page of a fixed size.
package board
