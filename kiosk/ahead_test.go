package kiosk

import (
	"testing"
	"time"
)

func TestAheadLeavesOutTheTicketItself(t *testing.T) {
	t.Parallel()
	setup := &Setup{
		Services: []Service{
			{Code: "a", Prefix: "A", Handling: 6 * time.Minute},
			{Code: "b", Prefix: "B", Handling: 6 * time.Minute},
		},
		Counters: []Counter{{Code: "1", Serves: []ServiceCode{"a", "b"}}},
	}
	s := &Snapshot{
		Setup:    setup,
		Counters: []CounterStatus{{Counter: &setup.Counters[0], State: CounterOpen}},
		Tickets: []Ticket{
			{Number: "A001", Service: "a", State: Served, Order: 1},
			{Number: "A002", Service: "a", State: Waiting, Order: 2},
			{Number: "B001", Service: "b", State: Waiting, Order: 3},
			{Number: "A003", Service: "a", State: Waiting, Order: 4},
			{Number: "A004", Service: "a", State: Waiting, Order: 5},
		},
	}
	for _, c := range []struct {
		ticket int
		people int
		wait   Range
	}{
		{1, 0, Range{}}, // the counter is free
		{2, 0, Range{Low: 4 * time.Minute, High: 8 * time.Minute}},
		{3, 1, Range{Low: 8 * time.Minute, High: 16 * time.Minute}},
		{4, 2, Range{Low: 12 * time.Minute, High: 24 * time.Minute}},
	} {
		people, wait := s.Ahead(&s.Tickets[c.ticket])
		if wait == nil || people != c.people || *wait != c.wait {
			t.Errorf("%s: %d people, %v, want %d, %v", s.Tickets[c.ticket].Number, people, wait, c.people, c.wait)
		}
	}
	s.Counters[0].State = CounterPaused
	if _, wait := s.Ahead(&s.Tickets[4]); wait != nil {
		t.Errorf("wait %v while nobody serves, want none", wait)
	}
	gone := Ticket{Number: "Z001", Service: "z", Order: 9}
	if people, wait := s.Ahead(&gone); people != 0 || wait != nil {
		t.Errorf("a service that is gone: %d, %v, want none", people, wait)
	}
}
