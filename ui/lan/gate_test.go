package lan

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// paperBook is a book of officers as a gate sees it.
type paperBook struct {
	mu       sync.Mutex
	sessions map[string]staff.Session
	deeds    int
}

func (b *paperBook) SignIn(_ context.Context, in staff.SignIn) (string, staff.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if in.Secret != "249817" {
		return "", staff.Session{}, &kiosk.Refusal{Code: kiosk.CodeSignIn}
	}
	role := kiosk.Role(in.Login)
	s := staff.Session{ID: "id of " + in.Login, Officer: staff.Officer{Code: "o1", Role: role}, Counter: in.Counter, From: in.From}
	token := "token-" + in.Login + string(rune('0'+len(b.sessions)))
	b.sessions[token] = s
	return token, s, nil
}

func (b *paperBook) Session(ctx context.Context, token, from string) (staff.Session, error) {
	s, err := b.Look(ctx, token, from)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deeds++
	return s, err
}

func (b *paperBook) Look(_ context.Context, token, from string) (staff.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.sessions[token]
	switch {
	case !ok:
		return staff.Session{}, &kiosk.Refusal{Code: kiosk.CodeNoSession}
	case s.From != from:
		delete(b.sessions, token)
		return staff.Session{}, &kiosk.Refusal{Code: kiosk.CodeOtherMachine}
	}
	return s, nil
}

func (b *paperBook) SignOut(_ context.Context, token string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.sessions[token]; !ok {
		return &kiosk.Refusal{Code: kiosk.CodeNoSession}
	}
	delete(b.sessions, token)
	return nil
}

func gate(t *testing.T) (*Gate, *paperBook) {
	t.Helper()
	b := &paperBook{sessions: map[string]staff.Session{}}
	g, err := NewGate(b, bytes.Repeat([]byte{7}, 32), shield("hop"))
	if err != nil {
		t.Fatal(err)
	}
	return g, b
}

// pc is the browser of an officer.
type pc struct {
	addr   string
	cookie *http.Cookie
}

func (p *pc) ask(h http.Handler, method, target string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	r := request(method, "https://hop"+target, "192.168.1.10:443", p.addr+":5000")
	if form != nil {
		r = withBody(r, form.Encode())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if p.cookie != nil {
		r.AddCookie(p.cookie)
	}
	w := httptest.NewRecorder()
	r.Body = http.MaxBytesReader(w, r.Body, 1000)
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.cookie = c
		if c.MaxAge < 0 {
			p.cookie = nil
		}
	}
	return w
}

func withBody(r *http.Request, body string) *http.Request {
	n := httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(body)).WithContext(r.Context())
	n.RemoteAddr = r.RemoteAddr
	return n
}

// signIn signs the officer at p in and returns the session.
func signIn(t *testing.T, g *Gate, p *pc, role kiosk.Role) (s staff.Session) {
	t.Helper()
	p.ask(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if s, err = g.SignIn(w, r, staff.SignIn{Login: string(role), Secret: "249817", Counter: "3", From: "10.6.6.6"}); err != nil {
			t.Error(err)
		}
	}), "POST", "/sign-in", url.Values{})
	if p.cookie == nil {
		t.Fatal("no cookie")
	}
	return s
}

const html = "text/html,*/*;q=0.8"

func page(w http.ResponseWriter, _ *http.Request, s staff.Session) {
	WriteJSON(w, http.StatusOK, s.Counter)
}

func TestGateLetsInWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	g, b := gate(t)
	p := &pc{addr: "192.168.1.20"}
	h := g.Officer(page)
	s := signIn(t, g, p, kiosk.RoleOfficer)
	if s.From != "192.168.1.20" {
		t.Errorf("from %s: the browser chose its own address", s.From)
	}
	if c := p.cookie; c.Name != "__Host-kiosk" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
		t.Errorf("cookie %+v", c)
	}
	if w := p.ask(h, "GET", "/counter", nil, "Accept", html); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	deeds := b.deeds
	if w := p.ask(h, "GET", "/counter/events", nil, "Accept", "text/event-stream"); w.Code != 200 || b.deeds != deeds {
		t.Errorf("a stream: %d, %d deeds more", w.Code, b.deeds-deeds)
	}
	old := *p.cookie
	signIn(t, g, p, kiosk.RoleLead)
	if w := (&pc{p.addr, &old}).ask(h, "GET", "/counter", nil); w.Code != 401 {
		t.Errorf("the session before: %d", w.Code)
	}
	out := g.Officer(func(w http.ResponseWriter, r *http.Request, _ staff.Session) {
		if err := g.SignOut(w, r); err != nil {
			t.Error(err)
		}
	})
	kept := *p.cookie
	p.ask(out, "POST", "/sign-out", nil, "X-CSRF", g.CSRF(staff.Session{ID: "id of lead"}))
	if w := (&pc{p.addr, &kept}).ask(h, "GET", "/counter", nil); p.cookie != nil || w.Code != 401 {
		t.Errorf("after signing out: %v, %d", p.cookie, w.Code)
	}
}

func TestGateWithoutASession(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	h := g.Officer(page)
	for _, test := range []struct {
		method, target, accept string
		status                 int
		location               string
	}{
		{"GET", "/counter?a=b", html, 303, "/sign-in?next=%2Fcounter%3Fa%3Db"},
		{"GET", "/", html, 303, "/sign-in"},
		{"GET", "//evil/", html, 303, "/sign-in"},
		{"GET", "/counter/events", "text/event-stream", 401, ""},
		{"POST", "/counter/call", "application/json", 401, ""},
		{"POST", "/counter/call", html, 401, ""},
		{"GET", "/counter/state", "*/*", 401, ""},
	} {
		for _, c := range []*http.Cookie{nil, {Name: "__Host-kiosk", Value: "guessed"}, {Name: plainCookie, Value: "token"}, {Name: "__Host-kiosk", Value: strings.Repeat("x", 5000)}} {
			w := (&pc{"192.168.1.20", c}).ask(h, test.method, test.target, nil, "Accept", test.accept)
			if w.Code != test.status || w.Header().Get("Location") != test.location {
				t.Errorf("%s %s: %d to %q", test.method, test.target, w.Code, w.Header().Get("Location"))
			}
			if json := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"); w.Code == 401 && json != (test.accept != html) {
				t.Errorf("%s %s, which takes %s: %s", test.method, test.target, test.accept, w.Header().Get("Content-Type"))
			}
		}
	}
}

func TestGateRefusesForgedForms(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	p := &pc{addr: "192.168.1.20"}
	s := signIn(t, g, p, kiosk.RoleOfficer)
	done := 0
	h := g.Officer(func(http.ResponseWriter, *http.Request, staff.Session) { done++ })
	right, other := g.CSRF(s), g.CSRF(staff.Session{ID: "id of somebody else"})
	restarted, err := NewGate(g.book, bytes.Repeat([]byte{7}, 32), g.shield)
	if err != nil || restarted.CSRF(s) != right {
		t.Error("a restart changes the token", err)
	}
	strange, err := NewGate(g.book, bytes.Repeat([]byte{8}, 32), g.shield)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		form    url.Values
		headers []string
		status  int
	}{
		{"right, in a form", url.Values{FormField: {right}}, nil, 200},
		{"right, sent twice", url.Values{FormField: {right}}, nil, 200},
		{"right, in a header", nil, []string{"X-CSRF", right}, 200},
		{"none", url.Values{}, nil, 403},
		{"no form", nil, nil, 403},
		{"empty", url.Values{FormField: {""}}, nil, 403},
		{"of another session", url.Values{FormField: {other}}, nil, 403},
		{"of another session, in a header", nil, []string{"X-CSRF", other}, 403},
		{"of another box", nil, []string{"X-CSRF", strange.CSRF(s)}, 403},
		{"cut", nil, []string{"X-CSRF", right[:20]}, 403},
		{"wrong header beside a right field", url.Values{FormField: {right}}, []string{"X-CSRF", other}, 403},
		{"right, from another site", url.Values{FormField: {right}}, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"right, from another site in an old browser", url.Values{FormField: {right}}, []string{"Origin", "https://evil.example"}, 403},
		{"too large", url.Values{"a": {strings.Repeat("x", 2000)}, FormField: {right}}, nil, 413},
	} {
		before := done
		w := p.ask(h, "POST", "/counter/call", test.form, test.headers...)
		if w.Code != test.status || (done > before) != (test.status == 200) {
			t.Errorf("%s: %d, done %v", test.name, w.Code, done > before)
		}
	}
	if w := p.ask(h, "POST", "/counter/call?csrf="+right, url.Values{}); w.Code != 403 {
		t.Errorf("a token in an address: %d", w.Code)
	}
	if _, err := NewGate(g.book, make([]byte, 31), g.shield); err == nil {
		t.Error("a short key was taken")
	}
}

func TestGateEndsASessionTakenToAnotherMachine(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	p := &pc{addr: "192.168.1.20"}
	signIn(t, g, p, kiosk.RoleOfficer)
	h := g.Officer(page)
	thief := &pc{"192.168.1.66", p.cookie}
	w := thief.ask(h, "GET", "/counter", nil, "Accept", html)
	if w.Code != 303 || w.Header().Get("Location") != "/sign-in?next=%2Fcounter&why=other-machine" || thief.cookie != nil {
		t.Errorf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	if w := p.ask(h, "GET", "/counter", nil); w.Code != 401 {
		t.Errorf("the session goes on: %d", w.Code)
	}
}

func TestGateKnowsRoles(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	for _, test := range []struct {
		role  kiosk.Role
		roles []kiosk.Role
		want  int
	}{
		{kiosk.RoleOfficer, nil, 200},
		{kiosk.RoleTechnician, nil, 200},
		{kiosk.RoleOfficer, []kiosk.Role{kiosk.RoleOfficer}, 200},
		{kiosk.RoleLead, []kiosk.Role{kiosk.RoleOfficer}, 200},
		{kiosk.RoleOfficer, []kiosk.Role{kiosk.RoleLead}, 403},
		{kiosk.RoleTechnician, []kiosk.Role{kiosk.RoleOfficer, kiosk.RoleLead}, 403},
		{kiosk.RoleLead, []kiosk.Role{kiosk.RoleTechnician}, 403},
		{"stranger", nil, 403},
	} {
		p := &pc{addr: "192.168.1.20"}
		signIn(t, g, p, test.role)
		if w := p.ask(g.Officer(page, test.roles...), "GET", "/", nil); w.Code != test.want {
			t.Errorf("%s where %v may: %d", test.role, test.roles, w.Code)
		}
	}
}

func TestGateTakesNoLoginOverPlainHTTP(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	try := func(local, remote string) (*httptest.ResponseRecorder, error) {
		w := httptest.NewRecorder()
		_, err := g.SignIn(w, request("POST", "http://hop/sign-in", local, remote), staff.SignIn{Login: "officer", Secret: "249817"})
		return w, err
	}
	_, err := try("192.168.1.10:80", "192.168.1.20:5000")
	if p, ok := errors.AsType[*Problem](err); !ok || p.Code != CodeNeedsTLS {
		t.Errorf("over the network: %v", err)
	}
	w, err := try("127.0.0.1:8080", "127.0.0.1:5000")
	if c := w.Result().Cookies(); err != nil || len(c) != 1 || c[0].Name != plainCookie || c[0].Secure || !c[0].HttpOnly {
		t.Errorf("on loopback: %v %v", err, c)
	}
	_, err = g.SignIn(httptest.NewRecorder(), request("GET", "https://hop/sign-in", "192.168.1.10:443", "192.168.1.20:5000"), staff.SignIn{Login: "officer", Secret: "249817"})
	if err == nil {
		t.Error("a login by GET, which any link can send")
	}
}

func TestGateSaysThatThePINIsWrong(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	w := httptest.NewRecorder()
	_, err := g.SignIn(w, request("POST", "https://hop/sign-in", "192.168.1.10:443", "192.168.1.20:5000"), staff.SignIn{Secret: "1"})
	if p := ProblemOf(err, vietnamese()); p.Status != 401 || p.Code != kiosk.CodeSignIn || len(w.Result().Cookies()) != 0 {
		t.Errorf("%+v", p)
	}
}

// Two programs on one machine have cookies of their own, over TLS and on loopback.
func TestGateNamed(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	named := g.Named("other")
	for _, c := range []struct{ url, local, remote, want string }{
		{"https://hop/sign-in", "192.168.1.10:443", "192.168.1.20:5000", "__Host-other"},
		{"http://localhost/sign-in", "127.0.0.1:8080", "127.0.0.1:5000", "other"},
	} {
		w := httptest.NewRecorder()
		_, err := named.SignIn(w, request("POST", c.url, c.local, c.remote), staff.SignIn{Login: "officer", Secret: "249817"})
		if got := w.Result().Cookies(); err != nil || len(got) != 1 || got[0].Name != c.want {
			t.Fatalf("%s: %v %v", c.url, err, got)
		}
		r := request("GET", c.url, c.local, c.remote)
		r.AddCookie(w.Result().Cookies()[0])
		if _, err := named.Session(r); err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
		if _, err := g.Session(r); err == nil {
			t.Errorf("%s: the cookie opens the other program's gate", c.url)
		}
	}
}
