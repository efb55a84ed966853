package control

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// oneConn is a listener at which one client connects and no other ever does.
type oneConn struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *oneConn) Close() error   { close(l.closed); return nil }
func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// A client that has sent half a request neither holds the gateway up nor makes its end an error.
func TestStopsUnderHalfARequest(t *testing.T) {
	t.Parallel()
	for name, half := range map[string]string{
		"head": "POST /v1/tickets HTTP/1.1\r\nHost: kiosk\r\n",
		"body": "POST /v1/tickets HTTP/1.1\r\nHost: kiosk\r\nContent-Length: 50\r\n\r\n{\"service\":",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				l := &oneConn{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
				l.conns <- there
				s := &Server{Log: slog.New(slog.DiscardHandler), Sentence: func(error) string { return "" }}
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- s.Run(ctx, l) }()
				if _, err := io.WriteString(here, half); err != nil {
					t.Fatal(err)
				}
				go io.Copy(io.Discard, here) // ends with the connection
				synctest.Wait()
				began := time.Now()
				stop()
				if err := <-done; err != nil {
					t.Errorf("stopped with %v", err)
				}
				if took := time.Since(began); took > stopTimeout {
					t.Errorf("stopped after %s, want %s", took, stopTimeout)
				}
				here.Close()
			})
		})
	}
}
