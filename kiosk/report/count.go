package report

import (
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// sheet gathers one row.
type sheet struct {
	row             Row
	waits, handling []int64
}

// take counts a leg and, where they are known, its durations.
func (s *sheet) take(l *leg, wait, handling *int64) {
	s.row.Legs++
	switch l.outcome {
	case sent:
		s.row.Sent++
	case served:
		s.row.Served++
	case noShow:
		s.row.NoShow++
	case cancelled:
		s.row.Cancelled++
	case lapsed:
		s.row.Lapsed++
	default:
		s.row.Open++
	}
	if wait != nil {
		s.waits = append(s.waits, *wait)
	}
	if handling != nil {
		s.handling = append(s.handling, *handling)
	}
}

func (s *sheet) done(rules kiosk.ReportRules) Row {
	s.row.Waiting = spread(s.waits, rules.Wait)
	s.row.Handling = spread(s.handling, rules.Handling)
	return s.row
}

// sheets are rows by what they are about.
type sheets[K comparable] map[K]*sheet

func (s sheets[K]) at(k K) *sheet {
	v, ok := s[k]
	if !ok {
		v = &sheet{}
		s[k] = v
	}
	return v
}

// count is one pass over a day.
type count struct {
	t        *Tally
	x        excluded
	total    sheet
	services sheets[kiosk.ServiceCode]
	counters sheets[kiosk.CounterCode]
	hours    sheets[int]
	officers sheets[kiosk.OfficerCode]
	priority PriorityCount
	unsure   Unsure
	ratings  []rated
}

// Report counts the day as it stands. It looks at every standing step once and sorts the
// durations: about a millisecond for a full day.
func (t *Tally) Report(now time.Time) Report {
	c := &count{
		t: t, x: exclusions(t.setup, t.day, t.outages, t.halls),
		services: sheets[kiosk.ServiceCode]{}, counters: sheets[kiosk.CounterCode]{},
		hours: sheets[int]{}, officers: sheets[kiosk.OfficerCode]{},
	}
	for i := range t.visits {
		c.visit(&t.visits[i])
	}
	for code, n := range t.undone {
		c.counters.at(code).row.Undone += n
	}
	return c.report(now)
}

func (c *count) visit(v *visit) {
	legs := v.legs()
	hour := c.hours.at(hourOf(v.issued))
	for _, s := range []*sheet{&c.total, c.services.at(v.service), hour} {
		s.row.Issued++
		s.row.Undone += v.undone
	}
	for i := range legs {
		c.leg(&legs[i])
	}
	c.prioritise(v)
	if last := &legs[len(legs)-1]; v.rating != nil {
		c.ratings = append(c.ratings, rated{
			service: last.queue, counter: v.rating.Counter, officer: last.end.officer, level: v.rating.Level, reason: v.rating.Reason,
		})
	}
}

func (c *count) leg(l *leg) {
	wait, handling := c.wait(l), c.handling(l)
	rows := []*sheet{&c.total, c.services.at(l.queue), c.hours.at(hourOf(l.joined))}
	for _, s := range rows {
		s.row.Recalls += len(l.recalls)
	}
	if code := l.counter(); code != "" {
		rows = append(rows, c.counters.at(code))
	}
	for _, code := range l.recalls {
		c.counters.at(code).row.Recalls++
	}
	if l.outcome == served || l.outcome == sent && l.end.counter != "" {
		c.officers.at(l.end.officer).take(l, nil, handling)
	}
	for _, s := range rows {
		s.take(l, wait, handling)
	}
}

// wait returns how long a leg waited; nil where it was not called or nobody can tell.
func (c *count) wait(l *leg) *int64 {
	if len(l.calls) == 0 {
		return nil
	}
	call := l.calls[0].at
	d, ok := call.since(l.joined)
	if !ok {
		c.unsure.Waits++
		return nil
	}
	d -= c.x.noService.within(l.joined.at, call.at)
	return &d
}

// handling returns how long a leg was served; nil where it was not, or nobody can tell.
func (c *count) handling(l *leg) *int64 {
	if len(l.parts) == 0 || l.outcome != served && l.outcome != sent {
		return nil
	}
	var sum int64
	for _, p := range l.parts {
		d, ok := p.to.since(p.from)
		if !ok {
			c.unsure.Handlings++
			return nil
		}
		sum += d - c.x.outages.within(p.from.at, p.to.at)
	}
	return &sum
}

func (c *count) prioritise(v *visit) {
	switch v.priority {
	case kiosk.PriorityDeclared:
		c.priority.Declared++
	case kiosk.PriorityByCard:
		c.priority.Card++
	case kiosk.PriorityOfficer:
		c.priority.Raised++
	}
	for _, s := range v.steps {
		switch s.verb {
		case kiosk.VerbRaise:
			c.priority.Raised++
		case kiosk.VerbLower:
			c.priority.Lowered++
		}
	}
}

func hourOf(m moment) int {
	if m.run == 0 {
		return UnknownHour
	}
	return clockTime(m.at).Hour()
}

// order returns first the codes of the setup, then those that facts name besides, sorted: an
// office that was changed in the middle of the day loses no row.
func order[K ~string](setup []K, rows sheets[K]) []K {
	var more []K
	for k := range rows {
		if !slices.Contains(setup, k) {
			more = append(more, k)
		}
	}
	slices.Sort(more)
	return append(slices.Clone(setup), more...)
}
