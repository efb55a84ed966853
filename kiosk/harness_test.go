package kiosk_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// world is an office over a store in memory, with a clock that the test sets. At the end of
// every test the facts must replay to what the store keeps.
type world struct {
	*kiosk.Office
	t     *testing.T
	setup *kiosk.Setup
	store *kiosktest.Faulty

	mu   sync.Mutex
	wall time.Time
	mono time.Duration
}

func newWorld(t *testing.T, change ...func(*kiosk.Setup)) *world {
	t.Helper()
	memory := kiosktest.NewMemory()
	w := &world{t: t, setup: kiosktest.Setup(), store: kiosktest.NewFaulty(memory), wall: kiosktest.At(0)}
	for _, f := range change {
		f(w.setup)
	}
	w.restart()
	t.Cleanup(func() {
		records, err := memory.Records(context.Background(), kiosk.Position{}, 1<<20)
		if err != nil {
			t.Fatalf("read records: %v", err)
		}
		days := map[kiosk.Day]bool{}
		var kept []kiosk.Ticket
		for _, r := range records {
			if days[r.Day] {
				continue
			}
			days[r.Day] = true
		}
		for _, d := range slices.Sorted(func(yield func(kiosk.Day) bool) {
			for d := range days {
				if !yield(d) {
					return
				}
			}
		}) {
			tickets, err := memory.Tickets(context.Background(), kiosktest.Site, d)
			if err != nil {
				t.Fatalf("read tickets: %v", err)
			}
			kept = append(kept, tickets...)
		}
		if got := kiosk.Replay(records); !slices.Equal(got, kept) {
			t.Errorf("the facts replay to\n%+v\nbut kept is\n%+v", got, kept)
		}
	})
	return w
}

// restart is a power cut and what comes after it.
func (w *world) restart() {
	w.t.Helper()
	w.mono = 0
	o, err := kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: w.setup, Store: w.store,
		Now:   func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.wall },
		Mono:  func() time.Duration { w.mu.Lock(); defer w.mu.Unlock(); return w.mono },
		Built: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		w.t.Fatalf("open office: %v", err)
	}
	w.Office = o
}

// pass lets time pass on both clocks.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wall, w.mono = w.wall.Add(d), w.mono+d
}

// set sets the wall clock alone.
func (w *world) set(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wall = t
}

// goOn lets time pass until a moment.
func (w *world) goOn(t time.Time) { w.pass(t.Sub(w.wall)) }

// runOnce lets the office do what the time has brought.
func (w *world) runOnce() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changed, done := w.Changed(), make(chan struct{})
	go func() { defer close(done); _ = w.Run(ctx) }()
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		w.t.Error("nothing changed")
	}
	cancel()
	<-done
}

func (w *world) issue(service kiosk.ServiceCode, priority kiosk.Priority) kiosk.Ticket {
	w.t.Helper()
	t, err := w.IssueTicket(context.Background(), kiosk.IssueRequest{Service: service, Priority: priority, By: "test"})
	if err != nil {
		w.t.Fatalf("issue %s: %v", service, err)
	}
	return t
}

func (w *world) call(c kiosk.CounterCode) kiosk.Call {
	w.t.Helper()
	call, err := w.CallNext(context.Background(), c, "test")
	if err != nil {
		w.t.Fatalf("call at %s: %v", c, err)
	}
	return call
}

func (w *world) move(v kiosk.Verb, n kiosk.Number) kiosk.Ticket {
	w.t.Helper()
	t, err := w.Move(context.Background(), v, n, "test")
	if err != nil {
		w.t.Fatalf("%s %s: %v", v, n, err)
	}
	return t
}

// refused holds that err is a refusal with that code.
func refused(t *testing.T, err error, want kiosk.Code) {
	t.Helper()
	var r *kiosk.Refusal
	if !errors.As(err, &r) || r.Code != want {
		t.Errorf("got %v, want the refusal %s", err, want)
	}
}
