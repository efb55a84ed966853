package report_test

import (
	"maps"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
)

// recount counts a day again as the package's page says it, with none of its code: it strikes
// out what was undone in the log itself, then looks at every second for its own.
type recount struct {
	setup   *kiosk.Setup
	log     []kiosk.Record
	struck  map[int]bool
	undone  int
	rows    map[string]*tallied // "total", "service:…", "counter:…", "hour:…", "officer:…"
	unsureW int
	unsureH int
	moves   []move
	outages []kiosk.OutageSeen
	known   map[time.Time][2]bool // power and service of a second, once looked at
}

// move is an opening or closing of the hall.
type move struct {
	at           time.Time
	sure         bool
	open, byHand bool
}

type tallied struct {
	issued, legs, recalls int
	outcomes              map[string]int
	waits, handlings      []int
}

func newRecount(setup *kiosk.Setup, log []kiosk.Record) *recount {
	c := &recount{setup: setup, log: log, struck: map[int]bool{}, rows: map[string]*tallied{}, known: map[time.Time][2]bool{}}
	c.strike()
	for _, r := range log {
		switch f := r.Fact.(type) {
		case kiosk.HallMoved:
			c.moves = append(c.moves, move{r.At, r.AtSure, f.Open, f.ByHand})
		case kiosk.OutageSeen:
			c.outages = append(c.outages, f)
		}
	}
	for i, r := range log {
		if f, ok := r.Fact.(kiosk.TicketIssued); ok {
			c.follow(i, f.Ticket)
		}
	}
	return c
}

func (c *recount) row(name string) *tallied {
	if c.rows[name] == nil {
		c.rows[name] = &tallied{outcomes: map[string]int{}}
	}
	return c.rows[name]
}

// isStep reports the verb of a step with a ticket.
func isStep(f kiosk.Fact) (n kiosk.Number, verb string, counter kiosk.CounterCode) {
	switch f := f.(type) {
	case kiosk.TicketMoved:
		return f.Number, string(f.Verb), f.Counter
	case kiosk.TicketSent:
		return f.Number, "send", f.Counter
	case kiosk.PriorityMoved:
		if f.Now == "" {
			return f.Number, "lower", f.Counter
		}
		return f.Number, "raise", f.Counter
	}
	return "", "", ""
}

// strike crosses out undone steps, and ratings given between a step and its undo.
func (c *recount) strike() {
	for i, r := range c.log {
		u, ok := r.Fact.(kiosk.StepUndone)
		if !ok {
			continue
		}
		c.undone++
		for j := i - 1; j >= 0; j-- {
			if f, ok := c.log[j].Fact.(kiosk.TicketRated); ok && f.Number == u.Number {
				c.struck[j] = true
			}
			if n, _, _ := isStep(c.log[j].Fact); n == u.Number && !c.struck[j] {
				c.struck[j] = true
				break
			}
		}
	}
}

// follow walks one ticket's way through the log from its birth at i.
func (c *recount) follow(i int, born kiosk.Ticket) {
	c.row("total").issued++
	c.row("service:"+string(born.Service)).issued++
	c.row(hourName(c.log[i])).issued++
	joined, queue := i, born.Service
	var way []int // the standing steps of this leg
	for j := i + 1; j < len(c.log); j++ {
		n, verb, _ := isStep(c.log[j].Fact)
		if n != born.Number || c.struck[j] {
			continue
		}
		way = append(way, j)
		if verb == "send" {
			c.leg(joined, queue, way)
			joined, queue, way = j, c.log[j].Fact.(kiosk.TicketSent).To, nil
		}
	}
	c.leg(joined, queue, way)
}

func hourName(r kiosk.Record) string {
	if !r.AtSure {
		return "hour:-1"
	}
	return "hour:" + r.At.In(kiosk.ICT()).Format("15")
}

func (c *recount) leg(joined int, queue kiosk.ServiceCode, way []int) {
	names := []string{"total", "service:" + string(queue), hourName(c.log[joined])}
	outcome, state := "open", "waiting"
	var calls, starts, stops []int
	lastCall, serve, last := -1, -1, -1
	recalled := 0
	for _, j := range way {
		_, verb, counter := isStep(c.log[j].Fact)
		switch verb {
		case "call":
			calls, lastCall, state = append(calls, j), j, "called"
		case "recall":
			lastCall, state = j, "called"
			recalled++
			c.row("counter:"+string(counter)).recalls++
		case "return":
			calls, state = calls[:len(calls)-1], "waiting"
		case "serve":
			serve, state = j, "serving"
		case "noshow":
			state = "no-show"
		case "resume":
			state = "waiting"
		case "hold", "finish", "send":
			if state == "serving" {
				starts, stops = append(starts, serve), append(stops, j)
			} else if state == "called" && verb != "hold" {
				starts, stops = append(starts, lastCall), append(stops, j)
			}
			state = "held"
			if verb != "hold" {
				outcome, last = map[string]string{"finish": "served", "send": "sent"}[verb], j
			}
		case "cancel":
			outcome = "cancelled"
		case "lapse":
			outcome = "lapsed"
			if state == "no-show" {
				outcome = "no-show"
			}
		}
	}
	if outcome == "open" && state == "no-show" {
		outcome = "no-show"
	}
	if len(calls) > 0 {
		_, _, counter := isStep(c.log[calls[len(calls)-1]].Fact)
		names = append(names, "counter:"+string(counter))
	}
	for _, name := range names {
		c.row(name).legs++
		c.row(name).outcomes[outcome]++
		if name[:3] != "cou" {
			c.row(name).recalls += recalled
		}
	}
	if len(calls) > 0 {
		if d, ok := c.between(joined, calls[0], true); ok {
			for _, name := range names {
				c.row(name).waits = append(c.row(name).waits, d)
			}
		} else {
			c.unsureW++
		}
	}
	if last < 0 {
		return
	}
	_, _, counter := isStep(c.log[last].Fact)
	if counter != "" {
		names = append(names, "officer:"+string(c.officer(last, counter)))
		c.row(names[len(names)-1]).outcomes[outcome]++
	}
	if len(starts) == 0 {
		return
	}
	sum := 0
	for k := range starts {
		d, ok := c.between(starts[k], stops[k], false)
		if !ok {
			c.unsureH++
			return
		}
		sum += d
	}
	for _, name := range names {
		c.row(name).handlings = append(c.row(name).handlings, sum)
	}
}

// officer looks back for who sat at a counter.
func (c *recount) officer(at int, counter kiosk.CounterCode) kiosk.OfficerCode {
	for j := at - 1; j >= 0; j-- {
		if f, ok := c.log[j].Fact.(kiosk.CounterMoved); ok && f.Counter == counter {
			return f.Officer
		}
	}
	return ""
}

// between counts the seconds from one record to another that are somebody's, one by one.
func (c *recount) between(i, j int, waiting bool) (int, bool) {
	for k := i; k <= j; k++ {
		if _, set := c.log[k].Fact.(kiosk.ClockConfirmed); !c.log[k].AtSure || set && k > i {
			return 0, false
		}
	}
	n := 0
	for at := c.log[i].At; at.Before(c.log[j].At); at = at.Add(time.Second) {
		k, looked := c.known[at]
		if !looked {
			k = [2]bool{c.power(at), c.service(at)}
			c.known[at] = k
		}
		if k[0] && (!waiting || k[1]) {
			n++
		}
	}
	return n, true
}

func (c *recount) power(at time.Time) bool {
	for _, o := range c.outages {
		if !at.Before(o.From) && at.Before(o.To) {
			return false
		}
	}
	return true
}

// service asks what the hall did at a moment: shut by hand and opened later, or in a break and
// not held open.
func (c *recount) service(at time.Time) bool {
	moves := c.moves
	for i, m := range moves {
		if m.open || !m.byHand || !m.sure || at.Before(m.at) {
			continue
		}
		for _, next := range moves[i+1:] {
			if next.open {
				if next.sure && at.Before(next.at) {
					return false
				}
				break
			}
		}
	}
	for i, m := range moves {
		if !m.open || !m.byHand || !m.sure || at.Before(m.at) {
			continue
		}
		ended := false
		for _, next := range moves[i+1:] {
			if !next.open {
				ended = true
				if next.sure && at.Before(next.at) {
					return true
				}
				break
			}
		}
		if !ended {
			return true
		}
	}
	sessions, _ := c.setup.Hours.On(kiosktest.Monday)
	for i := 1; i < len(sessions); i++ {
		if !at.Before(kiosktest.Monday.At(sessions[i-1].To)) && at.Before(kiosktest.Monday.At(sessions[i].From)) {
			return false
		}
	}
	return true
}

// described is what a report must say of values: found by trying every one, not by an index.
func described(values []int, limit time.Duration) report.Spread {
	s := report.Spread{N: len(values)}
	sort.Ints(values)
	for _, v := range values {
		s.Sum += int64(v)
		s.Max = max(s.Max, int64(v))
		if time.Duration(v)*time.Second > limit {
			s.Over++
		}
	}
	smallest := func(share float64) int64 {
		for _, v := range values {
			n := 0
			for _, w := range values {
				if w <= v {
					n++
				}
			}
			if float64(n) >= share*float64(len(values)) {
				return int64(v)
			}
		}
		return 0
	}
	s.Median, s.P90 = smallest(0.5), smallest(0.9)
	return s
}

func (c *recount) compare(t *testing.T, name string, got report.Row) {
	t.Helper()
	w := c.row(name)
	want := report.Row{
		Issued: w.issued, Legs: w.legs, Recalls: w.recalls, Undone: got.Undone,
		Served: w.outcomes["served"], Sent: w.outcomes["sent"], NoShow: w.outcomes["no-show"],
		Cancelled: w.outcomes["cancelled"], Lapsed: w.outcomes["lapsed"], Open: w.outcomes["open"],
		Waiting: described(w.waits, c.setup.Report.Wait), Handling: described(w.handlings, c.setup.Report.Handling),
	}
	if got != want {
		t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
	}
}

func (c *recount) check(t *testing.T, r report.Report) {
	t.Helper()
	c.compare(t, "total", r.Total)
	seen := map[string]bool{"total": true}
	for _, s := range r.Services {
		seen["service:"+string(s.Service)] = true
		c.compare(t, "service:"+string(s.Service), s.Row)
	}
	for _, s := range r.Counters {
		seen["counter:"+string(s.Counter)] = true
		c.compare(t, "counter:"+string(s.Counter), s.Row)
	}
	for _, h := range r.Hours {
		name := "hour:-1"
		if h.Hour >= 0 {
			name = "hour:" + time.Date(2026, 1, 1, h.Hour, 0, 0, 0, time.UTC).Format("15")
		}
		seen[name] = true
		c.compare(t, name, h.Row)
	}
	for _, o := range r.Officers {
		name := "officer:" + string(o.Officer)
		seen[name] = true
		w := c.row(name)
		want := report.OfficerRow{Officer: o.Officer, Served: w.outcomes["served"], Sent: w.outcomes["sent"], Handling: described(w.handlings, c.setup.Report.Handling)}
		if o != want {
			t.Errorf("%s: got %+v, want %+v", name, o, want)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.rows)) {
		if !seen[name] {
			t.Errorf("the report has no row %s", name)
		}
	}
	if want := (report.Unsure{Waits: c.unsureW, Handlings: c.unsureH}); r.Unsure != want {
		t.Errorf("unsure %+v, want %+v", r.Unsure, want)
	}
	late := 0
	for _, l := range c.log {
		if l.Late != 0 {
			late++
		}
	}
	if r.Late != late {
		t.Errorf("%d steps came late, want %d", r.Late, late)
	}
	if r.Total.Undone != c.undone {
		t.Errorf("%d undone, want %d", r.Total.Undone, c.undone)
	}
}
