// Package uplink is the gateway's side of the line: it brings facts and pages to the hub and what
// the hub has for the box back down, over any link that carries a byte now and then.
//
// # One connection
//
// Everything goes over one HTTP/2 connection, which [Uplink.Run] makes, uses until it breaks, and
// makes again with growing, jittered pauses. Nothing but the hub's word counts as sent: where the
// line was cut, the next connection asks for the marks and goes on behind them.
//
// # A fact never waits for a scan
//
// Pages go in pieces, each a request of its own that the hub answers once the piece is durable, and
// a piece is given to the connection in chunks, as the line takes them: what waits, waits in this
// process. The answers tell how much the line carries and whether anything has come to wait in
// front of it; whatever buffers lie between here and there, they stay all but empty. So a fact
// that happens now finds one chunk before it and what is on the line, and a cut takes away as
// much: where the line carries 8 kB a second, some 3 kB. While a fact is on its way into the
// connection, no page's bytes are given to it.
//
// # A hub that lies
//
// The hub is believed only what can be true: an acknowledgement of facts that were never sent, an
// offset beyond the bytes that exist, a feed that runs backwards, a statement or a pack with a bad
// signature changes nothing and raises the fault hub-distrusted.
//
// # What is refused for good
//
// A page that the hub will never take is parked with the hub's reason, under a fault, and the
// next one goes on. Facts are never skipped: one that cannot be encoded goes as an event that
// says so, in its place.
package uplink
