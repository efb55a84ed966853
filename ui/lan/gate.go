package lan

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// Book is what a gate needs of [staff.Book].
type Book interface {
	SignIn(ctx context.Context, in staff.SignIn) (token string, s staff.Session, err error)
	Session(ctx context.Context, token, from string) (staff.Session, error)
	Look(ctx context.Context, token, from string) (staff.Session, error)
	SignOut(ctx context.Context, token string) error
}

var _ Book = (*staff.Book)(nil)

// The name of the session's cookie. A browser takes one with the prefix only over TLS, for this
// host and for all paths, so that no other page of the network can plant one.
const (
	plainCookie  = "kiosk" // on loopback, where there is no TLS
	securePrefix = "__Host-"
)

// maxToken bounds a cookie's value, in bytes.
const maxToken = 256

// Gate lets officers in and holds what they send to their session.
type Gate struct {
	book   Book
	tokens *tokens
	shield Shield
	origin *http.CrossOriginProtection
	cookie string // its name without TLS
}

// NewGate returns a gate. key is for the tokens of forms: at least 32 random bytes that stay the
// same over restarts, so that a form that is open in a browser can still be sent. Who holds it
// can forge steps of a session whose ID he knows: keep it with the secrets of the box.
func NewGate(book Book, key []byte, shield Shield) (*Gate, error) {
	t, err := newTokens(slices.Clone(key))
	if err != nil {
		return nil, err
	}
	return &Gate{book: book, tokens: t, shield: shield, origin: http.NewCrossOriginProtection(), cookie: plainCookie}, nil
}

// Named returns the gate with another name for its cookie. A browser keeps cookies by machine and
// not by port: two programs on one machine would sign each other's people out.
func (g *Gate) Named(cookie string) *Gate {
	named := *g
	named.cookie = cookie
	return &named
}

// Officer serves h to who is signed in with one of the roles; with no roles, to everybody who
// is. A lead may do what an officer may. A step (any method but GET, HEAD and OPTIONS) needs the
// session's token in the form's [FormField] or the header X-CSRF. A page without a session leads
// to /sign-in, anything else gets 401.
func (g *Gate) Officer(h func(w http.ResponseWriter, r *http.Request, s staff.Session), roles ...kiosk.Role) http.Handler {
	return g.let(h, g.tokens.check, roles)
}

// let serves h to a session with one of the roles; of a step, proof must find that a page of
// this session sent it.
func (g *Gate) let(h func(w http.ResponseWriter, r *http.Request, s staff.Session), proof func(r *http.Request, session string) error, roles []kiosk.Role) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ask := g.Session
		if !deed(r) {
			ask = g.Look
		}
		s, err := ask(r)
		if err != nil {
			g.turnAway(w, r, err)
			return
		}
		if err := g.mayPass(r, s, proof, roles); err != nil {
			g.shield.Refuse(w, r, err)
			return
		}
		h(w, r, s)
	})
}

// mayPass checks the role and, of a step, that a page of this session sent it.
func (g *Gate) mayPass(r *http.Request, s staff.Session, proof func(r *http.Request, session string) error, roles []kiosk.Role) error {
	if !holds(s.Officer.Role, roles) {
		return &Problem{Code: kiosk.CodeNotAllowed}
	}
	if safe(r.Method) {
		return nil
	}
	if err := g.origin.Check(r); err != nil {
		return &Problem{Code: CodeElsewhere, Cause: err}
	}
	return proof(r, s.ID)
}

// holds reports whether a role is one of roles.
func holds(role kiosk.Role, roles []kiosk.Role) bool {
	if !role.Valid() {
		return false
	}
	return len(roles) == 0 || slices.Contains(roles, role) ||
		role == kiosk.RoleLead && slices.Contains(roles, kiosk.RoleOfficer)
}

// Session returns the session of r and counts r as a deed of the officer. Refusals are the
// book's, [kiosk.CodeNoSession] where r carries none, and [CodeNeedsTLS] for plain HTTP from
// another machine.
func (g *Gate) Session(r *http.Request) (staff.Session, error) { return g.ask(r, g.book.Session) }

// Look is Session without counting r as a deed. A stream asks it before each send, with r as it
// came: who has signed out since must see no more.
func (g *Gate) Look(r *http.Request) (staff.Session, error) { return g.ask(r, g.book.Look) }

func (g *Gate) ask(r *http.Request, book func(ctx context.Context, token, from string) (staff.Session, error)) (staff.Session, error) {
	token, err := g.token(r)
	if err != nil {
		return staff.Session{}, err
	}
	return book(r.Context(), token, RemoteIP(r).String())
}

// deed reports whether somebody does something with r: a stream comes back by itself, for as
// long as the page is open.
func deed(r *http.Request) bool {
	return !safe(r.Method) || r.Header.Get("Accept") != "text/event-stream"
}

// token reads the session's cookie.
func (g *Gate) token(r *http.Request) (string, error) {
	name, err := g.cookieName(r)
	if err != nil {
		return "", err
	}
	c, err := r.Cookie(name)
	if err != nil || c.Value == "" || len(c.Value) > maxToken {
		return "", &Problem{Code: kiosk.CodeNoSession}
	}
	return c.Value, nil
}

// cookieName is the name of the session's cookie on this connection.
func (g *Gate) cookieName(r *http.Request) (string, error) { return cookieName(r, g.cookie) }

// cookieName is the name of a cookie on the connection of r, where a secret may be typed on it.
func cookieName(r *http.Request, cookie string) (string, error) {
	switch {
	case r.TLS != nil:
		return securePrefix + cookie, nil
	case localIP(r).IsLoopback() && RemoteIP(r).IsLoopback():
		return cookie, nil
	}
	return "", &Problem{Code: CodeNeedsTLS}
}

// turnAway answers a request without a session.
func (g *Gate) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(err, g.shield.Words)
	if p.Status != http.StatusUnauthorized {
		g.shield.Refuse(w, r, err)
		return
	}
	if hasCookie(r, securePrefix+g.cookie) || hasCookie(r, g.cookie) {
		g.setCookie(w, r, "")
	}
	if r.Method != http.MethodGet || !WantsPage(r) {
		g.shield.Refuse(w, r, err)
		return
	}
	q := url.Values{}
	if next := SafeNext(r.URL.RequestURI()); next != "/" {
		q.Set("next", next)
	}
	if p.Code == kiosk.CodeOtherMachine {
		q.Set("why", string(p.Code))
	}
	to := signInPath
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func hasCookie(r *http.Request, name string) bool {
	_, err := r.Cookie(name)
	return !errors.Is(err, http.ErrNoCookie)
}

// CSRF is the token that a page of this session puts into its forms and headers.
func (g *Gate) CSRF(s staff.Session) string { return g.tokens.of(s.ID) }

// SignIn signs an officer in and gives the browser its cookie. From is set here, from the
// connection. A session that the browser had before ends. Refusals are the book's; nothing is
// written but the cookie, so that the caller answers.
func (g *Gate) SignIn(w http.ResponseWriter, r *http.Request, in staff.SignIn) (staff.Session, error) {
	if _, err := g.cookieName(r); err != nil {
		return staff.Session{}, err
	}
	if err := g.origin.Check(r); safe(r.Method) || err != nil {
		return staff.Session{}, &Problem{Code: CodeElsewhere, Cause: err}
	}
	in.From = RemoteIP(r).String()
	token, s, err := g.book.SignIn(r.Context(), in)
	if err != nil {
		return staff.Session{}, err
	}
	if old, err := g.token(r); err == nil && old != token {
		// It may have ended long ago. What it leaves behind is the book's to clear away.
		if err := g.book.SignOut(r.Context(), old); err != nil {
			g.shield.Log.Debug("sign out earlier session", "err", err)
		}
	}
	g.setCookie(w, r, token)
	return s, nil
}

// SignOut ends the session of r and takes the cookie back, also where the session has ended
// already. Only a step with the session's token may do so: serve it by [Gate.Officer].
func (g *Gate) SignOut(w http.ResponseWriter, r *http.Request) error {
	token, err := g.token(r)
	if err != nil {
		return err
	}
	if err := g.book.SignOut(r.Context(), token); err != nil && ProblemOf(err, g.shield.Words).Code != kiosk.CodeNoSession {
		return err
	}
	g.setCookie(w, r, "")
	return nil
}

// setCookie gives the browser a token, or takes it back. It ends with the browser; how long it is
// good for, the book decides.
func (g *Gate) setCookie(w http.ResponseWriter, r *http.Request, token string) {
	name, err := g.cookieName(r)
	if err != nil {
		return
	}
	c := &http.Cookie{Name: name, Value: token, Path: "/", Secure: r.TLS != nil, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
