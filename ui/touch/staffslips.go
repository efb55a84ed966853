package touch

import (
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// pressSlips takes a press on the pages about paper.
func (s *Session) pressSlips(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	g := &s.staff
	switch p.Do {
	case screen.Pick:
		if s.page == pageSlips && slices.ContainsFunc(snap.Unprinted(), func(t kiosk.Ticket) bool { return t.Number == p.Number }) {
			return s.ask(Reprint{Key: s.newKey(), Number: p.Number, By: g.by()}, now), true
		}
	case screen.OtherSlip:
		if s.page != pageSlips {
			return nil, false
		}
		letters := prefixes(snap, printable)
		if len(letters) == 1 {
			s.goTo(pageSlipsNumber, now)
			g.prefix = letters[0]
		} else {
			s.goTo(pageSlipsPrefix, now)
		}
		return nil, true
	case screen.Prefix:
		if s.page == pageSlipsPrefix && slices.Contains(prefixes(snap, printable), p.Text) {
			s.goTo(pageSlipsNumber, now)
			g.prefix = p.Text
			return nil, true
		}
	case screen.Digit, screen.Erase:
		if s.page == pageSlipsNumber {
			g.typed, g.wrong = key(p, g.typed, maxDigits), ""
			return nil, true
		}
	case screen.Enter:
		if s.page == pageSlipsNumber && g.typed != "" {
			return s.reprintTyped(snap, now), true
		}
	}
	return nil, false
}

// printable reports whether a ticket's paper is of use to anybody still.
func printable(t *kiosk.Ticket) bool { return !t.State.Final() }

// reprintTyped prints the number that was typed, if it is one of today.
func (s *Session) reprintTyped(snap *kiosk.Snapshot, now time.Time) []Work {
	g := &s.staff
	t, ok := snap.Ticket(typedNumber(g.prefix, g.typed))
	switch {
	case !ok:
		g.wrong = kiosk.CodeUnknownTicket
		return nil
	case !printable(&t):
		g.wrong = kiosk.CodeWrongState
		return nil
	}
	s.goTo(pageSlips, now)
	return s.ask(Reprint{Key: s.newKey(), Number: t.Number, By: g.by()}, now)
}

// pressHall takes a lead's press on the pages about the hall.
func (s *Session) pressHall(p screen.Press, now time.Time) ([]Work, bool) {
	g := &s.staff
	switch {
	case s.page == pageHall && p.Do == screen.OpenHall:
		return s.ask(MoveHall{Key: s.newKey(), Open: true, By: g.by()}, now), true
	case s.page == pageHall && p.Do == screen.ShutHall:
		s.goTo(pageShut, now)
		return nil, true
	case s.page == pageShut && p.Do == screen.CloseHall && now.Sub(s.entered) >= s.limits.Settle:
		s.goTo(pageHall, now)
		return s.ask(MoveHall{Key: s.newKey(), Open: false, By: g.by()}, now), true
	}
	return nil, false
}
