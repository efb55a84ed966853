package kiosk

import (
	"slices"
	"time"
)

// measuredAfter is how many visits of a service a day has to have finished before its own
// times replace the office's estimate.
const measuredAfter = 5

// handling is how long one visit of a service takes, as a range.
type handling struct {
	low, high time.Duration
	measured  bool
}

// handlings measures the day's visits: the quartiles of each service once there are enough of
// them, a third around the office's estimate before.
func handlings(setup *Setup, tickets []Ticket) map[ServiceCode]handling {
	took := map[ServiceCode][]time.Duration{}
	for i := range tickets {
		t := &tickets[i]
		if t.State == Served && t.TimeSure && !t.ServedAt.IsZero() && t.EndedAt.After(t.ServedAt) {
			took[t.Service] = append(took[t.Service], t.EndedAt.Sub(t.ServedAt))
		}
	}
	out := make(map[ServiceCode]handling, len(setup.Services))
	for i := range setup.Services {
		s := &setup.Services[i]
		d := took[s.Code]
		if len(d) < measuredAfter {
			out[s.Code] = handling{low: s.Handling * 2 / 3, high: s.Handling * 4 / 3}
			continue
		}
		slices.Sort(d)
		out[s.Code] = handling{low: d[(len(d)-1)/4], high: d[(len(d)-1)*3/4], measured: true}
	}
	return out
}

// desk is an open counter in the forecast: when it is free next.
type desk struct {
	counter *Counter
	free    time.Duration
	next    int // the oldest place of the queue that it may still take
}

// expected forecasts how long a ticket of service taken now would wait: it plays the queue
// forward, each open counter taking the oldest ticket that it serves as soon as it is free,
// once with the short times and once with the long ones. It returns nil while nobody serves.
func expected(service *Service, counters []CounterStatus, tickets []Ticket, took map[ServiceCode]handling, now time.Time) *Range {
	served := false
	for _, c := range counters {
		served = served || c.State == CounterOpen && c.Counter.Takes(service.Code)
	}
	if !served {
		return nil
	}
	forecast := func(pick func(handling) time.Duration) time.Duration {
		desks := make([]desk, 0, len(counters))
		for _, c := range counters {
			if c.State == CounterOpen {
				desks = append(desks, desk{counter: c.Counter, free: remaining(c.Ticket, tickets, took, pick, now)})
			}
		}
		return play(service.Code, desks, tickets, func(s ServiceCode) time.Duration { return pick(took[s]) })
	}
	low := forecast(func(h handling) time.Duration { return h.low })
	high := forecast(func(h handling) time.Duration { return h.high })
	return &Range{
		Low:      low.Truncate(time.Minute),
		High:     (max(low, high) + time.Minute - 1).Truncate(time.Minute),
		Measured: took[service.Code].measured,
	}
}

// remaining is how much longer a counter needs for the ticket in its hand.
func remaining(n Number, tickets []Ticket, took map[ServiceCode]handling, pick func(handling) time.Duration, now time.Time) time.Duration {
	if n == "" {
		return 0
	}
	for i := range tickets {
		t := &tickets[i]
		if t.Number != n || !t.Active() {
			continue
		}
		since := t.CalledAt
		if !t.ServedAt.IsZero() {
			since = t.ServedAt
		}
		return max(0, pick(took[t.Service])-max(0, now.Sub(since)))
	}
	return 0
}

// play runs the queue forward until a new ticket of service is called and returns when. It
// looks at each waiting ticket once for each desk.
func play(service ServiceCode, desks []desk, tickets []Ticket, takes func(ServiceCode) time.Duration) time.Duration {
	var queue []ServiceCode
	for i := range tickets {
		if tickets[i].State == Waiting {
			queue = append(queue, tickets[i].Service)
		}
	}
	queue = append(queue, service) // the new ticket is the last
	taken := make([]bool, len(queue))
	for {
		who := -1
		for i := range desks {
			d := &desks[i]
			for d.next < len(queue) && (taken[d.next] || !d.counter.Takes(queue[d.next])) {
				d.next++
			}
			if d.next < len(queue) && (who < 0 || d.free < desks[who].free) {
				who = i
			}
		}
		if who < 0 {
			return 0
		}
		d := &desks[who]
		if d.next == len(queue)-1 {
			return d.free
		}
		taken[d.next] = true
		d.free += max(takes(queue[d.next]), time.Second)
	}
}

// workLeft is how much of the day's sessions is still to come.
func workLeft(setup *Setup, day Day, now time.Time) time.Duration {
	sessions, _ := setup.Hours.On(day)
	var left time.Duration
	for _, s := range sessions {
		from, to := day.At(s.From), day.At(s.To)
		if from.Before(now) {
			from = now
		}
		if to.After(from) {
			left += to.Sub(from)
		}
	}
	return left
}

// mayNotBeServed reports whether a ticket taken now may still wait when the day ends.
func mayNotBeServed(setup *Setup, hall HallStatus, s *Service, r *Range, left time.Duration) bool {
	if hall.ClosesAt.IsZero() {
		return false // open by hand or always: nobody knows the end
	}
	if r == nil {
		return left < s.Handling
	}
	return r.High+s.Handling > left
}
