package stage

import (
	"context"
	"math"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/embedded"
)

const (
	// maxPending bounds the touches that wait while Fyne is busy. A finger makes three events;
	// sixteen presses ahead of a busy screen are no citizen's.
	maxPending = 48
	// slide is how far a resting finger may wander before Fyne hears of it. Every event costs a
	// walk over all objects, and a panel sends a hundred a second.
	slide = 24
	// still is the distance below which Fyne itself takes no notice (its tapMoveThreshold).
	still = 4
)

// gone is where a finger is put that vanished without being lifted: off every tile, so that
// nothing is pressed by it.
var gone = fyne.Position{X: -1, Y: -1}

// touches is the mailbox between pointers and Fyne: it never blocks a pointer, never loses the
// end of a press that it accepted, and folds movements together.
type touches struct {
	mu       sync.Mutex
	pending  []embedded.Event
	wake     chan struct{} // holds one token while pending is not empty
	finger   *Pointer      // the pointer that is down
	sent     fyne.Position // where Fyne believes the finger to be, once pending is dealt with
	accepted uint64
	handled  uint64
	settled  chan struct{} // closed and replaced whenever handled grows
	ended    bool
}

func (t *touches) init() {
	t.wake = make(chan struct{}, 1)
	t.settled = make(chan struct{})
}

// Pointer is a source of touches: one panel, one browser. The display knows a single finger;
// while one pointer is down, the others are not heard. Its methods may be called from any
// goroutine and do not block.
type Pointer struct{ t *touches }

// Pointer returns a new pointer.
func (s *Stage) Pointer() *Pointer { return &Pointer{&s.touches} }

// Down puts the finger on the display and reports whether it is taken: it is not while another
// finger is down, while too many touches wait, or after the end.
func (p *Pointer) Down(x, y float32) bool {
	t := p.t
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.finger != nil || t.ended || len(t.pending) > maxPending {
		return false
	}
	at := fyne.NewPos(x, y)
	t.finger, t.sent = p, at
	t.add(&embedded.TouchDownEvent{Position: at})
	return true
}

// Move says where the finger is; only movements of some size are passed on.
func (p *Pointer) Move(x, y float32) {
	t := p.t
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.finger == p {
		t.move(fyne.NewPos(x, y), slide)
	}
}

// Up lifts the finger.
func (p *Pointer) Up(x, y float32) { p.lift(fyne.NewPos(x, y)) }

// Cancel ends a press without effect, when the source itself is lost: an unplugged panel, a
// closed browser. Without a press it does nothing.
func (p *Pointer) Cancel() { p.lift(gone) }

func (p *Pointer) lift(at fyne.Position) {
	t := p.t
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.finger != p {
		return
	}
	// Fyne tells the tile where the press began only of movements that the finger has left.
	t.move(at, still)
	t.finger = nil
	t.add(&embedded.TouchUpEvent{Position: at})
}

// move appends or overwrites a movement when the finger went at least far.
func (t *touches) move(at fyne.Position, far float64) {
	if n := len(t.pending); n > 0 {
		if m, ok := t.pending[n-1].(*embedded.TouchMoveEvent); ok {
			m.Position, t.sent = at, at
			return
		}
	}
	if math.Hypot(float64(at.X-t.sent.X), float64(at.Y-t.sent.Y)) >= far {
		t.sent = at
		t.add(&embedded.TouchMoveEvent{Position: at})
	}
}

func (t *touches) add(ev embedded.Event) {
	if t.ended {
		return
	}
	t.pending = append(t.pending, ev)
	t.accepted++
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// next waits for the next event.
func (t *touches) next(ctx context.Context, ended <-chan struct{}) (embedded.Event, bool) {
	for {
		t.mu.Lock()
		if len(t.pending) > 0 {
			ev := t.pending[0]
			t.pending = t.pending[1:]
			t.mu.Unlock()
			return ev, true
		}
		t.mu.Unlock()
		select {
		case <-t.wake:
		case <-ctx.Done():
			return nil, false
		case <-ended:
			return nil, false
		}
	}
}

// done marks one more event as dealt with.
func (t *touches) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handled++
	close(t.settled)
	t.settled = make(chan struct{})
}

// end refuses everything from now on and wakes whoever waits.
func (t *touches) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended, t.finger, t.pending = true, nil, nil
	close(t.settled)
	t.settled = make(chan struct{})
}

func (t *touches) settle(ctx context.Context) error {
	t.mu.Lock()
	target := t.accepted
	for {
		if t.handled >= target {
			t.mu.Unlock()
			return nil
		}
		if t.ended {
			t.mu.Unlock()
			return ErrEnded
		}
		settled := t.settled
		t.mu.Unlock()
		select {
		case <-settled:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		t.mu.Lock()
	}
}
