package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Erasures are dossiers whose keys are destroyed and whose pages still lie there: bytes that
// nobody can open any more, but that take room.
type Erasures interface {
	// Forget lets the store's files go of what was erased and could not be written over at once,
	// because somebody read in them or the process was killed. It may be asked at any time.
	Forget(ctx context.Context) error
	// Erased returns at most n of them, by ID, that come after one: those whose pages were not said
	// to be removed once [Lingering] was over.
	Erased(ctx context.Context, after kiosk.DossierID, n int) ([]kiosk.DossierID, error)
	// Removed says that the pages of one are gone.
	Removed(ctx context.Context, id kiosk.DossierID) error
}

// Lingering is how long after an erasure bytes of its pages may still come: a request that began
// before does not notice until it has all of a page, and the largest one takes three days on the
// slowest line. Were its process killed then, nobody else would know of them.
const Lingering = 4 * 24 * time.Hour

// Feeds are what gateways are told.
type Feeds interface {
	// PruneFeeds removes at most n items that were put there before a moment and that nobody asks for
	// again, in one transaction, and returns how many.
	PruneFeeds(ctx context.Context, before time.Time, n int) (int, error)
}

// Sweeper removes what nobody needs any more. Several processes may sweep side by side, and each
// may be killed at any line.
type Sweeper struct {
	Erasures Erasures
	Feeds    Feeds
	Pages    Pages
	Now      func() time.Time
	Log      *slog.Logger
}

// How often a hub sweeps, and for how long an upload may rest: longer than any storm, so that a
// page that was half here goes on from there.
const (
	sweepEvery = time.Hour
	uploadRest = 30 * 24 * time.Hour
	// feedRest is how long an item is kept that its gateway has done: one that is put back to an older
	// copy of itself asks for what has come since once more, and so does a spare one.
	feedRest  = 30 * 24 * time.Hour
	sweepOnce = 100
	pruneOnce = 500
)

// Run sweeps until ctx ends.
func (s *Sweeper) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("sweeping failed", LogError, err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Sweep forgets what was erased, removes the pages of erased dossiers, what gateways have done long
// ago, and uploads that nobody goes on with.
func (s *Sweeper) Sweep(ctx context.Context) error {
	forgot := s.Erasures.Forget(ctx) // which may have to wait for others, and they for nobody
	return errors.Join(forgot, s.Remove(ctx), s.prune(ctx), s.drop(ctx))
}

// drop drops uploads that nobody goes on with.
func (s *Sweeper) drop(ctx context.Context) error {
	n, err := s.Pages.Sweep(ctx, s.Now().Add(-uploadRest))
	if err != nil {
		return fmt.Errorf("sweep uploads: %w", err)
	}
	if n > 0 {
		s.Log.Info("uploads dropped that nobody went on with", "pages", n)
	}
	return nil
}

// prune removes what gateways have done long ago, a little at a time: facts wait for the database.
func (s *Sweeper) prune(ctx context.Context) error {
	for all := 0; ; {
		n, err := s.Feeds.PruneFeeds(ctx, s.Now().Add(-feedRest), pruneOnce)
		if err != nil {
			return fmt.Errorf("prune feeds: %w", err)
		}
		if all += n; n == 0 {
			if all > 0 {
				s.Log.Info("items of feeds dropped that are done", "items", all)
			}
			return nil
		}
	}
}

// Remove removes the pages of erased dossiers.
func (s *Sweeper) Remove(ctx context.Context) error {
	for after := kiosk.DossierID(""); ; {
		ids, err := s.Erasures.Erased(ctx, after, sweepOnce)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.Pages.Remove(ctx, id); err != nil {
				return fmt.Errorf("remove the pages of %s: %w", id, err)
			}
			if err := s.Erasures.Removed(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < sweepOnce {
			return nil
		}
		after = ids[len(ids)-1]
	}
}
