// Package wire is what a gateway and its hub say to each other: the only place that knows the
// names on the wire. Everything on it is an open standard, so that a province can put a receiver
// of its own there: facts and feed are CloudEvents 1.0 in JSON batches, pages are tus 1.0
// uploads, identity is EST and mutual TLS, statements and packs are signed as JWS.
//
// # Requests of a gateway
//
//	POST /v1/events                  batch of [Event] → [Ack]; zstd allowed
//	GET  /v1/marks                   → [Marks]: how far each epoch is durable here
//	GET  /v1/numbers?day=DAY         → [Numbers]: the highest numbers given on a day
//	POST /v1/blobs                   tus creation with [BlobMeta] → Location, Upload-Offset
//	HEAD, PATCH /v1/blobs/ID         tus; DELETE forgets what is not whole
//	GET  /v1/feed?after=N&item=NAME  → [FeedBatch], waits up to [FeedWait] for something new
//	PUT  /v1/health                  [Health]
//	GET  /v1/keys                    → [Keys]: by which statements and packs are checked
//
// Every refusal is a [Problem] with a stable code. What the two ends promise each other:
//
//   - The hub acknowledges only what it has made durable, and a gateway forgets only what was
//     acknowledged.
//   - One mark for each gateway and epoch: a fact at or below it is a replay and changes nothing,
//     a fact beyond the next place is a gap and is refused with the place expected.
//   - A fact that the hub cannot interpret is kept as it came and acknowledged. A fact that the
//     gateway cannot encode goes as [TypeUnsendable] with its place.
//   - Unknown attributes and fields are kept by the hub and ignored by the gateway.
//
// # Facts
//
// [Encode] writes every fact of package kiosk, [Decode] reads it back. Each type has a name with a
// version, a struct of its own and a golden file; what a version has written is read for ever. What
// a reader does not know it keeps or ignores: attributes, fields, values of lists. What it knows has
// to be right. An attribute or a field that stands there twice is refused, because two readers could
// take different ones.
//
// Personal data is in one place, the field "subject" of a dossier's header, as a [Subject]: its
// sealed form never leaves the box, [SplitSubject] takes it out at the hub before anything is kept.
// Everything else names officers by code and citizens by ticket.
//
// # Signed words
//
// A [Signer] signs statements and packs, [Keys] check them. Each signature says in its header what
// it is for, so that none can be shown for another thing.
//
// # Bounds
//
// Every message has a largest size, below; what is larger is refused before it is read whole.
//
// Package openapi describes all this for others, as the hub's /openapi.json.
package wire
