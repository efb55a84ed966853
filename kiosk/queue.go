package kiosk

import "time"

// Call is the answer to "who is next?".
type Call struct {
	Ticket Ticket
	Why    CallReason
	// Rule and SincePriority are what the choice rested on: the office's rule, and how many
	// calls ago this counter last had a priority ticket.
	Rule          PriorityRule
	SincePriority int
	// Explain lists the waiting tickets of this counter's services as they stood, in the order
	// of their issue.
	Explain []Candidate
}

// Candidate is one waiting ticket in the explanation of a call.
type Candidate struct {
	Number   Number
	Service  ServiceCode
	Priority bool
	Waited   time.Duration // 0 where the time is not known
	Overdue  bool          // past the longest-wait guard
	Chosen   bool
}

// next chooses among the waiting tickets of a counter, which are given in the order of their
// issue: first what waited past the guard, oldest first; then priority, if it is its turn;
// then the order of issue. It returns the index of the choice, or -1 where nobody waits.
func next(candidates []Candidate, rules QueueRules, sincePriority int) (int, CallReason) {
	first, firstPriority := -1, -1
	for i, c := range candidates {
		if c.Overdue {
			return i, ReasonLongestWait
		}
		if first < 0 {
			first = i
		}
		if firstPriority < 0 && c.Priority {
			firstPriority = i
		}
	}
	if firstPriority >= 0 && (rules.Priority == Strict || sincePriority >= rules.PriorityEvery) {
		return firstPriority, ReasonPriority
	}
	if first < 0 {
		return -1, ""
	}
	return first, ReasonOrder
}

// candidates lists the waiting tickets that a counter may call, in the order of their issue.
func candidates(tickets []Ticket, c *Counter, rules QueueRules, now time.Time, sure bool) []Candidate {
	var out []Candidate
	for i := range tickets {
		t := &tickets[i]
		if t.State != Waiting || !c.Takes(t.Service) {
			continue
		}
		v := Candidate{Number: t.Number, Service: t.Service, Priority: t.Priority != NoPriority}
		// Two readings of a clock that was set in between have no difference worth anything.
		if sure && t.TimeSure {
			v.Waited = max(0, now.Sub(t.IssuedAt))
			v.Overdue = v.Waited > rules.LongestWait
		}
		out = append(out, v)
	}
	return out
}

// creditAfter returns the calls since the last priority ticket after one more call.
func creditAfter(since int, priority bool, rules QueueRules) int {
	if priority {
		return 0
	}
	return min(since+1, rules.PriorityEvery)
}
