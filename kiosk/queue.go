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
	// Explain lists the waiting tickets of this counter as they stood, in the order of their queue.
	Explain []Candidate
}

// Candidate is one waiting ticket in the explanation of a call.
type Candidate struct {
	Number   Number
	Service  ServiceCode
	Priority bool
	Waited   time.Duration // 0 where the time is not known
	Overdue  bool          // past the longest-wait guard
	Sent     bool          // an officer sent it to the head of the queue
	Chosen   bool
}

// next chooses among the waiting tickets of a counter, which are given in the order of their
// queue: first whom an officer sent to its head; then what waited past the guard, oldest first;
// then priority, if it is its turn; then the order of the queue. It returns the index of the choice, or -1 where nobody waits.
func next(candidates []Candidate, rules QueueRules, sincePriority int) (int, CallReason) {
	first, firstPriority := -1, -1
	for i, c := range candidates {
		if c.Sent {
			return i, ReasonSent
		}
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

// creditAfter returns the calls since the last priority ticket after one more call.
func creditAfter(since int, priority bool, rules QueueRules) int {
	if priority {
		return 0
	}
	return min(since+1, rules.PriorityEvery)
}
