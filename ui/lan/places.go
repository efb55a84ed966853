package lan

import (
	"net"
	"net/netip"
	"sync"
)

// places is a listener with a bounded number of places. A connection beyond those of its address
// is closed at once. When all are taken, the address that holds the most gives one up, as long
// as it holds at least two more than the newcomer: nobody is locked out by a crowd of few.
type places struct {
	net.Listener
	all, each int

	mu    sync.Mutex
	taken int
	open  map[netip.Addr]map[*place]struct{}
}

func newPlaces(l net.Listener, all, each int) *places {
	return &places{Listener: l, all: all, each: each, open: map[netip.Addr]map[*place]struct{}{}}
}

// Accept returns the next connection that has a place.
func (p *places) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := p.seat(c); in != nil {
			return in, nil
		}
		drop(c)
	}
}

// seat gives c a place, or returns nil.
func (p *places) seat(c net.Conn) *place {
	in := &place{Conn: c, of: p, addr: addrOf(c.RemoteAddr().String())}
	p.mu.Lock()
	defer p.mu.Unlock()
	mine := len(p.open[in.addr])
	if mine >= p.each {
		return nil
	}
	if p.taken >= p.all {
		loser := p.crowd(mine + 2)
		if loser == nil {
			return nil
		}
		p.free(loser)
		drop(loser.Conn)
	}
	if p.open[in.addr] == nil {
		p.open[in.addr] = map[*place]struct{}{}
	}
	p.open[in.addr][in] = struct{}{}
	p.taken++
	return in
}

// crowd returns a place of the address that holds the most, if those are at least least.
func (p *places) crowd(least int) *place {
	var most map[*place]struct{}
	for _, set := range p.open {
		if len(set) >= least && len(set) > len(most) {
			most = set
		}
	}
	for in := range most {
		return in
	}
	return nil
}

// free gives a place back, once. The caller holds mu.
func (p *places) free(in *place) {
	set := p.open[in.addr]
	if _, ok := set[in]; !ok {
		return
	}
	delete(set, in)
	if len(set) == 0 {
		delete(p.open, in.addr)
	}
	p.taken--
}

// drop closes without a farewell: the other side floods, and a closed connection that lingers
// in the kernel would be one more thing to bound.
func drop(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close() // nothing was sent on it that could be lost
}

// place is a connection that has one.
type place struct {
	net.Conn
	of   *places
	addr netip.Addr
}

// Close gives the place back.
func (in *place) Close() error {
	in.of.mu.Lock()
	in.of.free(in)
	in.of.mu.Unlock()
	return in.Conn.Close()
}
