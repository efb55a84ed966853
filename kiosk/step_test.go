package kiosk_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// step makes a step; failing to is the test's end.
func (w *world) step(s kiosk.Step) kiosk.Stepped {
	w.t.Helper()
	s.By = "counter/" + string(s.Counter)
	out, err := w.Step(ctx, s)
	if err != nil {
		w.t.Fatalf("%s %s: %v", s.Verb, s.Number, err)
	}
	return out
}

func (w *world) refuses(s kiosk.Step, want kiosk.Code) {
	w.t.Helper()
	_, err := w.Step(ctx, s)
	refused(w.t, err, want)
}

func (w *world) ticket(n kiosk.Number) kiosk.Ticket {
	w.t.Helper()
	t, ok := w.Snapshot().Ticket(n)
	if !ok {
		w.t.Fatalf("no ticket %s", n)
	}
	return t
}

// TestAStepSentTwice is one step, also when the power went off before its answer arrived.
func TestAStepSentTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, "")
	call := kiosk.Step{Key: "k1", Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Seen: &kiosk.Seen{}}
	if got := w.step(call); got.Again || got.Ticket.Number != "A001" || got.Call == nil {
		t.Errorf("the first: %+v", got)
	}
	last := w.Last()
	for _, cut := range []bool{false, true} {
		if cut {
			w.restart()
		}
		if got := w.step(call); !got.Again || got.Ticket.Number != "A001" || got.Ticket.State != kiosk.Called {
			t.Errorf("again (power cut %v): %+v", cut, got)
		}
	}
	if w.Last() != last {
		t.Errorf("it left facts: %v, was %v", w.Last(), last)
	}
	w.refuses(kiosk.Step{Key: "with space", Verb: kiosk.VerbCall, Counter: kiosktest.Counter2}, kiosk.CodeBadKey)
}

// TestTheOfficeHasGoneOn: a step that was decided on what is no longer so hits nobody.
func TestTheOfficeHasGoneOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, "")
	a := w.call(kiosktest.Counter2).Ticket
	seen := &kiosk.Seen{Day: kiosktest.Monday, Moves: a.Moves}
	w.move(kiosk.VerbServe, "A001")
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbNoShow, Number: "A001", Seen: seen}, kiosk.CodeGoneOn)
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Seen: &kiosk.Seen{Hand: ""}}, kiosk.CodeGoneOn)
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbFinish, Number: "A001", Seen: &kiosk.Seen{Day: kiosktest.Sunday, Moves: a.Moves + 1}}, kiosk.CodeGoneOn)
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbFinish, Number: "A001", Seen: &kiosk.Seen{Day: kiosktest.Monday, Moves: a.Moves + 1}})
	// Paper is no step: an officer's screen is not outdated by it.
	if _, err := w.Reprint(ctx, "A002", false, "test"); err != nil {
		t.Fatal(err)
	}
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCancel, Number: "A002", Seen: &kiosk.Seen{}})
}

func TestAChosenNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.issue(kiosktest.Certify, "")
	}
	w.issue(kiosktest.Civil, "")
	got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Number: "A003"})
	if got.Ticket.State != kiosk.Called || got.Ticket.Counter != kiosktest.Counter2 {
		t.Errorf("called: %+v", got.Ticket)
	}
	w.refuses(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbCall, Number: "A003"}, kiosk.CodeWrongState)
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Number: "A001"}, kiosk.CodeCounterBusy)
	w.refuses(kiosk.Step{Counter: kiosktest.Counter3, Verb: kiosk.VerbCall, Number: "A001"}, kiosk.CodeNotServed)
	w.refuses(kiosk.Step{Verb: kiosk.VerbCall, Number: "A001"}, kiosk.CodeUnknownCounter)
	w.move(kiosk.VerbNoShow, "A003")
	w.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbCall, Number: "A003"})
	w.move(kiosk.VerbHold, "A003")
	w.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbCall, Number: "A003"})
}

// TestSentOn follows one citizen through two services, and the places of a queue.
func TestSentOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Civil, "") // B001
	w.issue(kiosktest.Civil, kiosk.PriorityDeclared)
	w.issue(kiosktest.Certify, "") // A001
	w.call(kiosktest.Counter2)
	w.move(kiosk.VerbServe, "A001")
	w.pass(5 * time.Minute)
	got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbSend, Number: "A001", To: kiosktest.Civil, Place: kiosk.PlaceLast}).Ticket
	if got.State != kiosk.Waiting || got.Queue() != kiosktest.Civil || got.Legs != 1 || got.Calls != 0 || got.Service != kiosktest.Certify {
		t.Errorf("sent: %+v", got)
	}
	if people, _ := w.Snapshot().Ahead(&got); people != 2 {
		t.Errorf("%d people ahead, want the two who waited there", people)
	}
	// To the head of the queue, before priority too.
	w.step(kiosk.Step{Verb: kiosk.VerbSend, Number: "A001", Place: kiosk.PlaceFirst})
	if c := w.call(kiosktest.Counter3); c.Ticket.Number != "A001" || c.Why != kiosk.ReasonSent {
		t.Errorf("next is %s, %s", c.Ticket.Number, c.Why)
	}
	// Who is put there next is behind.
	w.step(kiosk.Step{Verb: kiosk.VerbSend, Number: "A001", Place: kiosk.PlaceFirst})
	w.step(kiosk.Step{Verb: kiosk.VerbSend, Number: "B001", Place: kiosk.PlaceFirst})
	if n := w.Snapshot().Waits(kiosktest.Counter3); len(n) != 3 || n[0].Number != "A001" || n[1].Number != "B001" {
		t.Errorf("counter 3 sees %v", n)
	}
	w.step(kiosk.Step{Verb: kiosk.VerbSend, Number: "B001", Place: kiosk.PlaceLast})
	// For a counter alone, as long as somebody sits there.
	if err := w.OpenCounter(ctx, kiosktest.Counter1, "test"); err != nil {
		t.Fatal(err)
	}
	w.step(kiosk.Step{Verb: kiosk.VerbSend, Number: "A001", For: kiosktest.Counter1, Place: kiosk.PlaceFirst})
	if c := w.call(kiosktest.Counter3); c.Ticket.Number != "B002" {
		t.Errorf("counter 3 took %s, which waits for counter 1", c.Ticket.Number)
	}
	if n := w.Snapshot().Waits(kiosktest.Counter1); len(n) != 2 || n[0].Number != "A001" {
		t.Errorf("counter 1 sees %v", n)
	}
	w.move(kiosk.VerbFinish, "B002")
	if err := w.CloseCounter(ctx, kiosktest.Counter1, "test"); err != nil {
		t.Fatal(err)
	}
	if c := w.call(kiosktest.Counter3); c.Ticket.Number != "A001" {
		t.Errorf("counter 1 has closed, and %s is next at 3", c.Ticket.Number)
	}
	// After some minutes, and then first.
	w.step(kiosk.Step{Verb: kiosk.VerbSend, Number: "A001", Place: kiosk.PlaceAfter, After: 10 * time.Minute})
	if c := w.call(kiosktest.Counter3); c.Ticket.Number != "B001" {
		t.Errorf("%s is called before its time", c.Ticket.Number)
	}
	w.move(kiosk.VerbFinish, "B001")
	w.pass(10 * time.Minute)
	if c := w.call(kiosktest.Counter3); c.Ticket.Number != "A001" || c.Ticket.Legs != 5 {
		t.Errorf("its time has come, and %s is called, on its leg %d", c.Ticket.Number, c.Ticket.Legs)
	}
	for _, s := range []struct {
		step kiosk.Step
		want kiosk.Code
	}{
		{kiosk.Step{Place: "middle"}, kiosk.CodeBadPlace},
		{kiosk.Step{Place: kiosk.PlaceAfter}, kiosk.CodeBadTime},
		{kiosk.Step{Place: kiosk.PlaceAfter, After: 5 * time.Hour}, kiosk.CodeBadTime},
		{kiosk.Step{Place: kiosk.PlaceLast, To: "none"}, kiosk.CodeUnknownService},
		{kiosk.Step{Place: kiosk.PlaceLast, For: "9"}, kiosk.CodeUnknownCounter},
	} {
		s.step.Verb, s.step.Number = kiosk.VerbSend, "A001"
		w.refuses(s.step, s.want)
	}
	w.move(kiosk.VerbFinish, "A001")
	w.refuses(kiosk.Step{Verb: kiosk.VerbSend, Number: "A001", Place: kiosk.PlaceLast}, kiosk.CodeWrongState)
}

// TestSentForLaterAndTheClockIsSetBack: nobody waits for an hour that the clock will not show today.
func TestSentForLaterAndTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.issue(kiosktest.Certify, "")
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbSend, Number: "A001", Place: kiosk.PlaceAfter, After: 10 * time.Minute})
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall}, kiosk.CodeNobodyWaiting)
	w.set(kiosktest.At(0))
	if c := w.call(kiosktest.Counter2); c.Ticket.Number != "A001" {
		t.Errorf("called %s", c.Ticket.Number)
	}
}

// TestPriorityIsAFact: raised and lowered with one key, and the next call knows.
func TestPriorityIsAFact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, kiosk.PriorityDeclared)
	w.refuses(kiosk.Step{Verb: kiosk.VerbRaise, Number: "A002"}, kiosk.CodeWrongState)
	if got := w.step(kiosk.Step{Verb: kiosk.VerbLower, Number: "A002"}).Ticket; got.Priority != kiosk.NoPriority {
		t.Errorf("lowered to %q", got.Priority)
	}
	w.refuses(kiosk.Step{Verb: kiosk.VerbLower, Number: "A002"}, kiosk.CodeWrongState)
	if got := w.step(kiosk.Step{Verb: kiosk.VerbRaise, Number: "A002"}).Ticket; got.Priority != kiosk.PriorityOfficer {
		t.Errorf("raised to %q", got.Priority)
	}
	if c := w.call(kiosktest.Counter2); c.Ticket.Number != "A002" || c.Why != kiosk.ReasonPriority {
		t.Errorf("next is %s, %s", c.Ticket.Number, c.Why)
	}
}

// TestAnOfficerIsAway: neither who was called nor who was being served is lost.
func TestAnOfficerIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, "")
	if err := w.SeatOfficer(ctx, kiosktest.Counter2, "o7", "counter/2"); err != nil {
		t.Fatal(err)
	}
	w.call(kiosktest.Counter2)
	if err := w.AbsentCounter(ctx, kiosktest.Counter2, "gateway"); err != nil {
		t.Fatal(err)
	}
	if got := w.ticket("A001"); got.State != kiosk.Waiting {
		t.Errorf("A001 is %s", got.State)
	}
	if c := w.Snapshot().Counters[1]; c.State != kiosk.CounterAbsent || c.Officer != "o7" || c.Ticket != "" {
		t.Errorf("the counter is %+v", c)
	}
	w.call(kiosktest.Counter2)
	w.move(kiosk.VerbServe, "A001")
	if err := w.AbsentCounter(ctx, kiosktest.Counter2, "gateway"); err != nil {
		t.Fatal(err)
	}
	if got := w.ticket("A001"); got.State != kiosk.Held {
		t.Errorf("A001 is %s", got.State)
	}
	if err := w.CloseCounter(ctx, kiosktest.Counter2, "test"); err != nil {
		t.Fatal(err)
	}
	if c := w.Snapshot().Counters[1]; c.Officer != "" {
		t.Errorf("%s still sits at a closed counter", c.Officer)
	}
}

// TestTwoPressesAtOnce: however many officers press at the same instant, each has another citizen.
func TestTwoPressesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 60 {
		w.issue(kiosktest.Certify, "")
	}
	got := make(chan kiosk.Number, 60)
	for _, c := range []kiosk.CounterCode{kiosktest.Counter1, kiosktest.Counter2} {
		go func() {
			for range 30 {
				call, err := w.CallNext(ctx, c, "test")
				if err != nil {
					t.Errorf("call: %v", err)
				}
				got <- call.Ticket.Number
				if _, err := w.Move(ctx, kiosk.VerbFinish, call.Ticket.Number, "test"); err != nil {
					t.Errorf("finish: %v", err)
				}
			}
		}()
	}
	seen := map[kiosk.Number]bool{}
	for range 60 {
		n := <-got
		if seen[n] {
			t.Errorf("%s was called twice", n)
		}
		seen[n] = true
	}
}

// TestAStepThatCameLate says so on its first fact, beside its key; a slow answer is not worth a
// word, and no browser's clock makes a step a day old.
func TestAStepThatCameLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.step(kiosk.Step{Key: "k1", Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Late: 9 * time.Second})
	w.step(kiosk.Step{Key: "k2", Counter: kiosktest.Counter2, Verb: kiosk.VerbServe, Number: "A001", Late: 47*time.Minute + 300*time.Millisecond})
	for _, late := range []time.Duration{-time.Second, 12*time.Hour + time.Second} {
		w.refuses(kiosk.Step{Key: "k3", Counter: kiosktest.Counter2, Verb: kiosk.VerbFinish, Number: "A001", Late: late}, kiosk.CodeBadTime)
	}
	w.step(kiosk.Step{Key: "k3", Counter: kiosktest.Counter2, Verb: kiosk.VerbFinish, Number: "A001", Late: 12 * time.Hour})
	records, err := w.DayRecords(ctx, kiosktest.Monday)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]time.Duration{}
	for _, r := range records {
		if r.Key == "" && r.Late != 0 {
			t.Errorf("a fact without the key is late: %+v", r)
		}
		got[r.Key] = r.Late
	}
	if got["k1"] != 0 || got["k2"] != 47*time.Minute || got["k3"] != 12*time.Hour {
		t.Errorf("late: %v", got)
	}
}
