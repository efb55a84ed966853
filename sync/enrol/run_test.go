package enrol_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/sync/enrol"
)

// pipes is a network without sockets, so that time can pass over it.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	cut   atomic.Bool
	dials atomic.Int32
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { close(p.done); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.dials.Add(1)
	if p.cut.Load() {
		return nil, net.ErrClosed
	}
	here, there := net.Pipe()
	select {
	case p.conns <- addressed{there}:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// addressed is a pipe whose other end has an address.
type addressed struct{ net.Conn }

func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2} }

// Run renews when two thirds of the life are over, goes on through weeks without a line, and is
// not driven mad by a clock that runs ahead.
func TestRunRenewsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		h := shutHub(t, func(c *enrol.RegistrarConfig) { c.Now = nil })
		s := &http.Server{Handler: h.Handler(), TLSConfig: h.ServerTLS()}
		served := make(chan error, 1)
		go func() { served <- s.ServeTLS(p, "", "") }()
		b := newBox(t, coTo)
		var ahead atomic.Int64
		b.c.Time = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		b.c.Dial = p.dial
		b.again(t)
		if _, err := b.Enrol(t.Context(), "https://hub.example", h.code(t, coTo, "")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- b.Run(ctx) }()

		first := b.Status()
		pass(time.Until(first.Renews) - time.Minute)
		synctest.Wait()
		if b.Status() != first {
			t.Error("renewed too early")
		}
		pass(2 * time.Hour)
		synctest.Wait()
		second := b.Status()
		if !second.Until.After(first.Until) {
			t.Errorf("not renewed: until %s", second.Until)
		}
		// Weeks without a line, beyond the end.
		p.cut.Store(true)
		pass(time.Until(second.Until) + 20*24*time.Hour)
		synctest.Wait()
		if s := b.Status(); enrol.CodeOf(s.Trouble) != enrol.CodeUnreachable || !s.Enrolled {
			t.Errorf("without a line: %+v", s)
		}
		p.cut.Store(false)
		pass(2 * time.Hour)
		synctest.Wait()
		third := b.Status()
		if third.Trouble != nil || third.Until.Before(time.Now()) {
			t.Errorf("after the cut: %+v", third)
		}
		// A clock 70 days ahead, by which every certificate is nearly over.
		ahead.Store(int64(70 * 24 * time.Hour))
		p.dials.Store(0)
		pass(10 * 24 * time.Hour)
		synctest.Wait()
		if n := p.dials.Load(); n < 9 || n > 11 {
			t.Errorf("%d renewals in ten days", n)
		}
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		_ = s.Close()
		<-served
		synctest.Wait()
	})
}

// pass lets time go by, in a bubble.
func pass(d time.Duration) { <-time.After(d) }
