//go:build !noos

package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// dayRow is a row of the report, as its JSON names it.
type dayRow struct {
	Issued    int       `json:"issued"`
	Legs      int       `json:"legs"`
	Served    int       `json:"served"`
	Sent      int       `json:"sent"`
	NoShow    int       `json:"no_show"`
	Cancelled int       `json:"cancelled"`
	Lapsed    int       `json:"lapsed"`
	Open      int       `json:"open"`
	Recalls   int       `json:"recalls"`
	Undone    int       `json:"undone"`
	Waiting   daySpread `json:"waiting"`
	Handling  daySpread `json:"handling"`

	waits, handlings []int64
}

type dayServiceRow struct {
	Service string `json:"service"`
	dayRow
}

type dayCounterRow struct {
	Counter string `json:"counter"`
	dayRow
}

type dayHourRow struct {
	Hour int `json:"hour"`
	dayRow
}

type dayOfficerRow struct {
	Officer   string    `json:"officer"`
	Served    int       `json:"served"`
	Sent      int       `json:"sent"`
	Handling  daySpread `json:"handling"`
	handlings []int64
}

type dayLevels struct {
	VeryGood int `json:"very_good"`
	Good     int `json:"good"`
	Bad      int `json:"bad"`
}

func (l dayLevels) sum() int { return l.VeryGood + l.Good + l.Bad }

type dayRated struct {
	Of string `json:"of"`
	dayLevels
}

type dayRatings struct {
	Given    int         `json:"given"`
	Few      bool        `json:"few"`
	Total    dayLevels   `json:"total"`
	Counters []dayRated  `json:"counters"`
	Officers []dayRated  `json:"officers"`
	Reasons  []dayReason `json:"reasons"`

	HiddenCounters int `json:"hidden_counters"`
	HiddenOfficers int `json:"hidden_officers"`
}

type dayReason struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// dayReport is the report of a day: read from the gateway's JSON, or counted here.
type dayReport struct {
	Site          string          `json:"site"`
	Day           string          `json:"day"`
	Facts         int             `json:"facts"`
	Last          string          `json:"last"`
	Closed        bool            `json:"closed"`
	WaitLimit     int64           `json:"wait_limit_s"`
	HandlingLimit int64           `json:"handling_limit_s"`
	Total         dayRow          `json:"total"`
	Services      []dayServiceRow `json:"services"`
	Counters      []dayCounterRow `json:"counters"`
	Hours         []dayHourRow    `json:"hours"`
	Officers      []dayOfficerRow `json:"officers"`
	Priority      struct {
		Declared int `json:"declared"`
		Card     int `json:"card"`
		Raised   int `json:"raised"`
		Lowered  int `json:"lowered"`
	} `json:"priority"`
	Ratings      dayRatings   `json:"ratings"`
	Excluded     []dayStretch `json:"excluded"`
	MoreExcluded int          `json:"more_excluded"`
	Unsure       struct {
		Waits     int `json:"waits"`
		Handlings int `json:"handlings"`
	} `json:"unsure"`
	Seal *struct {
		At   string `json:"at"`
		Hash string `json:"hash"`
	} `json:"seal"`
}

func readDayReport(text []byte) (dayReport, error) {
	var r dayReport
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read the report: %w", err)
	}
	return r, nil
}

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

// differences tells every number in which a report and its recount differ. The rows by counter
// and officer of the ratings are held to their promises by ratingTrouble instead.
func (r dayReport) differences(want dayReport, rules dayRules) []string {
	want.Site, want.Day = r.Site, r.Day
	out := ratingTrouble(r.Ratings, want.Ratings, rules.group)
	r.Ratings, want.Ratings = dayRatings{}, dayRatings{}
	sorted := func(list []dayStretch) []dayStretch {
		list = slices.Clone(list)
		for i := range list {
			list[i].From, list[i].To = list[i].From.UTC(), list[i].To.UTC()
		}
		slices.SortStableFunc(list, func(a, b dayStretch) int {
			if c := a.From.Compare(b.From); c != 0 {
				return c
			}
			return strings.Compare(a.Why, b.Why)
		})
		// Two that touch are one.
		for i := 1; i < len(list); {
			if list[i].Why != list[i-1].Why || list[i].From.After(list[i-1].To) {
				i++
				continue
			}
			if list[i].To.After(list[i-1].To) {
				list[i-1].To = list[i].To
			}
			list = slices.Delete(list, i, i+1)
		}
		return list
	}
	r.Excluded, want.Excluded = sorted(r.Excluded), sorted(want.Excluded)
	r.Officers = slices.Clone(r.Officers)
	slices.SortFunc(r.Officers, func(a, b dayOfficerRow) int { return strings.Compare(a.Officer, b.Officer) })
	return append(out, unlike("", reflect.ValueOf(r), reflect.ValueOf(want))...)
}

// ratingTrouble compares what is known of the ratings.
func ratingTrouble(got, want dayRatings, group int) []string {
	var out []string
	few := want.Given > 0 && want.Given < group
	if few {
		want.Given, want.Total = 0, dayLevels{}
	}
	if got.Given != want.Given || got.Few != few || got.Total != want.Total {
		out = append(out, fmt.Sprintf("ratings: %d few=%v %+v, counted %d few=%v %+v", got.Given, got.Few, got.Total, want.Given, few, want.Total))
	}
	for _, r := range got.Reasons {
		if !slices.Contains(want.Reasons, r) {
			out = append(out, fmt.Sprintf("ratings: the reason %q is counted %d times, counted %v", r.Reason, r.N, want.Reasons))
		}
	}
	for name, cut := range map[string][]dayRated{"counters": got.Counters, "officers": got.Officers} {
		hidden, counted := got.HiddenCounters, want.Counters
		if name == "officers" {
			hidden, counted = got.HiddenOfficers, want.Officers
		}
		sum := 0
		for _, row := range cut {
			if !slices.Contains(counted, row) {
				out = append(out, fmt.Sprintf("ratings by %s: %+v, counted %+v", name, row, counted))
			}
			if row.sum() < group {
				out = append(out, fmt.Sprintf("ratings by %s: %s has only %d", name, row.Of, row.sum()))
			}
			sum += row.sum()
		}
		if sum+hidden != got.Given || hidden > 0 && hidden < group {
			out = append(out, fmt.Sprintf("ratings by %s: %d shown and %d hidden of %d", name, sum, hidden, got.Given))
		}
	}
	return out
}

// unlike walks through two values of one shape and names every number that differs.
func unlike(path string, got, want reflect.Value) []string {
	switch got.Kind() {
	case reflect.Pointer:
		if got.IsNil() || want.IsNil() {
			if got.IsNil() != want.IsNil() {
				return []string{fmt.Sprintf("%s: there %v, counted %v", path, !got.IsNil(), !want.IsNil())}
			}
			return nil
		}
		return unlike(path, got.Elem(), want.Elem())
	case reflect.Slice:
		if got.Len() != want.Len() {
			return []string{fmt.Sprintf("%s: %d rows, counted %d: %v against %v", path, got.Len(), want.Len(), got, want)}
		}
		var out []string
		for i := range got.Len() {
			out = append(out, unlike(fmt.Sprintf("%s[%d]", path, i), got.Index(i), want.Index(i))...)
		}
		return out
	case reflect.Struct:
		if got.Type() == reflect.TypeFor[dayStretch]() {
			break
		}
		var out []string
		for i := range got.NumField() {
			name := got.Type().Field(i).Name
			if got.Type().Field(i).IsExported() || got.Type().Field(i).Anonymous {
				out = append(out, unlike(path+"."+name, got.Field(i), want.Field(i))...)
			}
		}
		return out
	}
	if a, b := fmt.Sprint(got), fmt.Sprint(want); a != b {
		return []string{fmt.Sprintf("%s: %s, counted %s", path, a, b)}
	}
	return nil
}
