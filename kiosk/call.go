package kiosk

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// CallNext calls the next ticket for a counter, which opens with its first call. A pause that
// has run out ends by itself. It refuses with CodeUnknownCounter, CodeCounterBusy,
// CodeCounterPaused, CodeNobodyWaiting and CodeStoreFailed.
func (o *Office) CallNext(ctx context.Context, code CounterCode, by string) (Call, error) {
	counter, err := o.counter(code)
	if err != nil {
		return Call{}, err
	}
	now, err := o.begin(ctx)
	if err != nil {
		return Call{}, err
	}
	defer o.end()

	if t, busy := o.day.inHand(code); busy {
		return Call{}, refuse(CodeCounterBusy, string(t.Number), "finish, hold or no-show it first")
	}
	rec := o.day.counters[code]
	if rec.State == CounterPaused && (rec.Until.IsZero() || now.Before(rec.Until)) {
		return Call{}, refuse(CodeCounterPaused, string(code), "resume the counter first")
	}
	call := Call{Rule: o.setup.Queue.Priority, SincePriority: rec.SincePriority}
	call.Explain = candidates(o.day.tickets, counter, o.setup.Queue, now, o.clock.sure())
	chosen, why := next(call.Explain, o.setup.Queue, rec.SincePriority)
	if chosen < 0 {
		return Call{}, refuse(CodeNobodyWaiting, string(code), "")
	}
	call.Explain[chosen].Chosen = true
	call.Why = why
	t, _ := o.day.ticket(call.Explain[chosen].Number)

	var c Change
	if rec.State != CounterOpen {
		rec.State, rec.Until, rec.Reason = CounterOpen, time.Time{}, ""
		o.record(&c, now, by, CounterMoved{Counter: code, State: CounterOpen})
	}
	rec.SincePriority = creditAfter(rec.SincePriority, t.Priority != NoPriority, o.setup.Queue)
	c.Counters = append(c.Counters, rec)
	call.Ticket = o.touch(&c, now, by, t, TicketMoved{
		Service: t.Service, Number: t.Number, Verb: VerbCall, State: Called, Counter: code, Why: why,
	})
	o.helpCame(&c, now, by, t)
	if err := o.commit(ctx, c); err != nil {
		return Call{}, err
	}
	o.log.Info("ticket called", LogTicket, t.Number, "counter", code, "why", why, LogBy, by)
	return call, nil
}

// rule is from which states a verb may move a ticket, and where to.
type rule struct {
	from []TicketState
	to   TicketState
}

// rules returns what each verb may do. VerbCall and VerbLapse are not among them: a counter
// calls, and the close of a day lapses.
func rules(v Verb) (rule, bool) {
	switch v {
	case VerbRecall:
		return rule{[]TicketState{Called, NoShow}, Called}, true
	case VerbServe:
		return rule{[]TicketState{Called}, Serving}, true
	case VerbFinish:
		return rule{[]TicketState{Called, Serving}, Served}, true
	case VerbNoShow:
		return rule{[]TicketState{Called}, NoShow}, true
	case VerbHold:
		return rule{[]TicketState{Called, Serving}, Held}, true
	case VerbResume:
		return rule{[]TicketState{Held, NoShow}, Waiting}, true
	case VerbCancel:
		return rule{[]TicketState{Waiting, Called, Serving, Held, NoShow}, Cancelled}, true
	}
	return rule{}, false
}

// Move does a verb to a ticket of today: recall, serve, finish, noshow, hold, resume or cancel.
// A no-show that is recalled goes back to the counter that called it. It refuses with
// CodeUnknownTicket, CodeWrongState, CodeRecallLimit, CodeCounterBusy and CodeStoreFailed.
func (o *Office) Move(ctx context.Context, v Verb, n Number, by string) (Ticket, error) {
	r, ok := rules(v)
	if !ok {
		return Ticket{}, refuse(CodeWrongState, string(v), "recall, serve, finish, noshow, hold, resume or cancel")
	}
	now, err := o.begin(ctx)
	if err != nil {
		return Ticket{}, err
	}
	defer o.end()

	t, ok := o.day.ticket(n)
	if !ok {
		return Ticket{}, refuse(CodeUnknownTicket, string(n), "a number of today")
	}
	if !slices.Contains(r.from, t.State) {
		return Ticket{}, refuse(CodeWrongState, string(n), fmt.Sprintf("it is %s; %s takes %v", t.State, v, r.from))
	}
	if v == VerbRecall {
		if err := o.mayRecall(t); err != nil {
			return Ticket{}, err
		}
	}
	var c Change
	t = o.touch(&c, now, by, t, TicketMoved{Service: t.Service, Number: n, Verb: v, State: r.to, Counter: t.Counter})
	if t.State.Final() && t.Slip.State == SlipUnprinted {
		// Nobody needs the paper of a visit that is over.
		t = o.touch(&c, now, by, t, SlipMoved{Service: t.Service, Number: n, State: SlipWaived})
	}
	if err := o.commit(ctx, c); err != nil {
		return Ticket{}, err
	}
	o.log.Info("ticket moved", LogTicket, n, "verb", v, "state", t.State, LogBy, by)
	return t, nil
}

func (o *Office) mayRecall(t Ticket) error {
	if t.Calls > o.setup.Queue.Recalls {
		return refuse(CodeRecallLimit, string(t.Number), fmt.Sprintf("called %d times; no-show it, or cancel it", t.Calls))
	}
	if t.State != NoShow {
		return nil
	}
	if other, busy := o.day.inHand(t.Counter); busy {
		return refuse(CodeCounterBusy, string(other.Number), "finish, hold or no-show it first")
	}
	return nil
}

func (o *Office) counter(code CounterCode) (*Counter, error) {
	c, ok := o.setup.Counter(code)
	if !ok {
		codes := make([]CounterCode, len(o.setup.Counters))
		for i, v := range o.setup.Counters {
			codes[i] = v.Code
		}
		return nil, refuse(CodeUnknownCounter, string(code), "one of "+listed(codes))
	}
	return c, nil
}
