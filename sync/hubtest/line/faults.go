package line

import (
	"fmt"
	"net"
	"time"
)

// PortalAnswer is what a captive portal says to whoever speaks first: plain HTTP, whatever was
// asked, TLS included.
const PortalAnswer = "HTTP/1.1 200 OK\r\n" +
	"Content-Type: text/html; charset=utf-8\r\n" +
	"Content-Length: 78\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"<!doctype html><title>Sign in</title><p>Your data plan has ended. Sign in.</p>"

// Cut takes the line away: its connections are reset, new ones refused, until Mend.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.condition == cut {
		return
	}
	l.condition = cut
	l.cuts++
	l.shut()
	l.resets += int64(l.killAll())
}

// Reset resets the connections that there are; new ones are welcome.
func (l *Line) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resets += int64(l.killAll())
}

// Blackhole swallows everything from now on, on old connections and on new ones, and answers
// nothing; nobody is told. It ends with Mend. It leaves a line that is cut as it is.
func (l *Line) Blackhole() { l.become(blackhole) }

// Portal answers every new connection with PortalAnswer until Mend. It leaves a line that is cut
// as it is.
func (l *Line) Portal() { l.become(portal) }

func (l *Line) become(c condition) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.condition == cut {
		return
	}
	l.bury()
	l.condition = c
}

// bury resets what lived through a blackhole, for TCP there would have sent again what the hole
// took, and a proxy cannot. The caller holds mu.
func (l *Line) bury() {
	if l.condition == blackhole {
		l.resets += int64(l.killAll())
	}
}

// Mend makes the line whole again, whatever was wrong with it: cut, blackhole, portal, stalls
// and middle boxes. The only trouble that it can meet is a kernel without sockets, or Close.
func (l *Line) Mend() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return fmt.Errorf("mend line: %w", net.ErrClosed)
	}
	l.bury()
	if l.listener == nil {
		if err := l.open(); err != nil {
			return fmt.Errorf("mend line: %w", err)
		}
	}
	l.condition = whole
	l.up.mend()
	l.down.mend()
	return nil
}

// Stall stops one direction until Mend: nothing is lost, nothing arrives, and the sender feels it.
func (l *Line) Stall(d Direction) { l.lane(d).stall() }

// Hold is a middle box that takes everything at the line's speed and lets it through only after
// a time, all at once.
func (l *Line) Hold(d Direction, length time.Duration) { l.lane(d).hold(length) }

// Flip is a middle box that turns one bit of the n-th KiB, counted from 0, that enters the line in
// a direction from now on; once. It is the first bit of that KiB.
func (l *Line) Flip(d Direction, n int) { l.lane(d).flipAt(int64(n) << 10) }

// Shape changes what the line can carry, as a modem does that falls back to another cell.
func (l *Line) Shape(p Profile) error {
	if err := p.check(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up.shape(p.Up)
	l.down.shape(p.Down)
	if l.listener != nil {
		if err := resize(l.listener, p.Up.socket()); err != nil {
			return fmt.Errorf("size the line's buffers: %w", err)
		}
	}
	return nil
}

func (l *Line) lane(d Direction) *lane {
	if d == Up {
		return l.up
	}
	return l.down
}
