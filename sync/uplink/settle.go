package uplink

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// settleBlobs is how many pages are settled at once at the latest.
const settleBlobs = 64

// settler keeps on our own disk what the hub holds. It gathers: each write is an fsync on a card,
// and what is not kept yet is only said again.
type settler struct {
	outbox kiosk.Outbox

	mu   sync.Mutex
	open kiosk.Settled
	full chan struct{}
}

func newSettler(outbox kiosk.Outbox) *settler {
	return &settler{outbox: outbox, full: make(chan struct{}, 1)}
}

func (s *settler) facts(at kiosk.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open.Facts.Before(at) {
		s.open.Facts = at
	}
}

func (s *settler) blob(at kiosk.BlobPlace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open.Blobs = append(s.open.Blobs, at); len(s.open.Blobs) >= settleBlobs {
		select {
		case s.full <- struct{}{}:
		default:
		}
	}
}

func (s *settler) feed(cursor uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open.Feed = cursor
}

// run keeps what was gathered, every few seconds.
func (s *settler) run(ctx context.Context) error {
	tick := time.NewTicker(settleAfter)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil // the connection's end flushes
		case <-tick.C:
		case <-s.full:
		}
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
}

// flush keeps everything that was gathered.
func (s *settler) flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open.Facts == (kiosk.Position{}) && len(s.open.Blobs) == 0 && s.open.Feed == 0 {
		return nil
	}
	if err := s.outbox.Settle(ctx, s.open); err != nil {
		return fmt.Errorf("keep what the hub holds: %w", err)
	}
	s.open = kiosk.Settled{}
	return nil
}
