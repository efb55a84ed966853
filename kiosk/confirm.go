package kiosk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// maxConfirmed is the highest last number on paper that is believed.
const maxConfirmed = 9999

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
		err = o.commit(ctx, c)
	}
	if err != nil {
		o.clock.reason, o.clock.confirmed = before.reason, before.confirmed
		return err
	}
	o.clockFault(now)
	o.log.Info("date confirmed", LogDay, day, LogBy, by)
	return nil
}

// ConfirmNumber takes a person's word for the last number on paper of a service, after both
// files that keep it were lost. It refuses with CodeUnknownService and, where no office gives
// so many in a day, with CodeBadNumber: a slip of the keyboard would spoil the day. A box with
// a new card in the middle of a day takes the word unasked, as long as the service has given no
// number; after that it refuses with CodeNotAsked.
func (o *Office) ConfirmNumber(ctx context.Context, code ServiceCode, last uint32, by string) error {
	if _, ok := o.setup.Service(code); !ok {
		return refuse(CodeUnknownService, string(code), "one of "+o.serviceCodes())
	}
	if last > maxConfirmed {
		return refuse(CodeBadNumber, strconv.FormatUint(uint64(last), 10), fmt.Sprintf("0 to %d", maxConfirmed))
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if !slices.Contains(o.box.NumbersUnknown, code) && o.day.last[code] > 0 {
		return refuse(CodeNotAsked, string(code), "its numbers are known")
	}
	box := o.box
	box.NumbersUnknown = nil
	for _, v := range o.box.NumbersUnknown {
		if v != code {
			box.NumbersUnknown = append(box.NumbersUnknown, v)
		}
	}
	c := Change{Box: &box}
	o.record(&c, now, by, NumbersConfirmed{Service: code, Last: last})
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.numbersFault(now)
	return nil
}

// numbersAsked keeps whose numbers of the present day are to be confirmed.
func (o *Office) numbersAsked(ctx context.Context, codes []ServiceCode) error {
	box := o.box
	box.Day, box.UnknownDay, box.NumbersUnknown = o.day.day, o.day.day, codes
	if err := o.commit(ctx, Change{Box: &box}); err != nil {
		return fmt.Errorf("keep that numbers are unknown: %w", err)
	}
	return nil
}

// numbersFault tells the technician which numbers are to be confirmed before anybody presses.
func (o *Office) numbersFault(now time.Time) {
	if o.box.UnknownDay != o.day.day || len(o.box.NumbersUnknown) == 0 {
		o.faults.clear(FaultNumbersUnknown, o.clock.at)
		return
	}
	hint := "look at the last number on paper of each: kioskctl numbers confirm SERVICE LAST, for"
	for _, code := range o.box.NumbersUnknown {
		hint += " " + string(code)
	}
	o.faults.raise(FaultNumbersUnknown, hint, o.clock.at, now)
}
