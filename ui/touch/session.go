package touch

import (
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// Limits are the times of a session. WCAG 2.2.1 asks that a page that goes away by itself says
// so at least 20 seconds before and can be kept at least ten times; here as often as one likes.
type Limits struct {
	Idle    time.Duration // from the last press to the warning
	Ticket  time.Duration // the same on the page with the number
	NoPaper time.Duration // the same where there is no paper to keep
	Warning time.Duration // from the warning to the first page
	Slow    time.Duration // how long an office that does not answer is waited for
	Settle  time.Duration // in which a second tap is taken for a part of the first
	Recent  time.Duration // how old a ticket may be under "I did not get paper"
	Staff   time.Duration // from an officer's last press to the citizens' page, the warning included
	Thanks  time.Duration // how long the thanks for a rating stand
}

// DefaultLimits returns the times of a public hall. A number without paper stands for a minute.
func DefaultLimits() Limits {
	return Limits{
		Idle: 40 * time.Second, Ticket: 20 * time.Second, NoPaper: 40 * time.Second, Warning: 20 * time.Second,
		Slow: 12 * time.Second, Settle: 400 * time.Millisecond, Recent: 10 * time.Minute,
		Staff: time.Minute, Thanks: 5 * time.Second,
	}
}

// page is where a session is.
type page string

const (
	pageHome     page = "home" // or closed, as the office is
	pageLate     page = "late"
	pagePriority page = "priority"
	pageBusy     page = "busy"
	pageHold     page = "hold"
	pageTicket   page = "ticket"
	pageMissing  page = "missing"
	pageHelp     page = "help"
	pageCalled   page = "called"
	pageSorry    page = "sorry"
	pageRoll     page = "roll"

	pageRatePrefix page = "rate-prefix"
	pageRateNumber page = "rate-number"
	pageRateLevel  page = "rate-level"
	pageRateWhy    page = "rate-why"
	pageRateBusy   page = "rate-busy"
	pageRated      page = "rated"

	pagePIN page = "pin" // nobody is known yet

	// The pages of staff mode; see page.staff.
	pageCounters    page = "staff-counters"
	pageCounter     page = "staff-counter"
	pageParked      page = "staff-parked"
	pageSlips       page = "staff-slips"
	pageSlipsPrefix page = "staff-slips-prefix"
	pageSlipsNumber page = "staff-slips-number"
	pageHall        page = "staff-hall"
	pageShut        page = "staff-shut"
	pageStaffRoll   page = "staff-roll"
)

// Session is one citizen's visit to the screen, as a state machine: presses, answers, snapshots
// and the passing of time go in, pages and [Work] come out. It knows no clock, no window and no
// office of its own, and is not safe for concurrent use.
//
// A session begins with the first page as everybody finds it and ends when the screen goes back
// to that. Its key goes with every number that is asked for, and the office gives one number a
// key: however often a hand presses, one session is at most one ticket. The same service in
// the next session has another key and is another ticket.
type Session struct {
	limits   Limits
	terminal string
	newKey   func() string
	staffed  bool             // there is a staff mode
	line     *words.LineState // as staff mode was last told; nil: never

	visit
}

// visit is what a session forgets at its end.
type visit struct {
	key      string
	page     page
	language kiosk.Language
	large    bool
	turned   int // pages of services

	request    kiosk.IssueRequest
	warnedLate bool // that it may not be served today
	asked      bool // the office has not answered about the key yet
	spent      bool // the key has become a ticket, or may have

	ticket     kiosk.Ticket
	place      place
	paper      screen.Paper
	told       []screen.Paper // what the page has said of the paper
	again      bool           // the paper is printed again
	reprinting bool           // the office has not answered about that yet

	rating rating
	staff  staffing

	refusal  error // on the page that says sorry; nil: the office is slow
	tryAgain bool

	since   time.Time // the last press, or the last thing worth reading anew
	entered time.Time // when the page came
	toggled time.Time // when language or size of text last changed
	warned  int       // 0 not yet, 1 at the warning, 2 half-way through it
}

// place is a ticket's place in the queue as at issue.
type place struct {
	known bool
	ahead int
	wait  *kiosk.Range
}

// NewSession returns the session of a terminal, on the first page. newKey makes the keys: each
// 1 to 64 printable ASCII characters, and no two alike.
func NewSession(terminal string, limits Limits, newKey func() string) *Session {
	s := &Session{limits: limits, terminal: terminal, newKey: newKey}
	s.end()
	return s
}

// OfferStaff opens the way into staff mode. Without it there is none.
func (s *Session) OfferStaff() { s.staffed = true }

// tellLine tells staff mode how the line to the province stands.
func (s *Session) tellLine(line words.LineState) { s.line = &line }

// end forgets the visit and begins the next.
func (s *Session) end() {
	s.visit = visit{key: s.newKey(), page: pageHome, language: kiosk.Vietnamese}
}

// turn goes to a page of the same visit.
func (s *Session) turn(p page, now time.Time) {
	s.page, s.entered, s.warned = p, now, 0
}

// Language returns the language of the present page.
func (s *Session) Language() kiosk.Language { return s.language }

// Large reports whether the present visitor asked for large text.
func (s *Session) Large() bool { return s.large }

// Holding reports whether the page asks for a press that is held.
func (s *Session) Holding() bool { return s.page == pageHold && s.warned == 0 }

// Look takes a new snapshot in: what the paper of the ticket on the page does.
func (s *Session) Look(snap *kiosk.Snapshot, now time.Time) {
	if s.page != pageTicket {
		return
	}
	if t, ok := snap.Ticket(s.ticket.Number); ok && t.Day == s.ticket.Day {
		s.ticket = t
	}
	if p := paperOf(s.ticket, snap); p != s.paper && !s.reprinting {
		s.tell(p, now)
	}
}

// tell says on the page what the paper does. News is worth the whole time that a page has; what
// the page has said before is not, or a printer that comes and goes would keep the number of
// somebody who left on the screen for ever.
func (s *Session) tell(p screen.Paper, now time.Time) {
	s.paper = p
	if !slices.Contains(s.told, p) {
		s.told = append(s.told, p)
		s.since, s.warned = now, 0
	}
}

// Answer takes in what became of a work. An answer for a visit that is over changes nothing.
func (s *Session) Answer(a Answer, snap *kiosk.Snapshot, now time.Time) {
	switch w := a.Work.(type) {
	case Issue:
		if w.Request.Key != s.key {
			return
		}
		s.asked, s.spent = false, s.spent || a.Err == nil || transient(a.Err)
		if a.Err == nil {
			s.show(a.Ticket, snap, now)
			s.place.known = true
			s.place.ahead, s.place.wait = snap.Ahead(&s.ticket)
			return
		}
		if refused(a.Err) == kiosk.CodePressAndHold && !w.Request.Held {
			s.since = now
			s.turn(pageHold, now)
			return
		}
		s.sorry(a.Err, transient(a.Err), now)
	case Reprint:
		switch {
		case w.By != "":
			s.answerStaff(w.Key, a, now)
		case w.Key != s.key:
		case a.Err != nil:
			s.reprinting, s.again = false, false
			s.sorry(a.Err, false, now)
		case s.page == pageTicket && a.Ticket.Number == s.ticket.Number:
			s.reprinting = false
			s.show(a.Ticket, snap, now)
		}
	case CallOfficer:
		if w.Key == s.key && a.Err != nil {
			s.sorry(a.Err, false, now)
		}
	case Rate:
		s.answerRating(w, a, now)
	case JudgePaper:
		s.answerStaff(w.Key, a, now)
	case CheckPIN:
		s.answerPIN(w, a, now)
	case Move:
		s.answerStaff(w.Step.Key, a, now)
	case Reopen:
		s.answerStaff(w.Key, a, now)
	case MoveHall:
		s.answerStaff(w.Key, a, now)
	case AnswerHelp:
		s.answerStaff(w.Key, a, now)
	}
}

// show goes to the page with the number.
func (s *Session) show(t kiosk.Ticket, snap *kiosk.Snapshot, now time.Time) {
	s.ticket, s.told = t, nil
	s.tell(paperOf(t, snap), now)
	s.turn(pageTicket, now)
}

// sorry goes to the page that says what did not work.
func (s *Session) sorry(err error, again bool, now time.Time) {
	s.refusal, s.tryAgain, s.since = err, again, now
	s.turn(pageSorry, now)
}

// paperOf says what the paper of a ticket does, for the citizen who waits for it.
func paperOf(t kiosk.Ticket, snap *kiosk.Snapshot) screen.Paper {
	works := snap.Printer.Ready() && !snap.PaperCheck
	switch t.Slip.State {
	case kiosk.SlipPrinted:
		return screen.PaperOut
	case kiosk.SlipWaived:
		return screen.PaperWaived
	case kiosk.SlipSent:
		switch {
		case !snap.Printer.Ready():
			return screen.PaperNone
		case !snap.Printer.Confirms:
			return screen.PaperMaybe
		}
		return screen.PaperComing
	case kiosk.SlipRecorded:
		if works {
			return screen.PaperComing
		}
	}
	return screen.PaperNone
}
