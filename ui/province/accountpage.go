package province

import (
	"context"
	"net/http"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// accountLine is an account in the list.
type accountLine struct {
	Account
	Locked string // in words; empty: not locked
	Bound  string // what it is bound to, in words
}

// accountBody is the form of an account: a new one, or one that there is.
type accountBody struct {
	Line     accountLine
	Roles    []Role
	Communes []commune
	Ticked   map[kiosk.SiteCode]bool
	Others   []kiosk.SiteCode // that it is bound to and that nobody knows any more
}

type accountsBody struct {
	List []accountLine
	New  accountBody
}

func (p *Pages) accountLine(a Account) accountLine {
	l := accountLine{Account: a}
	if a.LockedUntil.After(p.o.Now()) {
		l.Locked = p.w.Accounts.Locked(a.LockedUntil.In(kiosk.ICT()).Format("15:04"))
	}
	if a.Right.Role == RoleViewer {
		l.Bound = p.w.Accounts.Sites(len(a.Right.Sites), p.site(a.Right.Sites[0]).Name)
	}
	return l
}

func (p *Pages) accountForm(ctx context.Context, a Account) (accountBody, error) {
	b := accountBody{Line: p.accountLine(a), Roles: Roles(), Ticked: map[kiosk.SiteCode]bool{}}
	var err error
	if b.Communes, err = p.communes(ctx, func(kiosk.SiteCode) bool { return true }); err != nil {
		return b, err
	}
	listed := map[kiosk.SiteCode]bool{}
	for _, c := range b.Communes {
		for _, s := range c.Sites {
			listed[s.Code] = true
		}
	}
	for _, s := range a.Right.Sites {
		b.Ticked[s] = true
		if !listed[s] {
			b.Others = append(b.Others, s)
		}
	}
	return b, nil
}

func (p *Pages) accounts(w http.ResponseWriter, r *http.Request, m me) error {
	all, err := p.o.Accounts.List(r.Context())
	if err != nil {
		return err
	}
	var body accountsBody
	if body.New, err = p.accountForm(r.Context(), Account{}); err != nil {
		return err
	}
	for _, a := range all {
		body.List = append(body.List, p.accountLine(a))
	}
	return p.write(w, r, m, http.StatusOK, "accounts", frame{Title: p.w.Accounts.Title, Body: body})
}

func (p *Pages) account(w http.ResponseWriter, r *http.Request, m me) error {
	a, err := p.o.Accounts.Find(r.Context(), kiosk.OfficerCode(r.PathValue("code")))
	if err != nil {
		return err
	}
	body, err := p.accountForm(r.Context(), a)
	if err != nil {
		return err
	}
	return p.write(w, r, m, http.StatusOK, "account", frame{Title: a.Name, Body: body})
}

// typed is an account with what the form says.
func (p *Pages) typed(r *http.Request, a Account) (Account, error) {
	a.Name, a.Login = p.o.NFC(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("login"))
	a.Right = Right{Role: Role(r.PostFormValue("role"))}
	if a.Right.Role == RoleViewer {
		for _, s := range r.PostForm["site"] {
			a.Right.Sites = append(a.Right.Sites, kiosk.SiteCode(s))
		}
	}
	if _, err := a.Right.Check(); err != nil {
		return a, wrong(p.w.Accounts.WantSites)
	}
	return a, nil
}

func (p *Pages) addAccount(w http.ResponseWriter, r *http.Request, m me) error {
	a, err := p.typed(r, Account{})
	if err != nil {
		return err
	}
	if _, err := p.o.Accounts.Add(r.Context(), m.by(), a, p.o.NFC(r.PostFormValue("secret"))); err != nil {
		return err
	}
	http.Redirect(w, r, "/province/accounts?done", http.StatusSeeOther)
	return nil
}

// changeAccount does what a form of an account's page asks for.
func (p *Pages) changeAccount(w http.ResponseWriter, r *http.Request, m me) error {
	ctx, by := r.Context(), m.by()
	a, err := p.o.Accounts.Find(ctx, kiosk.OfficerCode(r.PathValue("code")))
	if err != nil {
		return err
	}
	switch r.PostFormValue("do") {
	case "change":
		if a, err = p.typed(r, a); err == nil {
			_, err = p.o.Accounts.Change(ctx, by, a)
		}
	case "enable":
		a.Disabled = false
		_, err = p.o.Accounts.Change(ctx, by, a)
	case "disable":
		err = p.o.Accounts.Disable(ctx, by, a.Code)
	case "unlock":
		err = p.o.Accounts.Unlock(ctx, by, a.Code)
	case "secret":
		err = p.o.Accounts.SetSecret(ctx, by, a.Code, p.o.NFC(r.PostFormValue("secret")))
	default:
		err = wrong(p.w.Unreadable)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/province/accounts/"+string(a.Code)+"?done", http.StatusSeeOther)
	return nil
}
