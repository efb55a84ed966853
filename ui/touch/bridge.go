package touch

import (
	"context"
	"sync"
)

// Bridge carries the newest snapshot from wherever it was made to Fyne's main goroutine. Its
// own goroutine is the only one in the box that queues work there.
//
// A screen has no use for an old snapshot, so Offer overwrites what still waits: a burst of
// changes is painted once, and whoever offers never waits for a painting. Work that must not
// be lost never goes over the bridge, because at the end Fyne drops what is queued.
type Bridge[S any] struct {
	do   func(func())
	show func(S)

	mu     sync.Mutex
	newest S
	fresh  bool          // newest has not been taken yet
	wake   chan struct{} // holds one token while fresh
}

// NewBridge returns a bridge. do queues a function for Fyne's main goroutine and may block
// until there is room (fyne's Do; tests pass a serial one). show is called there with each
// snapshot that was not overtaken; it builds the page, puts it into the window and, under the
// embedded driver, calls Window.Show, because that driver paints only after a touch.
func NewBridge[S any](do func(func()), show func(S)) *Bridge[S] {
	return &Bridge[S]{do: do, show: show, wake: make(chan struct{}, 1)}
}

// Offer makes s the newest snapshot. It never blocks, and may be called from any goroutine,
// also from a widget's callback and before or after Run.
func (b *Bridge[S]) Offer(s S) {
	b.mu.Lock()
	b.newest, b.fresh = s, true
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run shows snapshots until ctx ends, and returns ctx's cause; after that it queues nothing
// more. It must have returned before Fyne's loop ends, because do may block for ever then.
func (b *Bridge[S]) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-b.wake:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		shown := make(chan struct{})
		b.do(func() {
			defer close(shown)
			if s, ok := b.take(); ok && ctx.Err() == nil {
				b.show(s)
			}
		})
		// At most one function is queued: while a painting takes long, newer snapshots
		// overwrite each other here instead of lining up behind it. A window that was closed by
		// hand drops what is queued, hence the second case.
		select {
		case <-shown:
		case <-ctx.Done():
		}
	}
}

// take returns the newest snapshot unless it has been taken, at the last moment before it is
// shown.
func (b *Bridge[S]) take() (S, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.newest, b.fresh
	var zero S
	b.newest, b.fresh = zero, false // the snapshot's memory is the screen's from now on
	return s, ok
}
