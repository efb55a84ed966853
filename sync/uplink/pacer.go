package uplink

import (
	"context"
	"sync"
	"time"
)

// The bounds of what may be under way at once, in bytes of pages.
const (
	windowFirst = 4 << 10 // before anything is known of the line: half a second at 64 kbit/s
	windowLeast = 2 << 10
	windowMost  = 2 << 20
	// queueTime is how much longer than the line's own delay a piece may take: its own time on the
	// line, and that of the one before it. What waits in front of the line is lost when it is cut,
	// and a fact waits behind it.
	queueTime = 380 * time.Millisecond
	// pieceMost bounds one request: what is sent again at most, and the hub's buffers.
	pieceMost = 256 << 10
	// uploadsLeast is how many pages are under way at once: while the answer to a piece of one
	// comes back, a piece of the other one is on the line.
	uploadsLeast = 2
	// The hub lets eight of a gateway in at once, and one is for what it gets once more.
	uploadsMost = 7
	// uploadBytes is how much room one more is worth.
	uploadBytes = 64 << 10
	// sampleTime is how long the line is watched before its rate is judged anew.
	sampleTime = time.Second
)

// pacer bounds the bytes of pages that are under way, by how long the hub's answers take: they
// take the line's own delay, and longer for every byte that waits in front of it, wherever that
// is. So no rate has to be guessed, and where one changes the next answer tells.
type pacer struct {
	mu       sync.Mutex
	inFlight int
	window   int
	delay    time.Duration // the shortest answer to a small request; 0: none yet
	shrunk   time.Time     // what was sent before that says nothing new
	wake     chan struct{} // closed when room may have come

	// The rate, for persons, in bytes a second; 0: not known yet. Of the sample that is being
	// taken only the time counts in which something was under way.
	rate      float64
	busySince time.Time
	busy      time.Duration
	bytes     int
}

func newPacer() *pacer { return &pacer{window: windowFirst, wake: make(chan struct{})} }

// ticket is room that was taken.
type ticket struct {
	bytes int
	since time.Time
	full  bool // the window was what bounded it
}

// acquire waits for room for at most want bytes: no more than the share of one upload.
func (p *pacer) acquire(ctx context.Context, want int) (ticket, error) {
	for {
		p.mu.Lock()
		n := min(want, p.window/p.uploadsNow(), pieceMost)
		// Not one byte too many would be too strict: after the window has shrunk by a little, what
		// is under way and one more piece do not fit, and the line would be idle in between.
		if p.inFlight < p.window {
			now := time.Now()
			if p.inFlight == 0 {
				p.busySince = now
			}
			p.inFlight += n
			t := ticket{n, now, 2*p.inFlight > p.window}
			p.mu.Unlock()
			return t, nil
		}
		wake := p.wake
		p.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return ticket{}, ctx.Err()
		}
	}
}

// release gives room back, of which the hub has made some durable, or failed to.
func (p *pacer) release(t ticket, durable int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.busy += now.Sub(p.busySince)
	p.busySince = now
	p.bytes += durable
	p.inFlight -= t.bytes
	if p.busy >= sampleTime {
		p.judge(float64(p.bytes) / p.busy.Seconds())
		p.busy, p.bytes = 0, 0
	}
	if durable > 0 || now.Sub(t.since) > p.target() {
		p.adapt(t, now.Sub(t.since), now)
	}
	close(p.wake)
	p.wake = make(chan struct{})
}

// adapt makes the window larger where an answer came early, and smaller where it came late.
func (p *pacer) adapt(t ticket, took time.Duration, now time.Time) {
	target := p.target()
	switch {
	case took > target:
		if t.since.Before(p.shrunk) {
			return // it went when the window was larger
		}
		p.shrunk = now
		p.window = max(int(float64(p.window)*target.Seconds()/took.Seconds()), windowLeast)
	case !t.full: // nobody knows what more would do
	case took < target/2:
		p.window = min(p.window+t.bytes, windowMost)
	default:
		p.window = min(p.window+t.bytes/4, windowMost)
	}
}

// target is how long an answer to a piece should take.
func (p *pacer) target() time.Duration { return min(p.delay, time.Second) + queueTime }

// judge takes a sample of the rate.
func (p *pacer) judge(sample float64) {
	if p.rate == 0 {
		p.rate = sample
	}
	p.rate += (sample - p.rate) / 4
}

// answered takes note of how long a small request took.
func (p *pacer) answered(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.delay == 0 || took < p.delay {
		p.delay = took
	}
}

// bytesPerSecond returns the rate, 0 while it is not known.
func (p *pacer) bytesPerSecond() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate
}

// uploads returns how many pages may be under way at once.
func (p *pacer) uploads() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.uploadsNow()
}

func (p *pacer) uploadsNow() int { return min(max(p.window/uploadBytes, uploadsLeast), uploadsMost) }

// patience returns how long a piece may take before it is given up. What has come of it until
// then the hub keeps, and what has not left this process then does not stand in a fact's way.
func (p *pacer) patience() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return pieceSlack + 4*p.target()
}
