package serialport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Port is an open serial line. Read, Write and Close may be called from different
// goroutines at the same time.
type Port struct {
	name string
	baud int
	file *os.File // non-blocking: the poller waits, not a thread

	writing sync.Mutex // held by Write, and by Close while it lets go of the line
	mu      sync.Mutex // orders deadlines with Close
	closed  bool       // under mu

	release  sync.Once
	closeErr error
}

var _ io.ReadWriteCloser = (*Port)(nil)

// Open sets the line that c describes and takes it for this Port alone. What the device
// sent before may still be there to read: see [Port.Discard].
//
// It returns an error of [Config.Validate], or one that wraps [ErrAbsent], [ErrBusy],
// [ErrNotSerial] or what the system said. It does not wait for a carrier or for a device
// that answers; ctx is looked at between the steps.
func Open(ctx context.Context, c Config) (*Port, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("open serial port: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Name, err)
	}
	file, err := openLine(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Name, err)
	}
	return &Port{name: c.Name, baud: c.Baud, file: file}, nil
}

// Read reads what has arrived, at least one byte. It waits for it until the read deadline.
func (p *Port) Read(b []byte) (int, error) {
	n, err := p.file.Read(b)
	return n, p.explain("read", err)
}

// Write hands b to the kernel and returns how many bytes it took, also when the write
// deadline passes first. Taken is not sent: see [Port.Drain].
func (p *Port) Write(b []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	n, err := p.file.Write(b)
	return n, p.explain("write", err)
}

// SetDeadline sets the read and the write deadline. The zero time means none, which is how
// a Port begins. A deadline also ends a Read or Write that is already waiting.
func (p *Port) SetDeadline(t time.Time) error {
	return p.setDeadline(p.file.SetDeadline, t)
}

// SetReadDeadline sets the deadline of Read.
func (p *Port) SetReadDeadline(t time.Time) error {
	return p.setDeadline(p.file.SetReadDeadline, t)
}

// SetWriteDeadline sets the deadline of Write.
func (p *Port) SetWriteDeadline(t time.Time) error {
	return p.setDeadline(p.file.SetWriteDeadline, t)
}

func (p *Port) setDeadline(set func(time.Time) error, t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		// Close has set one of its own to free a pending Write; it must stay.
		return fmt.Errorf("set deadline of %s: %w", p.name, os.ErrClosed)
	}
	return set(t)
}

// Discard throws away what was received and not read, and what was written and not sent.
func (p *Port) Discard() error {
	return p.explain("discard", discard(p.file))
}

// Drain waits until the kernel has handed every written byte to the adapter, or until ctx
// ends. What is in the adapter's own buffer (16 to 256 bytes) is then still on its way. A
// pseudo-terminal reports no queue and drains at once.
func (p *Port) Drain(ctx context.Context) error {
	for {
		n, err := unsent(p.file)
		if err != nil || n == 0 {
			return p.explain("drain", err)
		}
		timer := time.NewTimer(p.drainTime(n))
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("drain %s with %d bytes unsent: %w", p.name, n, ctx.Err())
		case <-timer.C:
		}
	}
}

// drainTime is how long n bytes of ten bits take, within bounds that keep a queue that a
// full printer has stopped from being asked too often and an unplugged one from going unnoticed.
func (p *Port) drainTime(n int) time.Duration {
	d := time.Duration(n) * 10 * time.Second / time.Duration(p.baud)
	return min(max(d, 5*time.Millisecond), 100*time.Millisecond)
}

// Close lets go of the line at once. It frees a pending Read and Write and throws away
// what was written and not sent: [Port.Drain] first if that matters. Further calls return
// what the first one did.
func (p *Port) Close() error {
	p.release.Do(func() {
		p.mu.Lock()
		p.closed = true
		err := p.file.SetDeadline(time.Unix(1, 0))
		p.mu.Unlock()

		// No Write may come between the release, which empties the queue, and the close:
		// the kernel keeps a close waiting up to 30 s for unsent bytes.
		p.writing.Lock()
		defer p.writing.Unlock()
		letGo(p.file)
		p.closeErr = errors.Join(err, p.file.Close())
	})
	return p.closeErr
}

// explain turns what the system says into this package's terms.
func (p *Port) explain(verb string, err error) error {
	switch {
	case err == nil:
		return nil
	case p.isClosed():
		return fmt.Errorf("%s %s: %w", verb, p.name, os.ErrClosed)
	case isGone(err):
		return fmt.Errorf("%s %s: %w", verb, p.name, ErrGone)
	}
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		err = pathErr.Err // it would name the port and the verb once more
	}
	return fmt.Errorf("%s %s: %w", verb, p.name, err)
}

func (p *Port) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}
