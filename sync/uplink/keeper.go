package uplink

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of a night's work.
const (
	keepStep  = 500                    // facts that leave in one transaction, and dossiers that are looked at
	keepPause = 200 * time.Millisecond // between two transactions: a night watch must not wait for the archive
	keepMost  = 400                    // transactions of one night; what is left goes in the next one
	keepLook  = 10 * time.Minute       // how often the clock is looked at
	keepFrom  = kiosk.Minute(1 * 60)   // when the night begins, and
	keepTo    = kiosk.Minute(5 * 60)   // ends
)

// Keeper forgets on time what the province holds: facts of days long gone, and the pages of
// dossiers that it has confirmed; and the pages that never came to be of a dossier.
type Keeper struct {
	Outbox kiosk.Outbox
	Site   kiosk.SiteCode
	// Forget destroys the box's copy of a dossier, pages and key included.
	Forget func(ctx context.Context, id kiosk.DossierID, why kiosk.ForgetReason) error
	// Sweep removes some pages that no dossier has named for long, and says how many; nil: none.
	Sweep func(ctx context.Context) (int, error)
	Now   func() time.Time
	// Sure reports whether Now can be trusted: a box that wakes in 2060 must not forget everything.
	Sure func() bool
	// Facts is for how many days facts are kept here, Dossiers for how many days after the
	// province's word a dossier is; 0: for ever.
	Facts, Dossiers int
	Log             *slog.Logger
}

// Kept is what a night's work has done.
type Kept struct {
	Facts, Dossiers int
	Orphans         int // pages, and dossiers that came to nothing
	Failed          int // dossiers that could not be forgotten; the next night tries them again
}

// Run works once a night until ctx ends. A night that was missed is made up for by the next one.
func (k *Keeper) Run(ctx context.Context) error {
	var done kiosk.Day
	for ctx.Err() == nil {
		now := k.Now()
		day := kiosk.DayOf(now)
		if from, to := day.At(keepFrom), day.At(keepTo); day != done && k.Sure() && !now.Before(from) && now.Before(to) {
			did, err := k.Night(ctx)
			switch {
			case ctx.Err() != nil:
				return nil
			case err != nil:
				k.Log.Error("the night's forgetting", LogError, err) // and tried again in a while
			default:
				done = day
				k.Log.Info("the night's forgetting", "facts", did.Facts, "dossiers", did.Dossiers, "orphans", did.Orphans, "failed", did.Failed)
			}
		}
		await(ctx, nil, keepLook)
	}
	return nil
}

// Night forgets what is due, in small steps. It may be ended between any two of them.
func (k *Keeper) Night(ctx context.Context) (did Kept, err error) {
	today := kiosk.DayOf(k.Now())
	steps := keepMost
	if k.Dossiers > 0 {
		if err := k.dossiers(ctx, today.Add(-k.Dossiers), &did, &steps); err != nil {
			return did, err
		}
	}
	for k.Facts > 0 && steps > 0 {
		n, err := k.Outbox.Prune(ctx, today.Add(-k.Facts), keepStep)
		if err != nil {
			return did, fmt.Errorf("prune: %w", err)
		}
		if did.Facts += n; n == 0 {
			break
		}
		if err := k.pause(ctx, &steps); err != nil {
			return did, err
		}
	}
	if k.Sweep != nil {
		if did.Orphans, err = k.Sweep(ctx); err != nil {
			return did, fmt.Errorf("orphans: %w", err)
		}
	}
	return did, nil
}

// dossiers forgets those that the province has confirmed before a day.
func (k *Keeper) dossiers(ctx context.Context, before kiosk.Day, did *Kept, steps *int) error {
	for after := kiosk.DossierID(""); *steps > 0; {
		some, err := k.Outbox.Dossiers(ctx, k.Site, after, keepStep)
		if err != nil {
			return fmt.Errorf("list dossiers: %w", err)
		}
		for _, d := range some {
			after = d.Dossier.ID
			if d.State != kiosk.DossierConfirmed || d.ConfirmedOn >= before {
				continue
			}
			if err := k.Forget(ctx, after, kiosk.ForgetOnTime); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				k.Log.Warn("a dossier was not forgotten", "dossier", after, LogError, err)
				did.Failed++ // it must not keep the others
			} else {
				did.Dossiers++
			}
			if err := k.pause(ctx, steps); err != nil || *steps == 0 {
				return err
			}
		}
		if len(some) < keepStep {
			return nil
		}
	}
	return nil
}

// pause lets others at the disk.
func (k *Keeper) pause(ctx context.Context, steps *int) error {
	*steps--
	await(ctx, nil, keepPause)
	return ctx.Err()
}
