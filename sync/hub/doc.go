// Package hub is the province's receiving end: it takes facts, pages and health from gateways
// and makes them durable before it says so.
//
// [Hub] is an http.Handler over two stores: a [Store] for everything with a key (marks, events,
// dossiers, the feed), and [Pages] for the bytes of scans. Both have two implementations behind
// one suite each: SQLite and files in one process for a province that begins, PostgreSQL and S3
// for several processes side by side, of which any may be killed at any moment. A Hub holds no
// state of its own that a killed one would be missed for.
//
// # Exactly once
//
// A gateway's facts are numbered without a gap within an epoch. The mark of (gateway, epoch) is
// moved by compare-and-set in the transaction that inserts the facts, so that a replay changes
// nothing, wherever it comes from: the line, another hub process, a stick.
//
// # Everybody at once
//
// A Hub lets in what it has room for: so many bytes of bodies, so many batches and pages. Who finds
// no room waits a moment at the door, and is then told in Retry-After when it will be their turn, by
// how many get in; the later ones of a crowd are not asked to try again every few seconds.
//
// # Personal data
//
// Who applies is taken out of a dossier's header before the fact is kept: [Store.Append] seals it
// with a key of that dossier, as the pages are. Erasing somebody destroys the keys. A fact that is
// not understood may name anybody, and is sealed as a whole.
package hub
