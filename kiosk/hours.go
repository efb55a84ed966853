package kiosk

import "time"

// openingSearch bounds how far ahead the next opening is looked for: longer than a Tết week
// with the days that an office adds to it.
const openingSearch = 60

// On returns the sessions of a day and the calendar entry that made them so, if one did.
func (h *Hours) On(d Day) ([]Session, *CalendarEntry) {
	for i := range h.Calendar {
		e := &h.Calendar[i]
		if e.Day != d {
			continue
		}
		if e.Kind.Works() {
			return e.Sessions, e
		}
		return nil, e
	}
	return h.Weekly[d.Weekday()], nil
}

// nextOpening returns when the first session after t on t's day, or on a later day, begins;
// the zero time where there is none in sight.
func (h *Hours) nextOpening(t time.Time, laterDays bool) time.Time {
	d := DayOf(t)
	for i := range openingSearch {
		day := d.Add(i)
		if i == 0 && laterDays {
			continue
		}
		sessions, _ := h.On(day)
		for _, s := range sessions {
			if at := day.At(s.From); at.After(t) {
				return at
			}
		}
	}
	return time.Time{}
}

// hall returns what the hall does at now, given what is kept of the day and whether the date
// can be trusted.
func (s *Setup) hall(now time.Time, rec HallRecord, sure bool) HallStatus {
	switch {
	case rec.Hand == HandClosed:
		return HallStatus{Phase: HallClosed, Reason: ClosedByHand, OpensAt: s.opensAfterHand(now, sure)}
	case rec.Hand == HandOpen, s.AlwaysOpen:
		return HallStatus{Phase: HallOpen}
	case !sure:
		return HallStatus{Phase: HallClosed, Reason: ClosedClock}
	}
	sessions, entry := s.Hours.On(rec.Day)
	if len(sessions) == 0 {
		st := HallStatus{Phase: HallClosed, Reason: ClosedRest, OpensAt: s.Hours.nextOpening(now, true)}
		if entry != nil {
			st.Reason, st.Name = ClosedHoliday, entry.Name
		}
		return st
	}
	return s.inHours(now, sessions, rec)
}

func (s *Setup) opensAfterHand(now time.Time, sure bool) time.Time {
	if !sure || s.AlwaysOpen {
		return time.Time{}
	}
	return s.Hours.nextOpening(now, true)
}

func (s *Setup) inHours(now time.Time, sessions []Session, rec HallRecord) HallStatus {
	day, last := rec.Day, sessions[len(sessions)-1]
	st := HallStatus{
		ClosesAt:     day.At(last.To),
		LastTicketAt: day.At(last.To).Add(-s.Hours.LastTicket),
	}
	for i, v := range sessions {
		switch {
		case now.Before(day.At(v.From)):
			st.Phase, st.Reason = HallClosed, ClosedBefore
			if i > 0 {
				st.Phase, st.Reason = HallBreak, ClosedBreak
			}
			if i > 0 && !day.At(v.From).Before(st.LastTicketAt) {
				// The last ticket was one of the session before: the next one gives none.
				st.Phase, st.Reason = HallEnding, ClosedLast
				st.OpensAt = s.Hours.nextOpening(now, true)
				return st
			}
			st.OpensAt = day.At(v.From)
			return st
		case now.Before(day.At(v.To)):
			if now.Before(st.LastTicketAt) {
				st.Phase = HallOpen
				return st
			}
			st.Phase, st.Reason = HallEnding, ClosedLast
			st.OpensAt = s.Hours.nextOpening(now, true)
			return st
		}
	}
	st.Phase, st.Reason = HallEnding, ClosedAfter
	if rec.Closed {
		st.Phase = HallClosed
	}
	st.OpensAt = s.Hours.nextOpening(now, true)
	return st
}
