package kiosk

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Step is what somebody does with a ticket: one press at a counter's page, at the touchscreen
// or in kioskctl. It is the only way in which a ticket moves once it is issued.
type Step struct {
	// Key is born with the press: the same key is the same step, however often it arrives, also
	// after the power was off. 1 to 64 printable ASCII characters; empty where every call is to
	// be a step.
	Key     string
	Counter CounterCode // whose step it is; empty: the counter that called the ticket last
	Verb    Verb
	Number  Number // the ticket that is meant; empty for VerbCall: whoever is next
	// Seen is what the screen showed when it was pressed; nil where nobody looked at one.
	Seen *Seen

	// Of VerbSend. To is the service whose queue it joins (empty: the one that it is in), For
	// the only counter that may call it (empty: any). After is for PlaceAfter.
	To    ServiceCode
	For   CounterCode
	Place Place
	After time.Duration

	// Late is how long ago it was pressed, at most maxLate: a page that could not reach the
	// gateway keeps a step and says when it sends it. What is shorter than lateFrom is a slow
	// answer and nothing to tell.
	Late time.Duration

	By string
}

// Seen is what a person saw when they decided. Where the office has gone on meanwhile, nothing
// is done and the person decides anew: a step that was made while the cable was out must not hit
// another citizen.
type Seen struct {
	Day Day
	// Hand is the number that the counter had in hand; looked at for VerbCall and VerbUndo.
	Hand Number
	// Moves is Ticket.Moves of the step's ticket; looked at for the other verbs. A chosen number is
	// called wherever it waits by now, is held or did not come: who typed it has seen no more of it.
	Moves int
}

// Stepped is what a step has led to.
type Stepped struct {
	Ticket Ticket
	// Call explains a VerbCall without a number.
	Call *Call
	// Again is true where the step had been made before; Ticket is as it is now.
	Again bool
}

// maxAfter is the longest that a transfer may wait for its time.
const maxAfter = 4 * time.Hour

// The bounds of Step.Late. A step cannot be later than the day is long: the next day refuses it.
const (
	lateFrom = 10 * time.Second
	maxLate  = 12 * time.Hour
)

// Step makes one step with a ticket. It refuses with CodeGoneOn where what was seen is no
// longer so, and with the codes of the verb: CodeUnknownCounter, CodeUnknownTicket,
// CodeUnknownService, CodeWrongState, CodeNobodyWaiting, CodeCounterBusy, CodeCounterPaused,
// CodeNotServed, CodeRecallLimit, CodeBadTime, CodeBadPlace, CodeNothingToUndo, CodeTooLate,
// CodeBadKey, CodeStoreFailed.
func (o *Office) Step(ctx context.Context, s Step) (Stepped, error) {
	if err := checkKey(s.Key); err != nil {
		return Stepped{}, err
	}
	if s.Late < 0 || s.Late > maxLate {
		return Stepped{}, refuse(CodeBadTime, string(s.Number), "pressed at most "+maxLate.String()+" ago")
	}
	if s.Counter != "" {
		if _, err := o.counter(s.Counter); err != nil {
			return Stepped{}, err
		}
	}
	now, err := o.begin(ctx)
	if err != nil {
		return Stepped{}, err
	}
	defer o.end()
	if n, done := o.day.steps.done[s.Key]; done && s.Key != "" {
		t, _ := o.day.ticket(n)
		return Stepped{Ticket: t, Again: true}, nil
	}
	if err := o.goneOn(s); err != nil {
		return Stepped{}, err
	}
	var c Change
	out, err := o.plan(&c, now, s)
	if err != nil {
		return Stepped{}, err
	}
	c.sign(s)
	if err := o.commit(ctx, c); err != nil {
		return Stepped{}, err
	}
	o.log.Info("ticket moved", LogTicket, out.Ticket.Number, "verb", s.Verb, "state", out.Ticket.State, "counter", out.Ticket.Counter, LogBy, s.By)
	return out, nil
}

// plan puts what a step changes into c.
func (o *Office) plan(c *Change, now time.Time, s Step) (Stepped, error) {
	switch {
	case s.Verb == VerbCall && s.Number == "":
		return o.planNext(c, now, s)
	case s.Verb == VerbUndo:
		return o.planUndo(c, now, s)
	}
	t, ok := o.day.ticket(s.Number)
	if !ok {
		return Stepped{}, refuse(CodeUnknownTicket, string(s.Number), "a number of today")
	}
	var err error
	switch s.Verb {
	case VerbCall:
		t, err = o.planChosen(c, now, s, t)
	case VerbSend:
		t, err = o.planSend(c, now, s, t)
	case VerbRaise, VerbLower:
		t, err = o.planPriority(c, now, s, t)
	default:
		t, err = o.planMove(c, now, s, t)
	}
	return Stepped{Ticket: t}, err
}

// goneOn refuses a step that was decided on something that is no longer so.
func (o *Office) goneOn(s Step) error {
	if s.Seen == nil {
		return nil
	}
	if s.Seen.Day != 0 && s.Seen.Day != o.day.day {
		return refuse(CodeGoneOn, string(s.Number), "the day is "+o.day.day.String()+" now")
	}
	if s.Verb == VerbUndo || s.Verb == VerbCall {
		hand, _ := o.day.inHand(s.Counter)
		if hand.Number != s.Seen.Hand {
			return refuse(CodeGoneOn, string(hand.Number), fmt.Sprintf("counter %s has %q in hand, not %q", s.Counter, hand.Number, s.Seen.Hand))
		}
		return nil
	}
	if t, ok := o.day.ticket(s.Number); ok && t.Moves != s.Seen.Moves {
		return refuse(CodeGoneOn, string(s.Number), fmt.Sprintf("it is %s now", t.State))
	}
	return nil
}

// sign puts the key of a step, and how late it came, onto one of its facts: the first about a
// ticket, by which the step's outcome is found again.
func (c *Change) sign(s Step) {
	for i := range c.Records {
		if _, ok := subject(c.Records[i].Fact); ok {
			c.Records[i].Key = s.Key
			if s.Late >= lateFrom {
				c.Records[i].Late = s.Late.Truncate(time.Second)
			}
			return
		}
	}
}

// checkKey refuses what cannot be a key.
func checkKey(key string) error {
	if len(key) > 64 || slices.ContainsFunc([]byte(key), func(b byte) bool { return b <= ' ' || b > '~' }) {
		return refuse(CodeBadKey, "", "1 to 64 printable ASCII characters")
	}
	return nil
}

// CallNext calls the next ticket for a counter, which opens with its first call. A pause that
// has run out ends by itself. It is Step with VerbCall, without a key.
func (o *Office) CallNext(ctx context.Context, code CounterCode, by string) (Call, error) {
	if code == "" {
		_, err := o.counter(code)
		return Call{}, err
	}
	out, err := o.Step(ctx, Step{Counter: code, Verb: VerbCall, By: by})
	if err != nil {
		return Call{}, err
	}
	return *out.Call, nil
}

// Move does a verb to a ticket of today, without a key: recall, serve, finish, noshow, hold,
// resume, return or cancel.
func (o *Office) Move(ctx context.Context, v Verb, n Number, by string) (Ticket, error) {
	if _, ok := rules(v); !ok {
		return Ticket{}, refuse(CodeWrongState, string(v), verbs)
	}
	out, err := o.Step(ctx, Step{Verb: v, Number: n, By: by})
	return out.Ticket, err
}
