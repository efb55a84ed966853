package touch

import (
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// staffing is an officer's time at the screen: from the PIN pad to the last press.
type staffing struct {
	officer kiosk.OfficerCode // empty: nobody has signed in
	role    kiosk.Role

	typed  string // a PIN, or the digits of a number
	prefix string
	wrong  kiosk.Code // why the number that was typed cannot be printed

	counter kiosk.CounterCode // of the page

	asked   Work      // what the office, or Staff, has not answered yet; nil: nothing
	since   time.Time // of asked
	failed  Work      // what may or may not have been done: to be asked again with its own key
	settled time.Time // when the last answer came

	note note

	lockedUntil time.Time
	lock        int // seconds of it as the page shows them
}

// note is what became of an officer's last press.
type note struct {
	done Work // nil: nothing was done
	// number is what the office called; the caller of the next number cannot know it.
	number kiosk.Number
	err    error // a refusal; nil together with done nil: no note
	lost   bool  // no answer, or none that says whether it was done
}

// staff reports whether the page is one of staff mode. It is reached through a PIN only.
func (p page) staff() bool { return strings.HasPrefix(string(p), "staff-") }

// maxPIN is how many digits a PIN may have (kiosk/secret).
const maxPIN = 12

// by names the officer in facts.
func (g *staffing) by() string { return "staff/" + string(g.officer) }

// tick lets time pass: an answer that does not come is lost, a lock grows shorter.
func (g *staffing) tick(slow time.Duration, now time.Time) {
	if g.asked != nil && now.Sub(g.since) >= slow {
		g.lose(now)
	}
	if g.lock > 0 {
		g.lock = int(max(0, g.lockedUntil.Sub(now)+time.Second-1) / time.Second)
	}
}

// next returns when tick has something to do.
func (g *staffing) next(slow time.Duration) (time.Time, bool) {
	switch {
	case g.asked != nil:
		return g.since.Add(slow), true
	case g.lock > 0:
		return g.lockedUntil.Add(-time.Duration(g.lock-1) * time.Second), true
	}
	return time.Time{}, false
}

// lose gives an answer up.
func (g *staffing) lose(now time.Time) {
	if _, pin := g.asked.(CheckPIN); !pin {
		g.failed = g.asked
	}
	g.asked, g.settled, g.note = nil, now, note{lost: true}
}

// ask begins a work. There is one at a time: an officer sees what became of a press before the
// next one.
func (s *Session) ask(w Work, now time.Time) []Work {
	s.staff.asked, s.staff.since = w, now
	s.staff.failed, s.staff.note = nil, note{}
	return []Work{w}
}

// pressPIN takes the keys of a PIN.
func (s *Session) pressPIN(p screen.Press, now time.Time) ([]Work, bool) {
	g := &s.staff
	switch {
	case p.Do == screen.GoBack:
		s.end()
		return nil, true
	case g.asked != nil, g.lock > 0:
		return nil, false
	case p.Do == screen.Digit, p.Do == screen.Erase:
		g.typed, g.note = key(p, g.typed, maxPIN), note{}
		return nil, true
	case p.Do == screen.Enter && g.typed != "":
		pin := PIN(g.typed)
		g.typed = ""
		return s.ask(CheckPIN{Key: s.newKey(), PIN: pin}, now), true
	}
	return nil, false
}

// answerPIN opens staff mode, or says why not.
func (s *Session) answerPIN(w CheckPIN, a Answer, now time.Time) {
	g := &s.staff
	if g.asked != Work(w) || s.page != pagePIN {
		return
	}
	g.asked, g.settled = nil, now
	switch {
	case a.Err == nil && a.Officer != "" && a.Role.Valid():
		g.officer, g.role = a.Officer, a.Role
		s.since, s.turned = now, 0
		s.turn(pageCounters, now)
	case a.Err == nil: // an answer that names nobody opens nothing
		g.note = note{err: &kiosk.Refusal{Code: kiosk.CodeNotAllowed}}
	case refused(a.Err) == "" || transient(a.Err):
		g.note = note{lost: true}
	default:
		g.note = note{err: a.Err}
		if seconds := lockedFor(a.Err); seconds > 0 {
			g.lock, g.lockedUntil = seconds, now.Add(time.Duration(seconds)*time.Second)
		}
	}
}

// lockedFor returns how many seconds a refusal locks the pad.
func lockedFor(err error) int {
	if refused(err) != kiosk.CodeLocked {
		return 0
	}
	n, err := strconv.Atoi(hintOf(err))
	if err != nil {
		return 1
	}
	return min(max(n, 1), maxLock)
}

// maxLock bounds a lock that is shown, in seconds: a day.
const maxLock = 24 * 60 * 60

// answerStaff takes in what became of an officer's press.
func (s *Session) answerStaff(k string, a Answer, now time.Time) {
	g := &s.staff
	if g.asked == nil || k == "" || k != keyOf(g.asked) {
		return
	}
	if a.Err != nil && transient(a.Err) {
		g.lose(now)
		return
	}
	w := g.asked
	g.asked, g.settled = nil, now
	if a.Err != nil {
		g.note = note{err: a.Err}
		return
	}
	g.note = note{done: w, number: a.Ticket.Number}
}

// keyOf returns the key of a work of staff mode.
func keyOf(w Work) string {
	switch w := w.(type) {
	case CheckPIN:
		return w.Key
	case Move:
		return w.Step.Key
	case Reopen:
		return w.Key
	case Reprint:
		return w.Key
	case MoveHall:
		return w.Key
	case AnswerHelp:
		return w.Key
	case JudgePaper:
		return w.Key
	}
	return ""
}
