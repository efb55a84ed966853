package kiosk

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNext(t *testing.T) {
	t.Parallel()
	order := Candidate{}
	priority := Candidate{Priority: true}
	overdue := Candidate{Overdue: true}
	interleaved, strict := DefaultQueueRules(), DefaultQueueRules()
	strict.Priority = Strict
	for _, c := range []struct {
		name  string
		queue []Candidate
		rules QueueRules
		since int
		want  int
		why   CallReason
	}{
		{"nobody", nil, interleaved, 3, -1, ""},
		{"by issue", []Candidate{order, order}, interleaved, 3, 0, ReasonOrder},
		{"credit is there", []Candidate{order, priority}, interleaved, 3, 1, ReasonPriority},
		{"one call since", []Candidate{order, priority}, interleaved, 1, 0, ReasonOrder},
		{"priority is first anyway", []Candidate{priority, order}, interleaved, 0, 0, ReasonOrder},
		{"the guard goes before priority", []Candidate{order, overdue, priority}, interleaved, 3, 1, ReasonLongestWait},
		{"the oldest past the guard", []Candidate{overdue, overdue}, strict, 3, 0, ReasonLongestWait},
		{"strict needs no credit", []Candidate{order, priority}, strict, 0, 1, ReasonPriority},
		{"strict, the guard first", []Candidate{overdue, priority}, strict, 0, 0, ReasonLongestWait},
	} {
		if got, why := next(c.queue, c.rules, c.since); got != c.want || why != c.why {
			t.Errorf("%s: %d %q, want %d %q", c.name, got, why, c.want, c.why)
		}
	}
}

// TestNextIsFair plays random queues and holds what the rule promises: among any four calls in
// a row of one counter there is a priority ticket if one waited before each of them, and no
// more than one in four jumps the order of issue.
func TestNextIsFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := DefaultQueueRules()
		queue := rapid.SliceOfN(rapid.Bool(), 4, 40).Draw(t, "priorities")
		waiting := make([]Candidate, len(queue))
		for i, p := range queue {
			waiting[i] = Candidate{Number: Number(fmt.Sprint(i)), Priority: p}
		}
		since, starved, jumped := rules.PriorityEvery, 0, 99
		for len(waiting) > 0 {
			hasPriority := false
			for _, c := range waiting {
				hasPriority = hasPriority || c.Priority
			}
			i, why := next(waiting, rules, since)
			got := waiting[i]
			since = creditAfter(since, got.Priority, rules)
			waiting = append(waiting[:i:i], waiting[i+1:]...)
			if hasPriority && !got.Priority {
				starved++
			} else {
				starved = 0
			}
			if starved > rules.PriorityEvery {
				t.Fatalf("a priority ticket saw %d others called before it", starved)
			}
			jumped++
			if why == ReasonPriority {
				if jumped <= rules.PriorityEvery {
					t.Fatalf("two jumps within %d calls", jumped)
				}
				jumped = 0
			}
		}
	})
}

func TestExpectedWaiting(t *testing.T) {
	t.Parallel()
	a := Service{Code: "a", Handling: 9 * time.Minute}
	b := Service{Code: "b", Handling: 3 * time.Minute}
	one := Counter{Code: "1", Serves: []ServiceCode{"a", "b"}}
	two := Counter{Code: "2", Serves: []ServiceCode{"a"}}
	setup := &Setup{Services: []Service{a, b}}
	open := func(c *Counter) CounterStatus { return CounterStatus{Counter: c, State: CounterOpen} }
	now := at("2026-11-23 09:00:00")
	queue := []Ticket{{Service: "a", State: Waiting}, {Service: "b", State: Waiting}, {Service: "a", State: Waiting}, {Service: "a", State: Held}}

	if r := newForecast([]CounterStatus{{Counter: &one, State: CounterPaused}}, queue, nil, handlings(setup, queue), now).expected("a"); r != nil {
		t.Errorf("nobody serves, yet a wait of %+v is promised", r)
	}
	if r := newForecast([]CounterStatus{open(&one)}, nil, nil, handlings(setup, nil), now).expected("a"); r == nil || r.Low != 0 || r.High != 0 {
		t.Errorf("nobody waits: %+v", r)
	}
	// One desk: a 6–12, b 2–4, a 6–12 before the new one.
	if r := newForecast([]CounterStatus{open(&one)}, queue, nil, handlings(setup, queue), now).expected("a"); *r != (Range{Low: 14 * time.Minute, High: 28 * time.Minute}) {
		t.Errorf("one desk: %+v", r)
	}
	// Two desks: 1 takes a, 2 takes the second a, 1 goes on with b: free at 8–16 and 6–12.
	if r := newForecast([]CounterStatus{open(&one), open(&two)}, queue, nil, handlings(setup, queue), now).expected("a"); *r != (Range{Low: 6 * time.Minute, High: 12 * time.Minute}) {
		t.Errorf("two desks: %+v", r)
	}
	// Five measured visits of b replace the estimate; the ticket in hand has 1 to 3 minutes to go.
	for i := range 5 {
		served := Ticket{Service: "b", State: Served, TimeSure: true, ServedAt: now, EndedAt: now.Add(time.Duration(i+1) * time.Minute)}
		queue = append(queue, served)
	}
	queue = append(queue, Ticket{Number: "B009", Service: "b", State: Serving, Counter: "1", ServedAt: now.Add(-time.Minute)})
	desk := open(&one)
	desk.Ticket = "B009"
	if r := newForecast([]CounterStatus{desk}, queue[4:], nil, handlings(setup, queue), now).expected("b"); *r != (Range{Low: time.Minute, High: 3 * time.Minute, Measured: true}) {
		t.Errorf("measured: %+v", r)
	}
}

func TestMayNotBeServed(t *testing.T) {
	t.Parallel()
	setup := &Setup{Hours: testHours()}
	s := &Service{Handling: 10 * time.Minute}
	now := at("2026-11-23 16:00:00")
	hall := setup.hall(now, HallRecord{Day: DayOf(now)}, true)
	left := workLeft(setup, DayOf(now), now)
	if left != time.Hour {
		t.Fatalf("an hour before the end %v are left", left)
	}
	for _, c := range []struct {
		r    *Range
		want bool
	}{
		{nil, false},
		{&Range{High: 50 * time.Minute}, false},
		{&Range{High: 51 * time.Minute}, true},
	} {
		if got := mayNotBeServed(setup, hall, s, c.r, left); got != c.want {
			t.Errorf("%+v: %v", c.r, got)
		}
	}
	if mayNotBeServed(setup, HallStatus{Phase: HallOpen}, s, &Range{High: 24 * time.Hour}, left) {
		t.Error("a hall that is open by hand has no end to warn of")
	}
}
