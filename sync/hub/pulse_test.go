package hub

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// asked is a store that counts how often it is asked.
type asked struct {
	Store
	n   int
	err error
}

func (a *asked) Cursors(ctx context.Context, _ []wire.GatewayID) (map[wire.GatewayID]uint64, error) {
	a.n++
	return nil, errors.Join(a.err, ctx.Err())
}

// Whoever asks for the hub's health, and however often, asks the database once a second.
func TestHealthIsAskedForOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		p, s := pulse{}, &asked{}
		feel := func(n int, want error) {
			t.Helper()
			for range 100 {
				if err := p.feel(gone, s); !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
			}
			if s.n != n {
				t.Errorf("the store was asked %d times, want %d", s.n, n)
			}
		}
		feel(1, nil)
		s.err = errors.New("it does not answer")
		feel(1, nil)
		<-time.After(pulseEvery)
		feel(2, s.err)
		s.err = nil
		<-time.After(pulseEvery)
		feel(3, nil)
	})
}
