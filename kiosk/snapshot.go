package kiosk

import (
	"cmp"
	"slices"
	"time"
)

// Snapshot is the office at one moment, immutable: everybody may keep and read it, nobody
// may change it. It is built after the commit of what it shows.
type Snapshot struct {
	// Version rises with every snapshot that differs.
	Version uint64
	At      time.Time // the office's time, at UTC+7
	Day     Day
	Clock   ClockStatus
	Setup   *Setup
	Hall    HallStatus
	// Services in the order of the setup.
	Services []ServiceStatus
	Counters []CounterStatus
	// Tickets of the day in the order of their issue.
	Tickets []Ticket
	Printer PrinterStatus
	// PaperCheck is true while a new roll's test slip waits for "can you read this?".
	PaperCheck bool
	// HelpSince is when somebody at the screen asked for an officer who has not come yet.
	HelpSince time.Time
	// NumbersAsked are the services that give no number before a person has confirmed their last.
	NumbersAsked []NumberAsked
	// Faults that are to be shown, the gravest first.
	Faults []Fault
}

// ClockStatus says whether the date and time can be trusted.
type ClockStatus struct {
	Sure   bool
	Reason ClockReason // empty when sure
	// ShowTime is false while times must not be printed or shown.
	ShowTime bool
}

// HallPhase is what the hall does now.
type HallPhase string

// The phases of a hall's day.
const (
	HallClosed HallPhase = "closed" // no tickets
	HallOpen   HallPhase = "open"   // tickets are given
	HallBreak  HallPhase = "break"  // between two sessions: no tickets
	HallEnding HallPhase = "ending" // past the last ticket; what waits is still served
)

// ClosedReason is why no tickets are given.
type ClosedReason string

// The reasons.
const (
	ClosedBefore  ClosedReason = "before"      // the first session has not begun
	ClosedBreak   ClosedReason = "break"       // between two sessions
	ClosedLast    ClosedReason = "last-ticket" // past the last-ticket time
	ClosedAfter   ClosedReason = "after"       // the day's sessions are over
	ClosedRest    ClosedReason = "rest"        // a day of rest
	ClosedHoliday ClosedReason = "holiday"     // a calendar entry; its name is in HallStatus.Name
	ClosedByHand  ClosedReason = "by-hand"     // a lead closed it
	ClosedClock   ClosedReason = "clock"       // the date is unsure: staff have to open
)

// HallStatus is the hall now.
type HallStatus struct {
	Phase  HallPhase
	Reason ClosedReason // empty when open
	Name   Text         // of the holiday
	// OpensAt is when tickets are given again; zero if that is not known.
	OpensAt time.Time
	// LastTicketAt and ClosesAt are those of today; zero when the hall is open by hand or always.
	LastTicketAt time.Time
	ClosesAt     time.Time
}

// ServiceStatus is one service now.
type ServiceStatus struct {
	Service *Service
	Waiting int
	// Counters are the codes of the counters that serve it now.
	Counters []CounterCode
	// Expected is how long a ticket taken now would wait; nil while nobody serves it.
	Expected *Range
	// MayNotBeServed is true when a ticket taken now may not be served today.
	MayNotBeServed bool
}

// Range is a stretch of expected waiting, in whole minutes, Low ≤ High.
type Range struct {
	Low, High time.Duration
	// Measured is false while it rests on the office's default.
	Measured bool
}

// CounterStatus is one counter now.
type CounterStatus struct {
	Counter *Counter
	State   CounterState
	Until   time.Time // of a pause; zero: open-ended
	Reason  string
	Officer OfficerCode // who sits there; empty where nobody signed in
	// Ticket is the number in hand (called or being served); empty if none.
	Ticket Number
	// Recalls is how often that number may still be called again.
	Recalls int
	// Undo is the counter's last step while it can be taken back; the zero value: none.
	Undo Undoable
}

// Ticket returns the newest ticket with that number on the snapshot's day.
func (s *Snapshot) Ticket(n Number) (Ticket, bool) {
	for i := len(s.Tickets) - 1; i >= 0; i-- {
		if s.Tickets[i].Number == n {
			return s.Tickets[i], true
		}
	}
	return Ticket{}, false
}

// Unprinted returns the tickets whose slips wait under "slips not printed".
func (s *Snapshot) Unprinted() []Ticket {
	var out []Ticket
	for _, t := range s.Tickets {
		if t.Slip.State == SlipUnprinted && !t.State.Final() {
			out = append(out, t)
		}
	}
	return out
}

// LastCalls returns at most n tickets of the day in the order of their last call, the newest
// first.
func (s *Snapshot) LastCalls(n int) []Ticket {
	var out []Ticket
	for _, t := range s.Tickets {
		if t.CallOrder != 0 {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Ticket) int { return cmp.Compare(b.CallOrder, a.CallOrder) })
	return out[:min(max(n, 0), len(out))]
}

// Waits returns the tickets that a counter may call, in the order of their queue; those whose
// time has not come yet are among them.
func (s *Snapshot) Waits(code CounterCode) []Ticket {
	counter, ok := s.Setup.Counter(code)
	if !ok {
		return nil
	}
	var waiting []*Ticket
	for i := range s.Tickets {
		if t := &s.Tickets[i]; t.State == Waiting && mayServe(counter, t, s.seated) {
			waiting = append(waiting, t)
		}
	}
	inQueue(waiting)
	out := make([]Ticket, len(waiting))
	for i, t := range waiting {
		out[i] = *t
	}
	return out
}

// seated reports whether somebody sits at a counter or comes back to it.
func (s *Snapshot) seated(code CounterCode) bool {
	return slices.ContainsFunc(s.Counters, func(c CounterStatus) bool { return c.Counter.Code == code && c.State.seated() })
}
