package kiosk

import (
	"context"
	"fmt"
	"time"
)

// outageFrom is the shortest time without the program that is worth a fact: an update or a
// restart is nobody's waiting time.
const outageFrom = time.Minute

// noteOutage keeps, at a start in the middle of a day, how long the box was away. The beginning
// is the last moment at which it is known to have run, at most seenEvery or seenBusy early.
func (o *Office) noteOutage(ctx context.Context, now time.Time, kept Kept) error {
	if kept.Day != o.day.day || !o.clock.sure() || !kept.Hall.Opened || kept.Hall.Closed {
		return nil
	}
	from := kept.Box.LastSeen
	if n := len(kept.Records); n > 0 && kept.Records[n-1].AtSure && kept.Records[n-1].At.After(from) {
		from = kept.Records[n-1].At
	}
	if from.IsZero() || DayOf(from) != o.day.day || now.Sub(from) < outageFrom {
		return nil
	}
	var c Change
	o.record(&c, now, byGateway, OutageSeen{From: from, To: now})
	if err := o.commit(ctx, c); err != nil {
		return fmt.Errorf("keep the outage: %w", err)
	}
	return nil
}
