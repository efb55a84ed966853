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
	// windowTime is how much of the line's time waits in front of it. It has to outlast the
	// moment between an answer and the next piece, and no more: what waits there is lost when the
	// line is cut, and a fact waits behind it.
	windowTime = 300 * time.Millisecond
	// pieceMost bounds one request: what is sent again at most, and the hub's buffers.
	pieceMost = 256 << 10
	// uploadsLeast is how many pages are under way at once: while the answer to a piece of one
	// comes back, a piece of the other one is on the line.
	uploadsLeast = 2
	uploadsMost  = 8
	// uploadBytes is how much room one more is worth.
	uploadBytes = 64 << 10
	// sampleTime is how long the line is watched before its rate is judged anew.
	sampleTime = 300 * time.Millisecond
)

// pacer bounds the bytes of pages that are under way, by what the line was seen to carry.
type pacer struct {
	mu       sync.Mutex
	inFlight int
	window   int
	rate     float64       // bytes a second; 0: not known yet
	rtt      time.Duration // the shortest answer to a small request; 0: none yet
	wake     chan struct{} // closed when room may have come

	// The sample that is being taken: only the time in which something was under way counts.
	busySince time.Time
	busy      time.Duration
	bytes     int
}

func newPacer() *pacer { return &pacer{window: windowFirst, wake: make(chan struct{})} }

// acquire waits for room and returns how many of want bytes may go now: the share of one upload.
func (p *pacer) acquire(ctx context.Context, want int) (int, error) {
	for {
		p.mu.Lock()
		n := min(want, max(p.window/p.uploadsNow(), windowLeast/uploadsLeast), pieceMost)
		if p.inFlight == 0 || p.inFlight+n <= p.window {
			if p.inFlight == 0 {
				p.busySince = time.Now()
			}
			p.inFlight += n
			p.mu.Unlock()
			return n, nil
		}
		wake := p.wake
		p.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// release gives the room of n bytes back, of which the hub has made some durable.
func (p *pacer) release(n, durable int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.busy += now.Sub(p.busySince)
	p.busySince = now
	p.bytes += durable
	p.inFlight -= n
	if p.busy >= sampleTime {
		p.judge(float64(p.bytes) / p.busy.Seconds())
		p.busy, p.bytes = 0, 0
	}
	close(p.wake)
	p.wake = make(chan struct{})
}

// judge takes a sample of the rate. A line that got worse is believed at once, one that got
// better in two steps: too small a window costs a little time, too large a one the promise.
func (p *pacer) judge(sample float64) {
	switch {
	case p.rate == 0, sample < p.rate:
		p.rate = sample
	default:
		p.rate = (p.rate + sample) / 2
	}
	p.window = min(max(int(p.rate*(windowTime+p.rtt).Seconds()), windowLeast), windowMost)
}

// answered takes note of how long a small request took.
func (p *pacer) answered(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rtt == 0 || took < p.rtt {
		p.rtt = took
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

// patience returns how long a piece may take before it is given up: several times what everything
// that is under way takes at the present rate.
func (p *pacer) patience() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	limit := pieceSlack
	if p.rate > 0 {
		limit += min(time.Duration(4*float64(p.window)/p.rate*float64(time.Second)), pieceSlack)
	}
	return limit
}
