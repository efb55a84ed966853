package uplink

import (
	"bytes"
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// gate is shut to pages while a fact is on its way into the connection. The zero gate is open.
type gate struct {
	mu     sync.Mutex
	facts  int
	opened chan struct{} // closed when the last fact is through; nil: it is open
}

// enter shuts the gate until leave is called, once or more often.
func (g *gate) enter() (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.facts++; g.opened == nil {
		g.opened = make(chan struct{})
	}
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.facts--; g.facts == 0 {
			close(g.opened)
			g.opened = nil
		}
	})
}

// wait waits until the gate is open.
func (g *gate) wait(ctx context.Context) error {
	for {
		g.mu.Lock()
		opened := g.opened
		g.mu.Unlock()
		if opened == nil {
			return nil
		}
		select {
		case <-opened:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pieceBody gives a piece of a page to the connection, a chunk at a time, as the line takes it and
// behind facts.
type pieceBody struct {
	ctx   context.Context
	gate  *gate
	piece *piece
	rest  bytes.Reader
	sent  *atomic.Int64 // counts what was given
}

// Read implements io.Reader. It says with the last bytes that they are: the end of the request
// goes with them.
func (b *pieceBody) Read(p []byte) (int, error) {
	if b.rest.Len() == 0 {
		return 0, io.EOF
	}
	if err := b.piece.await(b.ctx); err != nil {
		return 0, err
	}
	if err := b.gate.wait(b.ctx); err != nil {
		return 0, err
	}
	n, err := b.rest.Read(p[:min(len(p), b.piece.chunk(b.rest.Len()))])
	b.piece.gave(n)
	b.sent.Add(int64(n))
	if err == nil && b.rest.Len() == 0 {
		err = io.EOF
	}
	return n, err
}
