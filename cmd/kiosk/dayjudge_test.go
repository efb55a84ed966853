//go:build !noos

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// judge looks at the evening.
func (d *day) judge(ctx context.Context) {
	t := d.t
	lines, report := d.closedDay(ctx)
	if len(lines) == 0 {
		return
	}
	fold := readDay(lines, nil)
	for _, s := range fold.trouble {
		t.Error(s)
	}
	d.judgeTickets(ctx, lines, fold)
	d.judgePresses(lines)
	d.judgeReport(lines, report)
	d.judgeBoards(lines)
	if text, err := d.get(ctx, "/v1/audit"); err != nil {
		t.Errorf("the audit log does not verify: %v", err)
	} else {
		t.Logf("audit log: %s", text)
	}
	d.keepReport(ctx)
	if err := d.gateway.stop(false); err != nil {
		t.Error(err)
	}
	d.judgeStore(ctx, len(fold.tickets))
}

// closedDay waits until the day has been closed and sealed, and returns its log and report, both
// of the same moment.
func (d *day) closedDay(ctx context.Context) ([]dayLine, dayReport) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	method := http.MethodGet
	for {
		var text json.RawMessage
		if err := d.gateway.client.Do(ctx, method, "/v1/days/"+dayDate+"/report", nil, &text); err != nil {
			d.t.Error(err)
			return nil, dayReport{}
		}
		report, err := readDayReport(text)
		if err != nil {
			d.t.Error(err)
			return nil, report
		}
		log, err := d.get(ctx, "/v1/days/"+dayDate+"/audit")
		if err != nil {
			d.t.Error(err)
			return nil, report
		}
		lines, err := readDayLines(log)
		if err != nil {
			d.t.Error(err)
			return nil, report
		}
		whole := report.Closed && report.Seal != nil && report.Facts == len(lines)
		if whole && method == http.MethodGet {
			if len(report.Officers) > 0 || len(report.Ratings.Officers) > 0 {
				d.t.Errorf("nobody asked for officers: %+v, %+v", report.Officers, report.Ratings.Officers)
			}
			method = http.MethodPost // once more with them, which is a fact of the day
			continue
		}
		if whole {
			d.keep("report.json", text)
			d.keep("audit.json", log)
			return lines, report
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			d.t.Errorf("the day is not closed and sealed: closed %v, seal %v, %d facts of %d", report.Closed, report.Seal, report.Facts, len(lines))
			return nil, report
		}
	}
}

// keep writes a file for a later look.
func (d *day) keep(name string, text []byte) {
	dir := os.Getenv("KIOSK_DAY_OUT")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
		d.t.Error(err)
	}
}

// judgeTickets wants every ticket in one final state, the same one in the log and in the office,
// and every citizen with one number.
func (d *day) judgeTickets(ctx context.Context, lines []dayLine, fold *dayFold) {
	t := d.t
	states, languages := map[string]int{}, map[string]int{}
	for number, ticket := range fold.tickets {
		states[ticket.State]++
		if !ticket.final() {
			t.Errorf("%s ends as %s", number, ticket.State)
		}
	}
	issued := map[string]string{} // by key
	for _, l := range lines {
		if l.Kind == "ticket-issued" {
			issued[l.Key] = l.Number
			languages[l.Language]++
		}
	}
	numbers := map[string]bool{}
	given, refused := 0, 0
	for _, c := range d.citizens {
		if c.shut != "" {
			refused++
			continue
		}
		given++
		if numbers[c.got] {
			t.Errorf("two citizens have %s", c.got)
		}
		numbers[c.got] = true
		if n, keyed := issued[c.issue.Key]; keyed && n != c.got {
			t.Errorf("the citizen of %s has %s, the log says %s", c.issue.Key, c.got, n)
		}
	}
	// On a busy machine somebody who was to be turned away may come late enough to be served.
	if given < 300 || given > 306 || len(fold.tickets) != given || len(languages) != 3 {
		t.Errorf("%d citizens have %d tickets, in the languages %v", given, len(fold.tickets), languages)
	}
	var tickets []control.Ticket
	if err := d.gateway.client.Do(ctx, http.MethodGet, "/v1/tickets", nil, &tickets); err != nil {
		t.Error(err)
	}
	for _, k := range tickets {
		was, is := fold.tickets[k.Number], dayTicket{k.State, k.Counter, k.Priority, k.Queue, k.Rating, k.Legs}
		if was != is {
			t.Errorf("%s is %+v, by the log %+v", k.Number, is, was)
		}
	}
	if len(tickets) != len(fold.tickets) {
		t.Errorf("%d tickets, %d in the log", len(tickets), len(fold.tickets))
	}
	for number, level := range d.rater.given {
		// The finish may have been undone since, and the rating with it: it is in the log all the same.
		if !slices.ContainsFunc(lines, func(l dayLine) bool { return l.Kind == "ticket-rated" && l.Number == number && l.Level == level }) {
			t.Errorf("%s was rated %s, and the log does not know", number, level)
		}
	}
	t.Logf("%d citizens, %d rated, %d turned away outside the hours; tickets %v, languages %v", given, len(d.rater.given), refused, states, languages)
}

// judgePresses wants every acknowledged press in the log once, and no other.
func (d *day) judgePresses(lines []dayLine) {
	t := d.t
	byKey := map[string][]dayLine{}
	for _, l := range lines {
		if l.Key != "" {
			byKey[l.Key] = append(byKey[l.Key], l)
		}
	}
	verbs, refused := map[string]int{}, map[string]int{}
	made, again, retried, offline, gone, late := 0, 0, 0, 0, 0, 0
	known := map[string]bool{}
	for counter, o := range d.officers {
		if len(o.queue) > 0 {
			t.Errorf("counter %s ends with %d steps unanswered: %+v", counter, len(o.queue), o.queue)
		}
		offline += o.brain.offline
		gone += len(o.brain.gone)
		for _, a := range o.answers {
			known[a.Press.Key] = true
			if a.Tries > 1 {
				retried++
			}
			in := byKey[a.Press.Key]
			if a.Code != "" {
				refused[a.Code]++
				if len(in) > 0 {
					t.Errorf("%s of %s was refused as %s and is in the log: %+v", a.Press.Verb, a.Press.Number, a.Code, in)
				}
				continue
			}
			made++
			verbs[a.Press.Verb]++
			if a.Again {
				again++
			}
			if len(in) != 1 || verbOf(in[0]) != a.Press.Verb || in[0].Number != a.Number || a.Press.Number != "" && a.Press.Number != a.Number || !strings.HasPrefix(in[0].By, "staff/") {
				t.Errorf("%s of %s at counter %s was made and is in the log as %+v", a.Press.Verb, a.Number, counter, in)
			} else if in[0].Late > 0 && a.Press.offline {
				late++
			}
		}
	}
	for key, in := range byKey {
		if strings.HasPrefix(in[0].By, "staff/") && !known[key] {
			t.Errorf("nobody knows of this press: %+v", in)
		}
	}
	for code := range refused {
		if !slices.Contains([]string{"gone-on", "nobody-waiting", "too-late", "nothing-to-undo", "counter-busy", "counter-paused", "wrong-state", "recall-limit", "not-served"}, code) {
			t.Errorf("officers were refused as %s", code)
		}
	}
	t.Logf("%d presses made %v, %d of them answered twice, %d sent more than once, %d without the box, of which %d say in the log how late they came; refused %v", made, verbs, again, retried, offline, late, refused)
	if o := d.officers[d.overtaken]; o == nil || !slices.ContainsFunc(o.brain.gone, func(a dayAnswer) bool { return a.Press.offline || a.Tries > 1 }) {
		t.Errorf("at counter %q, where the lead went on, no kept step was overtaken; %d in all", d.overtaken, gone)
	}
	if retried == 0 || offline == 0 || late == 0 {
		t.Error("the cable was of no account")
	}
}

// verbOf is the verb of the step that a line tells of.
func verbOf(l dayLine) string {
	switch {
	case l.Kind == "ticket-sent":
		return "send"
	case l.Kind == "step-undone":
		return "undo"
	case l.Kind == "priority-moved" && l.Priority == "":
		return "lower"
	case l.Kind == "priority-moved":
		return "raise"
	}
	return l.Verb
}

// rulesOfDay are what coto.toml says, written down here once more.
func rulesOfDay() dayRules {
	services, _ := dayServices()
	return dayRules{
		services: services, counters: byPlace(dayCounters()), wait: 30 * 60, handling: 15 * 60, group: 5,
		breaks: []dayStretch{{dayTime("11:30"), dayTime("13:30"), "break"}},
	}
}

// judgeReport wants the report to be what was counted.
func (d *day) judgeReport(lines []dayLine, report dayReport) {
	t := d.t
	counted := recountDay(lines, rulesOfDay())
	for _, s := range report.differences(counted, rulesOfDay()) {
		t.Errorf("the report differs: %s", s)
	}
	long := slices.ContainsFunc(counted.Excluded, func(s dayStretch) bool { return s.Why == "outage" && s.To.Sub(s.From) >= 3*time.Minute })
	if !long {
		t.Errorf("no outage of three minutes among %v", counted.Excluded)
	}
	total := counted.Total
	t.Logf("report: %d visits in %d legs, %d served, %d sent, %d no-show, %d cancelled, %d lapsed; %d recalls, %d undone; waiting %+v, handling %+v; excluded %v",
		total.Issued, total.Legs, total.Served, total.Sent, total.NoShow, total.Cancelled, total.Lapsed, total.Recalls, total.Undone, total.Waiting, total.Handling, counted.Excluded)
	if total.Sent == 0 || total.Recalls == 0 || total.Undone == 0 || total.NoShow == 0 || counted.Ratings.Given < 10 {
		t.Error("the day was too quiet to show anything")
	}
}

// judgeBoards holds what the boards have showing against the log.
func (d *day) judgeBoards(lines []dayLine) {
	// What is on its way may take two real seconds: the machine may be busy.
	c := &boardCheck{lines: lines, moments: momentsOf(lines), slack: time.Duration(2 * d.speed * float64(time.Second))}
	announced := map[string]map[uint64]time.Duration{}
	for i, b := range d.boards {
		history := b.history()
		c.check(b.name, history)
		announced[b.name] = c.announced
		if _, _, streams := b.state(); streams < 4 { // pairing, and a life after each kill
			d.t.Errorf("%s has come back only %d times", b.name, streams)
		}
		for _, what := range c.missed(history, 5*time.Minute) {
			d.t.Errorf("%s has never showing %s", b.name, what)
		}
		d.keep(fmt.Sprintf("board%d.json", i+1), []byte(showing(history)))
		d.t.Logf("%s: %d pictures, %d calls announced", b.name, len(history), len(c.announced))
	}
	for i, s := range c.trouble {
		if i == 20 {
			d.t.Errorf("and %d more", len(c.trouble)-i)
			break
		}
		d.t.Error(s)
	}
	// Two boards on one wire: a call stands for a second, and who has seen nearly all of it is not alone.
	one, other := announced[d.boards[0].name], announced[d.boards[1].name]
	if len(one) == 0 {
		d.t.Error("no call was announced")
	}
	for _, pair := range [][2]map[uint64]time.Duration{{one, other}, {other, one}} {
		for order, long := range pair[0] {
			if _, seen := pair[1][order]; !seen && long > 900*time.Millisecond {
				d.t.Errorf("call %d stood %v on one board and never on the other", order&(1<<40-1), long)
			}
		}
	}
}
