package kiosk

import (
	"context"
	"time"
)

const (
	// tickEvery is how often the office looks at the clock by itself: screens count minutes.
	tickEvery = time.Minute
	// seenEvery is how often the last sure second is kept while nothing else happens.
	seenEvery = 10 * time.Minute
	// seenBusy is that while somebody waits: it is how exactly an outage is known afterwards.
	seenBusy = time.Minute
)

// Run does what comes with the time: it opens and closes the day, ends pauses, keeps faults as
// facts and the last sure second. It returns when ctx ends.
func (o *Office) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-o.views.poke:
		case <-timer.C:
		}
		timer.Reset(o.tick(ctx))
	}
}

// tick does what is due and returns when to look again.
func (o *Office) tick(ctx context.Context) time.Duration {
	now, err := o.begin(ctx)
	if err != nil {
		// The hall closes at its hour, also while nothing can be kept.
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.outdated(o.clock.wall) {
			o.views.stale()
		}
		return mendEvery
	}
	defer o.end()
	o.due(ctx, now)
	if o.outdated(now) {
		o.changed = true
	}
	return o.nextLook()
}

// outdated reports whether what was last shown would be shown otherwise now: waiting times
// change without a fact. Who has never looked need not be woken.
func (o *Office) outdated(now time.Time) bool {
	shown := o.views.current
	return shown != nil && !o.build(now).looksLike(shown)
}

// due does what the time has brought.
func (o *Office) due(ctx context.Context, now time.Time) {
	var c Change
	hall := o.setup.hall(now, o.day.hall, o.clock.sure())
	switch {
	case hall.Phase == HallOpen && (!o.day.hall.Opened || o.day.hall.Closed):
		// A day that was closed is open once more where an officer has turned the date back.
		rec := o.day.hall
		rec.Opened, rec.Closed, rec.Sealed = true, false, false
		c.Hall = &rec
		o.record(&c, now, byGateway, HallMoved{Open: true})
	case o.dayIsOver(now, hall):
		o.lapse(&c, now, byGateway, HandNone)
	}
	for _, v := range o.setup.Counters {
		rec := o.day.counters[v.Code]
		if rec.State == CounterPaused && !rec.Until.IsZero() && !now.Before(rec.Until) && !o.day.hall.Closed {
			rec.State, rec.Until, rec.Reason = CounterOpen, time.Time{}, ""
			c.Counters = append(c.Counters, rec)
			o.record(&c, now, byGateway, CounterMoved{Counter: v.Code, State: CounterOpen, Officer: rec.Officer})
		}
	}
	if err := o.commit(ctx, c); err != nil {
		o.log.Error("keep what the time brought", LogError, err)
		return
	}
	if o.day.hall.Closed && !o.day.hall.Sealed {
		if err := o.seal(ctx, now, o.day.day); err != nil {
			o.log.Error("seal the audit log", LogError, err)
		}
	}
	every := seenEvery
	if o.day.unfinished() {
		every = seenBusy
	}
	since := now.Sub(o.box.LastSeen)
	if !o.clock.sure() {
		since = o.clock.unsure - o.box.Unsure
	}
	if since >= every || o.agreed() {
		if err := o.keepLastSeen(ctx, now); err != nil {
			o.log.Error("keep last sure second", LogError, err)
		}
	}
	o.slipFault(now)
	o.paperFault(now)
	o.numbersFault(now)
	o.parkedFault(ctx, now)
	o.keepFaults(ctx, now)
}

// dayIsOver reports whether the day is to be closed by itself: its sessions are over, and
// either nothing waits any more or the time of grace has passed.
func (o *Office) dayIsOver(now time.Time, hall HallStatus) bool {
	waits := o.day.unfinished()
	if hall.Reason != ClosedAfter || hall.ClosesAt.IsZero() || o.day.hall.Closed && !waits {
		return false
	}
	return !waits || !now.Before(hall.ClosesAt.Add(o.setup.Hours.Grace))
}

func (o *Office) slipFault(now time.Time) {
	for i := range o.day.tickets {
		if t := &o.day.tickets[i]; t.Slip.State == SlipUnprinted && !t.State.Final() {
			o.faults.raise(FaultSlipsUnprinted, "kioskctl tickets shows them; kioskctl ticket reprint NUMBER", o.clock.at, now)
			return
		}
	}
	o.faults.clear(FaultSlipsUnprinted, o.clock.at)
}

// nextLook is the time until the next minute, or until a fault becomes visible.
func (o *Office) nextLook() time.Duration {
	wait := tickEvery - time.Duration(o.clock.wall.Second())*time.Second
	if due, some := o.faults.due(o.clock.at); some && due < wait {
		wait = due
	}
	return max(wait, time.Millisecond)
}
