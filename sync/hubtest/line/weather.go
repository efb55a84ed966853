package line

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"
)

// Span is a stretch of time between two lengths.
type Span struct{ Min, Max time.Duration }

func (s Span) pick(r *rand.Rand) time.Duration {
	if s.Max <= s.Min {
		return s.Min
	}
	return s.Min + time.Duration(r.Int64N(int64(s.Max-s.Min)))
}

// Every cuts the line each time that it was up for a while, and mends it after another, until
// ctx ends or the line is closed. It leaves the line mended.
func (l *Line) Every(ctx context.Context, up, down time.Duration) error {
	return l.Weather(ctx, 0, Span{up, up}, Span{down, down})
}

// Weather is Every with lengths by chance: the same seed gives the same weather.
func (l *Line) Weather(ctx context.Context, seed uint64, up, down Span) error {
	r := rand.New(rand.NewPCG(seed, seed))
	for l.pass(ctx, up.pick(r)) {
		l.Cut()
		l.pass(ctx, down.pick(r))
		if err := l.Mend(); err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
	}
	return nil
}

// pass lets time pass and reports whether it all did.
func (l *Line) pass(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-l.ctx.Done():
	}
	return false
}
