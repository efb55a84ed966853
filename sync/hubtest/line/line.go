package line

import (
	"context"
	"net"
	"sync"
	"time"
)

// condition is what a line does with connections as a whole.
type condition int

const (
	whole     condition = 1
	cut       condition = 2 // refuses
	blackhole condition = 3 // accepts and swallows
	portal    condition = 4 // answers in the hub's stead
)

// Line is a bad line to a target. Its methods may be called at any time from any goroutine.
type Line struct {
	target   string
	port     *port
	up, down *lane
	ctx      context.Context // ends with Close
	stop     context.CancelFunc
	wg       sync.WaitGroup

	mu        sync.Mutex
	condition condition
	listener  *net.TCPListener // nil while cut
	pairs     map[*pair]struct{}
	closed    bool
	opened    int64
	cuts      int64
	resets    int64
	answers   int64
}

// New opens a line on a port of the loopback, to target, which need not listen yet.
func New(target string, p Profile) (*Line, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	port, err := holdPort()
	if err != nil {
		return nil, err
	}
	l := &Line{target: target, port: port, up: newLane(p.Up, 1), down: newLane(p.Down, 2), condition: whole, pairs: map[*pair]struct{}{}}
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.open(); err != nil {
		l.stop()
		port.release()
		return nil, err
	}
	return l, nil
}

// Addr is where the line begins: what the gateway dials. It stays the same through cuts.
func (l *Line) Addr() string { return l.port.addr }

// Close ends the line and all that is on it, and waits until nothing of it runs any more.
func (l *Line) Close() {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	if first {
		l.stop()
		l.shut()
		l.killAll()
	}
	l.mu.Unlock()
	l.wg.Wait()
	if first {
		l.port.release()
	}
}

// open begins to accept; the caller holds mu.
func (l *Line) open() error {
	listener, err := l.port.listen(l.ctx, l.up.shaped().socket())
	if err != nil {
		return err
	}
	l.listener = listener
	l.wg.Go(func() { l.accept(listener) })
	return nil
}

// shut refuses from now on; the caller holds mu.
func (l *Line) shut() {
	if l.listener != nil {
		_ = l.listener.Close()
		l.listener = nil
	}
}

// killAll resets every connection; the caller holds mu. It returns how many.
func (l *Line) killAll() int {
	n := len(l.pairs)
	for p := range l.pairs {
		p.cancel()
	}
	clear(l.pairs)
	return n
}

func (l *Line) accept(listener *net.TCPListener) {
	for {
		c, err := listener.AcceptTCP()
		if err != nil {
			if l.refuses(listener) {
				return
			}
			// Too many open files, or a client that went before it was greeted.
			select {
			case <-l.ctx.Done():
				return
			case <-time.After(5 * time.Millisecond):
			}
			continue
		}
		l.admit(listener, c)
	}
}

func (l *Line) refuses(listener *net.TCPListener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.listener != listener
}

// admit takes a connection in, unless the line was cut since.
func (l *Line) admit(listener *net.TCPListener, c *net.TCPConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != listener {
		kill(c)
		return
	}
	p := &pair{line: l, client: c}
	p.ctx, p.cancel = context.WithCancel(l.ctx)
	l.pairs[p] = struct{}{}
	l.opened++
	serve := p.carry
	switch l.condition {
	case portal:
		l.answers++
		serve = p.answer
	case blackhole:
		serve = p.swallow
	}
	l.wg.Go(func() {
		serve()
		p.cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.pairs, p)
	})
}

// dark reports whether everything is swallowed.
func (l *Line) dark() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.condition == blackhole
}

// Stats is what a line saw since New.
type Stats struct {
	Up, Down    Count
	Connections int64 // accepted
	Open        int   // of those, still there
	Cuts        int64 // times that Cut, Every or Weather cut a line that was not
	Resets      int64 // connections that ended by a cut, by Reset, or by Mend after a blackhole
	Answers     int64 // connections that met the portal
}

// Stats is a snapshot of the counters.
func (l *Line) Stats() Stats {
	s := Stats{Up: l.up.counted(), Down: l.down.counted()}
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Connections, s.Open, s.Cuts, s.Resets, s.Answers = l.opened, len(l.pairs), l.cuts, l.resets, l.answers
	return s
}
