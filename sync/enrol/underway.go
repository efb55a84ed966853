package enrol

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// underway are the requests of gateways that are being answered. Those that take long are looked at
// every Recheck, all of them by one question to the store: a province's gateways wait for the feed
// all the time. The zero value is ready.
type underway struct {
	mu   sync.Mutex
	of   map[*request]struct{}
	stop context.CancelFunc // of the looking, which goes on while anybody is under way
}

// request is one of them.
type request struct {
	who Identity

	mu  sync.Mutex
	end func(error) // nil once it was called, or the handler has returned
}

// refuse ends a request, once.
func (q *request) refuse(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end != nil {
		q.end(err)
		q.end = nil
	}
}

// answered says that nothing is there any more to be ended.
func (q *request) answered() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end = nil
}

// enter has end called when a request's gateway is refused; not after leave has returned.
func (u *underway) enter(r *Registrar, who Identity, end func(error)) (leave func()) {
	q := &request{who: who, end: end}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.of) == 0 {
		ctx, stop := context.WithCancel(context.Background())
		u.of, u.stop = map[*request]struct{}{}, stop
		go r.watch(ctx)
	}
	u.of[q] = struct{}{}
	return func() {
		q.answered()
		u.mu.Lock()
		defer u.mu.Unlock()
		if delete(u.of, q); len(u.of) == 0 {
			u.stop()
		}
	}
}

func (u *underway) all() []*request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Keys(u.of))
}

// lookTime bounds a look: a store may hang where its machine does.
const lookTime = 15 * time.Second

// watch looks at the requests under way until ctx ends.
func (r *Registrar) watch(ctx context.Context) {
	tick := time.NewTicker(r.c.Recheck)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		err := r.look(ctx, r.underway.all())
		if err != nil && !failing && ctx.Err() == nil {
			r.c.Log.Error("requests under way not looked at: a gateway that is revoked now may go on", logErr, err)
		}
		failing = err != nil
	}
}

// look ends the requests whose gateway is refused by now. A store that cannot be asked just now is
// no reason; a certificate that ends meanwhile was good when its request began.
func (r *Registrar) look(ctx context.Context, requests []*request) error {
	ids := map[wire.GatewayID]bool{}
	for _, q := range requests {
		ids[q.who.Gateway] = true
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	now, drops := r.c.Now(), r.known.dropped()
	var found []Gateway
	err := r.c.Store.View(ctx, func(tx Reader) (err error) {
		found, err = tx.Several(slices.Sorted(maps.Keys(ids)))
		return err
	})
	if err != nil {
		return fmt.Errorf("look gateways up: %w", err)
	}
	state := make(map[wire.GatewayID]Gateway, len(found))
	for _, g := range found {
		state[g.ID] = g
		r.known.put(g, now, drops)
	}
	for _, q := range requests {
		g, ok := state[q.who.Gateway]
		if !ok {
			q.refuse(notHere(fmt.Errorf("%s: %w", q.who.Gateway, ErrNotFound)))
		} else if err := r.refusal(g, q.who, now); err != nil {
			q.refuse(err)
		}
	}
	return nil
}
