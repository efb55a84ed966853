package report

import (
	"fmt"
	"strconv"
)

// Metric is one number worth watching from outside: a gauge of the present day. Names follow
// Prometheus; none tells of a person.
type Metric struct {
	Name   string
	Help   string
	Labels []Label
	Value  float64
}

// Label is a name and its value.
type Label struct{ Name, Value string }

// Metrics returns the gauges of a day: for every service, every counter and every hour in which
// somebody joined a queue, in the order of the report, so that there are as many as the office has
// services, counters and hours. Priorities are counted by whose word they were and by nothing else.
// The durations are quantiles over the day so far; a quantile of nothing is 0 beside a count of 0.
func (r *Report) Metrics() []Metric {
	var out []Metric
	for _, s := range r.Services {
		out = append(out, gauges("", "service", string(s.Service), &s.Row)...)
	}
	for _, c := range r.Counters {
		out = append(out, gauges("counter_", "counter", string(c.Counter), &c.Row)...)
	}
	for _, h := range r.Hours {
		out = append(out, gauges("hour_", "hour", hourLabel(h.Hour), &h.Row)...)
	}
	for _, p := range []struct {
		by string
		n  int
	}{{"declared", r.Priority.Declared}, {"card", r.Priority.Card}, {"officer", r.Priority.Raised}} {
		out = append(out, Metric{"kiosk_day_priorities", "Priorities of today by whose word they were.", []Label{{"by", p.by}}, float64(p.n)})
	}
	return append(out,
		Metric{"kiosk_day_priorities_lowered", "Priorities that an officer took back today.", nil, float64(r.Priority.Lowered)},
		Metric{"kiosk_day_tickets", "Tickets issued today.", nil, float64(r.Total.Issued)},
		Metric{"kiosk_day_undone_steps", "Steps undone today.", nil, float64(r.Total.Undone)},
		Metric{"kiosk_day_late_steps", "Steps of today that came late from a page without a line.", nil, float64(r.Late)},
		Metric{"kiosk_day_unsure_times", "Durations of today that an unsure clock left unknown.", nil, float64(r.Unsure.Waits + r.Unsure.Handlings)},
	)
}

func hourLabel(h int) string {
	if h == UnknownHour {
		return "unknown"
	}
	return fmt.Sprintf("%02d", h)
}

// gauges are those of one row. Services came first and have the plain names; the rows of another kind
// count the same legs again and must not fall under one sum with them.
func gauges(prefix, kind, of string, row *Row) []Metric {
	label := Label{kind, of}
	var out []Metric
	for _, o := range []struct {
		name string
		n    int
	}{
		{"served", row.Served}, {"sent", row.Sent}, {"no-show", row.NoShow},
		{"cancelled", row.Cancelled}, {"lapsed", row.Lapsed}, {"open", row.Open},
	} {
		out = append(out, Metric{"kiosk_day_" + prefix + "legs", "Parts of today's visits by " + kind + " and outcome.", []Label{label, {"outcome", o.name}}, float64(o.n)})
	}
	out = append(out, durations(prefix+"wait", "Waiting today by "+kind+", time without power or service left out", label, row.Waiting)...)
	return append(out, durations(prefix+"handling", "Handling today by "+kind+", time without power left out", label, row.Handling)...)
}

func durations(name, help string, label Label, s Spread) []Metric {
	out := []Metric{
		{"kiosk_day_" + name + "_count", help + ": how many are known.", []Label{label}, float64(s.N)},
		{"kiosk_day_" + name + "_over_limit", help + ": how many were above the office's limit.", []Label{label}, float64(s.Over)},
		{"kiosk_day_" + name + "_over_limit_ratio", help + ": the part above the office's limit, 0 to 1.", []Label{label}, s.Share()},
	}
	for _, q := range []struct {
		of float64
		v  int64
	}{{0.5, s.Median}, {0.9, s.P90}, {1, s.Max}} {
		out = append(out, Metric{"kiosk_day_" + name + "_seconds", help + ", in seconds.", []Label{label, {"quantile", strconv.FormatFloat(q.of, 'g', -1, 64)}}, float64(q.v)})
	}
	return out
}
