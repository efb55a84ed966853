package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// watchEvery is how often a process looks whether another one has put something into the feed of
// a gateway that waits here.
const watchEvery = time.Second

// watch wakes those who wait for a feed. A gateway waits once: its newer question ends the older.
type watch struct {
	store Store
	log   *slog.Logger

	mu      sync.Mutex
	waiting map[wire.GatewayID]*waiter
	closed  bool
}

type waiter struct {
	after uint64
	wake  chan struct{} // closed once
}

func newWatch(store Store, log *slog.Logger) *watch {
	return &watch{store: store, log: log, waiting: map[wire.GatewayID]*waiter{}}
}

// wait registers a question for what comes after a cursor. What was put there before it was
// registered is for the asker to look for afterwards.
func (w *watch) wait(gateway wire.GatewayID, after uint64) (wake <-chan struct{}, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := &waiter{after: after, wake: make(chan struct{})}
	if w.closed {
		close(v.wake)
		return v.wake, func() {}
	}
	if older := w.waiting[gateway]; older != nil {
		close(older.wake)
	}
	w.waiting[gateway] = v
	return v.wake, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.waiting[gateway] == v {
			delete(w.waiting, gateway)
		}
	}
}

// wake tells a gateway that something may be there.
func (w *watch) wake(gateways ...wire.GatewayID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range gateways {
		if v := w.waiting[g]; v != nil {
			close(v.wake)
			delete(w.waiting, g)
		}
	}
}

// close ends every question, and those to come.
func (w *watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for g, v := range w.waiting {
		close(v.wake)
		delete(w.waiting, g)
	}
}

// run looks for what other processes have put there.
func (w *watch) run(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		err := w.look(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			w.log.Error("feed not looked at", LogError, err)
		}
		failing = err != nil
	}
}

func (w *watch) look(ctx context.Context) error {
	w.mu.Lock()
	gateways := make([]wire.GatewayID, 0, len(w.waiting))
	for g := range w.waiting {
		gateways = append(gateways, g)
	}
	w.mu.Unlock()
	if len(gateways) == 0 {
		return nil
	}
	newest, err := w.store.Cursors(ctx, gateways)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for g, cursor := range newest {
		if v := w.waiting[g]; v != nil && cursor > v.after {
			close(v.wake)
			delete(w.waiting, g)
		}
	}
	return nil
}
