package counter

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// signInView is what the sign-in page shows. What was typed as a PIN is never among it.
type signInView struct {
	Words    words.SignInWords
	Office   string
	Date     string
	Alert    string
	Note     string
	Login    string
	Next     string
	Chosen   kiosk.CounterCode
	TakeOver bool
	Counters []place
}

// place is a counter with who sits there.
type place struct {
	Code kiosk.CounterCode
	// Taken is true where somebody is signed in; who it is, only an officer learns.
	Taken bool
}

// Elsewhere reports whether the sign-in leads to another page than a counter's: no counter is
// needed then.
func (v signInView) Elsewhere() bool {
	return v.Chosen == "" && v.Next != "" && v.Next != "/" && !strings.HasPrefix(v.Next, "/counter")
}

// askSignIn shows the sign-in page.
func (p *Pages) askSignIn(w http.ResponseWriter, r *http.Request) {
	v := signInView{Next: lan.SafeNext(r.URL.Query().Get("next"))}
	switch r.URL.Query().Get("why") {
	case string(kiosk.CodeOtherMachine):
		v.Alert = p.words.SignIn.Machine
	case "out":
		v.Note = p.words.SignIn.Out
	}
	p.renderSignIn(w, http.StatusOK, v)
}

// signIn lets an officer in and seats them. A page that is open already asks as a script and
// stays open.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) {
	f, err := fields(r, "login", "secret", "counter", "next", "takeover")
	if err == nil && !code(f.Get("counter"), maxCode) {
		err = bad("a counter's code")
	}
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	in := staff.SignIn{
		Login: p.c.NFC(f.Get("login")), Secret: p.c.NFC(f.Get("secret")),
		Counter: kiosk.CounterCode(f.Get("counter")), TakeOver: f.Get("takeover") == "1",
	}
	s, err := p.c.Gate.SignIn(w, r, in)
	script := r.Header.Get("Accept") == "application/json"
	if err != nil {
		p.signInRefused(w, r, err, in, f, script)
		return
	}
	unseated := error(nil)
	if s.Counter != "" {
		unseated = p.c.Office.SeatOfficer(r.Context(), s.Counter, s.Officer.Code, s.Officer.By())
	}
	if script {
		lan.WriteJSON(w, http.StatusOK, p.hello(s, s.Counter))
		return
	}
	http.Redirect(w, r, p.after(s, f.Get("next"), unseated), http.StatusSeeOther)
}

// after is where a sign-in leads.
func (p *Pages) after(s staff.Session, next string, unseated error) string {
	to := lan.SafeNext(next)
	switch {
	case unseated != nil:
		return "/counter?did=unseated"
	case to != "/":
		return to
	case s.Counter == "" && p.c.Lead != "" && s.Officer.Role == kiosk.RoleLead:
		return p.c.Lead
	}
	return "/counter"
}

// signInRefused says why, and asks a second time before a counter is taken over.
func (p *Pages) signInRefused(w http.ResponseWriter, r *http.Request, err error, in staff.SignIn, f url.Values, script bool) {
	problem := lan.ProblemOf(err, p.vi)
	if script || problem.Code == lan.CodeElsewhere || problem.Code == lan.CodeNeedsTLS {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	v := signInView{Alert: problem.Message, Login: in.Login, Next: lan.SafeNext(f.Get("next")), Chosen: in.Counter}
	if problem.Code == kiosk.CodeLocked && problem.Wait > 0 {
		v.Alert = p.words.SignIn.Wait(problem.Wait)
	}
	if taken, ok := errors.AsType[*staff.Taken](err); ok {
		v.TakeOver = true
		v.Alert = p.words.SignIn.Taken(taken.Session.Officer.Name, string(taken.Session.Counter))
		if taken.Session.Officer.Login == in.Login {
			v.Alert = p.words.SignIn.Yourself(string(taken.Session.Counter))
		}
	}
	p.renderSignIn(w, problem.Status, v)
}

func (p *Pages) renderSignIn(w http.ResponseWriter, status int, v signInView) {
	s := p.c.Office.Snapshot()
	v.Words, v.Office = p.words.SignIn, s.Setup.Name.In(kiosk.Vietnamese)
	if s.Clock.ShowTime {
		v.Date = p.vi.Date(s.Day)
	}
	for _, c := range s.Setup.Counters {
		at := place{Code: c.Code}
		_, at.Taken = p.c.Staff.AtCounter(c.Code)
		v.Counters = append(v.Counters, at)
	}
	var b bytes.Buffer
	if err := p.signin.Execute(&b, v); err != nil {
		p.c.Shield.Log.Error("sign-in page", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	write(w, status, &b)
}

func write(w http.ResponseWriter, status int, b *bytes.Buffer) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a browser that went away needs no page
}

// signOut closes the officer's counter and ends the session. A number in hand keeps them: its
// citizen would stand before an empty counter.
func (p *Pages) signOut(w http.ResponseWriter, r *http.Request, s staff.Session) {
	if err := p.leave(r, s); err != nil {
		if lan.ProblemOf(err, p.vi).Code == kiosk.CodeCounterBusy {
			n := p.state(s.Counter).Hand
			alert := p.vi.Refused(err)
			if n != nil {
				alert = p.words.SignIn.Busy(n.Number)
			}
			p.render(w, r, s, s.Counter, view{Alert: alert, Status: http.StatusConflict})
			return
		}
		p.c.Shield.Refuse(w, r, err)
		return
	}
	if err := p.c.Gate.SignOut(w, r); err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in?why=out", http.StatusSeeOther)
}

func (p *Pages) leave(r *http.Request, s staff.Session) error {
	if s.Counter == "" {
		return nil
	}
	return p.c.Office.CloseCounter(r.Context(), s.Counter, s.Officer.By())
}

// clock writes a time of day for pages without scripts.
func clock(seconds int64) string {
	return kiosk.MinuteOf(time.Unix(seconds, 0)).String()
}
