package kiosk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// maxConfirmed is the highest last number that is believed, of paper and of the province alike.
const maxConfirmed = 9999

// jumpAtLeast is how far a jump goes at least. It goes on by one number for each minute since the
// hall opened: no service of a commune gives more for hours on end.
const jumpAtLeast = 100

// NumberAsked is a service whose last number of the day nobody here knows for sure. It gives none
// before a person has said which one stands on the last paper.
type NumberAsked struct {
	Service ServiceCode
	// Known is the highest that is known to be out; there may be higher ones on paper. 0: none.
	Known uint32
}

// NumbersHeard is the province's word for the numbers given on a day.
type NumbersHeard struct {
	Day Day
	// Highest is what has reached the province; of a service that is not in it, nothing has.
	Highest map[ServiceCode]uint32
	// Heir says that another box served this site before, and that the province has not heard of
	// this one yet: what it knows of the day by itself is not what the hall has seen.
	Heir bool
}

// ConfirmNumber takes a person's word for the last number on paper of a service, where nobody here
// can know it. It refuses with CodeUnknownService and, where no office gives so many in a day,
// with CodeBadNumber: a slip of the keyboard would spoil the day. A box with a new card in the
// middle of a day takes the word unasked, as long as the service has given no number; after that
// it refuses with CodeNotAsked. What is known to be out already is not given again, whatever the
// person says.
func (o *Office) ConfirmNumber(ctx context.Context, code ServiceCode, last uint32, by string) error {
	if _, ok := o.setup.Service(code); !ok {
		return refuse(CodeUnknownService, string(code), "one of "+o.serviceCodes())
	}
	if last > maxConfirmed {
		return refuseNumber(last)
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if !o.asks(code) && o.day.last[code] > 0 {
		return refuse(CodeNotAsked, string(code), "its numbers are known")
	}
	box := o.box
	box.NumbersUnknown = slices.DeleteFunc(slices.Clone(box.NumbersUnknown), func(v ServiceCode) bool { return v == code })
	c := Change{Box: &box}
	o.record(&c, now, by, NumbersConfirmed{Service: code, Last: last})
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.numbersFault(now)
	return nil
}

func refuseNumber(last uint32) error {
	return refuse(CodeBadNumber, strconv.FormatUint(uint64(last), 10), fmt.Sprintf("0 to %d", maxConfirmed))
}

// HearNumbers takes the province's word for the numbers of the day. It is the whole truth only
// before the hall has opened on that day: later the box that served before this one may have been
// cut off and have given more than the province has ever heard of. Then what is unknown stays so
// until a person has looked at the paper, and the province's numbers are those that are surely out.
// Of a service whose numbers are known here the box knows better.
//
// A word about another day than the present one says nothing. It refuses with CodeBadNumber where
// no office gives so many.
func (o *Office) HearNumbers(ctx context.Context, heard NumbersHeard, by string) error {
	for _, last := range heard.Highest {
		if last > maxConfirmed {
			return refuseNumber(last)
		}
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if heard.Day != o.day.day {
		return nil
	}
	var unknown []ServiceCode
	switch {
	case o.box.UnknownDay == heard.Day:
		unknown = o.box.NumbersUnknown // an heir was told before: whom it has asked since it does not ask again
	case heard.Heir:
		unknown = o.setup.ServiceCodes()
	}
	var c Change
	unopened := o.unopened(now) && len(heard.Highest) == 0
	for _, code := range o.setup.ServiceCodes() {
		own, last := o.day.last[code], heard.Highest[code]
		asked := slices.Contains(unknown, code)
		if last > own && (asked || own == 0) || asked && unopened {
			o.record(&c, now, by, NumbersConfirmed{Service: code, Last: last})
		}
	}
	if len(unknown) > 0 {
		box := o.boxOn(o.day.day, now)
		box.UnknownDay, box.NumbersUnknown = heard.Day, unknown
		if unopened {
			// Nothing is unknown of today. The list stays, until this box has served: [Office.keepAsked].
			box.UnknownDay = heard.Day.Add(-1)
		}
		c.Box = &box
	}
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.numbersFault(now)
	return nil
}

// asks reports whether a service gives no number before its last one is confirmed.
func (o *Office) asks(code ServiceCode) bool {
	return o.box.UnknownDay == o.day.day && slices.Contains(o.box.NumbersUnknown, code)
}

// unopened reports whether nobody can have been given a number on the present day: the hall has
// yet to open by its hours. On a day of rest, and after the hours, a lead may have opened it by
// hand, at this box or at the one that served before.
func (o *Office) unopened(now time.Time) bool {
	if !o.clock.sure() || o.setup.AlwaysOpen || o.day.hall.Hand != HandNone || o.day.hall.Opened {
		return false
	}
	sessions, _ := o.setup.Hours.On(o.day.day)
	return len(sessions) > 0 && now.Before(o.day.day.At(sessions[0].From))
}

// keepAsked decides, at a start, whether a question of another day is one of today as well. Only
// numbers of the present day can meet their doubles in the hall. But a spare box may have been
// made ready at the province's, days ago, and be carried into the hall at ten in the morning: it
// asks as long as it has not served, unless it is there before the hall opens.
func (o *Office) keepAsked(ctx context.Context, now time.Time, last map[Day]map[ServiceCode]uint32) error {
	served := slices.ContainsFunc(o.setup.ServiceCodes(), func(code ServiceCode) bool {
		return !slices.Contains(o.box.NumbersUnknown, code) // somebody has looked at the hall's paper
	})
	for day, of := range last {
		served = served || day > o.box.UnknownDay && len(of) > 0
	}
	switch {
	case !o.clock.sure():
		return nil
	case served:
		return o.numbersAsked(ctx, nil)
	case o.unopened(now):
		return nil
	}
	return o.numbersAsked(ctx, o.box.NumbersUnknown)
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

// asked lists the services that give no number before a person's word.
func (o *Office) asked() []NumberAsked {
	var out []NumberAsked
	for _, code := range o.setup.ServiceCodes() {
		if o.asks(code) {
			out = append(out, NumberAsked{Service: code, Known: o.day.last[code]})
		}
	}
	return out
}

// numbersFault tells which numbers are to be confirmed before anybody presses.
func (o *Office) numbersFault(now time.Time) {
	asked := o.asked()
	if len(asked) == 0 {
		o.faults.clear(FaultNumbersUnknown, o.clock.at)
		return
	}
	hint := "look at the last number on paper of each: kioskctl numbers confirm SERVICE LAST, or jump in place of LAST where none is to be found, for"
	for _, v := range asked {
		hint += " " + string(v.Service)
		if v.Known > 0 {
			hint += fmt.Sprintf(" (%d or more)", v.Known)
		}
	}
	o.faults.raise(FaultNumbersUnknown, hint, o.clock.at, now)
}

// Jump is what to confirm for a service whose last paper is not to be found: a full hundred behind
// whatever the hall can have been given by now.
func (s *Snapshot) Jump(a NumberAsked, now time.Time) uint32 {
	from := s.Day.Midnight()
	if sessions, _ := s.Setup.Hours.On(s.Day); len(sessions) > 0 && !s.Setup.AlwaysOpen {
		from = s.Day.At(sessions[0].From)
	}
	far := a.Known + uint32(max(jumpAtLeast, now.Sub(from)/time.Minute))
	return min((far+99)/100*100, maxConfirmed)
}
