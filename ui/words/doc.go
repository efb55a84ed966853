// Package words holds every sentence that a person reads or hears, in each language of the
// office, and nothing else does: a translator needs this folder and no other.
//
// [For] gives the [Words] of one language. What is fixed is a string, what depends on a number
// or a time is a function, so that each language keeps its own order of words, its own plural
// and its own way to write a date. [Slip] composes the paper of a ticket.
//
// # Voice
//
// Vietnamese comes first and is the language in which a sentence is thought out. It speaks as a
// public office speaks to a person at its door: "ông/bà" where a pronoun is needed and none
// where it is not, "xin" and "mời" rather than commands, the machine never to blame the reader.
// A sentence says what to do next; it names no device part, protocol or error code.
//
// # Letters
//
// All text is NFC. The screen's type has the 134 accented Vietnamese letters, ASCII and the few
// marks “ ” – … ·; a slip takes ASCII marks only, because a printer's own Vietnamese pages have
// no others and one dash would turn a line of letters into a picture. Chinese is simplified.
package words
