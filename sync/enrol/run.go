package enrol

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	// lookEvery is how often the certificate is looked at: the clock may have been set meanwhile.
	lookEvery = time.Hour
	// renewEvery is the least between two renewals. By a clock that runs months ahead every
	// certificate is nearly over.
	renewEvery = 24 * time.Hour
)

// Run renews the certificate when two thirds of its life are over, until ctx ends. A renewal that
// fails is tried again every hour or so: a third of the life is left for it, and Renew still
// works after that.
func (e *Enrolment) Run(ctx context.Context) error {
	wait, said := time.Duration(0), ""
	for {
		// Many boxes get their power back at the same moment.
		timer := time.NewTimer(wait + rand.N(lookEvery/4))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		wait = lookEvery
		s := e.Status()
		if !s.Enrolled || e.c.Time().Before(s.Renews) {
			continue
		}
		err := e.Renew(ctx)
		switch {
		case err == nil:
			wait, said = renewEvery, ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error() // an hour later it would be the same
			e.c.Log.Warn("certificate not renewed", logUntil, s.Until, logErr, err)
		}
		if p := problemOf(err); p != nil {
			wait = max(wait, p.RetryAfter)
		}
	}
}
