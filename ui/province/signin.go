package province

import (
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// signInBody is what the sign-in page shows. What was typed as a passphrase is never among it.
type signInBody struct{ Login, Next string }

// askSignIn shows the sign-in page.
func (p *Pages) askSignIn(w http.ResponseWriter, r *http.Request) {
	f := frame{Title: p.w.SignIn.Title, Body: signInBody{Next: lan.SafeNext(r.URL.Query().Get("next"))}}
	switch r.URL.Query().Get("why") {
	case string(kiosk.CodeOtherMachine):
		f.Note, f.Bad = p.w.SignIn.Machine, true
	case "out":
		f.Note = p.w.SignIn.Out
	}
	p.writeSignIn(w, r, http.StatusOK, f)
}

func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) {
	login, secret, next := p.o.NFC(r.PostFormValue("login")), p.o.NFC(r.PostFormValue("secret")), lan.SafeNext(r.PostFormValue("next"))
	if len(login) > maxTerm || len(secret) > maxForm {
		login = ""
	}
	if _, err := p.o.Gate.SignIn(w, r, staff.SignIn{Login: login, Secret: secret}); err != nil {
		problem := p.problemOf(err)
		if problem.Code == kiosk.CodeLocked && problem.Wait > 0 {
			problem.Message = p.w.SignIn.Wait(problem.Wait)
		}
		if problem.Status >= http.StatusInternalServerError {
			p.o.Logger.Warn("province sign-in failed", logError, err)
		}
		p.writeSignIn(w, r, problem.Status, frame{Title: p.w.SignIn.Title, Note: problem.Message, Bad: true, Body: signInBody{login, next}})
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (p *Pages) writeSignIn(w http.ResponseWriter, r *http.Request, status int, f frame) {
	if err := p.write(w, r, me{}, status, "signin", f); err != nil { // the page is built in and tested
		p.o.Logger.Error("sign-in page", logError, err)
		http.Error(w, p.w.Sorry, http.StatusInternalServerError)
	}
}

// signOut ends the session.
func (p *Pages) signOut(w http.ResponseWriter, r *http.Request, _ me) error {
	if err := p.o.Gate.SignOut(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, "/sign-in?why=out", http.StatusSeeOther)
	return nil
}
