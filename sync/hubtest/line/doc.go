// Package line is a bad line between a gateway and its hub: a TCP proxy in user space that is
// slow, late, cut, silent or meddling on demand. Tests, the soak and the benchmarks put it where
// a commune's 4G modem would stand. It shares no code with what it tests.
//
//	l, err := line.New(hub.Listener.Addr().String(), line.Mountain())
//	if err != nil {
//		t.Fatal(err)
//	}
//	t.Cleanup(l.Close)
//	// the gateway dials l.Addr() in the hub's stead
//	l.Cut()
//	…
//	err = l.Mend()
//
// # What is modelled
//
// All connections share one line, as they share one modem. Each direction has a queue in front
// of the wire, the wire's rate, and the way's delay:
//
//	sender ─▶ small socket buffer ─▶ queue ─▶ rate ─▶ delay + jitter ─▶ receiver
//
// The queue is the modem's buffer and is the only place where bytes wait unseen: the sockets'
// own buffers are made small (they would hide megabytes from the sender), and nothing is read
// ahead of the queue. So a sender feels the line, and what it wrote last reaches the wire within
// Queue/Rate and a little.
//
// Rates count TCP payload: a real line of the same gross rate carries some 3 to 5 % less. The
// kernel answers a SYN at once, so the round trip of the handshake is charged to the first bytes.
//
// Real time only: sockets do not run in synctest's bubbles. Package netns, below, makes a pair
// of network namespaces for what a proxy cannot show: TCP's own behaviour on a line that loses.
package line
