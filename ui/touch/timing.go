package touch

import (
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// Tick lets time pass: an office that does not answer is given up, a page that nobody needs any
// more warns and goes.
func (s *Session) Tick(now time.Time) {
	switch {
	case s.page == pageBusy:
		if now.Sub(s.since) >= s.limits.Slow {
			s.spent = true
			s.sorry(nil, true, now)
		}
		return
	case s.page == pageRateBusy:
		if now.Sub(s.since) >= s.limits.Slow {
			s.rating.unsure = true
			s.sorry(nil, true, now)
		}
		return
	case s.page == pageRated:
		if now.Sub(s.since) >= s.limits.Thanks {
			s.end()
		}
		return
	}
	s.staff.tick(s.limits.Slow, now)
	quiet, ends := s.quiet()
	if !ends {
		return
	}
	switch idle := now.Sub(s.since); {
	case idle >= quiet+s.limits.Warning:
		s.end()
	case idle >= quiet+s.limits.Warning/2:
		s.warned = 2
	case idle >= quiet:
		s.warned = 1
	}
}

// Next returns when Tick has something to do; false while nothing will happen by itself, as on
// the first page, so that an idle box has no timer.
func (s *Session) Next() (time.Time, bool) {
	switch s.page {
	case pageBusy, pageRateBusy:
		return s.since.Add(s.limits.Slow), true
	case pageRated:
		return s.since.Add(s.limits.Thanks), true
	}
	quiet, ends := s.quiet()
	if !ends {
		return time.Time{}, false
	}
	at := s.since.Add(quiet)
	switch s.warned {
	case 0:
	case 1:
		at = at.Add(s.limits.Warning / 2)
	default:
		at = at.Add(s.limits.Warning)
	}
	if own, ok := s.staff.next(s.limits.Slow); ok && own.Before(at) {
		at = own
	}
	return at, true
}

// quiet is how long the present page stands before it warns; false for the first page as
// everybody finds it.
func (s *Session) quiet() (time.Duration, bool) {
	switch {
	case s.page == pageTicket && slices.Contains(s.told, screen.PaperNone):
		// Also where paper seems to come after all: a time that shrinks would cut the warning short.
		return s.limits.NoPaper, true
	case s.page == pageTicket:
		return s.limits.Ticket, true
	case s.page == pagePIN, s.page.staff():
		return s.limits.Staff - s.limits.Warning, true
	case s.page != pageHome, s.language != kiosk.Vietnamese, s.large, s.turned > 0:
		return s.limits.Idle, true
	}
	return 0, false
}

// left is how many seconds the warning names: what is left, or half of it once half is over.
func (s *Session) left() int {
	switch s.warned {
	case 1:
		return int(s.limits.Warning / time.Second)
	case 2:
		return int(s.limits.Warning / 2 / time.Second)
	}
	return 0
}
