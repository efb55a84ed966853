package rating

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// askFor is how long a tablet asks after the end of a visit.
const askFor = time.Minute

// asked is the ticket about which the tablet of a counter asks now, and for how long still: the
// counter's last step was to finish it, less than a minute ago, and nobody has rated it. What
// the counter's last step was is what it could take back ([kiosk.Undoable]); the next call, an
// undo, a pause in the clock's being sure and the day's end all end the question.
func asked(s *kiosk.Snapshot, code kiosk.CounterCode, now time.Time) (t kiosk.Ticket, left time.Duration, ok bool) {
	for _, c := range s.Counters {
		if c.Counter.Code != code || c.Ticket != "" || c.Undo.Verb != kiosk.VerbFinish {
			continue
		}
		t, ok = s.Ticket(c.Undo.Number)
		left = min(c.Undo.Until.Sub(now), askFor)
		ok = ok && t.State == kiosk.Served && t.Counter == code && t.Rating == "" && left > 0
	}
	if !ok {
		return kiosk.Ticket{}, 0, false
	}
	return t, left, true
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
