package simulated

import (
	"context"
	"time"
)

// pacer makes simulated work take its time. Owed time is collected until it is worth a
// timer: at 115,200 baud a byte takes 87 µs, less than a timer is precise.
type pacer struct {
	speed float64 // simulated seconds a second; 0 is as fast as possible
	owed  time.Duration
}

// worthATimer is the least time that is slept.
const worthATimer = 4 * time.Millisecond

// spend adds d and sleeps when enough is owed. It returns early when ctx ends.
func (p *pacer) spend(ctx context.Context, d time.Duration) {
	if p.speed <= 0 {
		return
	}
	p.owed += time.Duration(float64(d) / p.speed)
	if p.owed < worthATimer {
		return
	}
	started := time.Now()
	t := time.NewTimer(p.owed)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	// A timer that fires late has slept some of the next bytes' time too, but a process
	// that was stopped for a second must not catch up in a burst.
	p.owed = max(p.owed-time.Since(started), -worthATimer)
}
