package hub

import (
	"context"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// pulse knows whether a store answers. Strangers ask for it at the gateways' door, as often as they
// like: they ask the store once a second, all together. The zero value is ready.
type pulse struct {
	mu   sync.Mutex
	felt time.Time
	err  error
}

const (
	pulseEvery   = time.Second
	pulseTimeout = 5 * time.Second
)

// feel asks a store whether it answers, or returns what it said a moment ago.
func (p *pulse) feel(ctx context.Context, store Store) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.felt.IsZero() && time.Since(p.felt) < pulseEvery {
		return p.err
	}
	// Whoever comes next wants to know too, whether this one waits for it or not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pulseTimeout)
	defer cancel()
	_, p.err = store.Cursors(ctx, []wire.GatewayID{"healthz"})
	p.felt = time.Now()
	return p.err
}
