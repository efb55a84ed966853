package kiosk

import (
	"slices"
	"time"
)

// dayState is one day of one site in memory: what the store keeps of it, with its indexes.
type dayState struct {
	day      Day
	tickets  []Ticket // in the order of their issue
	byNumber map[Number]int
	byKey    map[string]int
	last     map[ServiceCode]uint32
	counters map[CounterCode]CounterRecord
	hall     HallRecord
	steps    stepLog
}

// newDayState returns the state of day, taking from kept what is of that day.
func newDayState(setup *Setup, day Day, kept Kept) *dayState {
	s := &dayState{
		day:      day,
		byNumber: map[Number]int{},
		byKey:    map[string]int{},
		last:     map[ServiceCode]uint32{},
		counters: map[CounterCode]CounterRecord{},
		hall:     HallRecord{Day: day},
		steps:    newStepLog(setup.Queue),
	}
	for _, c := range setup.Counters {
		// The credit builds up while no priority ticket waits: the first one goes next.
		s.counters[c.Code] = CounterRecord{Day: day, Counter: c.Code, State: CounterClosed, SincePriority: setup.Queue.PriorityEvery}
	}
	for code, n := range kept.LastNumbers[day] {
		s.last[code] = n
	}
	if kept.Day != day {
		return s
	}
	for _, t := range kept.Tickets {
		s.put(t)
	}
	s.steps.replay(kept.Records)
	for _, c := range kept.Counters {
		if _, ok := s.counters[c.Counter]; ok {
			c.SincePriority = min(c.SincePriority, setup.Queue.PriorityEvery)
			s.counters[c.Counter] = c
		}
	}
	if kept.Hall.Day == day {
		s.hall = kept.Hall
	}
	return s
}

// put adds a ticket or replaces the one with its number.
func (s *dayState) put(t Ticket) {
	s.last[t.Service] = max(s.last[t.Service], t.Seq)
	if i, ok := s.byNumber[t.Number]; ok {
		if old := s.tickets[i].Key; old != t.Key {
			delete(s.byKey, old)
		}
		s.tickets[i] = t
		return
	}
	s.byNumber[t.Number] = len(s.tickets)
	if t.Key != "" {
		s.byKey[t.Key] = len(s.tickets)
	}
	s.tickets = append(s.tickets, t)
}

// install makes the committed change part of the state; ran is the monotonic clock.
func (s *dayState) install(c Change, ran time.Duration) {
	seen := map[Number]Ticket{} // between the facts of one change
	for _, r := range c.Records {
		n, ok := subject(r.Fact)
		if !ok || r.Day != s.day {
			continue
		}
		before, ok := seen[n]
		if !ok {
			before, _ = s.ticket(n)
		}
		seen[n] = s.steps.note(before, r, ran)
	}
	for _, t := range c.Tickets {
		if t.Day == s.day {
			s.put(t)
		}
	}
	for _, r := range c.Counters {
		if r.Day == s.day {
			s.counters[r.Counter] = r
		}
	}
	if c.Hall != nil && c.Hall.Day == s.day {
		s.hall = *c.Hall
	}
	for _, r := range c.Records {
		if f, ok := r.Fact.(NumbersConfirmed); ok {
			s.last[f.Service] = max(s.last[f.Service], f.Last)
		}
	}
}

// nextNumber returns the number that a service gives next; 0 where there is none left. A service
// that took over another one's prefix in the middle of the day goes on behind its numbers.
func (s *dayState) nextNumber(service *Service) (uint32, Number) {
	for seq := s.last[service.Code] + 1; seq != 0; seq++ {
		n := FormatNumber(service.Prefix, seq)
		if _, taken := s.byNumber[n]; !taken {
			return seq, n
		}
	}
	return 0, ""
}

// ticket returns the ticket with that number.
func (s *dayState) ticket(n Number) (Ticket, bool) {
	i, ok := s.byNumber[n]
	if !ok {
		return Ticket{}, false
	}
	return s.tickets[i], true
}

// unfinished reports whether any ticket is not final.
func (s *dayState) unfinished() bool {
	return slices.ContainsFunc(s.tickets, func(t Ticket) bool { return !t.State.Final() })
}

// inHand returns the ticket that a counter has called or is serving.
func (s *dayState) inHand(c CounterCode) (Ticket, bool) {
	i := slices.IndexFunc(s.tickets, func(t Ticket) bool { return t.Counter == c && t.Active() })
	if i < 0 {
		return Ticket{}, false
	}
	return s.tickets[i], true
}

// seated reports whether somebody sits at a counter or comes back to it.
func (s *dayState) seated(c CounterCode) bool { return s.counters[c].State.seated() }
