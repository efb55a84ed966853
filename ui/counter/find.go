package counter

import (
	"net/http"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

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

// meant looks up what was typed at a counter.
func (p *Pages) meant(c kiosk.CounterCode, typed string) found {
	s := p.c.Office.Snapshot()
	l, ok := p.lister(s, c)
	t, known := s.Ticket(kiosk.Number(strings.ToUpper(strings.TrimSpace(typed))))
	if !ok || !known {
		return found{Rows: []Row{}}
	}
	return found{Rows: []Row{l.chosen(&t)}, Sure: true}
}

// choose looks up the number that a dialog is about, for who has no scripts.
func (p *Pages) choose(v *view, c kiosk.CounterCode) {
	is := p.meant(c, v.Number)
	if !is.Sure {
		v.Nothing = p.words.Choose.Nothing
		return
	}
	switch r := is.Rows[0]; r.State {
	case kiosk.Waiting, kiosk.Held, kiosk.NoShow:
		v.Chosen = r
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
