// Package staff knows the office's officers: who they are, what proves it, who sits where, and
// what happens when somebody guesses.
//
// A [Book] keeps accounts, sessions and rows of wrong guesses on a shelf. Whatever it does is a
// fact first and lies on the shelf second: a power cut between the two leaves a fact too many in
// the audit log, never a deed that the log does not know. PINs, passphrases and tokens are never
// kept as they are and never logged; names are sealed.
//
// A [Turnstile] counts wrong guesses at the box's own passphrase, on which all of that hangs.
//
// Refusals are *kiosk.Refusal. Other errors are the context's.
package staff
