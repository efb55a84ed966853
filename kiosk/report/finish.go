package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// report writes what was counted.
func (c *count) report(now time.Time) Report {
	t, rules := c.t, c.t.setup.Report
	r := Report{
		Site: t.setup.Site.Code, Day: t.day.String(), day: t.day, At: now.In(kiosk.ICT()),
		Facts: t.facts, Last: place(t.last), Closed: t.closed(),
		WaitLimit: seconds(rules.Wait), HandlingLimit: seconds(rules.Handling),
		Total: c.total.done(rules), Priority: c.priority, Unsure: c.unsure, Late: t.late,
		Services: []ServiceRow{}, Counters: []CounterRow{}, Hours: []HourRow{}, Officers: []OfficerRow{},
	}
	for _, code := range order(t.setup.ServiceCodes(), c.services) {
		r.Services = append(r.Services, ServiceRow{code, c.services.at(code).done(rules)})
	}
	for _, code := range order(t.setup.CounterCodes(), c.counters) {
		if code != "" {
			r.Counters = append(r.Counters, CounterRow{code, c.counters.at(code).done(rules)})
		}
	}
	for _, h := range slices.Sorted(maps.Keys(c.hours)) {
		r.Hours = append(r.Hours, HourRow{h, c.hours[h].done(rules)})
	}
	for _, code := range slices.Sorted(maps.Keys(c.officers)) {
		row := c.officers[code].done(rules)
		r.Officers = append(r.Officers, OfficerRow{code, row.Served, row.Sent, row.Handling})
	}
	r.Excluded, r.MoreExcluded = c.stretches(now.Unix())
	if t.seal != nil {
		seal := *t.seal
		r.Seal = &seal
	}
	if r.Closed || kiosk.DayOf(now) > t.day {
		r.Ratings = rate(c.ratings, rules.RatingGroup)
		r.groups = group(c.ratings, rules.RatingGroup)
	}
	return r
}

// stretches lists what has been left out so far.
func (c *count) stretches(now int64) ([]Stretch, int) {
	out := []Stretch{}
	add := func(why Why, list spans) {
		for _, s := range list {
			if s.from < now {
				out = append(out, Stretch{clockTime(s.from), clockTime(min(s.to, now)), why})
			}
		}
	}
	add(WhyOutage, c.x.outages)
	add(WhyClosed, c.x.shut)
	if len(c.t.visits) > 0 {
		add(WhyBreak, c.x.pauses)
	}
	slices.SortStableFunc(out, func(a, b Stretch) int { return cmp.Compare(a.From.Unix(), b.From.Unix()) })
	more := max(0, len(out)-MaxExcluded)
	return out[:len(out)-more], more
}
