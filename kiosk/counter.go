package kiosk

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxReason is the longest reason of a pause, in runes.
const maxReason = 80

// SeatOfficer says that an officer signed in at the counter, which opens.
func (o *Office) SeatOfficer(ctx context.Context, code CounterCode, officer OfficerCode, by string) error {
	return o.moveCounter(ctx, CounterMoved{Counter: code, State: CounterOpen, Officer: officer}, by)
}

// OpenCounter says that somebody sits at the counter.
func (o *Office) OpenCounter(ctx context.Context, code CounterCode, by string) error {
	return o.moveCounter(ctx, CounterMoved{Counter: code, State: CounterOpen}, by)
}

// ResumeCounter ends a pause.
func (o *Office) ResumeCounter(ctx context.Context, code CounterCode, by string) error {
	return o.moveCounter(ctx, CounterMoved{Counter: code, State: CounterOpen}, by)
}

// CloseCounter says that nobody sits there any more. It refuses with CodeCounterBusy while the
// counter has a ticket in hand.
func (o *Office) CloseCounter(ctx context.Context, code CounterCode, by string) error {
	return o.moveCounter(ctx, CounterMoved{Counter: code, State: CounterClosed}, by)
}

// PauseCounter pauses the counter until a moment of today, or until it is resumed where until
// is zero. The reason is shown to colleagues. It refuses with CodeBadTime.
func (o *Office) PauseCounter(ctx context.Context, code CounterCode, until time.Time, reason, by string) error {
	return o.moveCounter(ctx, CounterMoved{Counter: code, State: CounterPaused, Until: until, Reason: cleanReason(reason)}, by)
}

// AbsentCounter says that the counter's officer is away without a word. Whom it has called goes
// back to the old place in the queue, whom it was serving is held: neither citizen is lost.
func (o *Office) AbsentCounter(ctx context.Context, code CounterCode, by string) error {
	return o.moveCounter(ctx, CounterMoved{Counter: code, State: CounterAbsent}, by)
}

func (o *Office) moveCounter(ctx context.Context, f CounterMoved, by string) error {
	if _, err := o.counter(f.Counter); err != nil {
		return err
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	if !f.Until.IsZero() && (!f.Until.After(now) || DayOf(f.Until) != DayOf(now)) {
		return refuse(CodeBadTime, MinuteOf(f.Until).String(), "a time later today")
	}
	if f.State == CounterClosed {
		if err := o.handFree(f.Counter); err != nil {
			return err
		}
	}
	rec := o.day.counters[f.Counter]
	if f.Officer == "" && f.State != CounterClosed {
		f.Officer = rec.Officer // a pause does not change who sits there
	}
	if rec.State == f.State && rec.Until.Equal(f.Until) && rec.Reason == f.Reason && rec.Officer == f.Officer {
		return nil
	}
	rec.State, rec.Until, rec.Reason, rec.Officer = f.State, f.Until, f.Reason, f.Officer
	var c Change
	o.record(&c, now, by, f)
	if t, busy := o.day.inHand(f.Counter); busy && f.State == CounterAbsent {
		if t.State == Called {
			o.moveTo(&c, now, by, t, VerbReturn, Waiting)
		} else {
			o.moveTo(&c, now, by, t, VerbHold, Held)
		}
	}
	c.Counters = append(c.Counters, rec)
	return o.commit(ctx, c)
}

// cleanReason makes what an officer typed safe to show: one line, bounded.
func cleanReason(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	for utf8.RuneCountInString(s) > maxReason {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}
