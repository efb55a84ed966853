package kiosk_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// TestUndo takes each verb back and finds the ticket as it was, also after a power cut.
func TestUndo(t *testing.T) {
	t.Parallel()
	for _, verb := range []kiosk.Verb{
		kiosk.VerbCall, kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow,
		kiosk.VerbHold, kiosk.VerbCancel, kiosk.VerbSend, kiosk.VerbRaise, kiosk.VerbReturn,
	} {
		for _, cut := range []bool{false, true} {
			w := newWorld(t)
			w.issue(kiosktest.Certify, "")
			w.issue(kiosktest.Certify, "")
			if verb != kiosk.VerbCall {
				w.call(kiosktest.Counter2)
			}
			before := w.ticket("A001")
			s := kiosk.Step{Counter: kiosktest.Counter2, Verb: verb, Number: "A001", Place: kiosk.PlaceLast}
			if verb == kiosk.VerbCall {
				s.Number = ""
			}
			w.step(s)
			w.pass(59 * time.Second)
			if cut {
				w.restart()
			}
			if u := w.Snapshot().Counters[1].Undo; u.Verb != verb || u.Number != "A001" {
				t.Errorf("%s, cut %v: the page offers %+v", verb, cut, u)
			}
			got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}).Ticket
			before.Moves = got.Moves
			if got != before {
				t.Errorf("%s undone:\n%+v\nwas\n%+v", verb, got, before)
			}
			w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}, kiosk.CodeNothingToUndo)
			if u := w.Snapshot().Counters[1].Undo; u != (kiosk.Undoable{}) {
				t.Errorf("%s: the page still offers %+v", verb, u)
			}
		}
	}
}

// TestUndoIsRefused where it would undo what others have done since.
func TestUndoIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 4 {
		w.issue(kiosktest.Certify, "")
	}
	undo := kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}
	w.refuses(undo, kiosk.CodeNothingToUndo)
	w.call(kiosktest.Counter2)
	w.pass(61 * time.Second)
	w.refuses(undo, kiosk.CodeTooLate)

	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbSend, Number: "A001", Place: kiosk.PlaceFirst})
	w.call(kiosktest.Counter1)
	w.refuses(undo, kiosk.CodeTooLate)

	w.call(kiosktest.Counter2)
	w.move(kiosk.VerbNoShow, "A002")
	w.call(kiosktest.Counter2)
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo, Number: "A002"}, kiosk.CodeGoneOn)
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo, Seen: &kiosk.Seen{Hand: "A002"}}, kiosk.CodeGoneOn)
	w.step(undo) // the call of A003

	w.refuses(kiosk.Step{Counter: "9", Verb: kiosk.VerbUndo}, kiosk.CodeUnknownCounter)
	w.call(kiosktest.Counter2)
	if err := w.CloseHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	w.refuses(undo, kiosk.CodeNothingToUndo)
}

// TestAnUndoFindsTheHandFull: the finished citizen cannot come back to a counter that has the next one.
func TestAnUndoFindsTheHandFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, "")
	w.call(kiosktest.Counter2)
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbFinish, Number: "A001"})
	// Another counter's officer sends somebody into the hand of counter 2 without a step of its own:
	w.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbCall, Number: "A002"})
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo})
	if got := w.ticket("A001"); got.State != kiosk.Called {
		t.Errorf("A001 is %s", got.State)
	}
}

// TestUndoBelongsToTheCounterThatPressed, whoever had called the ticket before, if anybody had.
func TestUndoBelongsToTheCounterThatPressed(t *testing.T) {
	t.Parallel()
	for _, verb := range []kiosk.Verb{kiosk.VerbResume, kiosk.VerbCancel} {
		for _, called := range []bool{true, false} {
			if !called && verb == kiosk.VerbResume {
				continue
			}
			w := newWorld(t)
			w.issue(kiosktest.Certify, "")
			if called {
				w.call(kiosktest.Counter1)
				w.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbHold, Number: "A001"})
			}
			before := w.ticket("A001")
			w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: verb, Number: "A001"})
			w.restart()
			w.refuses(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbUndo}, map[bool]kiosk.Code{
				true: kiosk.CodeTooLate, false: kiosk.CodeNothingToUndo,
			}[called])
			got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}).Ticket
			before.Moves = got.Moves
			if got != before {
				t.Errorf("%s (called %v) undone:\n%+v\nwas\n%+v", verb, called, got, before)
			}
		}
	}
}

// TestUndoBringsTheMissingPaperBack: a slip that was waived only because the visit was over
// waits for a person once more when it is not.
func TestUndoBringsTheMissingPaperBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.call(kiosktest.Counter2)
	if moved, err := w.StepSlip(ctx, w.ticket("A001"), kiosk.SlipUnprinted); !moved || err != nil {
		t.Fatalf("moved %v, %v", moved, err)
	}
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCancel, Number: "A001"})
	if got := w.ticket("A001").Slip.State; got != kiosk.SlipWaived {
		t.Fatalf("the slip is %s", got)
	}
	got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}).Ticket
	if got.State != kiosk.Called || got.Slip.State != kiosk.SlipUnprinted || len(w.Snapshot().Unprinted()) != 1 {
		t.Errorf("undone: %s, slip %s", got.State, got.Slip.State)
	}
	// What the citizen said about paper meanwhile is not taken back.
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbRecall, Number: "A001"})
	if _, err := w.WaiveSlip(ctx, "A001", "test"); err != nil {
		t.Fatal(err)
	}
	if got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}).Ticket; got.Slip.State != kiosk.SlipWaived {
		t.Errorf("the citizen needs no paper, and the slip is %s", got.Slip.State)
	}
}

// TestAnUndoneCallGivesItsTurnBack: the counter's credit for a priority ticket is what it was, full
// or spent, also after a power cut.
func TestAnUndoneCallGivesItsTurnBack(t *testing.T) {
	t.Parallel()
	for _, cut := range []bool{false, true} {
		w := newWorld(t)
		every := w.setup.Queue.PriorityEvery
		for _, p := range []kiosk.Priority{"", "", "", "", kiosk.PriorityDeclared, ""} {
			w.issue(kiosktest.Certify, p)
			w.pass(time.Minute)
		}
		calls := func(n kiosk.Number, since int) {
			t.Helper()
			got := w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall})
			if got.Ticket.Number != n || got.Call.SincePriority != since {
				t.Errorf("cut %v: called %s %d calls after the last priority, want %s and %d", cut, got.Ticket.Number, got.Call.SincePriority, n, since)
			}
		}
		undo := func() {
			t.Helper()
			if cut {
				w.restart()
			}
			w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo})
		}
		finish := func(n kiosk.Number) {
			t.Helper()
			w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbFinish, Number: n})
		}
		// An ordinary call out of a full credit.
		w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Number: "A001"})
		undo()
		calls("A005", every)
		undo()
		calls("A005", every)
		finish("A005")
		calls("A001", 0)
		undo()
		calls("A001", 0)
		finish("A001")
		// A priority ticket that was chosen when it was not its turn.
		w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbRaise, Number: "A006"})
		w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Number: "A006"})
		undo()
		calls("A002", 1)
	}
}

// TestUndoWhileTheClockIsUnsure, is set, or jumps: the minute is the monotonic clock's, as long as
// the box has run since the step.
func TestUndoWhileTheClockIsUnsure(t *testing.T) {
	t.Parallel()
	undo := kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}
	for _, jump := range []time.Duration{0, slow, -slow} {
		w, _ := busyWorld(t)
		w.pass(10 * time.Minute)
		w.wake()
		w.call(kiosktest.Counter2)
		w.set(w.wall.Add(jump))
		w.pass(59 * time.Second)
		if u := w.Snapshot().Counters[1].Undo; u.Number != "A001" || u.Until.Sub(w.wall) != time.Second {
			t.Errorf("after a jump of %v the page offers %+v at %v", jump, u, w.wall)
		}
		w.step(undo)
		w.call(kiosktest.Counter2)
		w.pass(61 * time.Second)
		w.refuses(undo, kiosk.CodeTooLate)
		// A step of before the power was off has no age by a clock that is unsure.
		w.move(kiosk.VerbServe, "A001")
		w.restart()
		w.refuses(undo, kiosk.CodeTooLate)
	}
}
