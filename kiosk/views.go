package kiosk

import (
	"slices"
	"time"
)

// views hands out snapshots and wakes who waits for a new one. The Office holds its lock.
type views struct {
	current *Snapshot // nil: to be built
	version uint64
	changed chan struct{}
	poke    chan struct{} // wakes Run
}

func (v *views) init() {
	v.changed = make(chan struct{})
	v.poke = make(chan struct{}, 1)
}

// stale drops the snapshot and wakes everybody.
func (v *views) stale() {
	v.current = nil
	close(v.changed)
	v.changed = make(chan struct{})
	select {
	case v.poke <- struct{}{}:
	default:
	}
}

// wakeIfDirty wakes who watches where the faults have changed.
func (o *Office) wakeIfDirty() {
	if o.faults.dirty {
		o.faults.dirty = false
		o.views.stale()
	}
}

// Changed returns a channel that is closed at the next change. Take it before Snapshot, and no
// change is missed; any number of listeners may wait on it.
func (o *Office) Changed() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.views.changed
}

// Snapshot returns the office as it is now. It is shared and must not be changed.
func (o *Office) Snapshot() *Snapshot {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.views.current == nil {
		now := o.readClock()
		o.views.version++
		o.views.current = o.build(now)
	}
	return o.views.current
}

// Time is the box's clock in whole seconds. A snapshot is shared until it would look different,
// so its At may be an hour old in a quiet hall; who shows a person the time asks here.
func (o *Office) Time() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.wakeIfDirty()
	return o.readClock()
}

// build makes a snapshot of the committed state.
func (o *Office) build(now time.Time) *Snapshot {
	s := &Snapshot{
		Version: o.views.version, At: now, Day: o.day.day, Clock: o.clock.status(), Setup: o.setup,
		Hall:       o.setup.hall(now, o.day.hall, o.clock.sure()),
		Tickets:    slices.Clone(o.day.tickets),
		Printer:    o.printer,
		PaperCheck: o.box.PaperCheck,
		HelpSince:  o.day.hall.HelpSince,
		Faults:     o.faults.visible(o.clock.at),

		NumbersAsked: o.asked(),
	}
	hands := map[CounterCode]Number{}
	waiting := map[ServiceCode]int{}
	for i := range s.Tickets {
		switch t := &s.Tickets[i]; {
		case t.Active():
			hands[t.Counter] = t.Number
		case t.State == Waiting:
			waiting[t.Queue()]++
		}
	}
	for i := range o.setup.Counters {
		c := &o.setup.Counters[i]
		rec := o.day.counters[c.Code]
		s.Counters = append(s.Counters, CounterStatus{
			Counter: c, State: rec.State, Until: rec.Until, Reason: rec.Reason, Officer: rec.Officer,
			Ticket: hands[c.Code], Recalls: o.recallsLeft(hands[c.Code]), Undo: o.lastUndoable(c.Code, now),
		})
	}
	took := handlings(o.setup, s.Tickets)
	ahead := newForecast(s.Counters, s.Tickets, nil, took, now)
	left := workLeft(o.setup, s.Day, now)
	for i := range o.setup.Services {
		v := &o.setup.Services[i]
		st := ServiceStatus{Service: v, Waiting: waiting[v.Code]}
		for _, c := range s.Counters {
			if c.State == CounterOpen && c.Counter.Takes(v.Code) {
				st.Counters = append(st.Counters, c.Counter.Code)
			}
		}
		st.Expected = ahead.expected(v.Code)
		st.MayNotBeServed = mayNotBeServed(o.setup, s.Hall, v, st.Expected, left)
		s.Services = append(s.Services, st)
	}
	return s
}

// looksLike reports whether two snapshots would be shown alike.
func (s *Snapshot) looksLike(other *Snapshot) bool {
	return s.Day == other.Day && s.Clock == other.Clock && s.Hall.alike(other.Hall) &&
		slices.Equal(s.Tickets, other.Tickets) && s.Printer == other.Printer &&
		slices.Equal(s.Faults, other.Faults) && slices.Equal(s.NumbersAsked, other.NumbersAsked) &&
		slices.Equal(s.Counters, other.Counters) &&
		slices.EqualFunc(s.Services, other.Services, func(a, b ServiceStatus) bool {
			return a.Waiting == b.Waiting && a.MayNotBeServed == b.MayNotBeServed && a.Expected.alike(b.Expected)
		})
}

func (h HallStatus) alike(other HallStatus) bool {
	return h.Phase == other.Phase && h.Reason == other.Reason && h.OpensAt.Equal(other.OpensAt) &&
		h.ClosesAt.Equal(other.ClosesAt) && h.LastTicketAt.Equal(other.LastTicketAt)
}

func (r *Range) alike(other *Range) bool {
	if r == nil || other == nil {
		return r == other
	}
	return *r == *other
}
