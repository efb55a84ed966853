package kiosk

import (
	"context"
	"time"
)

// sayAgain is how soon a date has to be said again that moves a clock which nobody doubts.
const sayAgain = time.Minute

// saidDate is the date that was said last, and when.
type saidDate struct {
	day Day
	at  time.Duration
}

// ConfirmClock takes an officer's word for the date, backwards too. Where the box's clock shows
// the same date it is trusted again; where it does not, tickets go on under the confirmed date
// and slips carry no time.
//
// Another day ends the present one, and what waits lapses. It refuses with CodeClockDate what
// is no date, lies before the making of this software, or moves a clock that nobody doubts while
// somebody waits: that may be a slip of the keyboard, and said again within a minute it is taken.
func (o *Office) ConfirmClock(ctx context.Context, day Day, by string) error {
	if !day.Valid() {
		return refuse(CodeClockDate, day.String(), "a date YYYY-MM-DD")
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if day < DayOf(o.built) {
		return refuse(CodeClockDate, day.String(), "a date after "+DayOf(o.built).String()+", when this software was made")
	}
	said := o.said
	o.said = saidDate{day, o.clock.at}
	if o.clock.sure() && day != o.day.day && o.day.unfinished() && (said.day != day || o.clock.at-said.at > sayAgain) {
		return refuse(CodeClockDate, day.String(), "the clock is sure that it is "+o.day.day.String()+", and what waits would lapse; say it again within a minute to do so")
	}
	before := o.clock
	o.clock.confirm(day)
	fact := ClockConfirmed{Day: day, Was: DayOf(now)}
	if day != o.day.day {
		err = o.turnTo(ctx, now, day, by, fact)
	} else {
		box := o.boxOn(day, now)
		c := Change{Box: &box}
		o.record(&c, now, by, fact)
		o.putOutage(&c, now)
		err = o.commit(ctx, c)
	}
	if err != nil {
		o.clock.reason, o.clock.confirmed = before.reason, before.confirmed
		return err
	}
	if o.clock.sure() {
		o.away = nil // kept, or of another day
	}
	o.clockFault(now)
	o.log.Info("date confirmed", LogDay, day, LogBy, by)
	return nil
}
