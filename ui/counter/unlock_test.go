package counter_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

const boxPassphrase = "hoa ban nở trắng đầu bản"

// lockedBox is a box whose key is locked, with its page on an address of loopback.
type lockedBox struct {
	t       *testing.T
	guard   *staff.Turnstile
	addr    string
	log     *kiosktest.Journal
	fresh   atomic.Bool
	failing atomic.Bool
	open    atomic.Bool
	looks   atomic.Int32

	mu    sync.Mutex
	typed []string
}

func (b *lockedBox) Fresh() bool { return b.fresh.Load() }

func (b *lockedBox) Unlock(ctx context.Context, passphrase, from string) error {
	if b.open.Load() {
		return nil
	}
	return b.guard.Try(ctx, from, func() (bool, error) {
		b.looks.Add(1)
		b.mu.Lock()
		b.typed = append(b.typed, passphrase)
		b.mu.Unlock()
		if b.failing.Load() {
			return false, errors.New("input/output error")
		}
		if passphrase == boxPassphrase {
			b.open.Store(true)
		}
		return passphrase == boxPassphrase, nil
	})
}

func newLockedBox(t *testing.T) *lockedBox {
	t.Helper()
	b := &lockedBox{t: t, log: &kiosktest.Journal{}}
	log := slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	store := kiosktest.NewMemory()
	office, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: kiosktest.Setup(), Store: store, Now: func() time.Time { return kiosktest.At(0) }})
	if err != nil {
		t.Fatal(err)
	}
	if b.guard, err = staff.OpenTurnstile(t.Context(), staff.TurnstileConfig{Shelf: store.Shelf("unlock"), Recorder: office, Log: log}); err != nil {
		t.Fatal(err)
	}
	shield := lan.Shield{Hosts: lan.NewHosts("localhost"), Words: words.For(kiosk.Vietnamese), Log: log}
	page, err := counter.NewUnlock(counter.UnlockConfig{Office: office, Key: b, Shield: shield})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	page.Routes(mux)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s := lan.Server{Handler: shield.Secured(mux), Limits: lan.Limits{Stop: 100 * time.Millisecond}, Words: shield.Words, Log: log}
	go func() { done <- s.Run(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
		if strings.Contains(b.log.String(), "hoa ban") {
			t.Error("a passphrase stands in the log")
		}
	})
	return b
}

// lead is a browser without scripts before the locked box.
type lead struct {
	b    *lockedBox
	c    *http.Client
	page string
	to   string // where an answer leads
	head http.Header
}

func (b *lockedBox) lead(from string) *lead {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	tr := &http.Transport{DialContext: d.DialContext}
	b.t.Cleanup(tr.CloseIdleConnections)
	return &lead{b: b, c: &http.Client{Jar: jar, Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask sends a request, with pairs of headers, and returns the status.
func (l *lead) ask(method, path string, form url.Values, headers ...string) int {
	l.b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, "http://"+l.b.addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		l.b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a, err := l.c.Do(r)
	if err != nil {
		l.b.t.Fatal(err)
	}
	body, err := io.ReadAll(a.Body)
	if err := errors.Join(err, a.Body.Close()); err != nil {
		l.b.t.Fatal(err)
	}
	l.page, l.to, l.head = string(body), a.Header.Get("Location"), a.Header
	if strings.Contains(l.page+l.to, "hoa ban") {
		l.b.t.Errorf("%s %s answers with a passphrase", method, path)
	}
	return a.StatusCode
}

// form opens the page and returns its form with a passphrase.
func (l *lead) form(passphrase string) url.Values {
	l.b.t.Helper()
	if code := l.ask("GET", "/unlock?next=/lead", nil); code != 200 {
		l.b.t.Fatalf("the page answers %d", code)
	}
	out := url.Values{"passphrase": {passphrase}}
	for _, m := range regexp.MustCompile(`name="(csrf|next)" value="([^"]*)"`).FindAllStringSubmatch(l.page, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

func (l *lead) types(passphrase string) int {
	l.b.t.Helper()
	return l.ask("POST", "/unlock", l.form(passphrase))
}

func (l *lead) shows(text string) {
	l.b.t.Helper()
	if !strings.Contains(l.page, text) {
		l.b.t.Errorf("the page does not say %q:\n%s", text, l.page)
	}
}

func TestUnlock(t *testing.T) {
	t.Parallel()
	b := newLockedBox(t)
	l := b.lead("127.0.0.1")
	form := l.form("hoa ban nở muộn")
	if form.Get("csrf") == "" || form.Get("next") != "/lead" {
		t.Fatalf("form %v", form)
	}
	csp := l.head.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || l.head.Get("Cache-Control") != "no-store" || strings.Contains(l.page, "<script") {
		t.Errorf("headers %v", l.head)
	}
	l.shows("Mật khẩu của máy")
	if code := l.ask("POST", "/unlock", form); code != http.StatusUnauthorized {
		t.Errorf("a wrong one: %d", code)
	}
	l.shows("Mật khẩu không đúng")
	if code := l.types(boxPassphrase); code != http.StatusSeeOther || l.to != "/sign-in?next=%2Flead" {
		t.Errorf("the right one: %d to %q", code, l.to)
	}
	// Somebody else was at it at the same time, and typed anything at all.
	if code := l.types("?"); code != http.StatusSeeOther || b.looks.Load() != 2 {
		t.Errorf("an open box: %d, %d looks", code, b.looks.Load())
	}
}

func TestUnlockTooOften(t *testing.T) {
	t.Parallel()
	b := newLockedBox(t)
	l := b.lead("127.0.0.2")
	for range 3 {
		if code := l.types("hoa ban"); code != http.StatusUnauthorized {
			t.Fatalf("a wrong one: %d", code)
		}
	}
	if code := l.types(boxPassphrase); code != http.StatusTooManyRequests || l.head.Get("Retry-After") == "" || b.looks.Load() != 3 {
		t.Errorf("the fourth: %d %v, %d looks", code, l.head, b.looks.Load())
	}
	l.shows("Xin chờ ")
	other := b.lead("127.0.0.3")
	if code := other.types(boxPassphrase); code != http.StatusSeeOther {
		t.Errorf("another machine: %d", code)
	}
}

// A passphrase that cannot be one is looked at like any other; what is no form of this page is not
// looked at.
func TestUnlockFormsThatAreNone(t *testing.T) {
	t.Parallel()
	b := newLockedBox(t)
	l := b.lead("127.0.0.1")
	form := func(change func(url.Values)) url.Values {
		f := l.form(boxPassphrase)
		change(f)
		return f
	}
	foreign := b.lead("127.0.0.1").form("x").Get("csrf")
	for name, c := range map[string]struct {
		form    url.Values
		headers []string
		want    int
	}{
		"another site's":       {form(func(url.Values) {}), []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		"another origin's":     {form(func(url.Values) {}), []string{"Origin", "http://evil.example"}, 403},
		"another browser's":    {form(func(f url.Values) { f.Set("csrf", foreign) }), nil, 403},
		"without a token":      {form(func(f url.Values) { f.Del("csrf") }), nil, 403},
		"of megabytes":         {form(func(f url.Values) { f.Set("passphrase", strings.Repeat("a", 9<<10)) }), nil, 413},
		"without a passphrase": {form(func(f url.Values) { f.Del("passphrase") }), nil, 400},
		"with two":             {form(func(f url.Values) { f.Add("passphrase", "x") }), nil, 400},
		"with more":            {form(func(f url.Values) { f.Set("login", "lan") }), nil, 400},
		"as JSON":              {form(func(url.Values) {}), []string{"Content-Type", "application/json"}, 403},
		"for another host":     {form(func(url.Values) {}), []string{"Origin", "http://" + b.addr, "Sec-Fetch-Site", "same-site"}, 403},
	} {
		if code := l.ask("POST", "/unlock", c.form, c.headers...); code != c.want {
			t.Errorf("%s: %d, want %d", name, code, c.want)
		}
	}
	if n := b.looks.Load(); n != 0 || b.open.Load() {
		t.Errorf("%d passphrases were looked at", n)
	}
	if code := b.lead("127.0.0.1").ask("POST", "/unlock", form(func(url.Values) {})); code != 403 {
		t.Errorf("without a cookie: %d", code)
	}
	long := strings.Repeat("hoa ban ", 500/8)
	if code := b.lead("127.0.0.4").types(long); code != http.StatusUnauthorized || b.looks.Load() != 1 {
		t.Errorf("a long one: %d", code)
	}
	if code := l.ask("POST", "/unlock?passphrase="+url.QueryEscape("x"), l.form("")); code != http.StatusUnauthorized || b.typed[1] != "" {
		t.Errorf("an address counts as a form: %d %q", code, b.typed)
	}
}

func TestUnlockAtOnce(t *testing.T) {
	t.Parallel()
	b := newLockedBox(t)
	var all sync.WaitGroup
	var refused atomic.Int32
	for range 20 {
		l := b.lead("127.0.0.5")
		f := l.form("hoa ban")
		all.Go(func() {
			switch code := l.ask("POST", "/unlock", f); code {
			case http.StatusTooManyRequests:
				refused.Add(1)
			case http.StatusUnauthorized:
			default:
				t.Errorf("answered %d", code)
			}
		})
	}
	all.Wait()
	if b.looks.Load() != 3 || refused.Load() != 17 {
		t.Errorf("%d looked at, %d refused", b.looks.Load(), refused.Load())
	}
}

// What needs the key leads there, where a person can do something about it.
func TestWhileLocked(t *testing.T) {
	t.Parallel()
	b := newLockedBox(t)
	l := b.lead("127.0.0.1")
	for path, want := range map[string]string{
		"/sign-in": "/unlock", "/counter": "/unlock?next=%2Fcounter", "/lead/staff?x=1": "/unlock?next=%2Flead%2Fstaff%3Fx%3D1",
		"/screen": "/unlock?next=%2Fscreen", "/report/groups": "/unlock?next=%2Freport%2Fgroups",
	} {
		if code := l.ask("GET", path, nil); code != http.StatusSeeOther || l.to != want {
			t.Errorf("%s: %d to %q", path, code, l.to)
		}
	}
	for name, ask := range map[string]func() int{
		"a stream":    func() int { return l.ask("GET", "/counter/stream", nil, "Accept", "text/event-stream") },
		"a script":    func() int { return l.ask("GET", "/counter/session", nil, "Accept", "application/json") },
		"a step":      func() int { return l.ask("POST", "/counter/step", url.Values{}, "Accept", "application/json") },
		"a sign-in":   func() int { return l.ask("POST", "/sign-in", url.Values{"login": {"lan"}}) },
		"a telephone": func() int { return l.ask("GET", "/r/ABCD", nil) },
	} {
		if code := ask(); code != http.StatusServiceUnavailable || l.head.Get("Retry-After") != "10" || !strings.Contains(l.page, "đang chờ mật khẩu") {
			t.Errorf("%s: %d %s", name, code, l.page)
		}
	}
	l.form("")
	look := regexp.MustCompile(`href="(/counter/static/[^"]+)"`).FindStringSubmatch(l.page)
	if look == nil || l.ask("GET", look[1], nil) != http.StatusOK {
		t.Errorf("the page has no look: %v", look)
	}
	b.fresh.Store(true)
	l.ask("GET", "/unlock", nil)
	l.shows("chưa đặt mật khẩu")
	if strings.Contains(l.page, "<form") {
		t.Error("a box without a passphrase asks for one")
	}
	b.fresh.Store(false)
	b.failing.Store(true)
	if code := l.types("hoa ban"); code != http.StatusInternalServerError || strings.Contains(l.page, "input/output") {
		t.Errorf("a fault of the box: %d %s", code, l.page)
	}
	b.failing.Store(false)
	if code := l.types(boxPassphrase); code != http.StatusSeeOther || l.to != "/sign-in?next=%2Flead" {
		t.Errorf("after all: %d to %q", code, l.to)
	}
	// The same address once the box is open.
	mux := http.NewServeMux()
	counter.Unlocked(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/unlock?next=/lead", nil))
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/sign-in?next=%2Flead" {
		t.Errorf("of an open box: %d to %q", w.Code, to)
	}
}
