package touch

import (
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// Press takes in a press and returns the work that it starts. A press that the present page does
// not offer means nothing: it was aimed at a page that is gone.
func (s *Session) Press(p screen.Press, snap *kiosk.Snapshot, now time.Time) []Work {
	if s.warned > 0 && p.Do == screen.MoreTime {
		s.since, s.warned = now, 0
		return nil
	}
	if s.warned > 0 && s.page != pageTicket && p.Do != screen.GoHome {
		return nil // the warning covers the page
	}
	before := s.page
	work, ok := s.press(p, snap, now)
	if ok {
		s.since, s.warned = now, 0
		if s.page != before {
			s.entered = now
		}
	}
	return work
}

// press acts on a press; it reports false for one that means nothing here.
func (s *Session) press(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	switch {
	case s.page.staff() && p.Do != screen.GoHome:
		return s.pressStaff(p, snap, now)
	case s.page == pagePIN && p.Do != screen.GoHome:
		return s.pressPIN(p, now)
	case s.page.rating() && p.Do != screen.GoHome:
		return s.pressRating(p, snap, now)
	}
	switch p.Do {
	case screen.GoHome:
		if s.page != pageCalled && s.page != pageSorry && s.page != pageRated && s.warned == 0 {
			return nil, false
		}
		s.end()
		return nil, true
	case screen.GoBack:
		switch s.page {
		case pageLate, pagePriority, pageHold, pageMissing, pageHelp, pageRoll:
			s.page, s.rating = pageHome, rating{}
			if s.spent {
				// What is chosen now is another ticket.
				s.key, s.asked, s.spent = s.newKey(), false, false
			}
			return nil, true
		}
		return nil, false
	case screen.AskHelp:
		switch s.page {
		case pageHome, pageMissing, pageSorry:
			s.page = pageHelp
			return nil, true
		}
		return nil, false
	}
	switch s.page {
	case pageHome:
		return s.pressHome(p, snap, now)
	case pageLate:
		if p.Do == screen.TakeAnyway {
			s.warnedLate = true
			return s.goOn(s.request.Service, snap, now), true
		}
	case pagePriority:
		return s.pressPriority(p, now)
	case pageHold:
		if p.Do == screen.Hold {
			s.request.Held = true
			return s.issue(), true
		}
	case pageTicket:
		return s.pressTicket(p)
	case pageMissing:
		if t, ok := snap.Ticket(p.Number); ok && p.Do == screen.Pick && s.isRecent(&t, now) {
			s.show(t, snap, now)
			return s.reprint(), true
		}
	case pageHelp:
		switch {
		case p.Do == screen.CallOfficer:
			s.page = pageCalled
			return []Work{CallOfficer{Key: s.key}}, true
		case p.Do == screen.StaffIn && s.staffed:
			s.end() // whoever stood there before has nothing to do with what an officer does
			s.page = pagePIN
			return nil, true
		}
	case pageSorry:
		if p.Do == screen.TryAgain && s.tryAgain {
			if s.rating.level != "" {
				return s.rate(s.rating.level, s.rating.why), true
			}
			return s.issue(), true
		}
	case pageRoll:
		if p.Do == screen.PaperGood || p.Do == screen.PaperBad {
			s.end()
			return []Work{JudgePaper{Readable: p.Do == screen.PaperGood}}, true
		}
	}
	return nil, false
}

func (s *Session) pressHome(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	switch p.Do {
	case screen.Choose:
		for _, v := range snap.Services {
			if v.Service.Code != p.Service {
				continue
			}
			s.request, s.warnedLate = kiosk.IssueRequest{Service: p.Service}, false
			if v.MayNotBeServed {
				s.page = pageLate
				return nil, true
			}
			return s.goOn(p.Service, snap, now), true
		}
		return nil, false
	case screen.Speak, screen.Enlarge:
		// Where the tile of a language stood, another one stands after the press: the second tap
		// of a double tap would undo it.
		if now.Sub(s.toggled) < s.limits.Settle || p.Do == screen.Speak && !p.Language.Valid() {
			return nil, false
		}
		s.toggled = now
		if p.Do == screen.Enlarge {
			s.large = !s.large
		} else {
			s.language = p.Language
		}
	case screen.NextPage, screen.PrevPage:
		s.turned = min(max(p.Page, 0), len(snap.Services))
	case screen.NoSlip:
		s.page = pageMissing
	case screen.CheckPaper:
		s.page = pageRoll
	case screen.Rate:
		return nil, s.beginRating(snap, now)
	default:
		return nil, false
	}
	return nil, true
}

// goOn is what follows the choice of a service: the question of priority, or the number at once
// for who does not know what to choose; the officer who comes can still give priority.
func (s *Session) goOn(code kiosk.ServiceCode, snap *kiosk.Snapshot, now time.Time) []Work {
	if v, ok := snap.Setup.Service(code); ok && v.Guidance {
		return s.issue()
	}
	s.turn(pagePriority, now)
	return nil
}

func (s *Session) pressPriority(p screen.Press, now time.Time) ([]Work, bool) {
	if s.warnedLate && now.Sub(s.entered) < s.limits.Settle {
		return nil, false // the answers stand where "take a number" stood
	}
	switch p.Do {
	case screen.HavePrio:
		s.request.Priority = kiosk.PriorityDeclared
	case screen.NoPrio:
		s.request.Priority = kiosk.NoPriority
	default:
		return nil, false
	}
	return s.issue(), true
}

func (s *Session) pressTicket(p screen.Press) ([]Work, bool) {
	switch p.Do {
	case screen.Finish:
		s.end()
		return nil, true
	case screen.HaveIt:
		number := s.ticket.Number
		s.end()
		return []Work{Waive{Number: number}}, true
	case screen.Pick:
		if p.Number == s.ticket.Number && !s.reprinting {
			return s.reprint(), true
		}
	}
	return nil, false
}

// issue asks for the number, at most once at a time.
func (s *Session) issue() []Work {
	s.page = pageBusy
	s.request.Language, s.request.Key = s.language, s.key
	s.request.Terminal, s.request.By = s.terminal, "touch/"+s.terminal
	if s.asked {
		return nil // the office still owes an answer about this key
	}
	s.asked = true
	return []Work{Issue{Request: s.request}}
}

// reprint asks for the paper of the ticket on the page again.
func (s *Session) reprint() []Work {
	s.reprinting, s.again, s.paper, s.told = true, true, screen.PaperComing, nil
	return []Work{Reprint{Key: s.key, Number: s.ticket.Number}}
}
