package staff

import (
	"context"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// again is how often the clock is looked at while somebody is signed in: it may have been set, a
// counter's hand may be free by now, and what failed is tried again.
const again = 30 * time.Second

// Run ends idle sessions at their time, until ctx ends; then it returns nil.
func (b *Book) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		changed, wait := b.endIdle(ctx)
		timer.Stop()
		if wait > 0 {
			timer.Reset(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-timer.C:
		}
	}
}

// endIdle ends what is over. It returns what wakes it for the next one: a change, or that the wait
// is over; 0 while nobody is signed in.
func (b *Book) endIdle(ctx context.Context) (<-chan struct{}, time.Duration) {
	if err := b.lock(ctx); err != nil {
		b.cfg.Log.Error("read the staff's shelf again", kiosk.LogError, err)
		return b.Changed(), again
	}
	defer b.mu.Unlock()
	now := b.cfg.Now()
	wait := time.Duration(0)
	if err := b.sweep(ctx, now); err != nil && ctx.Err() == nil {
		b.cfg.Log.Error("end idle sessions", kiosk.LogError, err)
		return b.changed, again
	}
	for _, s := range b.sessions {
		if left := b.ends(s, now).Sub(now); wait == 0 || left < wait {
			wait = max(left, time.Millisecond)
		}
	}
	return b.changed, min(wait, again)
}

// sweep ends the sessions in which nothing was done for too long.
func (b *Book) sweep(ctx context.Context, now time.Time) error {
	over := b.of(func(s *session) bool { return b.over(s, now) })
	return b.end(ctx, deed{kiosk.StaffMoved{What: kiosk.StaffIdle}, byGateway}, over...)
}
