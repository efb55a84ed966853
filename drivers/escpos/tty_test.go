package escpos_test

import (
	"context"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// ttyQueue is how much the kernel takes from a writer ahead of a serial line.
const ttyQueue = 4096

// tty is a serial line as the kernel shows it: a write is done when its bytes are in a queue,
// which the line empties at its own pace. Like a pty it does not say how full the queue is.
type tty struct {
	net.Conn
	queue    chan byte
	closed   chan struct{}
	once     sync.Once
	deadline atomic.Pointer[time.Time]
}

func newTTY(conn net.Conn, wg *sync.WaitGroup) *tty {
	t := &tty{Conn: conn, queue: make(chan byte, ttyQueue), closed: make(chan struct{})}
	wg.Go(t.send)
	return t
}

func (t *tty) send() {
	for {
		select {
		case b := <-t.queue:
			if _, err := t.Conn.Write([]byte{b}); err != nil {
				return
			}
		case <-t.closed:
			return
		}
	}
}

func (t *tty) Write(b []byte) (int, error) {
	var late <-chan time.Time
	if d := t.deadline.Load(); d != nil {
		timer := time.NewTimer(time.Until(*d))
		defer timer.Stop()
		late = timer.C
	}
	for n := range b {
		select {
		case t.queue <- b[n]:
		case <-late:
			return n, os.ErrDeadlineExceeded
		case <-t.closed:
			return n, os.ErrClosed
		}
	}
	return len(b), nil
}

func (t *tty) SetWriteDeadline(d time.Time) error {
	t.deadline.Store(&d)
	return nil
}

// Drain returns at once, as on a pty.
func (t *tty) Drain(context.Context) error { return nil }

// Discard empties the queue.
func (t *tty) Discard() error {
	for {
		select {
		case <-t.queue:
		default:
			return nil
		}
	}
}

func (t *tty) Close() error {
	t.once.Do(func() { close(t.closed) })
	return t.Conn.Close()
}
