package touch

import (
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// pressStaff takes a press of staff mode.
func (s *Session) pressStaff(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	g := &s.staff
	switch {
	case p.Do == screen.StaffOut:
		s.end()
		return nil, true
	case g.asked != nil:
		return nil, false
	case p.Do == screen.TryAgain && g.failed != nil:
		return s.ask(g.failed, now), true
	case p.Do == screen.GoBack:
		s.staffBack(now)
		return nil, true
	case p.Do == screen.NextPage || p.Do == screen.PrevPage:
		s.turned = min(max(p.Page, 0), len(snap.Tickets)+len(snap.Counters))
		return nil, true
	}
	switch s.page {
	case pageCounters:
		return s.pressCounters(p, snap, now)
	case pageCounter, pageParked:
		return s.pressCounter(p, snap, now)
	case pageSlips, pageSlipsPrefix, pageSlipsNumber:
		return s.pressSlips(p, snap, now)
	case pageHall, pageShut:
		return s.pressHall(p, now)
	case pageStaffRoll:
		if p.Do == screen.PaperGood || p.Do == screen.PaperBad {
			s.goTo(pageCounters, now)
			return s.ask(JudgePaper{Key: s.newKey(), Readable: p.Do == screen.PaperGood, By: g.by()}, now), true
		}
	}
	return nil, false
}

// goTo goes to a page of staff mode.
func (s *Session) goTo(p page, now time.Time) {
	s.turned = 0
	g := &s.staff
	g.typed, g.prefix, g.wrong, g.note, g.failed = "", "", "", note{}, nil
	s.turn(p, now)
}

// staffBack goes one page back.
func (s *Session) staffBack(now time.Time) {
	switch s.page {
	case pageParked:
		s.goTo(pageCounter, now)
	case pageShut:
		s.goTo(pageHall, now)
	case pageSlipsPrefix, pageSlipsNumber:
		s.goTo(pageSlips, now)
	default:
		s.goTo(pageCounters, now)
	}
}

// pressCounters takes a press on the first page of staff mode. A technician sees devices and
// nobody's ticket.
func (s *Session) pressCounters(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	g := &s.staff
	if p.Do == screen.CheckPaper && snap.PaperCheck {
		s.goTo(pageStaffRoll, now)
		return nil, true
	}
	if g.role == kiosk.RoleTechnician {
		return nil, false
	}
	switch p.Do {
	case screen.Serve:
		if _, ok := snap.Setup.Counter(p.Counter); !ok {
			return nil, false
		}
		g.counter = p.Counter
		s.goTo(pageCounter, now)
	case screen.Slips:
		s.goTo(pageSlips, now)
	case screen.Hall:
		if g.role != kiosk.RoleLead {
			return nil, false
		}
		s.goTo(pageHall, now)
	case screen.HelpDone:
		return s.ask(AnswerHelp{Key: s.newKey(), By: g.by()}, now), true
	default:
		return nil, false
	}
	return nil, true
}

// pressCounter takes a press on a counter's page. The key of a step is born here and dies with
// its answer; what the page showed goes along, so that a step never hits another citizen.
func (s *Session) pressCounter(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	g := &s.staff
	switch p.Do {
	case screen.Parked:
		s.goTo(pageParked, now)
		return nil, true
	case screen.Reopen:
		if p.Counter != g.counter {
			return nil, false
		}
		return s.ask(Reopen{Key: s.newKey(), Counter: g.counter, By: g.by()}, now), true
	case screen.Step:
		if p.Counter != g.counter || !slices.Contains(staffVerbs(), p.Verb) || now.Sub(g.settled) < s.limits.Settle {
			return nil, false // where a tile stood, another one may stand since the answer
		}
		step := kiosk.Step{
			Key: s.newKey(), Counter: g.counter, Verb: p.Verb, Number: p.Number, By: g.by(),
			Seen: &kiosk.Seen{Day: snap.Day, Hand: p.Hand, Moves: p.Moves},
		}
		if s.page == pageParked {
			s.goTo(pageCounter, now)
		}
		return s.ask(Move{Step: step}, now), true
	}
	return nil, false
}

// staffVerbs are the steps that can be made at the screen.
func staffVerbs() []kiosk.Verb {
	return []kiosk.Verb{
		kiosk.VerbCall, kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow, kiosk.VerbHold, kiosk.VerbUndo,
	}
}
