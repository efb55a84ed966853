package kiosk

import (
	"context"
	"fmt"
	"strconv"
)

// maxConfirmed is the highest last number on paper that is believed.
const maxConfirmed = 9999

// ConfirmClock takes an officer's word for the date, backwards too. Where the box's clock shows
// the same date it is trusted again; where it does not, tickets go on under the confirmed date
// and slips carry no time. It refuses with CodeClockDate.
func (o *Office) ConfirmClock(ctx context.Context, day Day, by string) error {
	if !day.Valid() {
		return refuse(CodeClockDate, day.String(), "a date YYYY-MM-DD")
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
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
// so many in a day, with CodeBadNumber: a slip of the keyboard would spoil the day.
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
	box := o.box
	box.NumbersUnknown = nil
	for _, v := range o.box.NumbersUnknown {
		if v != code {
			box.NumbersUnknown = append(box.NumbersUnknown, v)
		}
	}
	c := Change{Box: &box}
	o.record(&c, now, by, NumbersConfirmed{Service: code, Last: last})
	return o.commit(ctx, c)
}
