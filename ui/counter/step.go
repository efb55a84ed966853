package counter

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// asked is a step as a page asks for it.
type asked struct {
	Key     string            `json:"key"`
	Counter kiosk.CounterCode `json:"counter"`
	Verb    kiosk.Verb        `json:"verb"`
	Number  kiosk.Number      `json:"number"`
	// What was seen: the day, what the counter had in hand for call and undo, the ticket's moves
	// for the other verbs.
	Day   int          `json:"day"`
	Hand  kiosk.Number `json:"hand"`
	Moves int          `json:"moves"`
	// Of send.
	To    kiosk.ServiceCode `json:"to"`
	For   kiosk.CounterCode `json:"for"`
	Place kiosk.Place       `json:"place"`
	After int               `json:"after"` // minutes
	// Late is how long the page has kept it, in seconds of the box's time as the page knows it: the
	// browser's own clock is never looked at.
	Late int `json:"late"`

	next bool // of a form: call when it is done
	find bool // of a form: nothing is done, and the dialog opens on the number

	typed string // of a form: the number as it came
}

// done is the answer to a step.
type done struct {
	Verb   kiosk.Verb        `json:"verb"`
	Number kiosk.Number      `json:"number"`
	State  kiosk.TicketState `json:"state"`
	Again  bool              `json:"again"` // it had been made before
	Page   State             `json:"page"`
}

// goneOn is a refusal with what the box has now.
type goneOn struct {
	*lan.Problem
	Now *stands `json:"now"`
}

// stands is how a ticket stands.
type stands struct {
	Number  kiosk.Number      `json:"n"`
	State   kiosk.TicketState `json:"st"`
	Counter kiosk.CounterCode `json:"q"`
	Moves   int               `json:"m"`
}

// verbs are those of a page; cancel and the others belong to other doors.
func verbs() []kiosk.Verb {
	return []kiosk.Verb{
		kiosk.VerbCall, kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow, kiosk.VerbHold,
		kiosk.VerbResume, kiosk.VerbSend, kiosk.VerbUndo, kiosk.VerbRaise, kiosk.VerbLower,
	}
}

// The bounds of a step's fields, in bytes.
const (
	maxKey  = 64
	maxCode = 32
	maxMins = 4 * 60
	maxLate = 12 * 60 * 60 // as many seconds as the office takes
)

// maxMoves is more than any ticket's day has.
const maxMoves = 1_000_000

// step makes one step, sent by the page's script as JSON or as a plain form.
func (p *Pages) step(w http.ResponseWriter, r *http.Request, s staff.Session) {
	form := isForm(r)
	a, err := readStep(r, form)
	if err == nil {
		a.Counter, err = p.counterOf(s, a.Counter)
	}
	if err == nil && form && p.asks(&a) {
		p.render(w, r, s, a.Counter, view{Status: http.StatusOK, Open: "number", Number: a.typed})
		return
	}
	if err == nil {
		err = p.mayTouch(a)
	}
	var out kiosk.Stepped
	if err == nil {
		out, err = p.c.Office.Step(r.Context(), a.step(s.Officer.By()))
	}
	if err == nil && a.next {
		// Nobody waits, perhaps: then the page says so by itself.
		next := asked{Key: a.Key + ".call", Counter: a.Counter, Verb: kiosk.VerbCall, Day: a.Day}
		if call, err := p.c.Office.Step(r.Context(), next.step(s.Officer.By())); err == nil {
			a.Verb, out = kiosk.VerbCall, call
		}
	}
	switch {
	case form && err == nil:
		to := url.Values{"did": {string(a.Verb)}, "n": {string(out.Ticket.Number)}}
		back(w, r, s, a.Counter, to)
	case form && err != nil && pageRefusal(err):
		p.render(w, r, s, a.Counter, view{Alert: p.vi.Refused(err), Status: lan.ProblemOf(err, p.vi).Status})
	case err != nil:
		p.refuseStep(w, r, a, err)
	default:
		lan.WriteJSON(w, http.StatusOK, done{a.Verb, out.Ticket.Number, out.Ticket.State, out.Again, p.state(a.Counter)})
	}
}

// mayTouch refuses a step with what another counter has in hand, or has called: no officer steps
// for another. Where the ticket has moved since the page showed it, the office says so instead.
func (p *Pages) mayTouch(a asked) error {
	t, ok := p.c.Office.Snapshot().Ticket(a.Number)
	if !ok || t.Moves != a.Moves || t.Counter == a.Counter {
		return nil
	}
	switch a.Verb {
	case kiosk.VerbCall, kiosk.VerbUndo:
		return nil // the office looks at the counter's own hand
	case kiosk.VerbResume, kiosk.VerbSend, kiosk.VerbRaise, kiosk.VerbLower:
		if !t.Active() {
			return nil
		}
	}
	return &kiosk.Refusal{Code: kiosk.CodeNotAllowed, Subject: string(a.Number), Hint: "it is at counter " + string(t.Counter)}
}

// back leads a person without scripts to the page again.
func back(w http.ResponseWriter, r *http.Request, s staff.Session, c kiosk.CounterCode, q url.Values) {
	if c != s.Counter {
		q.Set("at", string(c))
	}
	http.Redirect(w, r, "/counter?"+q.Encode(), http.StatusSeeOther)
}

// pageRefusal reports whether the office said no to what the page may ask: the page stands and
// says so. What the page could not have sent is refused as anything forged.
func pageRefusal(err error) bool {
	p := lan.ProblemOf(err, noWords())
	return p.Status == http.StatusConflict || p.Code == kiosk.CodeUnknownTicket || p.Code == kiosk.CodeBadTime
}

// refuseStep adds what the box has now where the office has gone on.
func (p *Pages) refuseStep(w http.ResponseWriter, r *http.Request, a asked, err error) {
	problem := lan.ProblemOf(err, p.vi)
	if problem.Code != kiosk.CodeGoneOn {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	out := goneOn{Problem: problem}
	if t, ok := p.c.Office.Snapshot().Ticket(a.Number); ok {
		out.Now = &stands{t.Number, t.State, t.Counter, t.Moves}
	}
	lan.WriteJSON(w, problem.Status, out)
}

// readStep reads a step from either of its forms and checks its shape.
func readStep(r *http.Request, form bool) (asked, error) {
	var a asked
	if !form {
		if err := lan.ReadJSON(r, &a); err != nil {
			return a, err
		}
		return a, a.check()
	}
	f, err := fields(r, "key", "counter", "verb", "number", "day", "hand", "moves", "to", "for", "place", "after")
	if err != nil {
		return a, err
	}
	a = asked{
		// One form has several buttons: each is a press of its own.
		Key: f.Get("key") + "." + f.Get("verb"), Counter: kiosk.CounterCode(f.Get("counter")), Verb: kiosk.Verb(f.Get("verb")),
		Number: kiosk.Number(strings.ToUpper(strings.TrimSpace(f.Get("number")))), typed: f.Get("number"), Hand: kiosk.Number(f.Get("hand")),
		To: kiosk.ServiceCode(f.Get("to")), For: kiosk.CounterCode(f.Get("for")), Place: kiosk.Place(f.Get("place")),
	}
	if a.Place != kiosk.PlaceAfter {
		f.Del("after") // the field is on the page whichever place was chosen
	}
	for name, to := range map[string]*int{"day": &a.Day, "moves": &a.Moves, "after": &a.After} {
		if *to, err = number(f.Get(name)); err != nil {
			return a, err
		}
	}
	if f.Get("key") == "" {
		a.Key = ""
	}
	if len(a.typed) <= maxTyped && !code(string(a.Number), 12) {
		a.Number = unread
	}
	switch a.Verb {
	case finishNext:
		a.Verb, a.next = kiosk.VerbFinish, true
	case findNumber:
		a.Verb, a.find = kiosk.VerbCall, true
	}
	return a, a.check()
}

// check refuses what no page of ours sends.
func (a asked) check() error {
	switch {
	case a.Key == "" || len(a.Key) > maxKey || strings.ContainsFunc(a.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return bad("a key")
	case !slices.Contains(verbs(), a.Verb):
		return bad("verb %q", clip(string(a.Verb)))
	case !code(string(a.Counter), maxCode) || !code(string(a.To), maxCode) || !code(string(a.For), maxCode):
		return bad("a code")
	case !code(string(a.Number), 12) || !code(string(a.Hand), 12):
		return bad("a ticket's number")
	case a.Number == "" && a.Verb != kiosk.VerbCall && a.Verb != kiosk.VerbUndo:
		return bad("%s without a number", a.Verb)
	case !kiosk.Day(a.Day).Valid():
		return bad("day %d", a.Day)
	case a.Moves < 0 || a.Moves > maxMoves || a.After < 0 || a.After > maxMins || a.Late < 0 || a.Late > maxLate:
		return bad("a number out of its bounds")
	case a.Verb != kiosk.VerbSend && (a.To != "" || a.For != "" || a.Place != "" || a.After != 0):
		return bad("%s with a place", a.Verb)
	}
	return nil
}

// code reports whether s can be a code or a ticket's number, or is empty.
func code(s string, most int) bool {
	return len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
}

// step is what the office is asked for. A page always says what it saw.
func (a asked) step(by string) kiosk.Step {
	return kiosk.Step{
		Key: a.Key, Counter: a.Counter, Verb: a.Verb, Number: a.Number,
		Seen: &kiosk.Seen{Day: kiosk.Day(a.Day), Hand: a.Hand, Moves: a.Moves},
		To:   a.To, For: a.For, Place: a.Place, After: time.Duration(a.After) * time.Minute,
		Late: time.Duration(a.Late) * time.Second, By: by,
	}
}
