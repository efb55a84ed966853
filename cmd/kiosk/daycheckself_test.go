//go:build !noos

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The checker is held to days that are small enough to be counted by hand.

// dayLog writes an audit log by hand: "08:05:00 call A001 1" is a line.
func dayLog(t *testing.T, text string) []dayLine {
	t.Helper()
	var lines []dayLine
	states := map[string]string{
		"call": "called", "recall": "called", "serve": "serving", "finish": "served", "noshow": "no-show", "hold": "held",
		"resume": "waiting", "cancel": "cancelled", "return": "waiting", "lapse": "lapsed",
	}
	clock := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, "2026-11-25T"+s+"+07:00")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for row := range strings.Lines(text) {
		f := append(strings.Fields(row), "", "", "", "")
		if f[0] == "" {
			continue
		}
		l := dayLine{Epoch: 1, Seq: uint64(len(lines) + 1), Day: "2026-11-25", At: clock(f[0]), AtSure: true, Number: f[2]}
		if strings.HasSuffix(f[1], "?") { // an unsure clock
			f[1], l.AtSure = strings.TrimSuffix(f[1], "?"), false
		}
		switch f[1] {
		case "issue": // NUMBER SERVICE PRIORITY
			l.Kind, l.Service, l.Priority = "ticket-issued", f[3], f[4]
		case "send": // NUMBER COUNTER TO
			l.Kind, l.Counter, l.To = "ticket-sent", f[3], f[4]
		case "undo":
			l.Kind, l.Counter = "step-undone", f[3]
		case "raise", "lower":
			l.Kind, l.Counter = "priority-moved", f[3]
			if f[1] == "raise" {
				l.Priority = "officer"
			}
		case "rate":
			l.Kind, l.Counter, l.Level = "ticket-rated", f[3], f[4]
		case "outage":
			l.Kind, l.Number, l.From, l.Until = "outage-seen", "", clock(f[2]), clock(f[3])
		case "hall": // open|close, by-hand
			l.Kind, l.Number, l.Yes, l.What = "hall-moved", "", f[2] == "open", f[3]
		case "seat": // COUNTER OFFICER
			l.Kind, l.Number, l.Counter, l.Officer = "counter-moved", "", f[2], f[3]
		default:
			if states[f[1]] == "" {
				t.Fatalf("what is %q?", row)
			}
			l.Kind, l.Verb, l.State, l.Counter = "ticket-moved", f[1], states[f[1]], f[3]
		}
		lines = append(lines, l)
	}
	return lines
}

func smallOffice() dayRules {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 25, h-7, m, 0, 0, time.UTC) }
	return dayRules{
		services: []string{"a", "b"}, counters: []string{"1", "2"}, wait: 600, handling: 300, group: 5,
		breaks: []dayStretch{{at(11, 30), at(13, 30), "break"}},
	}
}

func TestDayCheckerCountsByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		log  string
		want func(r dayReport) string // what is to be looked at
		is   string
	}{
		"one visit": {
			`08:00:00 seat 1 o1
			 08:00:00 issue A001 a declared
			 08:12:00 call A001 1
			 08:13:00 recall A001 1
			 08:14:00 serve A001 1
			 08:20:00 finish A001 1`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Issued, r.Total.Served, r.Total.Recalls, r.Services[0].Waiting, r.Counters[0].Handling, r.Hours[0].Hour, r.Officers, r.Priority.Declared)
			},
			"1 1 1 {1 720 720 720 720 1} {1 360 360 360 360 1} 8 [{o1 1 0 {1 360 360 360 360 1} []}] 1",
		},
		"finished out of called counts from the recall": {
			`08:00:00 issue A001 a
			 08:01:00 call A001 1
			 08:03:00 recall A001 1
			 08:05:00 finish A001 1`,
			func(r dayReport) string { return fmt.Sprint(r.Total.Waiting.Sum, r.Total.Handling.Sum) },
			"60 120",
		},
		"an undone finish goes on": {
			`08:00:00 issue A001 a
			 08:01:00 call A001 1
			 08:02:00 serve A001 1
			 08:03:00 finish A001 1
			 08:03:10 rate A001 1 good
			 08:03:20 undo A001 1
			 08:05:00 finish A001 1`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Legs, r.Total.Served, r.Total.Undone, r.Counters[0].Undone, r.Services[0].Undone, r.Total.Handling.Sum, r.Ratings.Given)
			},
			"1 1 1 1 1 180 0",
		},
		"an undone call is none": {
			`08:00:00 issue A001 a
			 08:01:00 call A001 1
			 08:01:30 undo A001 1
			 08:09:00 call A001 2
			 08:09:30 noshow A001 2`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Waiting.Sum, r.Counters[0].Legs, r.Counters[1].Legs, r.Counters[0].Undone, r.Total.NoShow)
			},
			"540 0 1 1 1",
		},
		"sent on, and held between": {
			`08:00:00 issue A001 a
			 08:01:00 call A001 1
			 08:02:00 serve A001 1
			 08:04:00 hold A001 1
			 08:10:00 call A001 1
			 08:11:00 serve A001 1
			 08:14:00 send A001 1 b
			 09:00:00 call A001 2
			 09:01:00 serve A001 2
			 09:03:00 finish A001 2`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Issued, r.Total.Legs, r.Total.Sent, r.Total.Served, r.Services[0].Handling.Sum, r.Services[1].Handling.Sum, r.Services[1].Waiting.Sum, r.Services[1].Issued, len(r.Hours))
			},
			"1 2 1 1 300 120 2760 0 1",
		},
		"an undone send is one leg": {
			`08:00:00 issue A001 a
			 08:01:00 call A001 1
			 08:02:00 serve A001 1
			 08:04:00 send A001 1 b
			 08:04:30 undo A001 1
			 08:06:00 finish A001 1`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Legs, r.Total.Sent, r.Total.Undone, r.Services[1].Legs, r.Total.Handling.Sum)
			},
			"1 0 1 0 240",
		},
		"lunch and an outage within it count once": {
			`11:00:00 issue A001 a
			 13:20:00 outage 13:00:00 13:20:00
			 13:45:00 call A001 1
			 13:46:00 serve A001 1
			 13:50:00 outage 13:47:00 13:49:00
			 13:51:00 finish A001 1`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Waiting.Sum, r.Total.Handling.Sum, len(r.Excluded))
			},
			"2700 180 3",
		},
		"open by hand through lunch": {
			`11:00:00 issue A001 a
			 11:40:00 hall open by-hand
			 12:10:00 call A001 1
			 17:00:00 hall close
			 18:00:00 lapse A001 1`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Waiting.Sum, r.Total.Lapsed, r.Closed, len(r.Excluded))
			},
			"3600 1 true 1",
		},
		"closed by hand and opened again": {
			`08:00:00 issue A001 a
			 08:10:00 hall close by-hand
			 08:30:00 hall open by-hand
			 08:40:00 call A001 1`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Waiting.Sum, r.Total.Open, []string{r.Excluded[0].Why})
			},
			"1200 1 [closed]",
		},
		"returned to the queue": {
			`08:00:00 issue A001 a
			 08:10:00 call A001 1
			 08:11:00 return A001 1
			 08:20:00 call A001 2
			 08:21:00 noshow A001 2
			 17:00:00 lapse A001 2`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Waiting.Sum, r.Counters[0].Legs, r.Counters[1].NoShow, r.Total.Lapsed)
			},
			"1200 0 1 0",
		},
		"an unsure clock tells nothing": {
			`08:00:00 issue A001 a
			 08:10:00 call? A001 1
			 08:20:00 issue? A002 a
			 08:30:00 cancel A002`,
			func(r dayReport) string {
				return fmt.Sprint(r.Total.Waiting.N, r.Unsure.Waits, r.Hours[0].Hour, r.Total.Cancelled)
			},
			"0 1 -1 1",
		},
		"priorities": {
			`08:00:00 issue A001 a officer
			 08:00:00 issue A002 a card
			 08:01:00 lower A001 1
			 08:01:00 raise A001 1
			 08:02:00 lower A002 2
			 08:02:30 undo A002 2`,
			func(r dayReport) string { return fmt.Sprint(r.Priority, r.Total.Undone) },
			"{0 1 2 1} 1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.want(recountDay(dayLog(t, c.log), smallOffice())); got != c.is {
				t.Errorf("counted %s, by hand %s", got, c.is)
			}
		})
	}
}

func TestDayCheckerSpread(t *testing.T) {
	t.Parallel()
	var ten []int64
	for i := range 10 {
		ten = append(ten, int64(100*(10-i)))
	}
	if got, want := spreadOf(ten, 900), (daySpread{10, 500, 900, 1000, 5500, 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := spreadOf([]int64{7}, 7), (daySpread{1, 7, 7, 7, 7, 0}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A checker that finds nothing is worth nothing: every number that is changed is found.
func TestDayCheckerFindsDifferences(t *testing.T) {
	t.Parallel()
	lines := dayLog(t, `08:00:00 seat 1 o1
		08:00:00 issue A001 a declared
		08:12:00 call A001 1
		08:20:00 finish A001 1
		08:22:00 outage 08:20:10 08:22:00
		17:00:00 hall close`)
	right := recountDay(lines, smallOffice())
	if d := right.differences(recountDay(lines, smallOffice()), smallOffice()); len(d) > 0 {
		t.Fatalf("a report is unlike itself: %v", d)
	}
	for name, change := range map[string]func(r *dayReport){
		"Total.Served":      func(r *dayReport) { r.Total.Served++ },
		"Waiting.Median":    func(r *dayReport) { r.Services[0].Waiting.Median++ },
		"Counters[1]":       func(r *dayReport) { r.Counters[1].Recalls++ },
		"Hours[0].Hour":     func(r *dayReport) { r.Hours[0].Hour++ },
		"Officers[0]":       func(r *dayReport) { r.Officers[0].Officer = "o2" },
		"Officers: 0 rows":  func(r *dayReport) { r.Officers = nil },
		"Priority.Declared": func(r *dayReport) { r.Priority.Declared-- },
		"Excluded[0]":       func(r *dayReport) { r.Excluded[0].To = r.Excluded[0].To.Add(time.Second) },
		"Late":              func(r *dayReport) { r.Late++ },
		"Closed":            func(r *dayReport) { r.Closed = false },
		"ratings":           func(r *dayReport) { r.Ratings.Given = 3 },
	} {
		r := recountDay(lines, smallOffice())
		change(&r)
		d := r.differences(right, smallOffice())
		if !slices.ContainsFunc(d, func(s string) bool { return strings.Contains(s, name) }) {
			t.Errorf("%s is not found: %v", name, d)
		}
	}
}
