package hub_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// once is a listener with one connection.
type once struct {
	conn chan net.Conn
	end  func()
}

func newOnce(c net.Conn) *once {
	l := &once{conn: make(chan net.Conn, 1)}
	l.end = sync.OnceFunc(func() { close(l.conn) })
	l.conn <- c
	return l
}

func (l *once) Accept() (net.Conn, error) {
	if c, ok := <-l.conn; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l *once) Close() error   { l.end(); return nil }
func (l *once) Addr() net.Addr { return &net.UnixAddr{} }

// bring sends a batch's body in pieces, each after a pause, until the hub answers, and returns its
// answer and when it came.
func bring(t *testing.T, size int, piece int, pause time.Duration) (status int, after time.Duration) {
	t.Helper()
	h := hub.New(hub.Config{Log: slog.New(slog.DiscardHandler), Identify: func(*http.Request) (hub.Identity, error) {
		return hub.Identity{Gateway: "gw-0000000000000000", Site: "S"}, nil
	}})
	ours, theirs := net.Pipe()
	server := &http.Server{Handler: h}
	served := make(chan error, 1)
	go func() { served <- server.Serve(newOnce(theirs)) }()
	sent := make(chan error, 1)
	began := time.Now()
	go func() {
		_, err := fmt.Fprintf(ours, "POST %s HTTP/1.1\r\nHost: hub\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", wire.PathEvents, wire.TypeBatch, size)
		for n := 0; n < size && err == nil; n += piece {
			<-time.After(pause)
			_, err = ours.Write(make([]byte, min(piece, size-n)))
		}
		sent <- err
	}()
	answer, err := http.ReadResponse(bufio.NewReader(ours), nil)
	if err != nil {
		t.Fatal(err)
	}
	after = time.Since(began)
	_, _ = io.Copy(io.Discard, answer.Body) // the server cuts a line whose body it did not want
	_ = ours.Close()
	<-sent
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	<-served
	return answer.StatusCode, after
}

// A body that trickles is sent away although something comes all the time; the slowest line that
// means well, a share of 8 kbit/s, is heard to its end.
func TestABodyHasToComeAtARate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		size, piece int
		pause       time.Duration
		status      int
		after       time.Duration // at most
	}{
		{"one byte before each idle limit", wire.MaxBatchBytes, 1, 19 * time.Second, http.StatusRequestTimeout, 21 * time.Second},
		{"a tenth of the slowest line", wire.MaxBatchBytes, 25, time.Second, http.StatusRequestTimeout, 23 * time.Second},
		{"half of 8 kbit/s", 60_000, 500, time.Second, http.StatusBadRequest, 2 * time.Minute},
		{"the same in gusts", 60_000, 8000, 16 * time.Second, http.StatusBadRequest, 2*time.Minute + 8*time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if status, after := bring(t, c.size, c.piece, c.pause); status != c.status || after > c.after {
					t.Errorf("status %d after %v, want %d within %v", status, after, c.status, c.after)
				}
			})
		})
	}
}
