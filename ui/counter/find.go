package counter

import (
	"net/http"
	"slices"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// The bounds of a typed number, in bytes, and of what is shown for one.
const (
	maxTyped  = 48
	showFound = 8
)

// unread is the number of no ticket: a form's text says what may be meant.
const unread kiosk.Number = "-"

// findNumber is no step: a form without scripts asks for the dialog on a number by it.
const findNumber kiosk.Verb = "find"

// found is what a typed number may mean: nothing, one ticket or several.
type found struct {
	Rows []Row `json:"rows"`
	// Sure is true where the only row is what was typed, not just what may have been meant.
	Sure bool `json:"sure"`
}

// find tells a page what a typed number is: a page shows the first few who wait, and any of the
// others can be called, raised or sent on as well.
func (p *Pages) find(w http.ResponseWriter, r *http.Request, s staff.Session) {
	q := r.URL.Query()
	c, err := p.counterOf(s, kiosk.CounterCode(q.Get("at")))
	if err == nil {
		if e := checkText(q.Get("number")); e != nil {
			err = bad("number: %w", e)
		}
	}
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	lan.WriteJSON(w, http.StatusOK, p.meant(c, q.Get("number")))
}

// meant lists what a typed text may mean at a counter: the number itself, its digits alone, or what
// an input method for Vietnamese has made of it. What is not typed in full is looked for among
// those who can be called here. Several are a choice of the officer's, and so is one that only an
// input method explains.
func (p *Pages) meant(c kiosk.CounterCode, typed string) found {
	f := found{Rows: []Row{}}
	w, ok := wordOf(p.c.NFC(strings.TrimSpace(typed)))
	if !ok || len(typed) > maxTyped {
		return f
	}
	s := p.c.Office.Snapshot()
	l, ok := p.lister(s, c)
	if !ok {
		return f
	}
	exact, known := s.Ticket(kiosk.Number(w.letters + w.digits))
	if known = known && w.tone == 0; known {
		f.Rows = append(f.Rows, l.chosen(&exact))
	}
	for _, t := range l.reach() {
		if !(known && t.Number == exact.Number) && len(f.Rows) < showFound && w.may(t.Number) {
			f.Rows = append(f.Rows, l.chosen(t))
		}
	}
	f.Sure = len(f.Rows) == 1 && (known || w.letters == "")
	return f
}

// reach lists whom the counter can call: who waits, was held or did not come.
func (l lister) reach() []*kiosk.Ticket {
	var list []*kiosk.Ticket
	for _, t := range l.s.Waits(l.counter.Code) {
		list = append(list, &t)
	}
	return append(append(list, l.left(kiosk.Held)...), l.left(kiosk.NoShow)...)
}

// asks reports whether the number of a form has to be chosen first; one that was not typed in full
// and is clear all the same is put into a.
func (p *Pages) asks(a *asked) bool {
	switch _, known := p.c.Office.Snapshot().Ticket(a.Number); {
	case a.find:
		return true
	case known || a.typed == "" || !slices.Contains([]kiosk.Verb{kiosk.VerbCall, kiosk.VerbResume, kiosk.VerbRaise, kiosk.VerbLower}, a.Verb):
		return false // the office says what it is
	}
	is := p.meant(a.Counter, a.typed)
	if is.Sure {
		a.Number = is.Rows[0].Number
	}
	return !is.Sure
}

// choose looks up the number that a dialog is about, for who has no scripts.
func (p *Pages) choose(v *view, c kiosk.CounterCode) {
	is := p.meant(c, v.Number)
	switch {
	case len(is.Rows) == 0:
		v.Asked = p.words.Choose.Nothing
	case !is.Sure:
		v.Asked = p.words.Choose.Which
		for _, r := range is.Rows {
			v.Found = append(v.Found, v.Line(r))
		}
	default:
		r := is.Rows[0]
		if v.Number = string(r.Number); r.State == kiosk.Waiting || r.State == kiosk.Held || r.State == kiosk.NoShow {
			v.Chosen = r
		}
	}
}

// lister makes the rows of a counter's page; false where there is no such counter.
func (p *Pages) lister(s *kiosk.Snapshot, c kiosk.CounterCode) (lister, bool) {
	counter, ok := s.Setup.Counter(c)
	return lister{s: s, counter: counter, now: p.c.Office.Time()}, ok
}

// chosen is the row of a ticket that somebody asked for by its number, wherever it stands.
func (l lister) chosen(t *kiosk.Ticket) Row {
	since := t.CalledAt
	switch t.State {
	case kiosk.Waiting:
		since = t.QueuedAt()
	case kiosk.Serving:
		since = t.ServedAt
	case kiosk.Served, kiosk.Cancelled, kiosk.Lapsed:
		since = t.EndedAt
	}
	r := l.row(t, since)
	if r.State = t.State; t.State != kiosk.Waiting {
		r.Of = t.Counter
	}
	return r
}
