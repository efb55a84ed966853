// Package secret keeps what the office must not show: the box's own key, what is sealed with it,
// officers' PINs and passphrases, and the one-use codes on slips.
//
// Everything hangs on one [Key], 32 random bytes in a file beside the database and never in it:
// who carries the database away alone has names that cannot be read and PINs that cannot be
// tried. Each use derives a key of its own by a purpose, so that no two uses can be played
// against each other.
package secret
