package kiosk_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

var ctx = context.Background()

func TestNumbersOfADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, want := range []kiosk.Number{"A001", "A002", "A003"} {
		if got := w.issue(kiosktest.Certify, ""); got.Number != want || got.State != kiosk.Waiting || got.Seq != uint32(i+1) {
			t.Errorf("ticket %+v, want %s", got, want)
		}
	}
	if got := w.issue(kiosktest.Civil, ""); got.Number != "B001" {
		t.Errorf("another service begins with %s", got.Number)
	}
	w.restart()
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A004" {
		t.Errorf("after a restart: %s", got.Number)
	}
	// A cancelled number is not given again.
	w.move(kiosk.VerbCancel, "A004")
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A005" {
		t.Errorf("after a cancellation: %s", got.Number)
	}
	if got := kiosk.FormatNumber("A", 1000); got != "A1000" {
		t.Errorf("past 999: %s", got)
	}
}

func TestOnePressIsOneTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	press := func(key string, s kiosk.ServiceCode) kiosk.Number {
		got, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: s, Key: key, Terminal: "main", By: "touch/main"})
		if err != nil {
			t.Fatalf("press %s: %v", key, err)
		}
		return got.Number
	}
	first := press("session-1", kiosktest.Certify)
	if again := press("session-1", kiosktest.Certify); again != first {
		t.Errorf("a double tap gave %s and %s", first, again)
	}
	if other := press("session-1", kiosktest.Civil); other != first {
		t.Errorf("another service in the same session gave %s", other)
	}
	w.restart()
	if again := press("session-1", kiosktest.Certify); again != first {
		t.Errorf("the same press after a power cut gave %s", again)
	}
	if next := press("session-2", kiosktest.Certify); next == first {
		t.Errorf("a new session gave %s again", next)
	}
	var wg sync.WaitGroup
	numbers := make([]kiosk.Number, 20)
	for i := range numbers {
		wg.Go(func() {
			got, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Civil, Key: "session-3"})
			if err != nil {
				t.Errorf("press: %v", err)
			}
			numbers[i] = got.Number
		})
	}
	wg.Wait()
	if slices.Sort(numbers); numbers[0] != numbers[19] {
		t.Errorf("twenty presses of one key at once gave %v", numbers)
	}
}

func TestManyPressesMustBeHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	press := func(i int, held bool) error {
		_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify, Key: fmt.Sprint("k", i), Terminal: "main", Held: held})
		return err
	}
	for i := range 4 {
		if err := press(i, false); err != nil {
			t.Fatalf("press %d: %v", i, err)
		}
	}
	refused(t, press(4, false), kiosk.CodePressAndHold)
	if err := press(4, true); err != nil {
		t.Errorf("a held press: %v", err)
	}
	w.issue(kiosktest.Certify, "") // a program has no finger
	w.pass(time.Minute)
	if err := press(5, false); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

func TestRefusalsOfAPress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		req  kiosk.IssueRequest
		want kiosk.Code
	}{
		{kiosk.IssueRequest{Service: "dat-dai"}, kiosk.CodeUnknownService},
		{kiosk.IssueRequest{Service: kiosktest.Civil, Language: "fr"}, kiosk.CodeUnknownLanguage},
		{kiosk.IssueRequest{Service: kiosktest.Civil, Priority: "pregnant"}, kiosk.CodeBadPriority},
		{kiosk.IssueRequest{Service: kiosktest.Civil, Key: "a b"}, kiosk.CodeBadKey},
		{kiosk.IssueRequest{Service: kiosktest.Civil, Key: string(make([]byte, 65))}, kiosk.CodeBadKey},
	} {
		_, err := w.IssueTicket(ctx, c.req)
		refused(t, err, c.want)
	}
	w.goOn(kiosktest.Monday.At(12 * 60))
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Civil})
	refused(t, err, kiosk.CodeHallClosed)
	w.goOn(kiosktest.Monday.At(16*60 + 50))
	_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Civil})
	refused(t, err, kiosk.CodeLastTicket)
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	w.issue(kiosktest.Civil, "")
	if err := w.CloseHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Civil})
	refused(t, err, kiosk.CodeHallClosed)
	if err := w.CloseHall(ctx, "lead"); err == nil {
		t.Error("a closed hall was closed again")
	}
	if n := w.Snapshot().Tickets[0]; n.State != kiosk.Lapsed {
		t.Errorf("what waited at close is %s", n.State)
	}
}

func TestVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.issue(kiosktest.Certify, "")
	b := w.issue(kiosktest.Civil, kiosk.PriorityDeclared)
	call := w.call(kiosktest.Counter1)
	if call.Ticket.Number != b.Number || call.Why != kiosk.ReasonPriority || len(call.Explain) != 2 || !call.Explain[1].Chosen {
		t.Fatalf("the first call %+v", call)
	}
	_, err := w.CallNext(ctx, kiosktest.Counter1, "test")
	refused(t, err, kiosk.CodeCounterBusy)
	_, err = w.CallNext(ctx, kiosktest.Counter3, "test")
	refused(t, err, kiosk.CodeNobodyWaiting)
	_, err = w.CallNext(ctx, "9", "test")
	refused(t, err, kiosk.CodeUnknownCounter)

	for i := range 3 {
		if got := w.move(kiosk.VerbRecall, b.Number); got.Calls != i+2 {
			t.Errorf("after %d recalls: %d calls", i+1, got.Calls)
		}
	}
	_, err = w.Move(ctx, kiosk.VerbRecall, b.Number, "test")
	refused(t, err, kiosk.CodeRecallLimit)

	// A power cut: what a counter had in hand stays in its hand.
	w.restart()
	w.move(kiosk.VerbServe, b.Number)
	w.pass(7 * time.Minute)
	w.move(kiosk.VerbHold, b.Number)
	if got := w.call(kiosktest.Counter1); got.Ticket.Number != a.Number || got.Why != kiosk.ReasonOrder {
		t.Errorf("the second call %+v", got)
	}
	w.move(kiosk.VerbNoShow, a.Number)
	w.move(kiosk.VerbResume, a.Number)
	w.move(kiosk.VerbResume, b.Number)
	if got := w.call(kiosktest.Counter1); got.Ticket.Number != a.Number {
		t.Errorf("resumed tickets are called in their old order, got %s", got.Ticket.Number)
	}
	if got := w.move(kiosk.VerbFinish, a.Number); got.ServedAt.IsZero() || got.EndedAt.IsZero() {
		t.Errorf("finished without serve: %+v", got)
	}
	_, err = w.Move(ctx, kiosk.VerbServe, a.Number, "test")
	refused(t, err, kiosk.CodeWrongState)
	_, err = w.Move(ctx, kiosk.VerbFinish, "Z001", "test")
	refused(t, err, kiosk.CodeUnknownTicket)
	_, err = w.Move(ctx, kiosk.VerbLapse, b.Number, "test")
	refused(t, err, kiosk.CodeWrongState)
}

func TestTheGuardGoesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.issue(kiosktest.Civil, "")
	w.pass(46 * time.Minute)
	w.issue(kiosktest.Certify, kiosk.PriorityDeclared)
	if got := w.call(kiosktest.Counter1); got.Ticket.Number != old.Number || got.Why != kiosk.ReasonLongestWait {
		t.Errorf("called %s for %s", got.Ticket.Number, got.Why)
	}
}

func TestCountersPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	refused(t, w.PauseCounter(ctx, "1", w.wall.Add(-time.Minute), "", "test"), kiosk.CodeBadTime)
	refused(t, w.PauseCounter(ctx, "1", w.wall.AddDate(0, 0, 1), "", "test"), kiosk.CodeBadTime)
	if err := w.PauseCounter(ctx, "1", w.wall.Add(time.Hour), " Đi\nhọp ", "test"); err != nil {
		t.Fatal(err)
	}
	if c := w.Snapshot().Counters[0]; c.State != kiosk.CounterPaused || c.Reason != "Đi họp" {
		t.Errorf("paused: %+v", c)
	}
	_, err := w.CallNext(ctx, kiosktest.Counter1, "test")
	refused(t, err, kiosk.CodeCounterPaused)
	w.restart()
	w.pass(time.Hour)
	w.runOnce()
	if c := w.Snapshot().Counters[0]; c.State != kiosk.CounterOpen || c.Reason != "" {
		t.Errorf("the pause is over: %+v", c)
	}
	w.call(kiosktest.Counter1)
	refused(t, w.CloseCounter(ctx, "1", "test"), kiosk.CodeCounterBusy)
}

func TestTheDayEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, "")
	w.call(kiosktest.Counter1)
	w.goOn(kiosktest.Monday.At(17 * 60))
	if s := w.Snapshot(); s.Hall.Phase != kiosk.HallEnding || s.Tickets[1].State != kiosk.Waiting {
		t.Fatalf("at the end of the session: %+v", s.Hall)
	}
	w.goOn(kiosktest.Monday.At(17*60 + 30))
	w.runOnce()
	s := w.Snapshot()
	if s.Hall.Phase != kiosk.HallClosed || s.Tickets[0].State != kiosk.Lapsed || s.Tickets[1].State != kiosk.Lapsed || s.Counters[0].State != kiosk.CounterClosed {
		t.Errorf("after the grace: %+v %+v", s.Hall, s.Tickets)
	}
	if !s.Hall.OpensAt.Equal((kiosktest.Monday + 2).At(7*60 + 30)) {
		t.Errorf("24 November is a holiday, yet the hall opens %v", s.Hall.OpensAt)
	}
	// Two days later numbers begin anew.
	w.goOn((kiosktest.Monday + 2).At(8 * 60))
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A001" || got.Day != kiosktest.Monday+2 {
		t.Errorf("a new day begins with %+v", got)
	}
}

func TestAPowerCutOverNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.set((kiosktest.Monday + 2).At(7*60 + 45))
	w.restart()
	if s := w.Snapshot(); s.Day != kiosktest.Monday+2 || len(s.Tickets) != 0 || !s.Clock.Sure {
		t.Errorf("the morning after: day %v, %d tickets, clock %+v", s.Day, len(s.Tickets), s.Clock)
	}
	old, err := w.store.Tickets(ctx, kiosktest.Site, kiosktest.Monday)
	if err != nil || len(old) != 1 || old[0].State != kiosk.Lapsed {
		t.Errorf("what waited the day before: %+v, %v", old, err)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Guidance, "")
	if s := w.Snapshot(); !s.HelpSince.Equal(w.wall) {
		t.Errorf("a guidance ticket calls an officer: %v", s.HelpSince)
	}
	w.call(kiosktest.Counter3)
	if s := w.Snapshot(); !s.HelpSince.IsZero() {
		t.Errorf("its call is the answer: %v", s.HelpSince)
	}
	if err := w.AskHelp(ctx, "touch/main"); err != nil {
		t.Fatal(err)
	}
	w.restart()
	if s := w.Snapshot(); s.HelpSince.IsZero() {
		t.Error("the call for help did not outlive a power cut")
	}
	if err := w.AnswerHelp(ctx, "kioskctl"); err != nil {
		t.Fatal(err)
	}
	if s := w.Snapshot(); !s.HelpSince.IsZero() {
		t.Error("answered, and still waiting")
	}
}

// TestAnyDay plays any sequence of verbs with power cuts in between: whatever happens, no
// number comes twice, a counter has at most one ticket in hand, and facts equal state (by the
// harness).
func TestAnyDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		seen := map[string]bool{}
		services := []kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance}
		counters := []kiosk.CounterCode{kiosktest.Counter1, kiosktest.Counter2, kiosktest.Counter3}
		verbs := []kiosk.Verb{kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow, kiosk.VerbHold, kiosk.VerbResume, kiosk.VerbCancel}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			switch rapid.IntRange(0, 12).Draw(r, "what") {
			case 0, 1, 2:
				got, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: rapid.SampledFrom(services).Draw(r, "service")})
				if err != nil {
					continue
				}
				key := fmt.Sprint(got.Day, got.Number)
				if seen[key] {
					r.Fatalf("%s was given twice", key)
				}
				seen[key] = true
			case 3, 4:
				_, _ = w.CallNext(ctx, rapid.SampledFrom(counters).Draw(r, "counter"), "test")
			case 5, 6:
				if tickets := w.Snapshot().Tickets; len(tickets) > 0 {
					n := tickets[rapid.IntRange(0, len(tickets)-1).Draw(r, "ticket")].Number
					_, _ = w.Move(ctx, rapid.SampledFrom(verbs).Draw(r, "verb"), n, "test")
				}
			case 7:
				w.pass(time.Duration(rapid.IntRange(0, 12*60).Draw(r, "minutes")) * time.Minute)
			case 8:
				w.restart()
			case 10, 11:
				s := kiosk.Step{
					Counter: rapid.SampledFrom(counters).Draw(r, "counter"),
					Verb:    rapid.SampledFrom([]kiosk.Verb{kiosk.VerbUndo, kiosk.VerbUndo, kiosk.VerbCall, kiosk.VerbSend, kiosk.VerbRaise, kiosk.VerbLower, kiosk.VerbReturn}).Draw(r, "verb"),
					To:      rapid.SampledFrom(append(services, "")).Draw(r, "to"), For: rapid.SampledFrom(append(counters, "")).Draw(r, "for"),
					Place: rapid.SampledFrom([]kiosk.Place{kiosk.PlaceFirst, kiosk.PlaceLast, kiosk.PlaceAfter}).Draw(r, "place"), After: 3 * time.Minute,
				}
				if tickets := w.Snapshot().Tickets; len(tickets) > 0 && s.Verb != kiosk.VerbUndo {
					s.Number = tickets[rapid.IntRange(0, len(tickets)-1).Draw(r, "ticket")].Number
				}
				_, _ = w.Step(ctx, s)
			case 12:
				_ = w.AbsentCounter(ctx, rapid.SampledFrom(counters).Draw(r, "counter"), "test")
			case 9:
				if rapid.Bool().Draw(r, "open") {
					_ = w.OpenHall(ctx, "lead")
				} else {
					_ = w.CloseHall(ctx, "lead")
				}
			}
			hands := map[kiosk.CounterCode]int{}
			for _, v := range w.Snapshot().Tickets {
				if v.Active() {
					if hands[v.Counter]++; hands[v.Counter] > 1 {
						r.Fatalf("counter %s has two tickets in hand", v.Counter)
					}
				}
			}
		}
	})
}

// TestAConfirmedDateOutlivesTheWrongClock: the officer said that the clock is weeks ahead. After
// TestASetClockStaysSure: the officer's date and a clock that was set backwards agree. What was
// TestBackOnADayThatWasClosed: an officer's slip of the finger closed the day; back on it, it
// TestAVisitThatWasHeld: the forecast rests on how long visits take, not on how long ago their
// first part was.
func TestAVisitThatWasHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.call(kiosktest.Counter2)
	w.move(kiosk.VerbServe, "A001")
	w.move(kiosk.VerbHold, "A001")
	w.pass(2 * time.Hour)
	w.move(kiosk.VerbResume, "A001")
	w.call(kiosktest.Counter2)
	w.pass(5 * time.Minute)
	if got := w.move(kiosk.VerbFinish, "A001"); got.EndedAt.Sub(got.ServedAt) != 5*time.Minute {
		t.Errorf("the visit took %v", got.EndedAt.Sub(got.ServedAt))
	}
}

// TestAPrefixChangesHands: the office's file was edited at noon. No number comes twice in a day.
func TestAPrefixChangesHands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.setup.Services[0].Prefix, w.setup.Services[1].Prefix = "B", "A"
	w.restart()
	if got := w.issue(kiosktest.Civil, ""); got.Number != "A002" {
		t.Errorf("got %s", got.Number)
	}
	if s := w.Snapshot(); len(s.Tickets) != 2 {
		t.Errorf("%d tickets", len(s.Tickets))
	}
}
