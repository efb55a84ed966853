package rating

import (
	"context"
	"sync"
	"time"
)

// lookEvery is how often a stream looks without a change: a question ends by the clock, a tablet
// may be sent away, and one that is not heard of is missed after fifteen seconds.
const lookEvery = 5 * time.Second

// pulse joins the office's changes and a beat.
type pulse struct {
	mu     sync.Mutex
	next   chan struct{}
	cancel context.CancelFunc
	done   chan struct{}
}

// newPulse begins to follow changes. Whoever has it stops it.
func newPulse(ctx context.Context, changes func() <-chan struct{}, every time.Duration) *pulse {
	ctx, cancel := context.WithCancel(ctx)
	p := &pulse{next: make(chan struct{}), cancel: cancel, done: make(chan struct{})}
	change := changes() // before anybody looks, so that none is missed
	go func() {
		defer close(p.done)
		timer := time.NewTicker(every)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			case <-change:
				change = changes()
			}
			p.mu.Lock()
			close(p.next)
			p.next = make(chan struct{})
			p.mu.Unlock()
		}
	}()
	return p
}

// changed returns a channel that is closed at the next change or beat.
func (p *pulse) changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next
}

// stop ends it and waits.
func (p *pulse) stop() {
	p.cancel()
	<-p.done
}
