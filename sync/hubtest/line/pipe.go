package line

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// piece is some bytes under way, or with none of them the end of the stream.
type piece struct {
	data []byte
	due  time.Duration // by the lane's clock
}

// pipe is one direction of one connection: what is under way on it. One goroutine fills it, one
// empties it.
type pipe struct {
	lane     *lane
	src, dst *net.TCPConn // dst is nil where a blackhole swallows everything
	dark     func() bool

	mu     sync.Mutex
	pieces []piece
	bytes  int
	ready  chan struct{} // holds a token when there is something to take
	room   chan struct{} // holds a token when something was taken
}

func newPipe(l *lane, src, dst *net.TCPConn, dark func() bool) *pipe {
	return &pipe{lane: l, src: src, dst: dst, dark: dark, ready: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// fill reads from the sender as the lane takes it, to the end of the stream.
func (p *pipe) fill(ctx context.Context) error {
	buf := make([]byte, 32<<10)
	for {
		if err := p.awaitRoom(ctx); err != nil {
			return err
		}
		n, err := p.src.Read(buf[:p.lane.shaped().piece()])
		if n > 0 {
			if err := p.push(ctx, bytes.Clone(buf[:n])); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return p.push(ctx, nil)
		}
		if err != nil {
			return err
		}
	}
}

// drain hands to the receiver what is due.
func (p *pipe) drain(ctx context.Context) error {
	for {
		next, err := p.pop(ctx)
		if err != nil {
			return err
		}
		if err := p.lane.arrive(ctx, next.due); err != nil {
			return err
		}
		switch {
		case p.dst == nil || p.dark():
			if next.data == nil {
				<-ctx.Done() // the receiver does not hear of the end either
				return ctx.Err()
			}
		case next.data == nil:
			return p.dst.CloseWrite()
		default:
			n, err := p.dst.Write(next.data)
			p.lane.delivered(n)
			if err != nil {
				return err
			}
		}
	}
}

func (p *pipe) push(ctx context.Context, data []byte) error {
	due, err := p.lane.send(ctx, data)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.pieces = append(p.pieces, piece{data, due})
	p.bytes += len(data)
	p.mu.Unlock()
	signal(p.ready)
	return nil
}

func (p *pipe) pop(ctx context.Context) (piece, error) {
	for {
		p.mu.Lock()
		if len(p.pieces) > 0 {
			next := p.pieces[0]
			p.pieces = p.pieces[1:]
			p.bytes -= len(next.data)
			p.mu.Unlock()
			signal(p.room)
			return next, nil
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return piece{}, ctx.Err()
		case <-p.ready:
		}
	}
}

// awaitRoom waits while the receiver leaves too much lying: so its slowness reaches the sender.
func (p *pipe) awaitRoom(ctx context.Context) error {
	for {
		p.lane.mu.Lock()
		changed := p.lane.changed // a box that begins to hold makes room
		p.lane.mu.Unlock()
		p.mu.Lock()
		full := p.bytes >= p.lane.window()
		p.mu.Unlock()
		if !full {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-p.room:
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
