package report

import "strconv"

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

// Metrics returns the gauges of a day, always the same names in the same order. The durations are
// quantiles over the day so far; a quantile of nothing is 0 beside a count of 0.
func (r *Report) Metrics() []Metric {
	var out []Metric
	for _, s := range r.Services {
		service := Label{"service", string(s.Service)}
		for _, o := range []struct {
			name string
			n    int
		}{
			{"served", s.Served}, {"sent", s.Sent}, {"no-show", s.NoShow},
			{"cancelled", s.Cancelled}, {"lapsed", s.Lapsed}, {"open", s.Open},
		} {
			out = append(out, Metric{"kiosk_day_legs", "Parts of today's visits by service and outcome.", []Label{service, {"outcome", o.name}}, float64(o.n)})
		}
		out = append(out, durations("wait", "Waiting today, time without power or service left out", service, s.Waiting)...)
		out = append(out, durations("handling", "Handling today, time without power left out", service, s.Handling)...)
	}
	return append(out,
		Metric{"kiosk_day_tickets", "Tickets issued today.", nil, float64(r.Total.Issued)},
		Metric{"kiosk_day_undone_steps", "Steps undone today.", nil, float64(r.Total.Undone)},
		Metric{"kiosk_day_unsure_times", "Durations of today that an unsure clock left unknown.", nil, float64(r.Unsure.Waits + r.Unsure.Handlings)},
	)
}

func durations(name, help string, service Label, s Spread) []Metric {
	out := []Metric{
		{"kiosk_day_" + name + "_count", help + ": how many are known.", []Label{service}, float64(s.N)},
		{"kiosk_day_" + name + "_over_limit", help + ": how many were above the office's limit.", []Label{service}, float64(s.Over)},
	}
	for _, q := range []struct {
		of float64
		v  int64
	}{{0.5, s.Median}, {0.9, s.P90}, {1, s.Max}} {
		out = append(out, Metric{"kiosk_day_" + name + "_seconds", help + ", in seconds.", []Label{service, {"quantile", strconv.FormatFloat(q.of, 'g', -1, 64)}}, float64(q.v)})
	}
	return out
}
