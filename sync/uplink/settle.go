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
	full   chan struct{}

	mu   sync.Mutex
	kept kiosk.Settled // facts and feed, as they are on the disk or about to be
	open kiosk.Settled
}

func newSettler(outbox kiosk.Outbox) *settler {
	return &settler{outbox: outbox, full: make(chan struct{}, 1)}
}

// begin says what is kept. Nothing before it is settled again: a hub that has lost facts gets
// them once more, and that they are acknowledged once more says nothing new.
func (s *settler) begin(b kiosk.Backlog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = kiosk.Settled{Facts: b.Acked, Feed: b.Feed}
}

func (s *settler) facts(at kiosk.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept.Facts.Before(at) && s.open.Facts.Before(at) {
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
	if cursor > s.kept.Feed {
		s.open.Feed = cursor
	}
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

// flush keeps everything that was gathered. One goroutine at a time calls it; nobody who gathers
// waits for the disk. What could not be kept is said again on the next connection.
func (s *settler) flush(ctx context.Context) error {
	s.mu.Lock()
	v := s.open
	s.open = kiosk.Settled{}
	if s.kept.Facts.Before(v.Facts) {
		s.kept.Facts = v.Facts
	}
	s.kept.Feed = max(s.kept.Feed, v.Feed)
	s.mu.Unlock()
	if v.Facts == (kiosk.Position{}) && len(v.Blobs) == 0 && v.Feed == 0 {
		return nil
	}
	if err := s.outbox.Settle(ctx, v); err != nil {
		return fmt.Errorf("keep what the hub holds: %w", err)
	}
	return nil
}
