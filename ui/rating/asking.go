package rating

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// askFor is how long a tablet asks after the end of a visit.
const askFor = time.Minute

// askBesideNext is how long it asks where the counter has called the next number meanwhile. An
// officer with people waiting finishes and calls in one press, so that a question which ended with
// the next call would never be put; whoever was called needs about as long to come to the counter.
const askBesideNext = 30 * time.Second

// asked is the ticket about which the tablet of a counter asks now, and for how long still: the
// visit that ended there last and that nobody has rated. It stands while the counter's last step
// was to finish it, which is what the counter could take back ([kiosk.Undoable]), and while the
// next one is on the way. The next citizen's service, an undo, a pause in the clock's being sure
// and the day's end all end the question.
func asked(s *kiosk.Snapshot, code kiosk.CounterCode, now time.Time) (t kiosk.Ticket, left time.Duration, ok bool) {
	for _, c := range s.Counters {
		if c.Counter.Code != code {
			continue
		}
		if c.Ticket == "" && c.Undo.Verb == kiosk.VerbFinish {
			t, ok = s.Ticket(c.Undo.Number)
			left = min(c.Undo.Until.Sub(now), askFor)
		}
		if hand, called := s.Ticket(c.Ticket); called && hand.State == kiosk.Called && s.Clock.Sure {
			t, ok = lastServed(s, code)
			left = min(t.EndedAt.Add(askBesideNext).Sub(now), askBesideNext)
		}
	}
	if !ok || t.State != kiosk.Served || t.Counter != code || t.Rating != "" || left <= 0 {
		return kiosk.Ticket{}, 0, false
	}
	return t, left, true
}

// lastServed is the ticket whose visit ended last at a counter.
func lastServed(s *kiosk.Snapshot, code kiosk.CounterCode) (last kiosk.Ticket, ok bool) {
	for i := range s.Tickets {
		t := &s.Tickets[i]
		if t.State != kiosk.Served || t.Counter != code {
			continue
		}
		if !ok || t.EndedAt.After(last.EndedAt) || t.EndedAt.Equal(last.EndedAt) && t.CallOrder > last.CallOrder {
			last, ok = *t, true
		}
	}
	return last, ok
}

// busy reports whether a counter has somebody in hand.
func busy(s *kiosk.Snapshot, code kiosk.CounterCode) bool {
	for _, c := range s.Counters {
		if c.Counter.Code == code {
			return c.Ticket != ""
		}
	}
	return false
}
