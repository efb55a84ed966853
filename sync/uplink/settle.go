package uplink

import (
	"context"
	"errors"
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
	shelf  kiosk.Shelf   // of the place in the feed; nil: the outbox alone keeps its cursor
	more   chan struct{} // holds a token when something was gathered
	full   chan struct{} // and when it is much

	mu   sync.Mutex
	kept kiosk.Settled // facts and feed, as they are on the disk or about to be
	open kiosk.Settled
	at   *feedPlace // in the feed, where it has moved
}

func newSettler(outbox kiosk.Outbox, shelf kiosk.Shelf) *settler {
	return &settler{outbox: outbox, shelf: shelf, more: make(chan struct{}, 1), full: make(chan struct{}, 1)}
}

// signal leaves a token, if none lies there.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
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
		signal(s.more)
	}
}

func (s *settler) blob(at kiosk.BlobPlace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	signal(s.more)
	if s.open.Blobs = append(s.open.Blobs, at); len(s.open.Blobs) >= settleBlobs {
		signal(s.full)
	}
}

func (s *settler) feed(at feedPlace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = &at
	if at.Cursor > s.kept.Feed {
		s.open.Feed = at.Cursor
	}
	signal(s.more)
}

// run keeps what was gathered as soon as nothing more comes for a moment, and every few seconds
// while it does.
func (s *settler) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil // the connection's end flushes
		case <-s.more:
		}
		s.gather(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
}

// gather waits for what comes along.
func (s *settler) gather(ctx context.Context) {
	most := time.NewTimer(settleAfter)
	defer most.Stop()
	for {
		quiet := time.NewTimer(settleQuiet)
		select {
		case <-s.more:
			quiet.Stop()
			continue
		case <-quiet.C:
		case <-most.C:
		case <-s.full:
		case <-ctx.Done():
		}
		quiet.Stop()
		return
	}
}

// flush keeps everything that was gathered. One goroutine at a time calls it; nobody who gathers
// waits for the disk. What could not be kept is said again on the next connection.
func (s *settler) flush(ctx context.Context) error {
	s.mu.Lock()
	v, at := s.open, s.at
	s.open, s.at = kiosk.Settled{}, nil
	if s.kept.Facts.Before(v.Facts) {
		s.kept.Facts = v.Facts
	}
	s.kept.Feed = max(s.kept.Feed, v.Feed)
	s.mu.Unlock()
	if at != nil {
		if err := remember(ctx, s.shelf, keyFeed, at); err != nil {
			return err
		}
	}
	if v.Facts == (kiosk.Position{}) && len(v.Blobs) == 0 && v.Feed == 0 {
		return nil
	}
	err := s.outbox.Settle(ctx, v)
	if errors.Is(err, kiosk.ErrSettledBack) {
		err = s.settleRest(ctx, v)
	}
	if err != nil {
		return fmt.Errorf("keep what the hub holds: %w", err)
	}
	return nil
}

// settleRest keeps of v what is not behind what is kept already: the hub's word has come by a stick
// meanwhile, and it was further.
func (s *settler) settleRest(ctx context.Context, v kiosk.Settled) error {
	kept, err := s.outbox.Waiting(ctx)
	if err != nil {
		return err
	}
	if v.Facts.Before(kept.Acked) {
		v.Facts = kiosk.Position{}
	}
	if v.Feed < kept.Feed {
		v.Feed = 0
	}
	return s.outbox.Settle(ctx, v)
}
