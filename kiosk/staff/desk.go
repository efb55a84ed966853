package staff

import (
	"context"
	"sync/atomic"
	"time"
)

// maxWaiting is how many may queue for the desk. Eight officers in the morning take a second on
// a Pi; what is beyond is somebody's program.
const maxWaiting = 32

// desk lets one at a time look at secrets.
type desk struct {
	free    chan struct{}
	waiting *atomic.Int32
}

func newDesk() desk { return desk{make(chan struct{}, 1), new(atomic.Int32)} }

// enter waits for the desk. Where too many wait it refuses as a lock of one second would.
func (d desk) enter(ctx context.Context) error {
	defer d.waiting.Add(-1)
	if d.waiting.Add(1) > maxWaiting {
		return locked(time.Second)
	}
	select {
	case d.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (d desk) leave() { <-d.free }
