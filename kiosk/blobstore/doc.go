// Package blobstore keeps the scanned pages of dossiers as encrypted files, so that they can be
// read for as long as they are needed and by nobody afterwards.
//
//	DIR/blobs/<DossierID>/key                    the dossier's key, wrapped by one of the ring
//	DIR/blobs/<DossierID>/<sha256 of the page>   a page
//	DIR/blobs/<DossierID>.forgotten/             what a forgetting that was cut off still has to remove
//	DIR/blobs/.new/                              files in the making, worth nothing after a power cut
//	DIR/keys/2026-11-7.key                       the wrapping keys: secret.Ring
//
// A page is durable when Put returns: temporary file, fsync, name, fsync of the folder. All of the
// names may be seen; that a dossier has eleven pages, how long they are and what their hashes are
// is no secret before somebody who holds the disk.
//
// # Keys
//
// Each dossier has a random key of 32 bytes. Each file has its own, derived (HKDF) from that one
// and a random salt of 32 bytes in the file's head, so that the nonces within a file may simply
// count: no two files share a key, and within one no number comes twice. The person's data of the
// header are sealed by a third key, of another purpose: [Store.SealSubject].
//
// The wrapped keys lie beside the pages and not in the database. A database that is damaged and set
// aside, or put back from yesterday's backup, would otherwise take the pages along that the
// province does not have yet: every forgetting makes the wrapped keys of the day before worthless.
// As it is, no backup holds any.
//
// # Forgetting
//
// Forget takes a dossier away from here: its folder gets another name, which is the moment of
// forgetting; its pages and its key go, and a power cut in between is finished by the next Open.
// What is left are copies: cells of the flash, a disk image of last week. Their wrapped key opens
// as long as the ring's key does that wrapped it. [Store.Rewrap] wraps the keys of the living
// dossiers by the ring's present key and destroys the older ones. Only then is a forgotten dossier
// forgotten for good. [Store.NeedsRewrap] says that there is something to do; each night is a good
// time, it costs two fsyncs a dossier.
//
// Nothing is ever removed because it looks useless. A folder without a key is damage that
// somebody may be able to repair. What is removed was renamed by Forget, or was named by nobody for
// long: [Store.Sweep] asks whoever knows the dossiers, and for no dossier that is older than that
// knowledge.
//
// # When things fail
//
// What a technician can put right is a [Trouble]. Put leaves a reserve of the disk free, because
// numbers come before scans. A page that rotted is ErrDamaged for its own reader; it is never
// served, in no part, and the rest of its dossier is as good as before.
//
// One process at a time: the state folder is locked by boltstore, which opens first.
package blobstore
