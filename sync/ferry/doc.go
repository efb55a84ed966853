// Package ferry carries facts and pages to the hub on a stick, where a storm has cut the line for
// days and somebody takes the boat.
//
// # What lies on the stick
//
// A trip is one or more files, each whole in itself and at most [PartBytes] large, because the
// file systems of sticks end at 4 GiB and a damaged file should cost little:
//
//	motcua-GATEWAY-20261126T093000-01.ferry
//
// Each is a tar archive, sealed for the hub by age (X25519) so that who finds the stick reads
// nothing. Its entries are batches of events as they would go over the line, pages, and last a
// manifest with the SHA-256 of every entry, signed with the key of the box's certificate. The hub
// reads a file twice: once to check all of it, and only then to take it over, through the same
// door that the line uses. So whatever comes by line, by stick, or twice, arrives once.
//
// On the way back the hub's word lies beside them, signed:
//
//	motcua-GATEWAY.ack
//
// It counts as far as it is seen to be of this box and not of another life of it: where the box is
// an older copy, its line sorts that out. A fact whose applicant the box cannot open just now stays
// behind with all that came after it; what came before, and the pages of that, go.
//
// # Bounds
//
// A file holds at most [maxEntries] entries; an entry is at most a page. What is larger, cut off,
// changed, sealed for somebody else or signed by somebody else is refused with a word that says
// which, and nothing of that file is taken.
package ferry
