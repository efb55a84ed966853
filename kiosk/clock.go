package kiosk

import "time"

// ClockReason is why the clock cannot be trusted.
type ClockReason string

// The reasons (a Pi has no clock that survives a power cut).
const (
	ClockBehind ClockReason = "behind" // earlier than the last second that was sure
	ClockAhead  ClockReason = "ahead"  // more than 30 days later than it, at start
	ClockJumped ClockReason = "jumped" // 5 minutes against the monotonic clock, while running
)

const (
	// clockAhead is longer than the longest closing (Tết and the days around it) and shorter
	// than what a clock that lost its battery is usually off by.
	clockAhead = 30 * 24 * time.Hour
	// clockJump is more than any correction of a clock that runs and less than what would
	// matter on a slip.
	clockJump = 5 * time.Minute
)

// clockGuard decides whether the wall clock can be trusted. It is not safe for concurrent
// use: the Office holds its lock.
type clockGuard struct {
	now    func() time.Time
	mono   func() time.Duration
	reason ClockReason // empty: sure
	// confirmed is the officer's date while the clock shows another one.
	confirmed Day
	// unsure is how long the box has run since the last sure second, over all its starts.
	unsure time.Duration
	wall   time.Time // of the last reading
	at     time.Duration
}

// start takes the first reading. lastSeen is the last second that was sure, built the time of
// the binary; either may be zero. confirmed is what it was when the box went off.
func (g *clockGuard) start(lastSeen, built time.Time) {
	g.wall, g.at = g.second(), g.mono()
	switch {
	case g.wall.Before(lastSeen), g.wall.Before(built):
		g.reason = ClockBehind
	case !lastSeen.IsZero() && g.wall.Sub(lastSeen) > clockAhead:
		g.reason = ClockAhead
	}
	switch {
	case g.confirmed == 0 || g.reason != "":
	case DayOf(g.wall) == g.confirmed:
		g.confirmed = 0 // set right while the box was off
	default:
		// The clock that the officer found wrong, or another one that nobody has looked at.
		g.doubt()
	}
}

// doubt makes the clock unsure because an officer gave another date than it shows.
func (g *clockGuard) doubt() {
	g.reason = ClockBehind
	if DayOf(g.wall) > g.confirmed {
		g.reason = ClockAhead
	}
}

// second reads the wall clock in whole seconds, without its monotonic part.
func (g *clockGuard) second() time.Time { return g.now().In(ict).Round(0).Truncate(time.Second) }

// read returns the time and reports whether it changed what is trusted.
func (g *clockGuard) read() (t time.Time, changed bool) {
	wall, at := g.second(), g.mono()
	drift := wall.Sub(g.wall) - (at - g.at)
	if g.reason != "" {
		g.unsure += at - g.at
	} else {
		g.unsure = 0
	}
	g.wall, g.at = wall, at
	if drift.Abs() < clockJump {
		return wall, false
	}
	if g.reason == "" {
		g.reason = ClockJumped
		return wall, true
	}
	// Somebody has set a clock that was unsure. If it now shows the date that the officer
	// gave, two witnesses agree.
	if g.confirmed != 0 && DayOf(wall) == g.confirmed {
		g.reason, g.confirmed = "", 0
		return wall, true
	}
	return wall, false
}

// confirm takes an officer's word for the date.
func (g *clockGuard) confirm(day Day) {
	if DayOf(g.wall) == day {
		g.reason, g.confirmed = "", 0
		return
	}
	g.confirmed = day
	if g.reason == "" {
		g.doubt()
	}
}

func (g *clockGuard) sure() bool { return g.reason == "" }

func (g *clockGuard) status() ClockStatus {
	return ClockStatus{Sure: g.sure(), Reason: g.reason, ShowTime: g.sure()}
}
