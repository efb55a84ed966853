package kiosk

import (
	"testing"
	"time"
)

// testHours is Monday to Friday, two sessions, and Saturday mornings.
func testHours() Hours {
	day := []Session{{7*60 + 30, 11*60 + 30}, {13*60 + 30, 17 * 60}}
	return Hours{
		Weekly:     [7][]Session{1: day, 2: day, 3: day, 4: day, 5: day, 6: {{7*60 + 30, 11 * 60}}},
		LastTicket: 15 * time.Minute,
		Grace:      time.Hour,
		Calendar: []CalendarEntry{
			{Day: 20261124, Kind: Holiday, Name: Text{Vietnamese: "Ngày Văn hóa Việt Nam"}},
			{Day: 20261129, Kind: SwapWork, Name: Text{Vietnamese: "Làm bù"}, Sessions: []Session{{8 * 60, 12 * 60}}},
			{Day: 20261126, Kind: LocalClosure, Name: Text{Vietnamese: "Bão"}},
		},
	}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, ICT())
	if err != nil {
		panic(err)
	}
	return t
}

func TestHallThroughTheWeek(t *testing.T) {
	t.Parallel()
	s := Setup{Hours: testHours()}
	for _, c := range []struct {
		now    string
		rec    HallRecord
		unsure bool
		phase  HallPhase
		reason ClosedReason
		opens  string
	}{
		{now: "2026-11-23 07:29:59", phase: HallClosed, reason: ClosedBefore, opens: "2026-11-23 07:30:00"},
		{now: "2026-11-23 07:30:00", phase: HallOpen},
		{now: "2026-11-23 11:29:59", phase: HallOpen},
		{now: "2026-11-23 11:30:00", phase: HallBreak, reason: ClosedBreak, opens: "2026-11-23 13:30:00"},
		{now: "2026-11-23 13:30:00", phase: HallOpen},
		// The last ticket is given before 16:45; tomorrow is the holiday of 24 November.
		{now: "2026-11-23 16:44:59", phase: HallOpen},
		{now: "2026-11-23 16:45:00", phase: HallEnding, reason: ClosedLast, opens: "2026-11-25 07:30:00"},
		{now: "2026-11-23 17:00:00", phase: HallEnding, reason: ClosedAfter, opens: "2026-11-25 07:30:00"},
		{now: "2026-11-23 18:01:00", rec: HallRecord{Closed: true}, phase: HallClosed, reason: ClosedAfter, opens: "2026-11-25 07:30:00"},
		{now: "2026-11-24 09:00:00", phase: HallClosed, reason: ClosedHoliday, opens: "2026-11-25 07:30:00"},
		{now: "2026-11-24 09:00:00", rec: HallRecord{Hand: HandOpen}, phase: HallOpen},
		{now: "2026-11-25 09:00:00", rec: HallRecord{Hand: HandClosed}, phase: HallClosed, reason: ClosedByHand, opens: "2026-11-27 07:30:00"},
		{now: "2026-11-26 09:00:00", phase: HallClosed, reason: ClosedHoliday, opens: "2026-11-27 07:30:00"},
		{now: "2026-11-28 10:44:59", phase: HallOpen},
		{now: "2026-11-28 10:45:00", phase: HallEnding, reason: ClosedLast, opens: "2026-11-29 08:00:00"},
		{now: "2026-11-29 08:00:00", phase: HallOpen}, // a Sunday that works
		{now: "2026-12-06 09:00:00", phase: HallClosed, reason: ClosedRest, opens: "2026-12-07 07:30:00"},
		{now: "2026-11-23 09:00:00", unsure: true, phase: HallClosed, reason: ClosedClock},
		{now: "2026-11-23 23:00:00", unsure: true, rec: HallRecord{Hand: HandOpen}, phase: HallOpen},
	} {
		now := at(c.now)
		c.rec.Day = DayOf(now)
		got := s.hall(now, c.rec, !c.unsure)
		if got.Phase != c.phase || got.Reason != c.reason {
			t.Errorf("%s %+v: %s/%s, want %s/%s", c.now, c.rec, got.Phase, got.Reason, c.phase, c.reason)
		}
		opens := ""
		if !got.OpensAt.IsZero() {
			opens = got.OpensAt.Format("2006-01-02 15:04:05")
		}
		if opens != c.opens {
			t.Errorf("%s %+v: opens %q, want %q", c.now, c.rec, opens, c.opens)
		}
	}
}

func TestAlwaysOpen(t *testing.T) {
	t.Parallel()
	s := Setup{Hours: testHours(), AlwaysOpen: true}
	now := at("2026-11-24 03:00:00")
	if got := s.hall(now, HallRecord{Day: DayOf(now)}, false); got.Phase != HallOpen {
		t.Errorf("always open at night, on a holiday, with an unsure clock: %+v", got)
	}
	if got := s.hall(now, HallRecord{Day: DayOf(now), Hand: HandClosed}, true); got.Phase != HallClosed {
		t.Errorf("a lead's closing counts there too: %+v", got)
	}
}

func TestNextOpeningSeesOverTet(t *testing.T) {
	t.Parallel()
	h := testHours()
	for d := Day(20270203); d <= 20270214; d = d.Add(1) {
		h.Calendar = append(h.Calendar, CalendarEntry{Day: d, Kind: Holiday, Name: Text{Vietnamese: "Tết"}})
	}
	if got := h.nextOpening(at("2027-02-02 17:00:00"), true); !got.Equal(at("2027-02-15 07:30:00")) {
		t.Errorf("next opening %v", got)
	}
	if got := (&Hours{}).nextOpening(at("2027-02-02 17:00:00"), true); !got.IsZero() {
		t.Errorf("an office without hours opens at %v", got)
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	// 17:30 UTC on the 23rd is half past midnight on the 24th here.
	if d := DayOf(time.Date(2026, 11, 23, 17, 30, 0, 0, time.UTC)); d != 20261124 {
		t.Errorf("day %v", d)
	}
	if d := Day(20261231).Add(1); d != 20270101 {
		t.Errorf("day after New Year's Eve: %v", d)
	}
	if d := Day(20280228).Add(1); d != 20280229 {
		t.Errorf("leap day: %v", d)
	}
	// Past the end of 32-bit seconds.
	if d := DayOf(at("2038-01-20 00:00:00")); d != 20380120 || !d.Valid() {
		t.Errorf("2038: %v", d)
	}
	for _, bad := range []string{"", "2026-13-01", "2026-02-30", "24/11/2026", "2026-1-1", "1969-12-31", "2026-11-24 "} {
		if d, err := ParseDay(bad); err == nil {
			t.Errorf("ParseDay(%q) = %v", bad, d)
		}
	}
	for _, bad := range []Day{0, 20261301, 20260230, 19691231, 4294967295} {
		if bad.Valid() {
			t.Errorf("%d is valid", bad)
		}
	}
	for _, bad := range []string{"", "7:30", "24:01", "12:60", "aa:bb", "12-30", "12:3é"} {
		if m, err := ParseMinute(bad); err == nil {
			t.Errorf("ParseMinute(%q) = %v", bad, m)
		}
	}
	if m, err := ParseMinute("24:00"); err != nil || m != 1440 {
		t.Errorf("24:00: %v, %v", m, err)
	}
}

func FuzzParseTimes(f *testing.F) {
	f.Add("2026-11-24")
	f.Add("07:30")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDay(s); err == nil && (!d.Valid() || d.String() != s) {
			t.Errorf("ParseDay(%q) = %v", s, d)
		}
		if m, err := ParseMinute(s); err == nil && (m < 0 || m > 1440 || m.String() != s) {
			t.Errorf("ParseMinute(%q) = %v", s, m)
		}
	})
}

// TestTheLastTicketIsBeforeTheBreak: a last-ticket time that is as long as the last session and
// more. The break promises no session that gives no tickets.
func TestTheLastTicketIsBeforeTheBreak(t *testing.T) {
	t.Parallel()
	s := &Setup{Hours: Hours{LastTicket: 4*time.Hour + 30*time.Minute}}
	s.Hours.Weekly[time.Monday] = []Session{{From: 450, To: 690}, {From: 810, To: 1020}}
	for at, want := range map[Minute]ClosedReason{11 * 60: "", 12 * 60: ClosedLast, 14 * 60: ClosedLast} {
		day := Day(20261123)
		got := s.hall(day.At(at), HallRecord{Day: day}, true)
		if got.Reason != want {
			t.Errorf("%s: %q, want %q", at, got.Reason, want)
		}
		if want == ClosedLast && !got.OpensAt.Equal(day.Add(7).At(450)) {
			t.Errorf("%s: opens %v", at, got.OpensAt)
		}
	}
}
