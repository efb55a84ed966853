package kiosk

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// outageFrom is the shortest time without the program that is worth a fact: an update or a
// restart is nobody's waiting time.
const outageFrom = time.Minute

// away is a time without the program that this start has ended and that is no fact yet: its
// length is known once the date is sure.
type away struct {
	day  Day
	from time.Time // the last sure moment at which the box is known to have run
	// ran is how long it has run after from with a clock that was unsure: the power may go again
	// before anybody has confirmed the date.
	ran time.Duration
	at  time.Duration // of this start, on the monotonic clock
}

// awaySince tells, at a start, since when the box was away, in the middle of a day. It returns
// nil where that was nobody's waiting time. The beginning is at most seenEvery or seenBusy early.
func (o *Office) awaySince(kept Kept) *away {
	if !kept.Hall.Opened || kept.Hall.Closed {
		return nil
	}
	// What an unsure clock has written down is no time; whether somebody was to be served when
	// the box went off is told by what is older.
	var last time.Time
	open := false
	for i := range kept.Records {
		if r := &kept.Records[i]; r.AtSure {
			last = r.At
			if f, ok := r.Fact.(HallMoved); ok {
				open = f.Open
			}
		}
	}
	from := kept.Box.LastSeen
	if last.After(from) {
		from = last
	}
	if !open || from.IsZero() || DayOf(from) != kept.Day {
		return nil
	}
	return &away{day: kept.Day, from: from, ran: kept.Box.Unsure, at: o.clock.at}
}

// noteOutage keeps how long the box was away before this start, as soon as the clock is sure.
// Nothing else may be kept by a sure clock before it: the next start looks no further back.
func (o *Office) noteOutage(ctx context.Context, now time.Time) error {
	if !o.clock.sure() {
		return nil
	}
	var c Change
	o.putOutage(&c, now)
	if len(c.Records) > 0 || o.box.Unsure > 0 {
		box := o.boxOn(o.day.day, now)
		c.Box = &box
	}
	if err := o.commit(ctx, c); err != nil {
		return fmt.Errorf("keep the outage: %w", err)
	}
	o.away = nil
	return nil
}

// noted reports whether the outage is among the facts: a commit that failed may have reached the
// disk.
func (a *away) noted(records []Record) bool {
	return slices.ContainsFunc(records, func(r Record) bool {
		f, ok := r.Fact.(OutageSeen)
		return ok && f.From.Equal(a.from)
	})
}

// putOutage puts the outage into c. Its end is this start, counted back from now: the clock may
// have been set since. Where the box ran in between with an unsure clock, nobody can tell when
// that was: it is taken off the end, so that the length is right.
func (o *Office) putOutage(c *Change, now time.Time) {
	a := o.away
	if a == nil || !o.clock.sure() || a.day != o.day.day {
		return
	}
	to := now.Add(-(o.clock.at - a.at) - a.ran).Round(time.Second)
	if to.Sub(a.from) >= outageFrom {
		o.record(c, now, byGateway, OutageSeen{From: a.from, To: to})
	}
}
