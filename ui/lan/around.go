package lan

import (
	"context"
	"errors"
	"mime"
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// Around serves h, which knows nothing of sessions, to who is signed in with one of the roles:
// the touchscreen's pages are such. They hold no token, so a step must be JSON instead: no form
// of another site can send that, and no script of one without asking first, which nobody here
// answers. What is open, a stream of pictures above all, ends with the session; changed is
// [staff.Book.Changed] or of its kind.
func (g *Gate) Around(h http.Handler, changed func() <-chan struct{}, roles ...kiosk.Role) http.Handler {
	return g.let(func(w http.ResponseWriter, r *http.Request, s staff.Session) {
		ctx, cancel := context.WithCancel(r.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer cancel()
			g.outlast(r.WithContext(ctx), s.ID, changed, roles)
		}()
		defer func() { <-done }()
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	}, isJSON, roles)
}

// outlast returns when the session of r is over, or another one, or has lost its role.
func (g *Gate) outlast(r *http.Request, id string, changed func() <-chan struct{}, roles []kiosk.Role) {
	for {
		next := changed() // before looking, so that no end is missed
		s, err := g.Look(r)
		if err != nil || s.ID != id || !holds(s.Officer.Role, roles) {
			return
		}
		select {
		case <-next:
		case <-r.Context().Done():
			return
		}
	}
}

// isJSON refuses a step in any other form.
func isJSON(r *http.Request, _ string) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &Problem{Code: kiosk.CodeForged, Cause: errors.New("want application/json")}
	}
	return nil
}
