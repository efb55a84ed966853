package kiosk

import (
	"context"
	"time"
)

// OpenHall opens the hall by a lead's hand, at any hour; it stays open until CloseHall or the
// end of the day. It refuses with CodeHallAlready.
func (o *Office) OpenHall(ctx context.Context, by string) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if o.setup.hall(now, o.day.hall, o.clock.sure()).Phase == HallOpen {
		return refuse(CodeHallAlready, "open", "")
	}
	hall := o.day.hall
	hall.Hand, hall.Closed, hall.Opened, hall.Sealed = HandOpen, false, true, false
	c := Change{Hall: &hall}
	o.record(&c, now, by, HallMoved{Open: true, ByHand: true})
	return o.commit(ctx, c)
}

// CloseHall closes the day by a lead's hand: what still waits lapses. It refuses with
// CodeHallAlready.
func (o *Office) CloseHall(ctx context.Context, by string) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if o.day.hall.Hand == HandClosed {
		return refuse(CodeHallAlready, "closed", "")
	}
	var c Change
	o.lapse(&c, now, by, HandClosed)
	return o.commit(ctx, c)
}

// lapse puts the end of the present day into c.
func (o *Office) lapse(c *Change, now time.Time, by string, hand HallHand) {
	for _, t := range o.day.tickets {
		if !t.State.Final() {
			o.touch(c, now, by, t, TicketMoved{Service: t.Service, Number: t.Number, Verb: VerbLapse, State: Lapsed, Counter: t.Counter})
		}
	}
	for _, v := range o.setup.Counters {
		if rec := o.day.counters[v.Code]; rec.State != CounterClosed {
			rec.State, rec.Until, rec.Reason, rec.Officer = CounterClosed, time.Time{}, "", ""
			o.record(c, now, by, CounterMoved{Counter: v.Code, State: CounterClosed})
			c.Counters = append(c.Counters, rec)
		}
	}
	hall := o.day.hall
	hall.Hand, hall.Closed, hall.HelpSince = hand, true, time.Time{}
	c.Hall = &hall
	o.record(c, now, by, HallMoved{Open: false, ByHand: hand == HandClosed})
}

// rollover begins a new day where the clock, if it can be trusted, shows one: what the old day
// left over lapses in the same transaction that makes the new one the box's day.
func (o *Office) rollover(ctx context.Context, now time.Time) error {
	if !o.clock.sure() || DayOf(now) <= o.day.day {
		return nil
	}
	return o.turnTo(ctx, now, DayOf(now), byGateway, nil)
}

// turnTo ends the present day and goes on with another one, which may lie earlier: an officer
// may have confirmed that. What is kept of it is loaded, so that no number comes twice.
func (o *Office) turnTo(ctx context.Context, now time.Time, day Day, by string, why Fact) error {
	var c Change
	lived := o.day.hall.Opened || len(o.day.tickets) > 0
	if !o.day.hall.Closed && lived || o.day.unfinished() {
		o.lapse(&c, now, by, HandNone) // a hand that opened it ends with its day
	}
	if why != nil {
		o.record(&c, now, by, why)
	}
	box := o.boxOn(day, now)
	if why != nil && o.box.UnknownDay == o.day.day && o.box.Confirmed == 0 {
		// Numbers are unknown of the day on paper, and only now somebody says which one that is.
		box.UnknownDay = day
	}
	c.Box = &box
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	kept, err := o.store.Load(ctx, o.setup.Site.Code)
	if err != nil {
		o.break_(err, Change{})
		return &Refusal{Code: CodeStoreFailed, Cause: err}
	}
	ended, unsealed := o.day.day, lived && !o.day.hall.Sealed
	o.day = newDayState(o.setup, day, kept)
	o.log.Info("day begun", LogDay, day)
	if unsealed {
		return o.seal(ctx, now, ended)
	}
	return nil
}

// boxOn returns the box's record with its day and with what the clock is worth now.
func (o *Office) boxOn(day Day, now time.Time) BoxRecord {
	box := o.box
	box.Day, box.Confirmed, box.Unsure = day, o.clock.confirmed, o.clock.unsure.Truncate(time.Second)
	switch {
	case o.clock.sure():
		box.LastSeen, box.Unsure = now, 0 // backwards too: an officer said so
	case day < DayOf(box.LastSeen):
		// What was seen in a future that was none must not make the right clock unsure.
		box.LastSeen = day.Midnight()
	}
	return box
}
