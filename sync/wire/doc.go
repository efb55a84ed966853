// Package wire is what a gateway and its hub say to each other: the only place that knows the
// names on the wire. Everything on it is an open standard, so that a province can put a receiver
// of its own there: facts and feed are CloudEvents 1.0 in JSON batches, pages are tus 1.0
// uploads, identity is EST and mutual TLS, statements and packs are signed as JWS.
//
// # Requests of a gateway
//
//	POST /v1/events            batch of [Event] → [Ack]; zstd allowed
//	GET  /v1/marks             → [Marks]: how far each epoch is durable here
//	GET  /v1/numbers?day=DAY   → [Numbers]: the highest numbers given on a day
//	POST /v1/blobs             tus creation with [BlobMeta] → Location, Upload-Offset
//	HEAD, PATCH /v1/blobs/ID   tus
//	GET  /v1/feed?after=N      → [FeedBatch], waits up to [FeedWait] for something new
//	PUT  /v1/health            [Health]
//	GET  /v1/keys              → [Keys]: by which statements and packs are checked
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
// # Bounds
//
// Every message has a largest size, below; what is larger is refused before it is read whole.
package wire
