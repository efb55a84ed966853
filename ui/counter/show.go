package counter

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/words"
)

// view is what the page shows.
type view struct {
	Status  int
	Alert   string // why nothing was done
	Said    string // what was done
	Open    string // which dialog is open, for who has no scripts
	Number  string // in it
	Chosen  Row    // its ticket; the zero Row where there is none that could be called
	Asked   string // in the place of one
	Found   []line // which it may be
	Key     string // of the forms
	CSRF    string
	Name    string
	Lead    string
	Boards  string
	At      kiosk.CounterCode // a lead's, of another counter than the session's
	Words   words.CounterWords
	Buttons []kiosk.Verb
	State   State
	Data    data
	setup   *kiosk.Setup
}

// data is what the page's script begins with.
type data struct {
	CSRF     string             `json:"csrf"`
	Officer  kiosk.OfficerCode  `json:"officer"`
	At       kiosk.CounterCode  `json:"at"` // to be asked for; empty: the session's own
	Services []service          `json:"services"`
	Words    words.CounterWords `json:"words"`
	State    State              `json:"state"`
}

type service struct {
	Code kiosk.ServiceCode `json:"code"`
	Name string            `json:"name"`
}

// show serves the page of the session's counter, or of a lead any.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, s staff.Session) {
	q := r.URL.Query()
	at := kiosk.CounterCode(q.Get("at"))
	if at == "" && s.Counter == "" {
		// A lead without a seat begins at the lead's page, anybody else chooses one.
		to := "/sign-in"
		if s.Officer.Role == kiosk.RoleLead && p.c.Lead != "" {
			to = p.c.Lead
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	c, err := p.counterOf(s, at)
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	v := view{Status: http.StatusOK, Said: p.said(q.Get("did"), q.Get("n")), Open: q.Get("open")}
	if n := q.Get("n"); code(n, 12) {
		v.Number = n
	}
	p.render(w, r, s, c, v)
}

// said is the sentence on what a form has done; what is in the address is not repeated unless it
// can be a number.
func (p *Pages) said(did, n string) string {
	switch did {
	case doOpen, doResume:
		return p.words.Pause.Opened
	case doPause:
		return p.words.Pause.Paused
	case doClose:
		return p.words.Pause.Left
	case doHelp:
		return p.words.Pause.Helped
	case "unseated":
		return p.words.SignIn.SeatLost
	}
	v, ok := p.words.Verbs[kiosk.Verb(did)]
	if !ok || !code(n, 12) {
		return ""
	}
	return put(v.Done, "n", n)
}

// render writes the page.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, s staff.Session, c kiosk.CounterCode, v view) {
	snapshot := p.c.Office.Snapshot()
	v.setup, v.Words, v.Key, v.State = snapshot.Setup, p.words, rand.Text(), p.state(c)
	v.CSRF, v.Name, v.Buttons = p.c.Gate.CSRF(s), s.Officer.Name, buttons()
	if c != s.Counter {
		v.At = c
	}
	if v.Number != "" {
		p.choose(&v, c)
	}
	if s.Officer.Role == kiosk.RoleLead {
		v.Lead = p.c.Lead
	} else {
		v.Boards = p.c.Boards
	}
	v.Data = data{CSRF: v.CSRF, Officer: s.Officer.Code, At: v.At, Words: p.words, State: v.State, Services: services(snapshot.Setup)}
	var b bytes.Buffer
	if err := p.page.Execute(&b, v); err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	write(w, v.Status, &b)
}

func services(s *kiosk.Setup) []service {
	out := make([]service, len(s.Services))
	for i, v := range s.Services {
		out[i] = service{v.Code, v.Name.In(kiosk.Vietnamese)}
	}
	return out
}

// buttons are the steps with the number in hand, in the order of the page.
func buttons() []kiosk.Verb {
	return []kiosk.Verb{
		kiosk.VerbCall, kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbFinish, finishNext, kiosk.VerbNoShow, kiosk.VerbHold,
	}
}

// finishNext is two steps of the page's script: finish, and when that is done, call.
const finishNext kiosk.Verb = "finish-next"

// Service is the name of a row's service.
func (v view) Service(r Row) string {
	if r.Service < 0 || r.Service >= len(v.setup.Services) {
		return ""
	}
	return v.setup.Services[r.Service].Name.In(kiosk.Vietnamese)
}

// Span is how long ago a time was, in words; empty where it is not known.
func (v view) Span(at int64) string {
	if at == 0 {
		return ""
	}
	return stretch(time.Duration(v.State.Now-at)*time.Second, v.Words.Page)
}

// Length is a length of time in words.
func (v view) Length(seconds int64) string {
	return stretch(time.Duration(seconds)*time.Second, v.Words.Page)
}

// Clock is the time of day.
func (v view) Clock(at int64) string { return clock(at) }

// Primary reports whether a button is what comes next.
func (v view) Primary(verb kiosk.Verb) bool { return verb == v.next() }

// next is the step that most likely follows.
func (v view) next() kiosk.Verb {
	switch {
	case v.State.Hand == nil:
		return kiosk.VerbCall
	case v.State.Hand.State == kiosk.Called:
		return kiosk.VerbServe
	}
	return finishNext
}

// Can reports whether a button can be pressed.
func (v view) Can(verb kiosk.Verb) bool {
	h, open := v.State.Hand, v.State.Seat.State == kiosk.CounterOpen
	if verb == kiosk.VerbCall {
		return h == nil && (open || v.State.Seat.State == kiosk.CounterAbsent)
	}
	if h == nil {
		return false
	}
	called := h.State == kiosk.Called
	switch verb {
	case kiosk.VerbRecall:
		return called && h.Left > 0
	case kiosk.VerbServe, kiosk.VerbNoShow:
		return called
	}
	return true
}

// stretch is as the page's script writes it.
func stretch(d time.Duration, say words.CounterPage) string {
	minutes := int(max(0, d) / time.Minute)
	switch {
	case minutes < 1:
		return say.Under
	case minutes < 60:
		return put(say.Minutes, "n", strconv.Itoa(minutes))
	}
	return put(say.Hours, "h", strconv.Itoa(minutes/60), "n", strconv.Itoa(minutes%60))
}

// put fills the places of a sentence: name, value, name, value.
func put(text string, pairs ...any) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+str(pairs[i])+"}", str(pairs[i+1]))
	}
	return text
}

func str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case kiosk.Number:
		return string(v)
	case kiosk.CounterCode:
		return string(v)
	}
	return ""
}

// verb is the words of a step, for the template.
func (p *Pages) verb(v any) words.CounterVerb {
	if s, ok := v.(string); ok {
		return p.words.Verbs[kiosk.Verb(s)]
	}
	w, _ := v.(kiosk.Verb)
	return p.words.Verbs[w]
}
