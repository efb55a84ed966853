//go:build !noos

package main

import (
	"cmp"
	"slices"
	"time"
)

// What follows counts a day again, from the exported audit log alone and by the rules that
// package kiosk/report documents. It shares no code with the gateway: it has its own shapes of
// what was exported, looks at every line as often as it likes and takes the slow, obvious way.

// visit is everything that the log says of one number.
type visit struct {
	number, service string
	issued          int   // its place in the log
	standing        []int // places of its steps and ratings that were not undone
	undone          []int // places of the facts that undid one
}

// leg is one part of a visit.
type leg struct {
	queue   string
	from    int   // the line with which it joined the queue
	calls   []int // lines of its standing calls
	recalls []int
	outcome string // sent, served, cancelled, no-show, lapsed, open
	end     int    // the line that ended it; -1: open
	// stretches at a counter: pairs of lines.
	stretches [][2]int
}

// visitsOf sorts the log by number.
func visitsOf(lines []dayLine) []*visit {
	var all []*visit
	find := func(number string) *visit {
		for _, v := range all {
			if v.number == number {
				return v
			}
		}
		return nil
	}
	for i, l := range lines {
		switch l.Kind {
		case "ticket-issued":
			all = append(all, &visit{number: l.Number, service: l.Service, issued: i})
		case "ticket-moved", "ticket-sent", "priority-moved", "ticket-rated":
			v := find(l.Number)
			v.standing = append(v.standing, i)
		case "step-undone":
			v := find(l.Number)
			v.undone = append(v.undone, i)
			// The last standing step goes, and with it the ratings that came after it.
			last := len(v.standing) - 1
			for last >= 0 && lines[v.standing[last]].Kind == "ticket-rated" {
				last--
			}
			v.standing = v.standing[:max(last, 0)]
		}
	}
	return all
}

// legsOf walks through a visit.
func (v *visit) legsOf(lines []dayLine) []*leg {
	now := &leg{queue: v.service, from: v.issued, outcome: "open", end: -1}
	legs := []*leg{now}
	state, served, called := "waiting", -1, -1
	atCounter := func(end int) {
		switch state {
		case "serving":
			now.stretches = append(now.stretches, [2]int{served, end})
		case "called":
			now.stretches = append(now.stretches, [2]int{called, end})
		}
	}
	for _, i := range v.standing {
		l := lines[i]
		switch {
		case l.Kind == "ticket-sent":
			atCounter(i)
			now.outcome, now.end = "sent", i
			now = &leg{queue: l.To, from: i, outcome: "open", end: -1}
			legs = append(legs, now)
			state = "waiting"
			continue
		case l.Kind != "ticket-moved":
			continue
		}
		switch l.Verb {
		case "call":
			now.calls = append(now.calls, i)
			called = i
		case "recall":
			now.recalls = append(now.recalls, i)
			called = i
		case "return":
			if n := len(now.calls); n > 0 {
				now.calls = now.calls[:n-1]
			}
		case "serve":
			served = i
		case "hold":
			if state == "serving" {
				now.stretches = append(now.stretches, [2]int{served, i})
			}
		case "finish":
			atCounter(i)
			now.outcome, now.end = "served", i
		case "cancel":
			now.outcome, now.end = "cancelled", i
		case "lapse":
			now.outcome, now.end = "lapsed", i
			if state == "no-show" {
				now.outcome = "no-show"
			}
		}
		state = l.State
	}
	if state == "no-show" {
		now.outcome = "no-show"
	}
	return legs
}

// dayCount is what a recount holds while it counts.
type dayCount struct {
	rules   dayRules
	lines   []dayLine
	outages []dayStretch // without power
	noHall  []dayStretch // without service: breaks, and closed by hand
}

// stretches finds the time that is left out.
func (c *dayCount) findExcluded() {
	var byHand []dayStretch // open by hand
	var closed, opened time.Time
	for _, l := range c.lines {
		if l.Kind == "outage-seen" {
			c.outages = append(c.outages, dayStretch{l.From, l.Until, "outage"})
		}
		if l.Kind != "hall-moved" {
			continue
		}
		if !l.AtSure { // it begins nothing and ends nothing, and nobody knows when that ended
			closed, opened = time.Time{}, time.Time{}
			continue
		}
		if !opened.IsZero() {
			byHand = append(byHand, dayStretch{From: opened, To: l.At})
			opened = time.Time{}
		}
		if l.Yes && !closed.IsZero() {
			c.noHall = append(c.noHall, dayStretch{closed, l.At, "closed"})
		}
		closed = time.Time{}
		if l.What == "by-hand" && l.Yes {
			opened = l.At
		}
		if l.What == "by-hand" && !l.Yes {
			closed = l.At
		}
	}
	if !opened.IsZero() {
		byHand = append(byHand, dayStretch{From: opened, To: opened.Add(24 * time.Hour)})
	}
	for _, b := range c.rules.breaks {
		c.noHall = append(c.noHall, without(b, byHand)...)
	}
}

// without cuts stretches out of one.
func without(b dayStretch, cut []dayStretch) []dayStretch {
	left := []dayStretch{b}
	for _, c := range cut {
		var next []dayStretch
		for _, l := range left {
			if !c.From.Before(l.To) || !c.To.After(l.From) {
				next = append(next, l)
				continue
			}
			if l.From.Before(c.From) {
				next = append(next, dayStretch{l.From, c.From, l.Why})
			}
			if c.To.Before(l.To) {
				next = append(next, dayStretch{c.To, l.To, l.Why})
			}
		}
		left = next
	}
	return left
}

// seconds between two lines, less what is excluded, second by second: nobody is asked to believe
// in clever arithmetic. It reports false where the clock was not sure of it.
func (c *dayCount) seconds(from, to int, excluded ...[]dayStretch) (int64, bool) {
	for _, l := range c.lines[from : to+1] {
		if !l.AtSure || l.Kind == "clock-confirmed" {
			return 0, false
		}
	}
	if c.lines[to].At.Before(c.lines[from].At) {
		return 0, false // put back by less than anybody notices
	}
	sum := int64(0)
	for at := c.lines[from].At; at.Before(c.lines[to].At); at = at.Add(time.Second) {
		out := false
		for _, list := range excluded {
			for _, e := range list {
				out = out || !at.Before(e.From) && at.Before(e.To)
			}
		}
		if !out {
			sum++
		}
	}
	return sum, true
}

// spread is report.Spread.
type daySpread struct {
	N      int   `json:"n"`
	Median int64 `json:"median_s"`
	P90    int64 `json:"p90_s"`
	Max    int64 `json:"max_s"`
	Sum    int64 `json:"sum_s"`
	Over   int   `json:"over"`
}

func spreadOf(values []int64, limit int64) daySpread {
	if len(values) == 0 {
		return daySpread{}
	}
	values = slices.Clone(values)
	slices.Sort(values)
	rank := func(p int) int64 {
		place := 1
		for place*100 < p*len(values) {
			place++
		}
		return values[place-1]
	}
	s := daySpread{N: len(values), Median: rank(50), P90: rank(90), Max: values[len(values)-1]}
	for _, v := range values {
		s.Sum += v
		if v > limit {
			s.Over++
		}
	}
	return s
}

// hourOf is the hour at UTC+7.
func hourOf(l dayLine) int {
	if !l.AtSure {
		return -1
	}
	return int((l.At.Unix() + 7*3600) / 3600 % 24)
}

// byPlace orders what a map has by its key.
func byPlace[K cmp.Ordered, V any](m map[K]V) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
