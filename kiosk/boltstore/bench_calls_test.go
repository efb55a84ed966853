package boltstore

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// scribe is a store that writes down what every commit puts into the database, so that a bare
// bbolt can put the same.
type scribe struct {
	*Store
	t    testing.TB
	mu   sync.Mutex
	puts [][]put
}

// Commit implements kiosk.Store. The Office is its only caller and holds its lock.
func (s *scribe) Commit(ctx context.Context, c kiosk.Change) error {
	e, err := encodeChange(c, s.h.tail)
	if err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	s.puts = append(s.puts, e.puts)
	s.mu.Unlock()
	return s.Store.Commit(ctx, c)
}

// eight is an office with eight counters that all serve one service.
func eight() *kiosk.Setup {
	setup := kiosktest.Setup()
	setup.AlwaysOpen = true
	setup.Counters = nil
	for _, code := range "12345678" {
		setup.Counters = append(setup.Counters, kiosk.Counter{
			Code: kiosk.CounterCode(code), Serves: []kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance},
		})
	}
	return setup
}

// TestBudgetCalls lets eight counters call in a loop against one office, and a bare bbolt put the
// same keys and values from eight goroutines, in turns. The guard band is two.
func TestBudgetCalls(t *testing.T) {
	const rounds, each = 15, 6
	s := &scribe{Store: opened(t, Options{Dir: t.TempDir()}), t: t}
	setup := eight()
	office, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: setup, Store: s})
	if err != nil {
		t.Fatal(err)
	}
	for range 8 * each * rounds {
		if _, err := office.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var calls []time.Duration
	work := func(i int) {
		code := setup.Counters[i].Code
		for range each {
			pressed := time.Now()
			call, err := office.CallNext(t.Context(), code, "counter/"+string(code))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			calls = append(calls, time.Since(pressed))
			mu.Unlock()
			if _, err := office.Move(t.Context(), kiosk.VerbFinish, call.Ticket.Number, "counter/"+string(code)); err != nil {
				t.Error(err)
				return
			}
		}
	}
	p := newPeer(t)
	var ours, theirs []time.Duration
	var ratios []float64
	for range rounds {
		s.puts = nil
		start := time.Now()
		together(8, work)
		ours = append(ours, time.Since(start))
		start = time.Now()
		together(8, func(i int) {
			for n := i; n < len(s.puts); n += 8 {
				p.put(t, s.puts[n])
			}
		})
		theirs = append(theirs, time.Since(start))
		ratios = append(ratios, theirs[len(theirs)-1].Seconds()/ours[len(ours)-1].Seconds())
	}
	slices.Sort(calls)
	slices.Sort(ratios)
	ratio := ratios[len(ratios)/2]
	t.Logf("budget: eight counters call and finish in a loop | %.0f steps/s, a call in %v (99th percentile %v) | bare bbolt commits of the same keys, %.0f/s: %.0f %% of their speed | ≥ 70 %%",
		2*8*each/median(ours).Seconds(), calls[len(calls)/2].Round(10*time.Microsecond), calls[len(calls)*99/100].Round(10*time.Microsecond),
		2*8*each/median(theirs).Seconds(), 100*ratio)
	if ratio < 0.35 {
		t.Errorf("eight counters call at %.2f of the speed of bbolt alone, want at least 0.35 (budget 0.70)", ratio)
	}
}

// together runs n goroutines and waits for them.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}
