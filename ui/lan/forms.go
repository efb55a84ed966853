package lan

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/motcua/gateway/kiosk"
)

// Forms holds what a page sends to the browser that was given the page, where nobody can be signed
// in: a cookie of its own and a token made of it. The key is drawn at each start, because the box's
// own may be what the page asks for; a form that was open over a restart is to be loaded again.
type Forms struct {
	tokens *tokens
	origin *http.CrossOriginProtection
	cookie string
}

// NewForms returns forms whose cookie has this name, without the prefix that it gets under TLS.
func NewForms(cookie string) (*Forms, error) {
	key := make([]byte, minKey)
	_, _ = rand.Read(key) // never fails: it ends the program instead
	t, err := newTokens(key)
	if err != nil {
		return nil, err
	}
	return &Forms{tokens: t, origin: http.NewCrossOriginProtection(), cookie: cookie}, nil
}

// Token returns what a form for this browser carries in [FormField], and gives the browser its
// cookie where it has none. Plain HTTP from another machine is refused with [CodeNeedsTLS].
func (f *Forms) Token(w http.ResponseWriter, r *http.Request) (string, error) {
	name, err := cookieName(r, f.cookie)
	if err != nil {
		return "", err
	}
	if c, err := r.Cookie(name); err == nil && c.Value != "" && len(c.Value) <= maxToken {
		return f.tokens.of(c.Value), nil
	}
	value := rand.Text()
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", Secure: r.TLS != nil, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return f.tokens.of(value), nil
}

// Check refuses a form that no page of this browser sent, and reads it otherwise.
func (f *Forms) Check(r *http.Request) error {
	name, err := cookieName(r, f.cookie)
	if err != nil {
		return err
	}
	if err := f.origin.Check(r); err != nil {
		return &Problem{Code: CodeElsewhere, Cause: err}
	}
	c, err := r.Cookie(name)
	if err != nil || c.Value == "" || len(c.Value) > maxToken {
		return &Problem{Code: kiosk.CodeForged, Cause: errors.New("no cookie of the form")}
	}
	return f.tokens.check(r, c.Value)
}
