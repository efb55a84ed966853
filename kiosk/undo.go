package kiosk

import "time"

// undoWithin is how long a step can be taken back: what happened in the hall after it would
// otherwise be undone with it.
const undoWithin = time.Minute

// stepLog knows the day's steps: which keys were used, what each counter did last, and how often
// each ticket was called again. It is derived from facts alone, so that it is the same after a
// power cut.
type stepLog struct {
	rules QueueRules
	done  map[string]Number
	last  map[CounterCode]lastStep
	// used is how far a counter's credit for a priority ticket is from full: an undone call gives
	// back exactly what it took.
	used map[CounterCode]int
	// recalls counts how often a ticket was called again since it was last called.
	recalls map[Number]int
}

// lastStep is a step that may be undone.
type lastStep struct {
	before, after Ticket
	verb          Verb
	at            time.Time
	sure          bool
	ran           time.Duration // at, on the monotonic clock; earlierRun: it was another one
	used          int           // before a VerbCall
	recalls       int           // likewise, of the ticket
}

// earlierRun stands for a reading of a monotonic clock that has ended with the power.
const earlierRun time.Duration = -1

func newStepLog(rules QueueRules) stepLog {
	return stepLog{rules: rules, done: map[string]Number{}, last: map[CounterCode]lastStep{}, used: map[CounterCode]int{}, recalls: map[Number]int{}}
}

// note takes a fact about a ticket into the log; before is the ticket without it, ran the monotonic
// clock.
func (l *stepLog) note(before Ticket, r Record, ran time.Duration) (after Ticket) {
	after = evolve(before, r)
	if r.Key != "" {
		l.done[r.Key] = after.Number
	}
	step := lastStep{before: before, after: after, at: r.At, sure: r.AtSure, ran: ran, recalls: l.recalls[after.Number]}
	var counter CounterCode
	switch f := r.Fact.(type) {
	case TicketMoved:
		if f.Verb == VerbLapse {
			return after
		}
		counter, step.verb = f.Counter, f.Verb
		switch f.Verb {
		case VerbRecall:
			l.recalls[f.Number]++
		case VerbCall:
			l.recalls[f.Number] = 0
			step.used = l.used[counter]
			l.used[counter] = l.rules.PriorityEvery - creditAfter(l.rules.PriorityEvery-step.used, before.Priority != NoPriority, l.rules)
		}
	case TicketSent:
		counter, step.verb = f.Counter, VerbSend
	case PriorityMoved:
		counter, step.verb = f.Counter, VerbLower
		if f.Now != NoPriority {
			step.verb = VerbRaise
		}
	case StepUndone:
		if f.Verb == VerbCall {
			l.used[f.Counter] = l.last[f.Counter].used
		}
		l.recalls[f.Number] = l.last[f.Counter].recalls
		delete(l.last, f.Counter)
		return after
	default:
		return after
	}
	if counter != "" {
		l.last[counter] = step
	}
	return after
}

// replay fills the log from the facts of a day.
func (l *stepLog) replay(records []Record) {
	tickets := map[Number]Ticket{}
	for _, r := range records {
		if n, ok := subject(r.Fact); ok {
			tickets[n] = l.note(tickets[n], r, earlierRun)
		}
	}
}

// Undoable is the step of a counter that can still be taken back.
type Undoable struct {
	Number Number
	Verb   Verb
	Until  time.Time
}

// undoable returns a counter's last step while it can be taken back.
func (o *Office) undoable(code CounterCode, now time.Time) (lastStep, *Refusal) {
	step, ok := o.day.steps.last[code]
	if !ok || o.day.hall.Closed {
		return step, refuse(CodeNothingToUndo, string(code), "")
	}
	if age, known := o.age(&step, now); !known || age < 0 || age > undoWithin {
		return step, refuse(CodeTooLate, string(step.after.Number), "a step can be undone within "+undoWithin.String())
	}
	if t, _ := o.day.ticket(step.after.Number); t.Moves != step.after.Moves {
		return step, refuse(CodeTooLate, string(t.Number), "it has gone on since")
	}
	return step, nil
}

// age is how long ago a step was made, and false where nobody can tell: it was made before the power
// was off, and one of the two readings is of a clock that is unsure.
func (o *Office) age(step *lastStep, now time.Time) (time.Duration, bool) {
	if step.ran != earlierRun {
		return o.clock.at - step.ran, true
	}
	return now.Sub(step.at), step.sure && o.clock.sure()
}

// lastUndoable is what the page of a counter shows of it.
func (o *Office) lastUndoable(code CounterCode, now time.Time) Undoable {
	step, refused := o.undoable(code, now)
	if refused != nil {
		return Undoable{}
	}
	u := Undoable{Number: step.after.Number, Verb: step.verb, Until: step.at.Add(undoWithin)}
	age, _ := o.age(&step, now)
	if end := now.Add(undoWithin - age).Round(time.Second); end.Sub(u.Until).Abs() > 2*time.Second {
		u.Until = end // the clock was set since; a mere rounding would change the page every time
	}
	return u
}

// planUndo takes a counter's last step back, as a fact of its own.
func (o *Office) planUndo(c *Change, now time.Time, s Step) (Stepped, error) {
	if _, err := o.counter(s.Counter); err != nil {
		return Stepped{}, err
	}
	step, refused := o.undoable(s.Counter, now)
	if refused != nil {
		return Stepped{}, refused
	}
	t, _ := o.day.ticket(step.after.Number)
	if s.Number != "" && s.Number != t.Number {
		return Stepped{}, refuse(CodeGoneOn, string(t.Number), "the last step was with another number")
	}
	if step.before.Active() && !t.Active() {
		if err := o.handFree(step.before.Counter); err != nil {
			return Stepped{}, err
		}
	}
	if step.verb == VerbCall {
		// The counter's turn for a priority ticket comes back with it.
		rec := o.day.counters[s.Counter]
		rec.SincePriority = o.setup.Queue.PriorityEvery - step.used
		c.Counters = append(c.Counters, rec)
	}
	t = o.touch(c, now, s.By, t, StepUndone{
		Service: t.Service, Number: t.Number, Counter: s.Counter, Verb: step.verb, Ticket: step.before,
	})
	if step.after.State.Final() && step.before.Slip.State == SlipUnprinted && t.Slip.State == SlipWaived {
		// Its paper was let go only because the visit was over. It waits for a person once more.
		t = o.touch(c, now, s.By, t, SlipMoved{Service: t.Service, Number: t.Number, State: SlipUnprinted})
	}
	return Stepped{Ticket: t}, nil
}
