package kiosk

import (
	"testing"
	"time"
)

// fakeClock is a wall clock that can be set and a monotonic one that cannot.
type fakeClock struct {
	wall time.Time
	mono time.Duration
}

func (c *fakeClock) pass(d time.Duration) { c.wall, c.mono = c.wall.Add(d), c.mono+d }

func (c *fakeClock) guard() *clockGuard {
	return &clockGuard{now: func() time.Time { return c.wall }, mono: func() time.Duration { return c.mono }}
}

func TestClockAtStart(t *testing.T) {
	t.Parallel()
	built := at("2026-11-01 00:00:00")
	for _, c := range []struct {
		name, now, lastSeen string
		want                ClockReason
	}{
		{"first start", "2026-11-23 08:00:00", "", ""},
		{"first start in 1970", "1970-01-01 07:00:12", "", ClockBehind},
		{"before the binary was made", "2026-10-31 23:59:59", "", ClockBehind},
		{"the next morning", "2026-11-24 07:00:00", "2026-11-23 17:00:00", ""},
		{"the same second", "2026-11-23 17:00:00", "2026-11-23 17:00:00", ""},
		{"a second behind", "2026-11-23 16:59:59", "2026-11-23 17:00:00", ClockBehind},
		{"1970 after a power cut", "1970-01-01 07:00:12", "2026-11-23 17:00:00", ClockBehind},
		{"after the Tết week", "2027-02-15 07:00:00", "2027-02-02 17:00:00", ""},
		{"a month and a day later", "2026-12-24 17:00:01", "2026-11-23 17:00:00", ClockAhead},
		{"2038", "2038-01-20 08:00:00", "2026-11-23 17:00:00", ClockAhead},
		{"2038, when it really is", "2038-01-20 08:00:00", "2038-01-19 17:00:00", ""},
	} {
		clock := &fakeClock{wall: at(c.now)}
		g := clock.guard()
		var seen time.Time
		if c.lastSeen != "" {
			seen = at(c.lastSeen)
		}
		g.start(seen, built)
		if g.reason != c.want {
			t.Errorf("%s: %q, want %q", c.name, g.reason, c.want)
		}
	}
}

func TestClockJumpsAndIsConfirmed(t *testing.T) {
	t.Parallel()
	clock := &fakeClock{wall: at("2026-11-23 08:00:00")}
	g := clock.guard()
	g.start(time.Time{}, time.Time{})

	clock.pass(3 * time.Hour)
	clock.wall = clock.wall.Add(4 * time.Minute) // less than a jump
	if _, changed := g.read(); changed || !g.sure() {
		t.Fatalf("four minutes made the clock unsure: %q", g.reason)
	}
	clock.wall = clock.wall.AddDate(0, 0, -2)
	if _, changed := g.read(); !changed || g.reason != ClockJumped {
		t.Fatalf("two days back: %q", g.reason)
	}
	g.confirm(20261123)
	if g.sure() || g.confirmed != 20261123 {
		t.Fatalf("the clock shows another date than was confirmed, and is sure")
	}
	// The clock running on into the confirmed date proves nothing.
	clock.pass(48 * time.Hour)
	if g.read(); g.sure() {
		t.Fatalf("running into the confirmed date made the clock sure")
	}
	clock.wall = at("2026-11-23 14:00:00") // somebody sets it
	if _, changed := g.read(); !changed || !g.sure() || g.confirmed != 0 {
		t.Fatalf("clock and officer agree, and the clock is unsure: %q", g.reason)
	}
	g.confirm(20261123)
	if !g.sure() {
		t.Fatalf("confirming the date it shows made the clock unsure")
	}
}
