package kiosk

import (
	"slices"
	"time"
)

// evolve returns the ticket as r leaves it. It is the only place where facts change tickets:
// verbs use it to derive what they commit, Replay to derive it again.
func evolve(t Ticket, r Record) Ticket {
	switch f := r.Fact.(type) {
	case TicketIssued:
		return f.Ticket
	case TicketMoved:
		return move(t, f, r)
	case TicketSent:
		return send(t, f, r)
	case StepUndone:
		was := f.Ticket
		was.Slip, was.Moves = t.Slip, t.Moves+1
		return was
	case PriorityMoved:
		t.Priority = f.Now
		t.Moves++
	case TicketRated:
		t.Rating = f.Level
	case SlipMoved:
		t.Slip = moveSlip(t.Slip, f, r.At)
	}
	return t
}

// send begins the next part of a visit: nobody has called it there yet.
func send(t Ticket, f TicketSent, r Record) Ticket {
	t.State = Waiting
	t.SentTo, t.SentFor, t.SentAt = f.To, f.For, r.At
	t.SentOrder, t.SentFirst, t.NotBefore = r.Order(), f.Place != PlaceLast, f.After
	t.TimeSure = t.TimeSure && r.AtSure
	t.Counter, t.Calls, t.CalledAt, t.ServedAt = "", 0, time.Time{}, time.Time{}
	t.Legs++
	t.Moves++
	return t
}

func move(t Ticket, f TicketMoved, r Record) Ticket {
	at := r.At
	t.State = f.State
	t.Moves++
	t.TimeSure = t.TimeSure && r.AtSure
	switch f.Verb {
	case VerbCall:
		t.Counter, t.CalledAt = f.Counter, at
		t.ServedAt = time.Time{} // of a part of the visit before it was held
		t.Calls++
		t.CallOrder = r.Order()
	case VerbRecall:
		t.CalledAt = at
		t.Calls++
		t.CallOrder = r.Order()
	case VerbServe:
		t.ServedAt = at
	case VerbFinish:
		if t.ServedAt.IsZero() {
			// An officer who finishes without pressing "serve" began when the citizen came.
			t.ServedAt = t.CalledAt
		}
	case VerbCancel:
		if r.By == byGateway {
			// The press was refused and its ticket is nobody's: pressed again, its key makes another.
			t.Key = ""
		}
	}
	if t.State.Final() {
		t.EndedAt = at
	}
	return t
}

func moveSlip(s SlipRecord, f SlipMoved, at time.Time) SlipRecord {
	s.State = f.State
	switch {
	case f.State == SlipSent:
		s.Sends++
		s.Auto++
		s.SentAt = at
	case f.State == SlipRecorded && f.Asked:
		s.Auto = 0
		if f.ByCitizen {
			s.Copies++
		}
	case f.State == SlipRecorded:
		// The gateway takes its word back: not one byte reached the printer.
		s.Sends, s.Auto = max(0, s.Sends-1), max(0, s.Auto-1)
	}
	return s
}

// subject returns which ticket a fact is about.
func subject(f Fact) (Number, bool) {
	switch f := f.(type) {
	case TicketIssued:
		return f.Ticket.Number, true
	case TicketMoved:
		return f.Number, true
	case TicketSent:
		return f.Number, true
	case StepUndone:
		return f.Number, true
	case PriorityMoved:
		return f.Number, true
	case TicketRated:
		return f.Number, true
	case SlipMoved:
		return f.Number, true
	}
	return "", false
}

// Replay applies facts in their order and returns the tickets that result, by site, day and
// order of issue. It must equal what a store keeps; the tests of stores hold it to that.
func Replay(records []Record) []Ticket {
	type key struct {
		site   SiteCode
		day    Day
		number Number
	}
	index := map[key]int{}
	var tickets []Ticket
	for _, r := range records {
		n, ok := subject(r.Fact)
		if !ok {
			continue
		}
		k := key{r.Site, r.Day, n}
		i, known := index[k]
		if _, born := r.Fact.(TicketIssued); born && !known {
			index[k] = len(tickets)
			tickets = append(tickets, evolve(Ticket{}, r))
			continue
		}
		if known {
			tickets[i] = evolve(tickets[i], r)
		}
	}
	slices.SortStableFunc(tickets, func(a, b Ticket) int {
		switch {
		case a.Site != b.Site:
			if a.Site < b.Site {
				return -1
			}
			return 1
		case a.Day != b.Day:
			return int(a.Day) - int(b.Day)
		}
		return 0
	})
	return tickets
}
