package report_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
)

// hall is an office over a store in memory whose clocks the test sets.
type hall struct {
	*kiosk.Office
	t     testing.TB
	setup *kiosk.Setup
	store *kiosktest.Memory
	wall  time.Time
	mono  time.Duration
	dice  *rand.Rand
}

func newHall(t testing.TB, seed uint64) *hall {
	t.Helper()
	h := &hall{t: t, setup: kiosktest.Setup(), store: kiosktest.NewMemory(), wall: kiosktest.At(0), dice: rand.New(rand.NewPCG(seed, 3))}
	h.setup.Report = kiosk.DefaultReportRules()
	h.setup.Queue.HoldAfter = 1000
	h.start()
	h.opens()
	return h
}

// opens lets the office notice that its hours have begun.
func (h *hall) opens() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changed, done := h.Changed(), make(chan struct{})
	go func() { defer close(done); _ = h.Run(ctx) }()
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		h.t.Error("the hall did not open")
	}
	cancel()
	<-done
}

// start is the power's coming back.
func (h *hall) start() {
	h.t.Helper()
	h.mono = 0
	o, err := kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: h.setup, Store: h.store,
		Now:  func() time.Time { return h.wall },
		Mono: func() time.Duration { return h.mono },
	})
	if err != nil {
		h.t.Fatalf("open office: %v", err)
	}
	h.Office = o
}

func (h *hall) pass(d time.Duration) { h.wall, h.mono = h.wall.Add(d), h.mono+d }

func pick[T any](h *hall, of ...T) T { return of[h.dice.IntN(len(of))] }

// anything does something that people at an office may do; most of it is refused now and then.
func (h *hall) anything() {
	ctx := context.Background()
	counter := pick(h, kiosktest.Counter1, kiosktest.Counter2, kiosktest.Counter3)
	var number kiosk.Number
	if tickets := h.Snapshot().Tickets; len(tickets) > 0 {
		number = tickets[h.dice.IntN(len(tickets))].Number
	}
	if hand := h.hand(counter); hand != "" && h.dice.IntN(3) > 0 {
		number = hand
	}
	switch n := h.dice.IntN(100); {
	case n < 22:
		_, _ = h.IssueTicket(ctx, kiosk.IssueRequest{
			Service:  pick(h, kiosktest.Certify, kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance),
			Priority: pick(h, kiosk.NoPriority, kiosk.NoPriority, kiosk.PriorityDeclared, kiosk.PriorityByCard, kiosk.PriorityOfficer),
		})
	case n < 40:
		_, _ = h.Step(ctx, kiosk.Step{Counter: counter, Verb: kiosk.VerbCall})
	case n < 70:
		_, _ = h.Step(ctx, kiosk.Step{Counter: counter, Number: number, Late: pick(h, 0, 0, 0, 9*time.Second, 47*time.Minute), Verb: pick(h,
			kiosk.VerbServe, kiosk.VerbServe, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbFinish, kiosk.VerbFinish, kiosk.VerbNoShow,
			kiosk.VerbHold, kiosk.VerbResume, kiosk.VerbReturn, kiosk.VerbRecall, kiosk.VerbCancel, kiosk.VerbCall, kiosk.VerbRaise, kiosk.VerbLower)})
	case n < 75:
		_, _ = h.Step(ctx, kiosk.Step{Counter: counter, Verb: kiosk.VerbSend, Number: number,
			To:    pick(h, "", kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance),
			For:   pick(h, "", "", kiosktest.Counter1, kiosktest.Counter3),
			Place: pick(h, kiosk.PlaceFirst, kiosk.PlaceLast, kiosk.PlaceAfter), After: 5 * time.Minute})
	case n < 85:
		_, _ = h.Step(ctx, kiosk.Step{Counter: counter, Verb: kiosk.VerbUndo, Late: pick(h, 0, 0, 20*time.Minute)})
	case n < 90:
		_, _ = h.Rate(ctx, number, pick(h, kiosk.RatingVeryGood, kiosk.RatingGood), "", "touch/main")
	case n < 93:
		_, _ = h.Rate(ctx, number, kiosk.RatingBad, pick(h, "", kiosk.RatingWait, kiosk.RatingOther), "touch/main")
	case n < 96:
		_ = h.SeatOfficer(ctx, counter, pick[kiosk.OfficerCode](h, "o1", "o2", "o3"), "counter/"+string(counter))
	case n < 97:
		_ = h.AbsentCounter(ctx, counter, "staff/o1")
	case n < 98:
		_ = h.CloseCounter(ctx, counter, "staff/o1")
	case h.dice.IntN(3) == 0:
		h.trouble()
	}
	if h.dice.IntN(3) > 0 {
		h.pass(time.Duration(h.dice.IntN(150)) * time.Second)
	}
}

// trouble is what comes a few times a day at most.
func (h *hall) trouble() {
	ctx := context.Background()
	switch h.dice.IntN(6) {
	case 0, 1: // the power is away
		h.pass(time.Duration(h.dice.IntN(40)) * time.Minute)
		h.start()
	case 2:
		_ = h.CloseHall(ctx, "kioskctl")
		h.pass(time.Duration(h.dice.IntN(20)) * time.Minute)
		_ = h.OpenHall(ctx, "kioskctl")
	case 3:
		_ = h.OpenHall(ctx, "kioskctl")
	case 4: // somebody turns the clock, and the box no longer believes it
		h.wall = h.wall.Add(-20 * time.Minute)
		h.mono += time.Second
	case 5:
		_ = h.ConfirmClock(ctx, h.Snapshot().Day, "staff/o1")
	}
}

func (h *hall) hand(c kiosk.CounterCode) kiosk.Number {
	for _, s := range h.Snapshot().Counters {
		if s.Counter.Code == c {
			return s.Ticket
		}
	}
	return ""
}

func (h *hall) records() []kiosk.Record {
	h.t.Helper()
	records, err := h.DayRecords(context.Background(), kiosktest.Monday)
	if err != nil {
		h.t.Fatalf("read records: %v", err)
	}
	return records
}

func fold(setup *kiosk.Setup, records []kiosk.Record) *report.Tally {
	t := report.New(setup, kiosktest.Monday)
	for _, r := range records {
		t.Add(r)
	}
	return t
}
