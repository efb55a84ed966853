package escpos

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// floodBytes is what a link reads in a second at most: a printer sends a few bytes in a
// second, so what is more is garbage, and reading slowly keeps it from costing a core. The
// rest waits in the kernel's buffer or is lost there.
const floodBytes = 2048

// link is an open wire with a goroutine that reads it.
type link struct {
	wire   wire
	port   string
	byte   time.Duration // what one byte takes on a serial line; zero elsewhere
	idle   time.Time     // when the line will have sent what was written, if nothing stops it
	chunks chan []byte   // what was read; closed when reading has ended
	cancel chan struct{} // closed by Close
	once   sync.Once
	reader sync.WaitGroup
	err    error // why reading ended; read it after chunks is closed
}

func newLink(w wire, cfg Config) *link {
	l := &link{wire: w, port: cfg.Port, chunks: make(chan []byte), cancel: make(chan struct{})}
	if _, serial := w.(drainer); serial {
		l.byte = cfg.onLine(1)
	}
	l.reader.Go(l.read)
	return l
}

func (l *link) read() {
	defer close(l.chunks)
	second := time.Now()
	var taken int
	for {
		b := make([]byte, 256)
		n, err := l.wire.Read(b)
		if n > 0 {
			select {
			case l.chunks <- b[:n]:
			case <-l.cancel:
				return
			}
			if now := time.Now(); now.Sub(second) >= time.Second {
				second, taken = now, 0
			}
			if taken += n; taken > floodBytes {
				l.rest(time.Until(second.Add(time.Second)))
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("the other end closed")
			}
			l.err = gone("read", l.port, err)
			return
		}
	}
}

func (l *link) rest(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.cancel:
	}
}

// write sends b, waiting at most d; n is what was taken. The error is nil, wraps
// os.ErrDeadlineExceeded, or says that the printer is gone.
func (l *link) write(b []byte, d time.Duration) (n int, err error) {
	if err := l.wire.SetWriteDeadline(time.Now().Add(d)); err != nil {
		return 0, gone("write to", l.port, err)
	}
	n, err = l.wire.Write(b)
	if now := time.Now(); l.idle.Before(now) {
		l.idle = now
	}
	l.idle = l.idle.Add(time.Duration(n) * l.byte)
	if err == nil && n < len(b) {
		err = os.ErrDeadlineExceeded // a wire that takes less has no more room
	}
	return n, gone("write to", l.port, err)
}

// behind is how long the line still needs for what was written. The kernel takes some 4 KB
// ahead of a serial line, four seconds at 9600 baud, and not every driver says how much of it
// is left; so it is reckoned.
func (l *link) behind() time.Duration { return max(time.Until(l.idle), 0) }

// discard throws away what was written and not yet sent, where the wire can.
func (l *link) discard() error {
	d, ok := l.wire.(discarder)
	if !ok {
		return nil
	}
	l.idle = time.Time{}
	return gone("discard output of", l.port, d.Discard())
}

// Close lets go of the wire and waits for the reader.
func (l *link) Close() error {
	var err error
	l.once.Do(func() {
		close(l.cancel)
		err = l.wire.Close()
	})
	l.reader.Wait()
	return err
}
