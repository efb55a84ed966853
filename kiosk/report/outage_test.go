package report_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
)

// TestAnOutageWithoutASureClock is shown and waited by nobody, on a box that wakes with another
// time: where an officer has to say the date, the waits over it are unsure as well, and where the
// clock is right at the next start, they are known.
func TestAnOutageWithoutASureClock(t *testing.T) {
	t.Parallel()
	for _, confirmed := range []bool{true, false} {
		h := newHall(t, 1)
		for range 2 {
			if _, err := h.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil {
				t.Fatal(err)
			}
		}
		call := func() {
			t.Helper()
			c, err := h.CallNext(t.Context(), kiosktest.Counter1, "test")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Move(t.Context(), kiosk.VerbFinish, c.Ticket.Number, "test"); err != nil {
				t.Fatal(err)
			}
		}
		h.pass(5 * time.Minute)
		call()
		from := h.wall
		h.pass(40 * time.Minute)
		to := h.wall
		h.wall = h.wall.Add(-3 * time.Hour)
		h.start()
		if h.Snapshot().Clock.Sure {
			t.Fatal("the clock is sure")
		}
		h.wall = h.wall.Add(3 * time.Hour)
		if confirmed {
			if err := h.ConfirmClock(t.Context(), kiosktest.Monday, "lead"); err != nil {
				t.Fatal(err)
			}
		} else {
			h.start()
		}
		h.pass(10 * time.Minute)
		call()

		r := fold(h.setup, h.records()).Report(h.wall)
		if n := len(r.Excluded); n == 0 || !r.Excluded[0].From.Equal(from) || !r.Excluded[0].To.Equal(to) || r.Excluded[0].Why != report.WhyOutage {
			t.Errorf("confirmed %v: excluded %+v, want %v to %v", confirmed, r.Excluded, from, to)
		}
		waits := report.Spread{N: 2, Median: 5 * 60, P90: 15 * 60, Max: 15 * 60, Sum: 20 * 60}
		if confirmed {
			waits = report.Spread{N: 1, Median: 5 * 60, P90: 5 * 60, Max: 5 * 60, Sum: 5 * 60}
		}
		if r.Total.Waiting != waits || r.Unsure.Waits != 2-waits.N {
			t.Errorf("confirmed %v: waited %+v, unsure %+v", confirmed, r.Total.Waiting, r.Unsure)
		}
		newRecount(h.setup, h.records()).check(t, r)
	}
}
