//go:build !noos

package main

import (
	"fmt"
	"slices"
)

// recountDay counts a day from its audit lines.
func recountDay(lines []dayLine, rules dayRules) dayReport {
	c := &dayCount{rules: rules, lines: lines}
	c.findExcluded()
	var r dayReport
	services, counters, hours, officers := map[string]*dayRow{}, map[string]*dayRow{}, map[int]*dayRow{}, map[string]*dayOfficerRow{}
	for _, s := range rules.services {
		services[s] = &dayRow{}
	}
	for _, s := range rules.counters {
		counters[s] = &dayRow{}
	}
	hour := func(i int) *dayRow {
		h := hourOf(lines[i])
		if hours[h] == nil {
			hours[h] = &dayRow{}
		}
		return hours[h]
	}
	for _, v := range visitsOf(lines) {
		for _, row := range []*dayRow{&r.Total, services[v.service], hour(v.issued)} {
			row.Issued++
			row.Undone += len(v.undone)
		}
		for _, i := range v.undone {
			if row := counters[lines[i].Counter]; row != nil {
				row.Undone++
			}
		}
		for _, g := range v.legsOf(lines) {
			rows := []*dayRow{&r.Total, services[g.queue], hour(g.from)}
			if n := len(g.calls); n > 0 {
				rows = append(rows, counters[lines[g.calls[n-1]].Counter])
			}
			c.countLeg(&r, g, rows, officers)
			for _, row := range rows[:3] {
				row.Recalls += len(g.recalls)
			}
			for _, i := range g.recalls {
				if row := counters[lines[i].Counter]; row != nil {
					row.Recalls++
				}
			}
		}
	}
	r.Total = c.closed(r.Total)
	for _, s := range rules.services {
		r.Services = append(r.Services, dayServiceRow{s, c.closed(*services[s])})
	}
	for _, s := range rules.counters {
		r.Counters = append(r.Counters, dayCounterRow{s, c.closed(*counters[s])})
	}
	for _, h := range byPlace(hours) {
		r.Hours = append(r.Hours, dayHourRow{h, c.closed(*hours[h])})
	}
	for _, o := range byPlace(officers) {
		row := *officers[o]
		row.Handling = spreadOf(row.handlings, rules.handling)
		row.handlings = nil
		r.Officers = append(r.Officers, row)
	}
	c.countRest(&r)
	return r
}

// countLeg counts one leg in every row that it belongs to.
func (c *dayCount) countLeg(r *dayReport, g *leg, rows []*dayRow, officers map[string]*dayOfficerRow) {
	var wait, handling int64
	var waited, handled bool
	if len(g.calls) > 0 {
		if wait, waited = c.seconds(g.from, g.calls[0], c.outages, c.noHall); !waited {
			r.Unsure.Waits++
		}
	}
	if (g.outcome == "served" || g.outcome == "sent") && len(g.stretches) > 0 {
		handled = true
		for _, s := range g.stretches {
			n, sure := c.seconds(s[0], s[1], c.outages)
			handling, handled = handling+n, handled && sure
		}
		if !handled {
			r.Unsure.Handlings++
		}
	}
	for _, row := range rows {
		row.Legs++
		switch g.outcome {
		case "served":
			row.Served++
		case "sent":
			row.Sent++
		case "no-show":
			row.NoShow++
		case "cancelled":
			row.Cancelled++
		case "lapsed":
			row.Lapsed++
		case "open":
			row.Open++
		}
		if waited {
			row.waits = append(row.waits, wait)
		}
		if handled {
			row.handlings = append(row.handlings, handling)
		}
	}
	if g.outcome != "served" && g.outcome != "sent" || c.lines[g.end].Counter == "" {
		return
	}
	who := c.officerAt(c.lines[g.end].Counter, g.end)
	if officers[who] == nil {
		officers[who] = &dayOfficerRow{Officer: who}
	}
	row := officers[who]
	if g.outcome == "served" {
		row.Served++
	} else {
		row.Sent++
	}
	if handled {
		row.handlings = append(row.handlings, handling)
	}
}

// officerAt is who sat at a counter when a line was written.
func (c *dayCount) officerAt(counter string, before int) string {
	who := ""
	for _, l := range c.lines[:before] {
		if l.Kind == "counter-moved" && l.Counter == counter {
			who = l.Officer
		}
	}
	return who
}

// closed finishes a row.
func (c *dayCount) closed(row dayRow) dayRow {
	row.Waiting, row.Handling = spreadOf(row.waits, c.rules.wait), spreadOf(row.handlings, c.rules.handling)
	row.waits, row.handlings = nil, nil
	return row
}

// countRest counts what has no rows.
func (c *dayCount) countRest(r *dayReport) {
	r.Facts, r.WaitLimit, r.HandlingLimit = len(c.lines), c.rules.wait, c.rules.handling
	for _, l := range c.lines {
		r.Last = fmt.Sprintf("%d-%d", l.Epoch, l.Seq)
		if l.Late > 0 {
			r.Late++
		}
		switch l.Kind {
		case "ticket-issued":
			switch l.Priority {
			case "declared":
				r.Priority.Declared++
			case "card":
				r.Priority.Card++
			case "officer":
				r.Priority.Raised++
			}
		case "hall-moved":
			r.Closed = !l.Yes
		case "log-sealed":
			if l.What == l.Day {
				r.Seal = &struct {
					At   string `json:"at"`
					Hash string `json:"hash"`
				}{l.Detail, l.Hash}
			}
		}
	}
	for _, v := range visitsOf(c.lines) {
		finished := v.issued
		for _, i := range v.standing {
			switch l := c.lines[i]; {
			case l.Verb == "finish":
				finished = i
			case l.Kind == "ticket-rated":
				c.countRating(r, l, finished)
			case l.Kind == "priority-moved" && l.Priority == "":
				r.Priority.Lowered++
			case l.Kind == "priority-moved":
				r.Priority.Raised++
			}
		}
	}
	if !r.Closed {
		r.Ratings = dayRatings{} // nobody is to watch them come in
	}
	r.Excluded = append(slices.Clone(c.outages), c.noHall...)
	slices.SortStableFunc(r.Excluded, func(a, b dayStretch) int { return a.From.Compare(b.From) })
}

// countRating counts one rating, for the counter that had finished the visit and for who sat
// there when it did.
func (c *dayCount) countRating(r *dayReport, l dayLine, finished int) {
	r.Ratings.Given++
	add := func(to *dayLevels) {
		switch l.Level {
		case "very-good":
			to.VeryGood++
		case "good":
			to.Good++
		case "bad":
			to.Bad++
		}
	}
	row := func(rows *[]dayRated, of string) *dayLevels {
		for i := range *rows {
			if (*rows)[i].Of == of {
				return &(*rows)[i].dayLevels
			}
		}
		*rows = append(*rows, dayRated{Of: of})
		return &(*rows)[len(*rows)-1].dayLevels
	}
	add(&r.Ratings.Total)
	add(row(&r.Ratings.Counters, l.Counter))
	add(row(&r.Ratings.Officers, c.officerAt(l.Counter, finished)))
	if l.Level != "bad" {
		return
	}
	for i := range r.Ratings.Reasons {
		if r.Ratings.Reasons[i].Reason == l.Reason {
			r.Ratings.Reasons[i].N++
			return
		}
	}
	r.Ratings.Reasons = append(r.Ratings.Reasons, dayReason{l.Reason, 1})
}
