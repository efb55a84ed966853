// Package sealed keeps pages as named objects: one implementation of [hub.Pages] over a small
// [Objects], of which there is one in a folder and one in an S3 store.
//
//	pages/SS/DOSSIER/HASH.age                  a whole page; SS are the last two letters of DOSSIER
//	uploads/DOSSIER/HASH/OFFSET-LENGTH.age     a piece of one that is still coming
//
// # No locks
//
// An object is there whole or not at all, and its name says what is in it: two processes that
// write the same name write the same bytes. So nobody has to lock anything, nobody can be left
// holding a lock, and a request that hangs on a dead connection is in nobody's way. Two requests
// for one page at the same time may leave pieces that overlap; a page is read from its beginning
// along the pieces that reach on, and what overlaps is skipped.
//
// Whether the pieces are the page is not a question of who wrote them: a page becomes one only
// when its bytes have the hash that the dossier's header names, and it is checked against that
// hash again each time it is read.
//
// # Sealed from the first byte
//
// Pieces and pages are age files for the dossier's own key. Destroying that key forgets them all,
// wherever a copy may lie. age authenticates what it opens: bytes that have changed on the disk
// are noticed, not shown.
package sealed
