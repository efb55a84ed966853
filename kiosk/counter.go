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
	if t, busy := o.day.inHand(f.Counter); busy && f.State == CounterClosed {
		return refuse(CodeCounterBusy, string(t.Number), "finish, hold or no-show it first")
	}
	rec := o.day.counters[f.Counter]
	if rec.State == f.State && rec.Until.Equal(f.Until) && rec.Reason == f.Reason {
		return nil
	}
	rec.State, rec.Until, rec.Reason = f.State, f.Until, f.Reason
	var c Change
	o.record(&c, now, by, f)
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
