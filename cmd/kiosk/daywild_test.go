//go:build !noos

package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
)

// wildDay is a day on which everything happens that officers, leads and clocks can do, in no
// order at all: the report of such a day is also what the checker counts.
type wildDay struct {
	t      *testing.T
	random *rand.Rand
	setup  *kiosk.Setup
	store  kiosk.Store
	office *kiosk.Office
	start  time.Time    // of the test's time
	jump   atomic.Int64 // of the wall clock
	clocks bool         // the clock is set now and then
	stop   func()
}

func TestWildDaysAreCountedAlike(t *testing.T) {
	t.Parallel()
	first, days := uint64(1), uint64(50)
	if n, err := strconv.ParseUint(os.Getenv("KIOSK_WILD_SEED"), 10, 64); err == nil {
		first, days = n, 1
	}
	seen := map[string]int{}
	for seed := first; seed < first+days; seed++ {
		synctest.Test(t, func(t *testing.T) {
			lines, got := liveWildly(t, seed)
			rules := wildRules()
			want := recountDay(lines, rules)
			if want.Total.Issued == 0 { // nobody came: there is no waiting to leave anything out of
				got.Excluded, want.Excluded = nil, nil
			}
			for _, d := range got.differences(want, rules) {
				t.Errorf("KIOSK_WILD_SEED=%d: the report differs: %s", seed, d)
			}
			if os.Getenv("KIOSK_WILD_LOG") != "" {
				for _, l := range lines {
					t.Logf("%d %s sure=%v %s %s %s %s %s->%s at %s by %s yes=%v %q", l.Seq, l.At.Format("15:04:05"), l.AtSure, l.Kind, l.Verb, l.Number, l.Service, l.State, l.To, l.Counter, l.By, l.Yes, l.What)
				}
			}
			for _, l := range lines {
				seen[l.Kind+" "+l.Verb]++
			}
		})
		if t.Failed() {
			return
		}
	}
	for _, what := range []string{"ticket-moved return", "ticket-moved recall", "ticket-moved lapse", "step-undone recall", "step-undone finish", "outage-seen ", "hall-moved ", "clock-confirmed ", "ticket-rated ", "ticket-sent "} {
		if days > 1 && seen[what] == 0 {
			t.Errorf("no day had a %s: %v", what, seen)
		}
	}
}

func wildRules() dayRules {
	at := func(clock string) time.Time { return dayTime(clock).AddDate(0, 0, -2) } // Monday
	return dayRules{
		services: []string{"chung-thuc", "ho-tich", "huong-dan"}, counters: []string{"1", "2", "3"}, wait: 30 * 60, handling: 15 * 60, group: 5,
		breaks: []dayStretch{{at("11:30"), at("13:30"), "break"}},
	}
}

// liveWildly lives a day within a bubble of its own time.
func liveWildly(t *testing.T, seed uint64) ([]dayLine, dayReport) {
	d := &wildDay{t: t, random: rand.New(rand.NewPCG(seed, 7)), setup: kiosktest.Setup(), store: kiosktest.NewMemory(), start: time.Now(), clocks: seed%5 == 0}
	d.begin()
	for d.now().Before(kiosktest.Monday.At(17*60 + 40)) {
		d.wait(time.Duration(d.random.IntN(240)) * time.Second)
		d.happen()
	}
	d.wait(2 * time.Minute)
	records, err := d.office.DayRecords(t.Context(), kiosktest.Monday)
	if err != nil {
		t.Fatal(err)
	}
	tally := report.New(d.setup, kiosktest.Monday)
	var audit []control.AuditLine
	for i := range records {
		tally.Add(records[i])
		audit = append(audit, control.AuditOf(&records[i]))
	}
	now := d.now()
	d.stop()
	log, err := json.Marshal(audit)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(tally.Report(now))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := readDayLines(log)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readDayReport(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range readDay(lines, nil).trouble {
		t.Errorf("KIOSK_WILD_SEED=%d: %s", seed, s)
	}
	return lines, got
}

func (d *wildDay) now() time.Time {
	return kiosktest.Monday.At(7*60 + 20).Add(time.Since(d.start)).Add(time.Duration(d.jump.Load()))
}

func (d *wildDay) wait(long time.Duration) { <-time.After(long) }

// begin starts the office, or starts it again.
func (d *wildDay) begin() {
	office, err := kiosk.NewOffice(d.t.Context(), kiosk.OfficeConfig{Setup: d.setup, Store: d.store, Now: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	d.office = office
	ctx, cancel := context.WithCancel(d.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := office.Run(ctx); err != nil {
			d.t.Error(err)
		}
	})
	d.stop = func() {
		cancel()
		running.Wait()
	}
}

// happen lets something happen. What the office refuses is refused.
func (d *wildDay) happen() {
	ctx, o := d.t.Context(), d.office
	counter := kiosk.CounterCode([]string{"1", "2", "3"}[d.random.IntN(3)])
	by := "counter/" + string(counter)
	switch n := d.random.IntN(300); {
	case n < 70:
		_, _ = o.IssueTicket(ctx, kiosk.IssueRequest{
			Service:  []kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance}[d.random.IntN(3)],
			Priority: []kiosk.Priority{"", "", "", kiosk.PriorityDeclared, kiosk.PriorityByCard, kiosk.PriorityOfficer}[d.random.IntN(6)], By: by,
		})
	case n < 120:
		_, _ = o.CallNext(ctx, counter, by)
	case n < 270:
		d.step(counter, by)
	case n < 276:
		_ = o.AbsentCounter(ctx, counter, by)
	case n < 282:
		_ = o.SeatOfficer(ctx, counter, kiosk.OfficerCode([]string{"o1", "o2", "o3"}[d.random.IntN(3)]), by)
	case n < 285:
		_ = o.CloseCounter(ctx, counter, by)
	case n < 288:
		_ = o.OpenCounter(ctx, counter, by)
	case n < 290 && d.random.IntN(4) == 0:
		_ = o.CloseHall(ctx, by)
	case n < 293:
		_ = o.OpenHall(ctx, by)
	case n < 296 && d.random.IntN(3) == 0:
		d.stop() // the power is out
		d.wait(time.Duration(d.random.IntN(1500)) * time.Second)
		d.begin()
	case n < 298 && d.clocks:
		d.jump.Add(int64(time.Duration(d.random.IntN(40)-10) * time.Minute))
		d.wait(time.Minute)
		if d.random.IntN(2) == 0 {
			_ = o.ConfirmClock(ctx, kiosktest.Monday, by)
		}
	}
}

// step does something with some ticket, and takes it back now and then.
func (d *wildDay) step(counter kiosk.CounterCode, by string) {
	ctx, o := d.t.Context(), d.office
	tickets := o.Snapshot().Tickets
	if len(tickets) == 0 {
		return
	}
	t := tickets[d.random.IntN(len(tickets))]
	for range 8 { // rather one that is not over
		if !t.State.Final() {
			break
		}
		t = tickets[d.random.IntN(len(tickets))]
	}
	if d.random.IntN(4) > 0 {
		for _, c := range o.Snapshot().Counters {
			if c.Counter.Code == counter && c.Ticket != "" {
				t, _ = o.Snapshot().Ticket(c.Ticket)
			}
		}
	}
	s := kiosk.Step{Number: t.Number, By: by}
	if d.random.IntN(5) > 0 {
		s.Counter = counter
	}
	verbs := []kiosk.Verb{
		kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbServe, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbFinish, kiosk.VerbFinish, kiosk.VerbNoShow,
		kiosk.VerbHold, kiosk.VerbResume, kiosk.VerbReturn, kiosk.VerbSend, kiosk.VerbRaise, kiosk.VerbLower, kiosk.VerbCall,
	}
	s.Verb = verbs[d.random.IntN(len(verbs))]
	if d.random.IntN(60) == 0 {
		s.Verb = kiosk.VerbCancel
	}
	if s.Verb == kiosk.VerbSend {
		s.To = []kiosk.ServiceCode{"", kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance}[d.random.IntN(4)]
		s.For = []kiosk.CounterCode{"", "", "1", "2", "3"}[d.random.IntN(5)]
		s.Place = []kiosk.Place{kiosk.PlaceFirst, kiosk.PlaceLast, kiosk.PlaceAfter}[d.random.IntN(3)]
		if s.Place == kiosk.PlaceAfter {
			s.After = time.Duration(1+d.random.IntN(20)) * time.Minute
		}
	}
	if s.Verb == kiosk.VerbCall && s.Counter == "" {
		return
	}
	out, err := o.Step(ctx, s)
	if err != nil {
		return
	}
	if out.Ticket.State == kiosk.Served && d.random.IntN(2) == 0 {
		level := []kiosk.RatingLevel{kiosk.RatingVeryGood, kiosk.RatingGood, kiosk.RatingBad}[d.random.IntN(3)]
		_, _ = o.Rate(ctx, out.Ticket.Number, level, "", "rating/slip")
	}
	if d.random.IntN(6) == 0 {
		d.wait(time.Duration(d.random.IntN(50)) * time.Second)
		_, _ = o.Step(ctx, kiosk.Step{Verb: kiosk.VerbUndo, Counter: counter, By: by})
	}
}
