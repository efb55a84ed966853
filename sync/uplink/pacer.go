package uplink

import (
	"context"
	"sync"
	"time"
)

// The bounds of what may be under way at once, in bytes of pages.
const (
	windowLeast = 4 << 10
	windowMost  = 4 << 20
	// windowTime is how much of the line's time may be under way.
	windowTime = 500 * time.Millisecond
	// pieceMost bounds one request: what a cut costs at most, and a hub's buffers.
	pieceMost = 1 << 20
	// sampleTime is how long the line is watched before its rate is judged anew.
	sampleTime = 250 * time.Millisecond
)

// pacer bounds the bytes of pages that are under way, by what the line was seen to carry.
type pacer struct {
	mu       sync.Mutex
	now      func() time.Time
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

func newPacer(now func() time.Time) *pacer {
	return &pacer{now: now, window: windowLeast, wake: make(chan struct{})}
}

// acquire waits for room and returns how many of want bytes may go now.
func (p *pacer) acquire(ctx context.Context, want int) (int, error) {
	for {
		p.mu.Lock()
		room := min(p.window-p.inFlight, pieceMost)
		if room >= min(want, windowLeast) {
			n := min(want, room)
			if p.inFlight == 0 {
				p.busySince = p.now()
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
	now := p.now()
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

// room returns how many bytes may be under way.
func (p *pacer) room() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.window
}
