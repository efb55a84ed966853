package kiosk

import (
	"fmt"
	"slices"
	"time"
)

// rule is from which states a verb may move a ticket, and where to.
type rule struct {
	from []TicketState
	to   TicketState
}

// verbs lists what [Office.Move] takes, for a hint.
const verbs = "recall, serve, finish, noshow, hold, resume, return or cancel"

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
	case VerbReturn:
		return rule{[]TicketState{Called}, Waiting}, true
	case VerbCancel:
		return rule{[]TicketState{Waiting, Called, Serving, Held, NoShow}, Cancelled}, true
	}
	return rule{}, false
}

// planMove moves a ticket as the rules allow. A no-show that is recalled goes back to the
// counter that called it.
func (o *Office) planMove(c *Change, now time.Time, s Step, t Ticket) (Ticket, error) {
	r, ok := rules(s.Verb)
	if !ok {
		return t, refuse(CodeWrongState, string(s.Verb), verbs)
	}
	if !slices.Contains(r.from, t.State) {
		return t, wrongState(t, s.Verb, r.from)
	}
	if s.Verb == VerbRecall {
		if err := o.mayRecall(t); err != nil {
			return t, err
		}
	}
	return o.moveBy(c, now, s.By, pressedAt(s, t, r.to), t, s.Verb, r.to), nil
}

// pressedAt returns whose verb a step is. What a counter has in its hand, or gets back into it, is
// that counter's; with any other ticket the verb is of the counter that pressed, and so is its undo.
func pressedAt(s Step, t Ticket, to TicketState) CounterCode {
	if s.Counter == "" || t.Active() || to == Called {
		return t.Counter
	}
	return s.Counter
}

func wrongState(t Ticket, v Verb, from []TicketState) *Refusal {
	return refuse(CodeWrongState, string(t.Number), fmt.Sprintf("it is %s; %s takes %v", t.State, v, from))
}

// moveTo puts a verb that may be done into c, as one of the counter that called the ticket last.
func (o *Office) moveTo(c *Change, now time.Time, by string, t Ticket, v Verb, to TicketState) Ticket {
	return o.moveBy(c, now, by, t.Counter, t, v, to)
}

func (o *Office) moveBy(c *Change, now time.Time, by string, whose CounterCode, t Ticket, v Verb, to TicketState) Ticket {
	t = o.touch(c, now, by, t, TicketMoved{Service: t.Service, Number: t.Number, Verb: v, State: to, Counter: whose})
	if t.State.Final() && t.Slip.State == SlipUnprinted {
		// Nobody needs the paper of a visit that is over.
		t = o.touch(c, now, by, t, SlipMoved{Service: t.Service, Number: t.Number, State: SlipWaived})
	}
	return t
}

// recallsLeft is how often a ticket may still be called again before it is called anew: a no-show
// that comes back, or a part of the visit after a transfer, begins with all of them.
func (o *Office) recallsLeft(n Number) int {
	return max(0, o.setup.Queue.Recalls-o.day.steps.recalls[n])
}

func (o *Office) mayRecall(t Ticket) error {
	if o.recallsLeft(t.Number) == 0 {
		return refuse(CodeRecallLimit, string(t.Number), fmt.Sprintf("called again %d times; no-show it, or cancel it", o.day.steps.recalls[t.Number]))
	}
	if t.State != NoShow {
		return nil
	}
	return o.handFree(t.Counter)
}

// handFree refuses with CodeCounterBusy where a counter has a ticket in hand.
func (o *Office) handFree(code CounterCode) error {
	if t, busy := o.day.inHand(code); busy {
		return refuse(CodeCounterBusy, string(t.Number), "finish, hold or no-show it first")
	}
	return nil
}

// planPriority raises or lowers a ticket's priority on an officer's word.
func (o *Office) planPriority(c *Change, now time.Time, s Step, t Ticket) (Ticket, error) {
	if t.State.Final() {
		return t, wrongState(t, s.Verb, []TicketState{Waiting, Called, Serving, Held, NoShow})
	}
	to := NoPriority
	if s.Verb == VerbRaise {
		to = PriorityOfficer
	}
	if (t.Priority == NoPriority) == (to == NoPriority) {
		return t, refuse(CodeWrongState, string(t.Number), "its priority is that already")
	}
	return o.touch(c, now, s.By, t, PriorityMoved{
		Service: t.Service, Number: t.Number, Counter: s.Counter, Was: t.Priority, Now: to,
	}), nil
}
