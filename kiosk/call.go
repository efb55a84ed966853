package kiosk

import (
	"slices"
	"time"
)

// planNext calls whoever is next for a counter.
func (o *Office) planNext(c *Change, now time.Time, s Step) (Stepped, error) {
	counter, err := o.counter(s.Counter)
	if err != nil {
		return Stepped{}, err
	}
	if err := o.mayCall(s.Counter, now); err != nil {
		return Stepped{}, err
	}
	rec := o.day.counters[s.Counter]
	call := Call{Rule: o.setup.Queue.Priority, SincePriority: rec.SincePriority}
	call.Explain = o.candidates(counter, now)
	chosen, why := next(call.Explain, o.setup.Queue, rec.SincePriority)
	if chosen < 0 {
		return Stepped{}, refuse(CodeNobodyWaiting, string(s.Counter), "")
	}
	call.Explain[chosen].Chosen = true
	call.Why = why
	t, _ := o.day.ticket(call.Explain[chosen].Number)
	call.Ticket = o.callTo(c, now, s, t, why)
	return Stepped{Ticket: call.Ticket, Call: &call}, nil
}

// planChosen calls the number that an officer chose, out of turn.
func (o *Office) planChosen(c *Change, now time.Time, s Step, t Ticket) (Ticket, error) {
	counter, err := o.counter(s.Counter)
	if err != nil {
		return t, err
	}
	if err := o.mayCall(s.Counter, now); err != nil {
		return t, err
	}
	if from := []TicketState{Waiting, Held, NoShow}; !slices.Contains(from, t.State) {
		return t, wrongState(t, VerbCall, from)
	}
	if t.SentFor != s.Counter && !counter.Takes(t.Queue()) {
		return t, refuse(CodeNotServed, string(t.Number), "counter "+string(s.Counter)+" does not serve "+string(t.Queue())+"; it can be sent there")
	}
	return o.callTo(c, now, s, t, ReasonChosen), nil
}

// mayCall refuses a call of a counter that has somebody in hand or is in a pause that has not
// run out.
func (o *Office) mayCall(code CounterCode, now time.Time) error {
	if err := o.handFree(code); err != nil {
		return err
	}
	rec := o.day.counters[code]
	if rec.State == CounterPaused && (rec.Until.IsZero() || now.Before(rec.Until)) {
		return refuse(CodeCounterPaused, string(code), "resume the counter first")
	}
	return nil
}

// callTo puts the call of a ticket into c. The counter opens with its first call.
func (o *Office) callTo(c *Change, now time.Time, s Step, t Ticket, why CallReason) Ticket {
	rec := o.day.counters[s.Counter]
	if rec.State != CounterOpen {
		rec.State, rec.Until, rec.Reason = CounterOpen, time.Time{}, ""
		o.record(c, now, s.By, CounterMoved{Counter: s.Counter, State: CounterOpen, Officer: rec.Officer})
	}
	rec.SincePriority = creditAfter(rec.SincePriority, t.Priority != NoPriority, o.setup.Queue)
	c.Counters = append(c.Counters, rec)
	t = o.touch(c, now, s.By, t, TicketMoved{
		Service: t.Service, Number: t.Number, Verb: VerbCall, State: Called, Counter: s.Counter, Why: why,
	})
	o.helpCame(c, now, s.By, t)
	return t
}

// candidates lists the waiting tickets that a counter may call, in the order of their queue.
func (o *Office) candidates(c *Counter, now time.Time) []Candidate {
	var waiting []*Ticket
	for i := range o.day.tickets {
		if t := &o.day.tickets[i]; t.State == Waiting && t.Due(now) && mayServe(c, t, o.day.seated) {
			waiting = append(waiting, t)
		}
	}
	inQueue(waiting)
	out := make([]Candidate, len(waiting))
	for i, t := range waiting {
		out[i] = Candidate{Number: t.Number, Service: t.Queue(), Priority: t.Priority != NoPriority, Sent: t.SentFirst}
		// Two readings of a clock that was set in between have no difference worth anything.
		if o.clock.sure() && t.TimeSure {
			out[i].Waited = max(0, now.Sub(t.QueuedAt()))
			out[i].Overdue = out[i].Waited > o.setup.Queue.LongestWait
		}
	}
	return out
}

// inQueue sorts tickets as they wait.
func inQueue(waiting []*Ticket) {
	slices.SortStableFunc(waiting, func(a, b *Ticket) int {
		switch {
		case a.Before(b):
			return -1
		case b.Before(a):
			return 1
		}
		return 0
	})
}

// mayServe reports whether a counter may call a ticket. One that was sent to a counter waits for
// it as long as somebody sits there or comes back; after that it is anybody's who serves it.
func mayServe(c *Counter, t *Ticket, seated func(CounterCode) bool) bool {
	if t.SentFor == c.Code {
		return true
	}
	return (t.SentFor == "" || !seated(t.SentFor)) && c.Takes(t.Queue())
}

func (o *Office) counter(code CounterCode) (*Counter, error) {
	c, ok := o.setup.Counter(code)
	if !ok {
		return nil, refuse(CodeUnknownCounter, string(code), "one of "+listed(o.setup.CounterCodes()))
	}
	return c, nil
}
