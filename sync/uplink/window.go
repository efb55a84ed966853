package uplink

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Window says when pages may go: a mobile line is cheap at night, and a package of data ends.
// Facts are small and always go.
type Window struct {
	// From and To are the times of day between which pages may go; over midnight where To is not
	// after From. Both 0: at any hour.
	From, To kiosk.Minute
	// PerDay bounds the bytes of pages of one day; 0: no bound.
	PerDay int64
}

// opensIn returns how long it is until pages may go; 0: they may now.
func (w Window) opensIn(now time.Time, spent int64) time.Duration {
	if w.PerDay > 0 && spent >= w.PerDay {
		morning := kiosk.DayOf(now).Add(1).Midnight()
		return morning.Sub(now) + w.untilHour(morning)
	}
	return w.untilHour(now)
}

// untilHour returns how long it is until the hours allow it.
func (w Window) untilHour(now time.Time) time.Duration {
	if w.From == w.To {
		return 0
	}
	day := kiosk.DayOf(now)
	from, to := day.At(w.From), day.At(w.To)
	in := !now.Before(from) && now.Before(to)
	if w.To < w.From { // over midnight
		in = !now.Before(from) || now.Before(to)
	}
	switch {
	case in:
		return 0
	case now.Before(from):
		return from.Sub(now)
	}
	return day.Add(1).At(w.From).Sub(now)
}
