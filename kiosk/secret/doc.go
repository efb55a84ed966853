// Package secret keeps what the office must not show: the box's own key, what is sealed with it,
// officers' PINs and passphrases, and the one-use codes on slips.
//
// Everything hangs on one [Key], 32 random bytes beside the database and never in it: who carries
// the database away alone has names that cannot be read and PINs that cannot be tried. Each use
// derives a key of its own by a purpose, so that no two uses can be played against each other.
//
// # Where the key comes from
//
// Best first: a [Chip] gives it to this board alone; a lead's passphrase opens box.key.sealed
// after every start; or it lies in box.key, and whoever carries the box away has it. A [Lock]
// takes what is there and tells by [Lock.Source] what it was. [OpenKey] is the way of programs that
// know the file alone.
//
// # Forgetting
//
// Dossiers are encrypted with keys of their own, and a [Ring] wraps those. Deleting a file proves
// nothing on flash or in a backup; destroying the one key that wrapped it does, as far as the
// ring's own small files can be destroyed.
package secret
