//go:build !noos

package main

import (
	"fmt"
	"maps"
	"slices"
)

// dayTicket is a ticket as the log leaves it.
type dayTicket struct {
	State, Counter, Priority, Queue, Rating string
	Legs                                    int
}

func (t dayTicket) inHand() bool { return t.State == "called" || t.State == "serving" }

func (t dayTicket) final() bool {
	return t.State == "served" || t.State == "cancelled" || t.State == "lapsed"
}

// dayFold reads the log line by line, as the office lived it.
type dayFold struct {
	tickets map[string]dayTicket
	trouble []string
}

// readDay reads the whole log. after is told of each line that was read; it may be nil.
func readDay(lines []dayLine, after func(i int, f *dayFold)) *dayFold {
	f := &dayFold{tickets: map[string]dayTicket{}}
	keys := map[string]int{}
	for i, l := range lines {
		if i > 0 && (l.Epoch < lines[i-1].Epoch || l.Epoch == lines[i-1].Epoch && l.Seq <= lines[i-1].Seq) {
			f.wrong(l, "out of order")
		}
		if first, twice := keys[l.Key]; twice && l.Key != "" {
			f.wrong(l, fmt.Sprintf("the key %s was used before, by fact %d", l.Key, lines[first].Seq))
		}
		keys[l.Key] = i
		f.read(l)
		if after != nil {
			after(i, f)
		}
	}
	return f
}

func (f *dayFold) wrong(l dayLine, why string) {
	f.trouble = append(f.trouble, fmt.Sprintf("fact %d-%d %s %s %s: %s", l.Epoch, l.Seq, l.Kind, l.Verb, l.Number, why))
}

func (f *dayFold) read(l dayLine) {
	t, known := f.tickets[l.Number]
	switch l.Kind {
	case "ticket-issued":
		if known {
			f.wrong(l, "it was given before")
		}
		f.tickets[l.Number] = dayTicket{State: "waiting", Priority: l.Priority, Queue: l.Service}
		return
	case "ticket-moved", "ticket-sent", "priority-moved", "step-undone", "ticket-rated":
		if !known {
			f.wrong(l, "nobody has this number")
		}
	default:
		return
	}
	if t.final() && l.Kind != "step-undone" && l.Kind != "ticket-rated" {
		f.wrong(l, "it is "+t.State+" already")
	}
	switch l.Kind {
	case "ticket-moved":
		f.moved(l, &t)
	case "ticket-sent":
		t.State, t.Counter, t.Queue, t.Legs = "waiting", "", l.To, t.Legs+1
	case "priority-moved":
		if t.Priority != l.Was {
			f.wrong(l, "its priority was "+t.Priority)
		}
		t.Priority = l.Priority
	case "ticket-rated":
		if t.State != "served" || t.Rating != "" {
			f.wrong(l, "not to be rated: "+t.State)
		}
		t.Rating = l.Level
	case "step-undone":
		if l.Before == nil {
			f.wrong(l, "nobody knows how it was")
			return
		}
		t = dayTicket{l.Before.State, l.Before.Counter, l.Before.Priority, l.Before.Queue, l.Before.Rating, l.Before.Legs}
	}
	f.tickets[l.Number] = t
	for n, other := range f.tickets {
		if n != l.Number && t.inHand() && other.inHand() && other.Counter == t.Counter {
			f.wrong(l, fmt.Sprintf("counter %s has %s in hand as well", t.Counter, n))
		}
	}
}

// moved holds a verb to what it may do.
func (f *dayFold) moved(l dayLine, t *dayTicket) {
	may := map[string]struct {
		from []string
		to   string
	}{
		"call":   {[]string{"waiting", "held", "no-show"}, "called"},
		"recall": {[]string{"called", "no-show"}, "called"},
		"serve":  {[]string{"called"}, "serving"},
		"finish": {[]string{"called", "serving"}, "served"},
		"noshow": {[]string{"called"}, "no-show"},
		"hold":   {[]string{"called", "serving"}, "held"},
		"resume": {[]string{"held", "no-show"}, "waiting"},
		"return": {[]string{"called"}, "waiting"},
		"cancel": {[]string{"waiting", "called", "serving", "held", "no-show"}, "cancelled"},
		"lapse":  {[]string{"waiting", "called", "serving", "held", "no-show"}, "lapsed"},
	}[l.Verb]
	if !slices.Contains(may.from, t.State) || l.State != may.to {
		f.wrong(l, "from "+t.State+" to "+l.State)
	}
	inHand := t.State == "called" || t.State == "serving" || l.Verb == "recall"
	if l.Verb == "call" {
		t.Counter = l.Counter
	} else if inHand && l.Counter != t.Counter {
		f.wrong(l, fmt.Sprintf("counter %q moved what was called by %q", l.Counter, t.Counter))
	}
	t.State = l.State
}

// hands are the numbers in hand, by counter.
func (f *dayFold) hands() map[string]string {
	out := map[string]string{}
	for n, t := range f.tickets {
		if t.inHand() {
			out[t.Counter] = n
		}
	}
	return out
}

// dayMoment is how the counters stood from one line on, until the next moment.
type dayMoment struct {
	line  int
	hands map[string]string
}

// momentsOf lists how the counters stood, one after the other.
func momentsOf(lines []dayLine) []dayMoment {
	all := []dayMoment{{-1, map[string]string{}}}
	readDay(lines, func(i int, f *dayFold) {
		if h := f.hands(); !maps.Equal(h, all[len(all)-1].hands) {
			all = append(all, dayMoment{i, h})
		}
	})
	return all
}
