package hub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// A country that comes back at once gets in about as quickly as the hub works, whatever that is, and
// hardly asks in vain. Each has two batches of 30 kB.
func TestACountryGetsAppointments(t *testing.T) {
	t.Parallel()
	const gateways, batches = 11_000, 2
	for _, aSecond := range []int{100, 1000} {
		synctest.Test(t, func(t *testing.T) {
			g := newEntry(Limits{}.filled())
			work := time.Duration(g.limits.Batches) * time.Second / time.Duration(aSecond)
			var mu sync.Mutex
			var waits []time.Duration // of whoever was sent away
			var all sync.WaitGroup
			began := time.Now()
			for range gateways {
				all.Go(func() {
					for n := 0; n < batches; {
						p, ok := errors.AsType[*wire.Problem](g.once(t.Context(), 30_000, work))
						if !ok {
							n++
							continue
						}
						if p.RetryAfter < appointmentLeast || p.RetryAfter > appointmentMost {
							t.Errorf("sent away for %v", p.RetryAfter)
						}
						mu.Lock()
						waits = append(waits, p.RetryAfter)
						mu.Unlock()
						<-time.After(p.RetryAfter)
					}
				})
			}
			all.Wait()
			took, ideal := time.Since(began), time.Duration(gateways*batches/aSecond)*time.Second
			t.Logf("%d a second: all in after %v, %v at best; sent away %.2f times for each batch, for %v at the most",
				aSecond, took, ideal, float64(len(waits))/(gateways*batches), slices.Max(waits))
			if took > ideal*5/4+15*time.Second { // the first appointments are a guess
				t.Errorf("%d a second: all are in after %v, %v at best", aSecond, took, ideal)
			}
			if most := gateways * batches * 2; len(waits) > most {
				t.Errorf("%d a second: %d were sent away, want at most %d", aSecond, len(waits), most)
			}
		})
	}
}

// once is what a batch does with an entry, but for what is in it.
func (g *entry) once(ctx context.Context, size int64, work time.Duration) error {
	release, err := g.body(ctx, size)
	if err != nil {
		return err
	}
	defer release()
	leave, err := g.slot(ctx)
	if err != nil {
		return err
	}
	defer leave()
	<-time.After(work)
	return nil
}

// A few who find no room are sent away for a few seconds, not for as long as the crowd of last night.
func TestACrowdIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{}
		for range 100_000 {
			c.sentAway()
		}
		if wait := c.sentAway(); wait < appointmentMost/2 {
			t.Errorf("the last one of them all is sent away for %v", wait)
		}
		<-time.After(2 * appointmentMost)
		for range 50 {
			if wait := c.sentAway(); wait < appointmentLeast || wait > appointmentLeast+busyWait {
				t.Errorf("sent away for %v", wait)
			}
		}
	})
}
