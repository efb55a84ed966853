package hub

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/motcua/gateway/sync/wire"
)

// Limits bound what a Hub takes on at once. Zero values are the defaults.
type Limits struct {
	// Bodies is how many bytes of bodies are held while they come in, of all gateways together
	// (64 MiB): a province on slow lines, not its fastest.
	Bodies int64
	// Batches is how many batches are unpacked, checked and committed at once (64). A batch takes
	// up to six times its size while it is looked at.
	Batches int
	// Each is how many batches of one gateway are under way at once (2): the one that a broken
	// connection has left behind, and the one that is sent again.
	Each int
	// Patience is how long a request waits for its turn before it is sent away (2 s).
	Patience time.Duration
	// Idle is how long a body may say nothing (20 s).
	Idle time.Duration
	// Uploads bound what the pages may take. Their Slowest holds for batches too.
	Uploads UploadLimits
}

func (l Limits) filled() Limits {
	l.Bodies = cmp.Or(l.Bodies, 64<<20)
	l.Batches = cmp.Or(l.Batches, 64)
	l.Each = cmp.Or(l.Each, 2)
	l.Patience = cmp.Or(l.Patience, 2*time.Second)
	l.Idle = cmp.Or(l.Idle, 20*time.Second)
	l.Uploads = l.Uploads.filled()
	return l
}

// How long gateways are sent away for, on the average, each for a time of its own. Where many are
// here at once they get appointments.
const (
	busyWait   = 6 * time.Second
	failedWait = 6 * time.Second
)

// jitter returns half to one and a half times d.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d) //nolint:gosec // nobody gains by guessing it
}

// entry lets requests in as far as there is room for what they bring, and every gateway as far as
// the others leave it some.
type entry struct {
	limits Limits
	bodies *semaphore.Weighted
	slots  *semaphore.Weighted

	mu    sync.Mutex
	under map[wire.GatewayID]int

	crowd crowd // of those who want to come in
}

func newEntry(l Limits) *entry {
	return &entry{
		limits: l, bodies: semaphore.NewWeighted(l.Bodies), slots: semaphore.NewWeighted(int64(l.Batches)),
		under: map[wire.GatewayID]int{},
	}
}

// enter makes a batch of a gateway one of those under way.
func (g *entry) enter(gateway wire.GatewayID) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.under[gateway] >= g.limits.Each {
		return nil, busy(http.StatusTooManyRequests, "your earlier batches are still under way")
	}
	g.under[gateway]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.under[gateway]--; g.under[gateway] == 0 {
			delete(g.under, gateway)
		}
	}, nil
}

// body waits a little for room for n bytes: nothing was sent yet that would be sent in vain.
func (g *entry) body(ctx context.Context, n int64) (leave func(), err error) {
	return g.room(ctx, g.bodies, n, g.limits.Patience)
}

// slot waits long for a place among those that are worked on: a slow line has brought the body.
func (g *entry) slot(ctx context.Context) (leave func(), err error) {
	leave, err = g.room(ctx, g.slots, 1, 15*g.limits.Patience)
	if err == nil {
		g.crowd.entered()
	}
	return leave, err
}

func (g *entry) room(ctx context.Context, of *semaphore.Weighted, n int64, patience time.Duration) (leave func(), err error) {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if of.Acquire(wait, n) != nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, g.crowd.refusal("many gateways are here at once")
	}
	return sync.OnceFunc(func() { of.Release(n) }), nil
}

func busy(status int, title string) *wire.Problem {
	return &wire.Problem{Status: status, Code: wire.CodeBusy, Title: title, RetryAfter: jitter(busyWait)}
}
