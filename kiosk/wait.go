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
			took[t.Queue()] = append(took[t.Queue()], t.EndedAt.Sub(t.ServedAt))
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

// forecast is the queue and the open counters as they stand, ready to be played forward for any
// service. Services are small numbers in it: one snapshot plays it twice for each service, and a
// full hall on a Pi feels every string that is compared.
type forecast struct {
	ids   map[ServiceCode]int
	took  []handling // by id
	queue []int      // ids of the waiting tickets, in the order of their queue
	desks []desk
}

// desk is an open counter.
type desk struct {
	takes     []bool        // by id
	low, high time.Duration // when it is free, if visits are short or long
}

// newForecast looks once at the tickets, of the waiting ones only at those that come before the
// given one; nil leaves nobody out.
func newForecast(counters []CounterStatus, tickets []Ticket, before *Ticket, took map[ServiceCode]handling, now time.Time) *forecast {
	f := &forecast{ids: make(map[ServiceCode]int, len(took))}
	id := func(code ServiceCode) int {
		n, ok := f.ids[code]
		if !ok {
			n = len(f.took)
			f.ids[code] = n
			f.took = append(f.took, took[code])
		}
		return n
	}
	for code := range took {
		id(code)
	}
	hands := map[Number]*Ticket{}
	var waiting []*Ticket
	for i := range tickets {
		switch t := &tickets[i]; {
		case t.State == Waiting && (before == nil || t.Before(before)):
			waiting = append(waiting, t)
		case t.Active():
			hands[t.Number] = t
		}
	}
	inQueue(waiting)
	for _, t := range waiting {
		f.queue = append(f.queue, id(t.Queue()))
	}
	for _, c := range counters {
		if c.State != CounterOpen {
			continue
		}
		d := desk{takes: make([]bool, len(f.took))}
		for _, code := range c.Counter.Serves {
			if n, ok := f.ids[code]; ok {
				d.takes[n] = true
			}
		}
		if t := hands[c.Ticket]; t != nil {
			h := took[t.Queue()]
			d.low, d.high = remaining(t, h.low, now), remaining(t, h.high, now)
		}
		f.desks = append(f.desks, d)
	}
	return f
}

// remaining is how much longer a visit that takes so long as a whole needs.
func remaining(t *Ticket, whole time.Duration, now time.Time) time.Duration {
	since := t.CalledAt
	if !t.ServedAt.IsZero() {
		since = t.ServedAt
	}
	return max(0, whole-max(0, now.Sub(since)))
}

// expected forecasts how long a ticket of service taken now would wait: it plays the queue
// forward, each open counter taking the oldest ticket that it serves as soon as it is free,
// once with the short times and once with the long ones. It returns nil while nobody serves.
func (f *forecast) expected(service ServiceCode) *Range {
	id, ok := f.ids[service]
	if !ok || !slices.ContainsFunc(f.desks, func(d desk) bool { return d.takes[id] }) {
		return nil
	}
	low := f.play(id, func(d desk) time.Duration { return d.low }, func(h handling) time.Duration { return h.low })
	high := f.play(id, func(d desk) time.Duration { return d.high }, func(h handling) time.Duration { return h.high })
	return &Range{
		Low:      low.Truncate(time.Minute),
		High:     (max(low, high) + time.Minute - 1).Truncate(time.Minute),
		Measured: f.took[id].measured,
	}
}

// play runs the queue forward until a new ticket of service is called and returns when. It
// looks at each waiting ticket once for each desk.
func (f *forecast) play(service int, free func(desk) time.Duration, takes func(handling) time.Duration) time.Duration {
	type seat struct {
		free time.Duration
		next int // the oldest place of the queue that it may still take
	}
	seats := make([]seat, len(f.desks))
	for i, d := range f.desks {
		seats[i].free = free(d)
	}
	at := func(place int) int {
		if place == len(f.queue) {
			return service // the new ticket is the last
		}
		return f.queue[place]
	}
	taken := make([]bool, len(f.queue)+1)
	for {
		who := -1
		for i := range seats {
			s := &seats[i]
			for s.next < len(taken) && (taken[s.next] || !f.desks[i].takes[at(s.next)]) {
				s.next++
			}
			if s.next < len(taken) && (who < 0 || s.free < seats[who].free) {
				who = i
			}
		}
		if who < 0 {
			return 0
		}
		s := &seats[who]
		if s.next == len(f.queue) {
			return s.free
		}
		taken[s.next] = true
		s.free += max(takes(f.took[at(s.next)]), time.Second)
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
