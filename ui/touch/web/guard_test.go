package web

import (
	"bytes"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	handler := g.screen.Handler()
	const tap = `{"phase":"tap","x":1,"y":1}`
	for _, c := range []struct {
		name, method, url string
		header            map[string]string
		want              int
	}{
		{"a script", "POST", "http://127.0.0.1:8080/screen/touch", nil, 200},
		{"the page", "POST", "http://localhost:8080/screen/touch", map[string]string{"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}, 200},
		{"IPv6", "POST", "http://[::1]:8080/screen/touch", nil, 200},
		{"another site", "POST", "http://localhost:8080/screen/touch", map[string]string{"Origin": "https://example.vn", "Sec-Fetch-Site": "cross-site"}, 403},
		{"another site, old browser", "POST", "http://localhost:8080/screen/touch", map[string]string{"Origin": "https://example.vn"}, 403},
		{"another port", "POST", "http://localhost:8080/screen/touch", map[string]string{"Origin": "http://localhost:9999", "Sec-Fetch-Site": "same-site"}, 403},
		{"a form", "POST", "http://localhost:8080/screen/touch", map[string]string{"Content-Type": "text/plain"}, 415},
		{"rebinding", "POST", "http://evil.example:8080/screen/touch", map[string]string{"Origin": "http://evil.example:8080", "Sec-Fetch-Site": "same-origin"}, 421},
		{"rebinding, reading", "GET", "http://evil.example/screen/text", nil, 421},
		{"a name that begins well", "GET", "http://localhost.evil.example/screen/text", nil, 421},
		{"an image elsewhere", "GET", "http://localhost/screen.png", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"a link elsewhere", "GET", "http://localhost/screen", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		{"wrong method", "GET", "http://localhost/screen/touch", nil, 405},
		{"a bad number", "GET", "http://localhost/screen/text?after=-1", nil, 400},
	} {
		r := httptest.NewRequest(c.method, c.url, strings.NewReader(tap))
		r.Header.Set("Content-Type", "application/json")
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, w.Code, strings.TrimSpace(w.Body.String()), c.want)
		}
	}
	if got, want := g.noted(), "down 1,1 up 1,1 down 1,1 up 1,1 down 1,1 up 1,1"; got != want {
		t.Errorf("the finger did %s", got)
	}
}

func TestHostsMayBeAllowed(t *testing.T) {
	t.Parallel()
	s := New(Options{AllowHost: func(h string) bool { return h == "kiosk.coto.vn" }})
	for host, want := range map[string]int{"kiosk.coto.vn": 200, "kiosk.coto.vn:8443": 200, "localhost": 421, "": 421} {
		r := httptest.NewRequest(http.MethodGet, "/screen/text", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestViewOnly(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	r := httptest.NewRequest(http.MethodPost, "http://localhost/screen/touch", strings.NewReader(`{"phase":"tap","x":1,"y":1}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "view-only") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestBadTouches(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"phase":"press","x":1,"y":1}`, `{"phase":"down","x":80,"y":1}`,
		`{"phase":"down","x":-0.5,"y":1}`, `{"phase":"down","x":1e999,"y":1}`, `{"phase":"tap","x":1,"y":48}`,
		`{"phase":"tap","x":1,"y":1}{"phase":"tap","x":1,"y":1}`, `{"phase":"tap","x":1,"y":1,"z":1}`,
		`{"phase":"tap","x":"1","y":1}`, `{"phase":"tap","x":1,"y":1}` + strings.Repeat(" ", maxTouchBody),
	} {
		if got, err := parseTouch(strings.NewReader(body), 80, 48); err == nil {
			t.Errorf("%.60q was taken as %+v", body, got)
		}
	}
	if _, err := parseTouch(strings.NewReader(`{"phase":"tap"}`), 0, 0); err == nil {
		t.Error("a touch was taken on a screen without a picture")
	}
}

func FuzzParseTouch(f *testing.F) {
	f.Add([]byte(`{"viewer":"abc","phase":"down","x":10,"y":12.5}`))
	f.Add([]byte(`{"phase":"move","x":-1e300,"y":4e9}`))
	f.Add([]byte(`{"phase":"cancel"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := parseTouch(bytes.NewReader(body), 80, 48)
		if err != nil || got.Phase == "cancel" {
			return
		}
		if math.IsNaN(got.X) || got.X < 0 || got.X >= 80 || math.IsNaN(got.Y) || got.Y < 0 || got.Y >= 48 {
			t.Errorf("%q is at %v, %v", body, got.X, got.Y)
		}
	})
}
