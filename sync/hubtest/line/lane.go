package line

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// lane is one direction of a line, shared by its connections. It has a clock of its own, which
// stands still while the lane is stalled: so a stall moves everything behind it by its length,
// and nothing catches up in a burst that the wire could not carry.
type lane struct {
	mu      sync.Mutex
	changed chan struct{} // closed, and made anew, when a wait must be reckoned again
	way     Way
	chance  *rand.Rand
	stopped time.Duration // the clock's reading while stalled
	since   time.Time     // when the clock was last let go
	stalled bool
	free    time.Duration // when the wire has sent what was given to it
	last    time.Duration // when the latest piece arrives: none overtakes
	held    time.Time     // a middle box lets nothing through before this
	flip    int64         // the byte whose bit is turned, counted from now; under 0: none
	count   Count
}

// Count is what one direction carried, in bytes of TCP payload.
type Count struct {
	Sent      int64 // given to the wire, whatever became of it: what the sender pays for
	Delivered int64 // handed to the receiver's socket
	Flipped   int64 // bytes that a middle box changed
}

func newLane(way Way, seed uint64) *lane {
	return &lane{
		since: time.Now(), changed: make(chan struct{}), way: way, stalled: way.Stalled,
		chance: rand.New(rand.NewPCG(seed, seed)), flip: -1,
	}
}

// now reads the lane's clock; the caller holds mu.
func (l *lane) now() time.Duration {
	if l.stalled {
		return l.stopped
	}
	return l.stopped + time.Since(l.since)
}

// wake makes every wait reckon again; the caller holds mu.
func (l *lane) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *lane) stall() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stalled {
		l.stopped, l.stalled = l.now(), true
	}
	l.wake()
}

// mend lets the lane run and takes the middle box away.
func (l *lane) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stalled {
		l.stalled, l.since = false, time.Now()
	}
	l.held, l.flip = time.Time{}, -1
	l.wake()
}

func (l *lane) hold(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = time.Now().Add(d)
	l.wake()
}

func (l *lane) flipAt(offset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flip = offset
}

// shape changes the way while it is used. What is on the wire keeps the time it was given.
func (l *lane) shape(w Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.Stalled && !l.stalled {
		l.stopped = l.now()
		l.stalled = true
	} else if !w.Stalled && l.stalled {
		l.stalled, l.since = false, time.Now()
	}
	l.way = w
	l.wake()
}

func (l *lane) shaped() Way {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.way
}

// await waits until ready, asked with mu held, says that nothing more is to be waited for. With
// a negative answer only a change can help.
func (l *lane) await(ctx context.Context, ready func() time.Duration) error {
	for {
		l.mu.Lock()
		d := ready()
		changed := l.changed
		l.mu.Unlock()
		if d == 0 {
			return ctx.Err()
		}
		var tick <-chan time.Time
		if d > 0 {
			tick = time.After(d)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-tick:
		}
	}
}

// send gives data to the wire as soon as the queue has room for it, and says when it arrives by
// the lane's clock. A piece of no length is the end of a stream: it keeps its place in the order.
func (l *lane) send(ctx context.Context, data []byte) (due time.Duration, err error) {
	n := len(data)
	err = l.await(ctx, func() time.Duration {
		if l.stalled {
			return -1
		}
		now := l.now()
		room := l.way.takes(max(l.way.queue()-n, 0))
		if wait := l.free - now - room; l.way.Rate > 0 && wait > 0 {
			return wait
		}
		l.free = max(l.free, now) + l.way.takes(n)
		due = l.free + l.way.Delay
		if l.way.Jitter > 0 {
			due += time.Duration(l.chance.Int64N(int64(l.way.Jitter)))
		}
		due = max(due, l.last)
		l.last = due
		l.count.Sent += int64(n)
		if l.flip >= 0 {
			if l.flip < int64(n) {
				data[l.flip] ^= 1 << (l.flip % 8)
				l.count.Flipped++
			}
			l.flip = max(l.flip-int64(n), -1)
		}
		return 0
	})
	return due, err
}

// arrive waits until due, and until a middle box lets through.
func (l *lane) arrive(ctx context.Context, due time.Duration) error {
	return l.await(ctx, func() time.Duration {
		if l.stalled {
			return -1
		}
		return max(due-l.now(), time.Until(l.held), 0)
	})
}

func (l *lane) delivered(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count.Delivered += int64(n)
}

func (l *lane) counted() Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// window is how many bytes of a connection may be under way. A middle box that holds swallows
// much: that is what makes it a box and not a slow line.
func (l *lane) window() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.held) {
		return l.way.flight() + 4<<20
	}
	return l.way.flight()
}
