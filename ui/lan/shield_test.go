package lan

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// request is as one that came to the box at local.
func request(method, target, local, remote string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = remote
	addr := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(local))
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(addr)))
}

func shield(names ...string) Shield {
	return Shield{Hosts: NewHosts(names...), Words: vietnamese(), Log: quiet()}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	h := NewHosts("Hop.", "motcua.local", "203.0.113.7")
	for _, test := range []struct {
		host, local string
		want        bool
	}{
		{"hop", "192.168.1.10:443", true},
		{"HOP:8443", "192.168.1.10:443", true},
		{"motcua.local.", "192.168.1.10:443", true},
		{"192.168.1.10", "192.168.1.10:443", true},
		{"192.168.1.10:443", "[::ffff:192.168.1.10]:443", true},
		{"203.0.113.7", "192.168.1.10:443", true}, // named by the office
		{"[fd00::7]:443", "[fd00::7]:443", true},
		{"[fd00::7]", "[fd00::7]:443", true},
		{"localhost:8080", "127.0.0.1:8080", true},
		{"127.0.0.1", "127.0.0.1:8080", true},
		{"localhost", "192.168.1.10:443", false},
		{"192.168.1.11", "192.168.1.10:443", false},
		{"evil.example", "192.168.1.10:443", false},
		{"hop.evil.example", "192.168.1.10:443", false},
		{"", "192.168.1.10:443", false},
		{"hop:", "192.168.1.10:443", false},
		{"hop:80x", "192.168.1.10:443", false},
		{"[hop]", "192.168.1.10:443", false},
		{"[192.168.1.10]:443", "192.168.1.10:443", false},
		{"evil@hop", "192.168.1.10:443", false},
		{"hop/evil", "192.168.1.10:443", false},
		{"fe80::1%eth0", "[fe80::1%eth0]:443", false},
		{"0xc0a8010a", "192.168.1.10:443", false},
		{strings.Repeat("a", 5000), "192.168.1.10:443", false},
	} {
		r := request("GET", "/", test.local, "192.168.1.20:5000")
		r.Host = test.host
		if got := h.Allows(r); got != test.want {
			t.Errorf("%.40q at %s: %v", test.host, test.local, got)
		}
	}
}

func FuzzHost(f *testing.F) {
	for _, s := range []string{"hop", "hop:1", "[::1]:80", "[::1", "127.0.0.1:80", "evil.example", "%00", "hop."} {
		f.Add(s)
	}
	h := NewHosts("hop")
	want := regexp.MustCompile(`^(?i:hop\.?|127\.0\.0\.1\.?|\[::ffff:[0-9a-f:.]+\]|localhost\.?|::ffff:[0-9a-f.:]+)(:[0-9]{1,5})?$`)
	f.Fuzz(func(t *testing.T, host string) {
		r := request("GET", "/", "127.0.0.1:443", "127.0.0.1:5000")
		r.Host = host
		if h.Allows(r) && !want.MatchString(host) {
			// Other ways to write the loopback address in IPv6 mean the same machine.
			if name, ok := splitHost(host); ok {
				if ip, err := netip.ParseAddr(name); err == nil && ip.Unmap() == netip.MustParseAddr("127.0.0.1") {
					return
				}
			}
			t.Errorf("%q is let in", host)
		}
	})
}

func TestSecuredHeaders(t *testing.T) {
	t.Parallel()
	s := shield("hop")
	s.HSTS = 24 * time.Hour
	for _, secure := range []bool{false, true} {
		w, r := httptest.NewRecorder(), request("GET", "http://hop/counter", "192.168.1.10:443", "192.168.1.20:5000")
		if secure {
			r = request("GET", "https://hop/counter", "192.168.1.10:443", "192.168.1.20:5000")
		}
		s.Secured(hello()).ServeHTTP(w, r)
		h := w.Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Strict-Transport-Security": map[bool]string{true: "max-age=86400"}[secure],
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
			"media-src 'self';", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("policy without %s: %s", want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || !strings.Contains(h.Get("Permissions-Policy"), "microphone=()") {
			t.Errorf("%s, %s", csp, h.Get("Permissions-Policy"))
		}
	}
	w := httptest.NewRecorder()
	s.Secured(Recording(hello())).ServeHTTP(w, request("GET", "https://hop/lead/voice", "192.168.1.10:443", "192.168.1.20:5000"))
	if !strings.Contains(w.Header().Get("Permissions-Policy"), "microphone=(self)") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "blob:") {
		t.Errorf("recording page: %v", w.Header())
	}
}

func TestSecuredRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, method string
		headers      map[string]string
		host         string
		status       int
	}{
		{"own page", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, "", 200},
		{"a program", "POST", nil, "", 200},
		{"an old browser", "POST", map[string]string{"Origin": "https://hop"}, "", 200},
		{"another name", "GET", nil, "evil.example", 421},
		{"another site's form", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, "", 403},
		{"another port's form", "POST", map[string]string{"Sec-Fetch-Site": "same-site"}, "", 403},
		{"another site's form in an old browser", "POST", map[string]string{"Origin": "https://evil.example"}, "", 403},
		{"a form of nowhere", "POST", map[string]string{"Origin": "null"}, "", 403},
		{"another site's picture", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, "", 403},
		{"another site's link", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, "", 200},
	} {
		w, r := httptest.NewRecorder(), request(test.method, "https://hop/counter", "192.168.1.10:443", "192.168.1.20:5000")
		for k, v := range test.headers {
			r.Header.Set(k, v)
		}
		if test.host != "" {
			r.Host = test.host
		}
		shield("hop").Secured(hello()).ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: %d, want %d", test.name, w.Code, test.status)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	h := shield().Plain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			t.Error("a cookie went through")
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.WriteHeader(200)
	}), "/board", "/board/")
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/board", 200}, {"HEAD", "/board/events", 200}, {"GET", "/board/", 200},
		{"GET", "/boards", 403}, {"GET", "/counter", 403}, {"GET", "/", 403}, {"GET", "/board/../counter", 403},
		{"GET", "/board//counter", 403}, {"GET", "/board/%2e%2e/counter", 403}, {"POST", "/board", 405}, {"POST", "/sign-in", 403},
	} {
		w, r := httptest.NewRecorder(), request(test.method, "http://hop"+test.path, "192.168.1.10:80", "192.168.1.20:5000")
		r.Header.Set("Cookie", "kiosk=x")
		h.ServeHTTP(w, r)
		if w.Code != test.status || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s %s: %d %v", test.method, test.path, w.Code, w.Header())
		}
	}
}

func TestRemoteIP(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"192.168.1.20:5000": "192.168.1.20", "[::ffff:192.168.1.20]:5000": "192.168.1.20", "[fe80::1%eth0]:5000": "fe80::1",
		"192.168.1.20": "192.168.1.20", "@": "invalid IP", "": "invalid IP",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = addr
		r.Header.Set("X-Forwarded-For", "10.9.9.9")
		r.Header.Set("Forwarded", "for=10.9.9.9")
		if got := RemoteIP(r).String(); got != want {
			t.Errorf("%q: %s", addr, got)
		}
	}
}

func FuzzSafeNext(f *testing.F) {
	for _, s := range []string{"/counter", "/counter?a=b", "//evil", `/\evil`, "/\tevil", "/%2f/evil", "/%2f", "/..//evil", "https://evil", "/sign-in?next=/", "/a#b", "/%5cevil", "/%zz"} {
		f.Add(s)
	}
	base, err := url.Parse("https://hop/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := SafeNext(next)
		u, err := base.Parse(got)
		if err != nil || u.Host != "hop" || u.Scheme != "https" || got[0] != '/' || strings.HasPrefix(got, "//") ||
			strings.ContainsAny(got, "\\\r\n\t #") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, `/\`) || len(got) > 3*maxNext {
			t.Errorf("%q leads to %q", next, got)
		}
		if SafeNext(got) != got {
			t.Errorf("%q, taken again, leads to %q", got, SafeNext(got))
		}
	})
}

func TestSafeNextKeepsOurPaths(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/counter": "/counter", "/lead/day?from=2026-11-23&to=x": "/lead/day?from=2026-11-23&to=x", "/board/": "/board/",
		"": "/", "counter": "/", "//evil": "/", "/sign-in": "/", "/sign-out": "/", "https://evil": "/",
	} {
		if got := SafeNext(next); got != want {
			t.Errorf("%q: %q", next, got)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("let x = 1;\n", 500)
	files := fstest.MapFS{"js/a.js": {Data: []byte(script)}, "clip.ogg": {Data: []byte("OggS0123456789")}}
	a, err := NewAssets("/static/", files)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		shield("example.com").headers(w.Header(), false)
		a.ServeHTTP(w, r)
		return w
	}
	path, err := a.Path("js/a.js")
	if err != nil || !regexp.MustCompile(`^/static/[0-9a-f]{12}/js/a\.js$`).MatchString(path) {
		t.Fatal(path, err)
	}
	plain, packed := get(path), get(path, "Accept-Encoding", "gzip, deflate, br")
	if plain.Body.String() != script || plain.Header().Get("Content-Encoding") != "" || !strings.HasPrefix(plain.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("plain: %v", plain.Header())
	}
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() > len(script)/10 || !strings.Contains(packed.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("packed: %d bytes, %v", packed.Body.Len(), packed.Header())
	}
	if w := get(path, "Accept-Encoding", "gzip;q=0, br"); w.Header().Get("Content-Encoding") != "" {
		t.Error("gzip for who refuses it")
	}
	clip, err := a.Path("clip.ogg")
	if err != nil {
		t.Fatal(err)
	}
	if w := get(clip, "Range", "bytes=4-7", "Accept-Encoding", "gzip"); w.Code != 206 || w.Body.String() != "0123" {
		t.Errorf("a part of a clip: %d %q", w.Code, w.Body)
	}
	for _, wrong := range []string{"/static/000000000000/js/a.js", "/static/", strings.Replace(path, "a.js", "../clip.ogg", 1), "/js/a.js"} {
		if w := get(wrong); w.Code != 404 || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", wrong, w.Code, w.Header())
		}
	}
	if _, err := a.Path("b.js"); err == nil {
		t.Error("a path of a file that is not there")
	}
	files["clip.ogg"].Data = []byte("another")
	b, err := NewAssets("/static/", files)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.Path("js/a.js"); err != nil || again == path {
		t.Errorf("the same name for other content: %s %v", again, err)
	}
}

func TestEveryProblemHasItsWords(t *testing.T) {
	t.Parallel()
	codes := []kiosk.Code{CodeElsewhere, CodeNeedsTLS, CodePlainOnly, CodeNoPage, CodeMethod, CodeWrongHost, CodeManyStreams, CodeBusy,
		CodeFailed, kiosk.CodeNoSession, kiosk.CodeNotAllowed, kiosk.CodeForged, kiosk.CodeTooMany, kiosk.CodeTooLarge, kiosk.CodeBadRequest, kiosk.CodeStopping}
	for _, l := range kiosk.Languages() {
		seen := map[string]kiosk.Code{}
		for _, c := range codes {
			p := problem(c, words.For(l))
			if p.Code != c || p.Status < 400 || p.Message == "" || seen[p.Message] != "" {
				t.Errorf("%s %s: %+v, like %q", l, c, p, seen[p.Message])
			}
			seen[p.Message] = c
		}
	}
}

func TestProblemOf(t *testing.T) {
	t.Parallel()
	w := vietnamese()
	for _, test := range []struct {
		err    error
		status int
		wait   time.Duration
	}{
		{&kiosk.Refusal{Code: kiosk.CodeGoneOn}, 409, 0},
		{&kiosk.Refusal{Code: kiosk.CodeUnknownTicket}, 404, 0},
		{&kiosk.Refusal{Code: kiosk.CodeBadTime}, 400, 0},
		{&kiosk.Refusal{Code: kiosk.CodeStoreFailed}, 503, 0},
		{&kiosk.Refusal{Code: kiosk.CodeStopping}, 503, 3 * time.Second},
		{&kiosk.Refusal{Code: kiosk.CodeSignIn}, 401, 0},
		{&kiosk.Refusal{Code: kiosk.CodeLocked, Hint: "120"}, 429, 2 * time.Minute},
		{&kiosk.Refusal{Code: kiosk.CodeLocked, Hint: "-1"}, 429, 0},
		{&kiosk.Refusal{Code: kiosk.CodeCounterTaken}, 409, 0},
		{context.Canceled, 503, 3 * time.Second},
		{net.ErrClosed, 500, 0},
	} {
		if p := ProblemOf(test.err, w); p.Status != test.status || p.Wait != test.wait || p.Message == "" || strings.Contains(p.Message, "closed") {
			t.Errorf("%v: %+v", test.err, p)
		}
	}
}

// The page of a refusal is readable without any other file, under its own policy.
func TestRefusalPage(t *testing.T) {
	t.Parallel()
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/counter", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	Refuse(w, r, &Problem{Status: 401, Code: "x", Message: `<script>alert("A012")</script>`}, vietnamese(), quiet())
	text := w.Body.String()
	if w.Code != 401 || strings.Contains(text, "<script>") || !strings.Contains(text, `href="/sign-in"`) || !strings.Contains(text, `lang="vi"`) || !strings.Contains(text, pageStyle) {
		t.Errorf("%d %s", w.Code, text)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "'sha256-") || strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
}
