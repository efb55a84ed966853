// Package lan is the box on the office's network: what the officers' page, the lead's page, the
// board, the rating and /screen share so that none of them has to think of it alone.
//
// [Server] runs a listener within bounds, [Certificate] gives it the box's own certificate or
// the province's, [Shield] sets the headers and refuses other hosts and other sites' pages,
// [Gate] lets officers in and holds forms to their session, [Forms] holds the one form that comes
// before any session to its browser, [Stream] sends server-sent events,
// [Assets] serves what is built in, and [Plain] says what may go without TLS.
//
// # What is trusted
//
// Nothing from the wire. An address is the connection's own and never a header's. A limit is
// there for every table: ten thousand connections from one machine cost that machine its pages
// and nobody else theirs. One machine that has very many IPv6 addresses of its own can still
// take all places; the office's network is no internet, and the total stays bounded.
//
// # A wiring
//
//	shield := lan.Shield{Hosts: lan.NewHosts(names...), Words: words, Log: log}
//	server := lan.Server{Handler: shield.Secured(mux), Certificate: cert, Words: words, Log: log}
//	server.Run(ctx, listener)
package lan
