package kiosk_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestUnsureClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	if err := w.Close(ctx); err != nil { // keeps the last sure second
		t.Fatal(err)
	}
	w.set(time.Date(1970, 1, 1, 0, 0, 9, 0, time.UTC))
	w.restart()
	s := w.Snapshot()
	if s.Clock.Sure || s.Clock.ShowTime || s.Clock.Reason != kiosk.ClockBehind || s.Day != kiosktest.Monday {
		t.Fatalf("woken in 1970: %+v day %v", s.Clock, s.Day)
	}
	if s.Hall.Reason != kiosk.ClosedClock || len(s.Faults) != 1 || s.Faults[0].Code != kiosk.FaultClockUnsure {
		t.Errorf("hall %+v, faults %+v", s.Hall, s.Faults)
	}
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeHallClosed)
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" || got.Day != kiosktest.Monday || got.TimeSure {
		t.Errorf("numbers go on under the store's day: %+v", got)
	}
	refused(t, w.ConfirmClock(ctx, 20261301, "lead"), kiosk.CodeClockDate)
	// The officer says it is the 25th; the box still shows 1970.
	if err := w.ConfirmClock(ctx, kiosktest.Monday+2, "lead"); err != nil {
		t.Fatal(err)
	}
	if s := w.Snapshot(); s.Day != kiosktest.Monday+2 || s.Clock.ShowTime || len(s.Tickets) != 0 {
		t.Errorf("confirmed: day %v, %+v", s.Day, s.Clock)
	}
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A001" {
		t.Errorf("the confirmed day begins with %s", got.Number)
	}
	// A power cut: the confirmed day outlives it.
	w.restart()
	if s := w.Snapshot(); s.Day != kiosktest.Monday+2 || len(s.Tickets) != 1 {
		t.Errorf("after a power cut: day %v, %d tickets", s.Day, len(s.Tickets))
	}
	// Backwards too, and no number comes twice.
	if err := w.ConfirmClock(ctx, kiosktest.Monday, "lead"); err != nil {
		t.Fatal(err)
	}
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A003" {
		t.Errorf("back on the first day: %s", got.Number)
	}
	// The line is back and the clock is set: two witnesses agree.
	w.set(kiosktest.Monday.At(10 * 60))
	w.issue(kiosktest.Certify, "")
	if s := w.Snapshot(); !s.Clock.Sure || len(s.Faults) != 0 {
		t.Errorf("the clock is right again: %+v %+v", s.Clock, s.Faults)
	}
}

func TestWakesAfterTet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	if err := w.Close(ctx); err != nil {
		t.Fatal(err)
	}
	w.set(kiosktest.Monday.At(8*60).AddDate(0, 0, 14))
	w.restart()
	if s := w.Snapshot(); !s.Clock.Sure || s.Day != 20261207 || s.Hall.Phase != kiosk.HallOpen {
		t.Errorf("two weeks later: %+v %v %+v", s.Clock, s.Day, s.Hall)
	}
	w.set(kiosktest.Monday.At(8*60).AddDate(0, 0, 44))
	w.restart()
	if s := w.Snapshot(); !s.Clock.Sure {
		t.Errorf("thirty days after the last sure second: %+v", s.Clock)
	}
}

// a power cut it still is, and not far enough to be noticed by itself.
func TestAConfirmedDateOutlivesTheWrongClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(kiosktest.Monday.Add(14).At(9 * 60))
	w.restart()
	w.runOnce()
	if err := w.ConfirmClock(ctx, kiosktest.Monday, "lead"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	w.restart()
	if s := w.Snapshot(); s.Clock.Sure || s.Day != kiosktest.Monday {
		t.Errorf("woken weeks ahead again: %+v day %v", s.Clock, s.Day)
	}
	// Set right while the box is off: officer and clock agree, and nothing is left of it.
	w.set(kiosktest.Monday.At(9 * 60))
	for range 2 {
		w.restart()
		if s := w.Snapshot(); !s.Clock.Sure || s.Hall.Phase != kiosk.HallOpen {
			t.Errorf("set right while off: %+v, hall %+v", s.Clock, s.Hall)
		}
		w.issue(kiosktest.Certify, "")
	}
	w.goOn((kiosktest.Monday + 2).At(8 * 60))
	w.restart()
	if s := w.Snapshot(); !s.Clock.Sure || s.Day != kiosktest.Monday+2 {
		t.Errorf("two days later: %+v day %v", s.Clock, s.Day)
	}
}

// seen in the wrong future must not make the right clock unsure at the next start.
func TestASetClockStaysSure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(kiosktest.Monday.Add(14).At(9 * 60))
	w.restart()
	w.runOnce()
	if err := w.ConfirmClock(ctx, kiosktest.Monday, "lead"); err != nil {
		t.Fatal(err)
	}
	w.set(kiosktest.Monday.At(9 * 60))
	w.issue(kiosktest.Certify, "")
	w.pass(time.Minute)
	w.runOnce()
	w.restart()
	if s := w.Snapshot(); !s.Clock.Sure || s.Day != kiosktest.Monday || len(s.Tickets) != 1 {
		t.Errorf("after a power cut: %+v day %v, %d tickets", s.Clock, s.Day, len(s.Tickets))
	}
	// Two days on the confirmation is history: it must not vouch for a clock that falls back to it.
	w.goOn((kiosktest.Monday + 2).At(8 * 60))
	w.issue(kiosktest.Certify, "")
	w.set(kiosktest.Monday.At(8 * 60))
	w.Snapshot()
	w.set(kiosktest.Monday.At(12 * 60))
	if s := w.Snapshot(); s.Clock.Sure && s.Day != kiosktest.Monday+2 {
		t.Errorf("fallen back: %+v", s.Clock)
	}
}

// TestAJumpThatADriverSeesFirst: whoever reads the clock first, the fault is raised.
func TestAJumpThatADriverSeesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Snapshot()
	w.set(kiosktest.Monday.At(20 * 60))
	w.RaiseFault(kiosk.FaultPrinterNoise, "garbage")
	if f := w.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultClockUnsure {
		t.Errorf("faults %+v", f)
	}
}

// is a day like any other and ends like one.
func TestBackOnADayThatWasClosed(t *testing.T) {
	t.Parallel()
	for _, end := range []time.Time{kiosktest.Monday.At(17*60 + 30), (kiosktest.Monday + 2).At(8 * 60)} {
		w := newWorld(t)
		w.issue(kiosktest.Certify, "")
		refused(t, w.ConfirmClock(ctx, kiosktest.Monday+2, "lead"), kiosk.CodeClockDate) // somebody waits
		for _, d := range []kiosk.Day{kiosktest.Monday + 2, kiosktest.Monday} {
			if err := w.ConfirmClock(ctx, d, "lead"); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" {
			t.Errorf("back on the day: %s", got.Number)
		}
		w.goOn(end)
		w.runOnce()
		old, err := w.store.Tickets(ctx, kiosktest.Site, kiosktest.Monday)
		if err != nil || len(old) != 2 || old[1].State != kiosk.Lapsed {
			t.Errorf("at %v: %+v, %v", end, old, err)
		}
	}
}

// TestTimesOfAnUnsureClock: one time that is worth nothing makes the ticket's times unfit to show.
func TestTimesOfAnUnsureClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.issue(kiosktest.Certify, ""); !got.TimeSure {
		t.Errorf("issued by a sure clock: %+v", got)
	}
	w.set(kiosktest.Monday.At(20 * 60))
	if got := w.call(kiosktest.Counter1).Ticket; got.TimeSure {
		t.Errorf("called by an unsure clock: %+v", got)
	}
}

// TestASlipOfTheKeyboard: a date that ends a day which nobody doubts has to be said twice.
func TestASlipOfTheKeyboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	refused(t, w.ConfirmClock(ctx, 20260101, "kioskctl"), kiosk.CodeClockDate) // before the software was made
	refused(t, w.ConfirmClock(ctx, 20260101, "kioskctl"), kiosk.CodeClockDate) // however often
	refused(t, w.ConfirmClock(ctx, 21261123, "kioskctl"), kiosk.CodeClockDate)
	w.pass(2 * time.Minute)
	refused(t, w.ConfirmClock(ctx, 21261123, "kioskctl"), kiosk.CodeClockDate)
	if s := w.Snapshot(); s.Day != kiosktest.Monday || s.Tickets[0].State != kiosk.Waiting {
		t.Fatalf("refused, yet the day is %v and the ticket %s", s.Day, s.Tickets[0].State)
	}
	if err := w.ConfirmClock(ctx, kiosktest.Monday, "kioskctl"); err != nil {
		t.Errorf("the date that it is: %v", err)
	}
	refused(t, w.ConfirmClock(ctx, kiosktest.Monday+2, "kioskctl"), kiosk.CodeClockDate)
	if err := w.ConfirmClock(ctx, kiosktest.Monday+2, "kioskctl"); err != nil {
		t.Errorf("said twice: %v", err)
	}
	if s := w.Snapshot(); s.Day != kiosktest.Monday+2 {
		t.Errorf("the day is %v", s.Day)
	}
}
