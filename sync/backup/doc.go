// Package backup makes copies of a box that only the province can open, and puts one back onto
// the same box or a spare one.
//
// # Three hands
//
// The box writes a copy while it runs, signed with the key of its certificate and sealed for the hub
// by age: whoever finds the file reads nothing, and the box itself cannot open it either. The
// province checks whose it is and seals it again with a passphrase that it tells a technician
// ([Reseal]): else anybody who knows the hub's public key could have his own database put onto a box. The technician's tool puts it into the state
// folder of a box that is switched off ([Restore]). A folder with another key is asked about ([Onto]):
// nobody shall lose a box that serves another hall to a slip of the hand.
//
// # What is in it, and what is not
//
// The database, and the box's key as it lies on its disk: without it no officer could sign in
// after a restore. Not in it are the keys that wrap those of dossiers, so that no backup brings
// back what was forgotten; pages, which are the province's or still wait on the old box; the file
// of last numbers, which must never be older than the hall; and the key of the box's certificate:
// a spare box is enrolled by a code of its own.
//
// # Numbers
//
// A restored database begins an epoch of its own, so that no place in the log is used twice. How
// far numbers had come is known from the second file where it is still there and this box's own,
// else from paper: the hub knows only what had reached it, which is everything while the hall has
// yet to open.
package backup
