package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"golang.org/x/sync/errgroup"
)

// building is everything long-lived, in floors: what stands on a higher floor may use what
// stands below, so floors are started from the ground up and stopped from the top down.
type building struct {
	log    *slog.Logger
	fail   context.CancelCauseFunc // tells everybody that a part gave up
	floors []*floor
}

// floor is a group of parts that run and stop together.
type floor struct {
	name  string
	ctx   context.Context
	stop  context.CancelFunc
	parts *errgroup.Group
	fail  context.CancelCauseFunc
}

// floor adds a floor on top. Its parts do not end with ctx, but when it is their turn.
func (b *building) floor(ctx context.Context, name string) *floor {
	f := &floor{name: name, fail: b.fail, parts: &errgroup.Group{}}
	f.ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	b.floors = append(b.floors, f)
	return f
}

// run starts a part. A part that ends before its floor is stopped ends the whole building.
func (f *floor) run(name string, part func(context.Context) error) {
	f.parts.Go(func() error {
		err := part(f.ctx)
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			err = fmt.Errorf("%s: %w", name, err)
		case f.ctx.Err() != nil:
			return nil
		default:
			err = fmt.Errorf("%s ended by itself", name)
		}
		f.fail(err)
		return err
	})
}

// close stops the floors from the top down, each only when the one above has ended.
func (b *building) close() error {
	var errs []error
	for _, f := range slices.Backward(b.floors) {
		f.stop()
		if err := f.parts.Wait(); err != nil {
			errs = append(errs, err)
		}
		b.log.Debug("stopped", "floor", f.name)
	}
	b.floors = nil
	return errors.Join(errs...)
}
