package report_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
)

// Random days of a real office, counted twice.
func TestReportEqualsARecount(t *testing.T) {
	t.Parallel()
	var late, undone, outages, unsure, sent, excluded, lapsed, handled int
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := newHall(t, seed)
			for h.wall.Before(kiosktest.Monday.At(16*60)) && h.Snapshot().Day == kiosktest.Monday {
				h.anything()
			}
			if seed%2 == 0 {
				_ = h.CloseHall(t.Context(), "kioskctl")
			}
			records := h.records()
			r := fold(h.setup, records).Report(h.wall)
			newRecount(h.setup, records).check(t, r)
			agree(t, h, r)
			late += r.Late
			undone += r.Total.Undone
			unsure += r.Unsure.Waits + r.Unsure.Handlings
			sent += r.Total.Sent
			lapsed += r.Total.Lapsed
			handled += r.Total.Handling.N
			for _, s := range r.Excluded {
				excluded++
				if s.Why == report.WhyOutage {
					outages++
				}
			}
		})
	}
	// A test that never meets what it is about cannot fail.
	for what, n := range map[string]int{"late": late, "undone": undone, "outages": outages, "unsure": unsure, "sent": sent, "excluded": excluded, "lapsed": lapsed, "handled": handled} {
		if n < 20 {
			t.Errorf("%d %s in all days: too few to prove anything", n, what)
		}
	}
}

// agree holds the report to what the office itself says of its tickets.
func agree(t *testing.T, h *hall, r report.Report) {
	t.Helper()
	n := map[kiosk.TicketState]int{}
	ratings := 0
	for _, k := range h.Snapshot().Tickets {
		n[k.State]++
		if k.Rating != "" {
			ratings++
		}
	}
	if got := r.Total; got.Served != n[kiosk.Served] || got.Cancelled != n[kiosk.Cancelled] ||
		got.Issued != len(h.Snapshot().Tickets) || got.NoShow+got.Lapsed != n[kiosk.Lapsed]+n[kiosk.NoShow] || got.Legs != got.Issued+got.Sent {
		t.Errorf("the office has %v, the report %+v", n, got)
	}
	if r.Closed && ratings >= h.setup.Report.RatingGroup && r.Ratings.Given != ratings {
		t.Errorf("the office has %d ratings, the report %d", ratings, r.Ratings.Given)
	}
	if !r.Closed && (r.Ratings.Given != 0 || r.Ratings.Few) {
		t.Errorf("ratings are shown while the hall is open: %+v", r.Ratings)
	}
}

func TestUndoLeavesNoTrace(t *testing.T) {
	t.Parallel()
	h := newHall(t, 1)
	ctx := t.Context()
	step := func(v kiosk.Verb, n kiosk.Number) {
		t.Helper()
		if _, err := h.Step(ctx, kiosk.Step{Counter: kiosktest.Counter1, Verb: v, Number: n, To: kiosktest.Civil, Place: kiosk.PlaceLast}); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		h.pass(30 * time.Second)
	}
	if _, err := h.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil {
		t.Fatal(err)
	}
	h.pass(10 * time.Minute)
	step(kiosk.VerbCall, "")
	for _, v := range []kiosk.Verb{kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow, kiosk.VerbHold, kiosk.VerbCancel, kiosk.VerbSend, kiosk.VerbRaise, kiosk.VerbRecall} {
		before := fold(h.setup, h.records()).Report(h.wall)
		step(v, "A001")
		step(kiosk.VerbUndo, "")
		after := fold(h.setup, h.records()).Report(h.wall)
		before.Total.Undone++
		after.Facts, after.Last, after.At = before.Facts, before.Last, before.At
		for i := range before.Services {
			if before.Services[i].Service == kiosktest.Certify {
				before.Services[i].Undone++
			}
		}
		before.Counters[0].Undone++
		before.Hours[0].Undone++
		if got, want := asJSON(t, after), asJSON(t, before); got != want {
			t.Errorf("%s and its undo:\n%s\nwas\n%s", v, got, want)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHandCountedDay(t *testing.T) {
	t.Parallel()
	h := newHall(t, 1)
	r := fold(h.setup, handMade(h.setup)).Report(kiosktest.Monday.At(18 * 60))
	// 11:20 to 13:40 is 20 minutes beside the break; the outage 13:35–13:37 takes two more.
	if got, want := r.Total.Waiting, (report.Spread{N: 2, Median: 5 * 60, P90: 18 * 60, Max: 18 * 60, Sum: 23 * 60}); got != want {
		t.Errorf("waiting %+v, want %+v", got, want)
	}
	// 5 minutes to the hold and 11 after it, less nothing; 4 minutes from the call.
	if got, want := r.Total.Handling, (report.Spread{N: 2, Median: 4 * 60, P90: 16 * 60, Max: 16 * 60, Sum: 20 * 60, Over: 1}); got != want {
		t.Errorf("handling %+v, want %+v", got, want)
	}
	if len(r.Excluded) != 2 || r.Excluded[0].Why != report.WhyBreak || r.Excluded[1].Why != report.WhyOutage {
		t.Errorf("excluded %+v", r.Excluded)
	}
	if r.Priority != (report.PriorityCount{Declared: 1, Lowered: 1}) {
		t.Errorf("priority %+v", r.Priority)
	}
	if r.Seal == nil || r.Seal.At != "1-9" || r.Seal.Hash != "ab" {
		t.Errorf("seal %+v", r.Seal)
	}
	if len(r.Officers) != 1 || r.Officers[0].Officer != "o7" || r.Officers[0].Served != 1 || r.Officers[0].Sent != 1 {
		t.Errorf("officers %+v", r.Officers)
	}
	r.Ratings.Officers, r.Ratings.HiddenOfficers = []report.RatingOf{{Of: "o7", RatingRow: report.RatingRow{Good: 4, Bad: 1}}}, 2
	plain := r.WithoutOfficers()
	if len(plain.Officers) != 0 || len(plain.Ratings.Officers) != 0 || plain.Ratings.HiddenOfficers != 7 || plain.Total != r.Total {
		t.Errorf("without officers: %+v, %+v", plain.Officers, plain.Ratings)
	}
	if len(r.Officers) != 1 || len(r.Ratings.Officers) != 1 {
		t.Error("the report itself has lost its officers")
	}
}

// handMade is a visit of two legs around the lunch break.
func handMade(setup *kiosk.Setup) []kiosk.Record {
	var out []kiosk.Record
	add := func(clock string, f kiosk.Fact) {
		m, _ := kiosk.ParseMinute(clock)
		out = append(out, kiosk.Record{
			Position: kiosk.Position{Epoch: 1, Seq: kiosk.Seq(len(out) + 1)}, Site: setup.Site.Code,
			Day: kiosktest.Monday, At: kiosktest.Monday.At(m), AtSure: true, Fact: f,
		})
	}
	moved := func(clock string, v kiosk.Verb) {
		add(clock, kiosk.TicketMoved{Service: kiosktest.Certify, Number: "A001", Verb: v, Counter: "1"})
	}
	add("11:00", kiosk.CounterMoved{Counter: "1", State: kiosk.CounterOpen, Officer: "o7"})
	add("11:20", kiosk.TicketIssued{Ticket: kiosk.Ticket{Service: kiosktest.Certify, Number: "A001", Priority: kiosk.PriorityDeclared}})
	add("13:38", kiosk.OutageSeen{From: kiosktest.Monday.At(13*60 + 35), To: kiosktest.Monday.At(13*60 + 37)})
	moved("13:40", kiosk.VerbCall)
	moved("13:40", kiosk.VerbServe)
	add("13:41", kiosk.PriorityMoved{Number: "A001", Counter: "1", Was: kiosk.PriorityDeclared})
	moved("13:45", kiosk.VerbHold)
	moved("13:50", kiosk.VerbResume)
	moved("13:55", kiosk.VerbCall)
	moved("13:55", kiosk.VerbServe)
	add("14:06", kiosk.TicketSent{Number: "A001", Counter: "1", To: kiosktest.Civil, Place: kiosk.PlaceLast})
	moved("14:11", kiosk.VerbCall)
	moved("14:15", kiosk.VerbFinish)
	next := kiosk.Record{
		Position: kiosk.Position{Epoch: 1, Seq: 99}, Site: setup.Site.Code, Day: kiosktest.Monday + 1, AtSure: true,
		Fact: kiosk.LogSealed{Day: kiosktest.Monday, At: kiosk.Position{Epoch: 1, Seq: 9}, Hash: "ab"},
	}
	return append(out, next)
}

func TestReportOfNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t, 1)
	r := report.New(h.setup, kiosktest.Monday).Report(h.wall)
	if r.Total != (report.Row{}) || len(r.Services) != 3 || len(r.Counters) != 3 || len(r.Hours) != 0 || r.Total.Waiting.Share() != 0 {
		t.Errorf("%+v", r)
	}
	var back map[string]any
	if err := json.Unmarshal([]byte(asJSON(t, r)), &back); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"excluded", "hours", "officers"} {
		if _, ok := back[k].([]any); !ok {
			t.Errorf("%s is %v, want an empty list", k, back[k])
		}
	}
}

// Live reads only what is new and says the same as a fold from the beginning.
func TestLiveSaysTheSame(t *testing.T) {
	t.Parallel()
	h := newHall(t, 8)
	live := report.NewLive(h, h.setup)
	for range 300 {
		h.anything()
		if h.Snapshot().Day != kiosktest.Monday {
			break
		}
		if h.dice.IntN(5) > 0 {
			continue
		}
		got, err := live.Today(t.Context(), kiosktest.Monday, h.wall)
		if err != nil {
			t.Fatal(err)
		}
		if want := fold(h.setup, h.records()).Report(h.wall); asJSON(t, got) != asJSON(t, want) {
			t.Fatalf("live\n%s\nwhole\n%s", asJSON(t, got), asJSON(t, want))
		}
	}
	// A day that ended while nobody looked is sealed on the next one.
	h.wall = (kiosktest.Monday + 2).At(8 * 60)
	h.mono += 48 * time.Hour
	h.start()
	r, err := live.Of(t.Context(), kiosktest.Monday, h.wall)
	if err != nil || r.Seal == nil || r.Date() != kiosktest.Monday {
		t.Errorf("report of a day that ended by itself: seal %v, %v", r.Seal, err)
	}
}

func TestMetricsKeepTheirNames(t *testing.T) {
	t.Parallel()
	h := newHall(t, 1)
	empty := report.New(h.setup, kiosktest.Monday).Report(h.wall)
	full := fold(h.setup, handMade(h.setup)).Report(h.wall)
	// The hours come with the people; everything else is there from the morning on.
	var hours []report.Metric
	a, b := empty.Metrics(), slices.DeleteFunc(full.Metrics(), func(m report.Metric) bool {
		of := m.Labels != nil && m.Labels[0].Name == "hour"
		if of {
			hours = append(hours, m)
		}
		return of
	})
	if len(a) != len(b) {
		t.Fatalf("%d metrics of an empty day, %d of a full one", len(a), len(b))
	}
	if one := 6 + 2*6; len(hours) != one*len(full.Hours) {
		t.Errorf("%d metrics of %d hours, want %d each", len(hours), len(full.Hours), one)
	}
	for i := range a {
		if a[i].Name != b[i].Name || fmt.Sprint(a[i].Labels) != fmt.Sprint(b[i].Labels) || a[i].Help == "" {
			t.Errorf("%v and %v", a[i], b[i])
		}
	}
}

// TestMetricsAreTheReport: who watches from outside sees the numbers that the lead signs.
func TestMetricsAreTheReport(t *testing.T) {
	t.Parallel()
	h := newHall(t, 1)
	r := fold(h.setup, handMade(h.setup)).Report(h.wall)
	got := map[string]float64{}
	for _, m := range r.Metrics() {
		name := fmt.Sprint(m.Name, m.Labels)
		if _, twice := got[name]; twice {
			t.Errorf("%s twice", name)
		}
		got[name] = m.Value
	}
	row := func(prefix, kind, of string, row report.Row) {
		t.Helper()
		for name, want := range map[string]float64{
			"legs[{%s %s} {outcome served}]": float64(row.Served), "legs[{%s %s} {outcome no-show}]": float64(row.NoShow),
			"legs[{%s %s} {outcome lapsed}]": float64(row.Lapsed), "wait_count[{%s %s}]": float64(row.Waiting.N),
			"wait_seconds[{%s %s} {quantile 0.5}]": float64(row.Waiting.Median), "wait_seconds[{%s %s} {quantile 0.9}]": float64(row.Waiting.P90),
			"handling_seconds[{%s %s} {quantile 0.5}]": float64(row.Handling.Median), "handling_seconds[{%s %s} {quantile 0.9}]": float64(row.Handling.P90),
			"wait_over_limit_ratio[{%s %s}]": row.Waiting.Share(), "handling_over_limit_ratio[{%s %s}]": row.Handling.Share(),
		} {
			name = "kiosk_day_" + prefix + fmt.Sprintf(name, kind, of)
			if v, there := got[name]; !there || v != want {
				t.Errorf("%s is %v, %v; the report has %v", name, v, there, want)
			}
		}
	}
	for _, s := range r.Services {
		row("", "service", string(s.Service), s.Row)
	}
	for _, c := range r.Counters {
		row("counter_", "counter", string(c.Counter), c.Row)
	}
	for _, v := range r.Hours {
		row("hour_", "hour", fmt.Sprintf("%02d", v.Hour), v.Row)
	}
	if len(r.Hours) == 0 || r.Total.Handling.Over == 0 {
		t.Errorf("a day that proves nothing: %+v", r.Total)
	}
	for name, want := range map[string]int{"[{by declared}]": r.Priority.Declared, "[{by card}]": r.Priority.Card, "[{by officer}]": r.Priority.Raised, "_lowered[]": r.Priority.Lowered} {
		if v, there := got["kiosk_day_priorities"+name]; !there || v != float64(want) {
			t.Errorf("priorities%s: %v, %v; the report has %d", name, v, there, want)
		}
	}
}

func BenchmarkFold3000(b *testing.B) {
	h := newHall(b, 2)
	for len(h.records()) < 3000 && h.Snapshot().Day == kiosktest.Monday {
		h.anything()
		if h.wall.After(kiosktest.Monday.At(16 * 60)) {
			break
		}
	}
	records := h.records()
	for len(records) < 3000 { // the same day again under other numbers
		for _, r := range h.records() {
			r.Position = kiosk.Position{Epoch: 1, Seq: kiosk.Seq(len(records) + 1)}
			if f, ok := r.Fact.(kiosk.TicketIssued); ok {
				f.Ticket.Number += kiosk.Number(fmt.Sprint("-", len(records)))
				r.Fact = f
			}
			records = append(records, r)
		}
	}
	records = records[:3000]
	b.ResetTimer()
	for b.Loop() {
		r := fold(h.setup, records).Report(h.wall)
		if r.Facts != 3000 {
			b.Fatal(r.Facts)
		}
	}
}
