package lan

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// book is a Pairing over a shelf in memory, with what it recorded.
type book struct {
	*Pairing
	t     *testing.T
	store *kiosktest.Memory
	now   time.Time
	facts []kiosk.StaffMoved
	fail  error
}

func (b *book) RecordStaff(_ context.Context, f kiosk.StaffMoved, _ string) error {
	if b.fail == nil {
		b.facts = append(b.facts, f)
	}
	return b.fail
}

func newBook(t *testing.T) *book {
	b := &book{t: t, store: kiosktest.NewMemory(), now: build()}
	b.restart()
	return b
}

func (b *book) restart() {
	b.t.Helper()
	p, err := OpenPairing(b.t.Context(), PairingConfig{
		Shelf: b.store.Shelf("screens"), Recorder: b, Now: func() time.Time { return b.now },
		Counters: func() []kiosk.CounterCode { return []kiosk.CounterCode{"1", "2"} },
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.Pairing = p
}

// browser is one with a cookie jar of one cookie.
type browser struct {
	b      *book
	addr   string
	secure bool
	cookie *http.Cookie
}

func (c *browser) request() *http.Request {
	r := httptest.NewRequest("GET", "/board", nil)
	r.RemoteAddr = c.addr + ":4000"
	if c.secure {
		r.TLS = &tls.ConnectionState{}
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
	}
	return r
}

func (c *browser) open(kind ScreenKind) (Visit, error) {
	w := httptest.NewRecorder()
	v, err := c.b.Visit(w, c.request(), kind)
	if set := w.Result().Cookies(); len(set) == 1 {
		c.cookie = set[0]
	}
	return v, err
}

func (c *browser) digits(t *testing.T, kind ScreenKind) string {
	t.Helper()
	v, err := c.open(kind)
	if err != nil || v.Screen.ID != "" || len(v.Digits) != 4 {
		t.Fatalf("visit: %+v, %v; want four digits", v, err)
	}
	return v.Digits
}

func refusedAs(t *testing.T, err error, code kiosk.Code) {
	t.Helper()
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok && r.Code == code {
		return
	}
	if p, ok := errors.AsType[*Problem](err); ok && p.Code == code {
		return
	}
	t.Errorf("err = %v, want %s", err, code)
}

func TestPairingABoard(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	tv := &browser{b: b, addr: "192.168.1.20"}
	digits := tv.digits(t, BoardScreen)
	if again := tv.digits(t, BoardScreen); again != digits {
		t.Errorf("a reload shows %s after %s", again, digits)
	}
	if !tv.cookie.HttpOnly || tv.cookie.Secure || tv.cookie.Path != "/" {
		t.Errorf("cookie over plain HTTP: %+v", tv.cookie)
	}
	s, err := b.Confirm(t.Context(), digits, "  Ti vi   sảnh ", "1", "staff/o1")
	if err != nil || s.ID != "s1" || s.Name != "Ti vi sảnh" || s.Counter != "" || s.Kind != BoardScreen {
		t.Fatalf("confirmed %+v, %v", s, err)
	}
	if want := "board s1 paired"; len(b.facts) != 1 || b.facts[0].Detail != want || b.facts[0].What != kiosk.StaffBoard {
		t.Errorf("facts %+v, want %q", b.facts, want)
	}
	_, err = b.Confirm(t.Context(), digits, "x", "", "staff/o1")
	refusedAs(t, err, kiosk.CodeBadPairing)
	b.restart()
	if v, err := tv.open(BoardScreen); err != nil || v.Screen.ID != "s1" {
		t.Errorf("after a restart: %+v, %v", v, err)
	}
	if v, err := b.Who(tv.request(), BoardScreen); err != nil || v.Screen.Name != "Ti vi sảnh" {
		t.Errorf("who: %+v, %v", v, err)
	}
	if err := b.Forget(t.Context(), "s1", "staff/o1"); err != nil {
		t.Fatal(err)
	}
	tv.digits(t, BoardScreen)
	if s, err := b.Confirm(t.Context(), tv.digits(t, BoardScreen), "x", "", "staff/o1"); err != nil || s.ID != "s2" {
		t.Errorf("paired again as %+v, %v: a name in the log must not be used twice", s, err)
	}
}

func TestPairingKeepsNoToken(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	tv := &browser{b: b, addr: "192.168.1.20"}
	if _, err := b.Confirm(t.Context(), tv.digits(t, BoardScreen), "x", "", "o"); err != nil {
		t.Fatal(err)
	}
	items, err := b.store.Shelf("screens").Read(t.Context(), "screen/")
	if err != nil || len(items) != 1 {
		t.Fatalf("kept %v, %v", items, err)
	}
	sum := sha256.Sum256([]byte(tv.cookie.Value))
	if s := string(items[0].Value); strings.Contains(s, tv.cookie.Value) || !strings.Contains(s, hex.EncodeToString(sum[:])) {
		t.Errorf("kept %s: want the hash of the token and not the token", s)
	}
}

func TestPairingATablet(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	_, err := (&browser{b: b, addr: "192.168.1.21"}).open(TabletScreen)
	refusedAs(t, err, CodeNeedsTLS)
	tablet := &browser{b: b, addr: "192.168.1.21", secure: true}
	digits := tablet.digits(t, TabletScreen)
	if !tablet.cookie.Secure || !strings.HasPrefix(tablet.cookie.Name, "__Host-") {
		t.Errorf("cookie over TLS: %+v", tablet.cookie)
	}
	for _, counter := range []kiosk.CounterCode{"", "9"} {
		_, err := b.Confirm(t.Context(), digits, "Máy đánh giá", counter, "o")
		refusedAs(t, err, kiosk.CodeUnknownCounter)
	}
	if s, err := b.Confirm(t.Context(), digits, "Máy đánh giá", "2", "o"); err != nil || s.Counter != "2" || s.Kind != TabletScreen {
		t.Fatalf("confirmed %+v, %v", s, err)
	}
	if v, err := tablet.open(BoardScreen); err != nil || v.Screen.ID != "" {
		t.Errorf("a tablet is a board: %+v, %v", v, err)
	}
}

func TestPairingRefusesStrangers(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	_, err := b.Who((&browser{b: b, addr: "10.0.0.1"}).request(), BoardScreen)
	refusedAs(t, err, kiosk.CodeNoSession)
	for _, value := range []string{"", "x", strings.Repeat("A", 5000), "../../etc"} {
		c := &browser{b: b, addr: "10.0.0.1", cookie: &http.Cookie{Name: screenCookie, Value: value}}
		_, err := b.Who(c.request(), BoardScreen)
		refusedAs(t, err, kiosk.CodeNoSession)
	}
	tv := &browser{b: b, addr: "192.168.1.20"}
	digits := tv.digits(t, BoardScreen)
	for _, name := range []string{"", " ", strings.Repeat("à", 41), "a\x00b", "a\u202eb", "\xff"} {
		_, err := b.Confirm(t.Context(), digits, name, "", "o")
		refusedAs(t, err, kiosk.CodeBadName)
	}
	b.fail = errors.New("disk full")
	if _, err := b.Confirm(t.Context(), digits, "x", "", "o"); err == nil || len(b.List()) != 0 {
		t.Errorf("a screen was let in without a fact: %v", err)
	}
}

func TestPairingDigitsEndAndAreRenewed(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	tv := &browser{b: b, addr: "192.168.1.20"}
	first := tv.digits(t, BoardScreen)
	for range 30 {
		b.now = b.now.Add(20 * time.Second)
		tv.digits(t, BoardScreen)
	}
	if now := tv.digits(t, BoardScreen); now == first {
		t.Error("after ten minutes the same digits stand")
	}
	_, err := b.Confirm(t.Context(), first, "x", "", "o")
	refusedAs(t, err, kiosk.CodeBadPairing)
	shown := tv.digits(t, BoardScreen)
	b.now = b.now.Add(time.Minute) // switched off
	_, err = b.Confirm(t.Context(), shown, "x", "", "o")
	refusedAs(t, err, kiosk.CodeBadPairing)
}

func TestPairingGuessesSlowDown(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	tv := &browser{b: b, addr: "192.168.1.20"}
	tries, day := 0, b.now.Add(24*time.Hour)
	for b.now.Before(day) {
		digits := tv.digits(t, BoardScreen)
		guess := "0000"
		if guess == digits {
			guess = "0001"
		}
		_, err := b.Confirm(t.Context(), guess, "x", "", "staff/o1")
		if r, _ := errors.AsType[*kiosk.Refusal](err); r.Code == kiosk.CodeBadPairing {
			tries++
		}
		b.now = b.now.Add(time.Second)
	}
	if tries > 200 {
		t.Errorf("one session may guess %d times a day", tries)
	}
	// Another officer goes on working.
	b.now = b.now.Add(31 * time.Second)
	if _, err := b.Confirm(t.Context(), tv.digits(t, BoardScreen), "x", "", "staff/o2"); err != nil {
		t.Errorf("another officer is held up: %v", err)
	}
	// Many sessions together are slowed, too.
	tries = 0
	for i := range 3600 {
		_, err := b.Confirm(t.Context(), "0000", "x", "", fmt.Sprintf("staff/o%d", 10+i))
		if r, _ := errors.AsType[*kiosk.Refusal](err); r.Code == kiosk.CodeBadPairing {
			tries++
		}
		b.now = b.now.Add(time.Second)
	}
	if tries > 150 {
		t.Errorf("many sessions may guess %d times an hour", tries)
	}
}

func TestPairingIsBounded(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	tv := &browser{b: b, addr: "192.168.1.20"}
	digits := tv.digits(t, BoardScreen)
	for range 1000 { // one machine that asks without a cookie
		if _, err := (&browser{b: b, addr: "10.0.0.66"}).open(BoardScreen); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(b.waiting); n > 1+maxWaitingEach {
		t.Errorf("%d screens wait", n)
	}
	full := 0
	for i := range 100 {
		for range 4 {
			if _, err := (&browser{b: b, addr: fmt.Sprintf("10.0.1.%d", i)}).open(BoardScreen); err != nil {
				refusedAs(t, err, CodeBusy)
				full++
			}
		}
	}
	if len(b.waiting) > maxWaiting || full == 0 {
		t.Errorf("%d screens wait, %d were refused", len(b.waiting), full)
	}
	if tv.digits(t, BoardScreen) != digits {
		t.Error("the crowd pushed the television out")
	}
	seen := map[string]bool{}
	for _, e := range b.waiting {
		if seen[e.digits] {
			t.Errorf("two screens show %s", e.digits)
		}
		seen[e.digits] = true
	}
	for i := range maxScreens + 1 {
		c := &browser{b: b, addr: "192.168.1.20"}
		b.now = b.now.Add(time.Hour)
		_, err := b.Confirm(t.Context(), c.digits(t, BoardScreen), "x", "", "o")
		if i < maxScreens && err != nil {
			t.Fatal(err)
		}
		if i == maxScreens {
			refusedAs(t, err, kiosk.CodeTooMany)
		}
	}
}

func TestPairingWatchesScreens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBook(t)
		p, err := OpenPairing(t.Context(), PairingConfig{Shelf: b.store.Shelf("screens"), Recorder: b})
		if err != nil {
			t.Fatal(err)
		}
		b.Pairing = p
		tv := &browser{b: b, addr: "192.168.1.20"}
		if _, err := b.Confirm(t.Context(), tv.digits(t, BoardScreen), "Sảnh", "", "o"); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var said []string
		heard := func() string {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return fmt.Sprintf("%q", said)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			_ = p.Watch(ctx, func(absent []Screen) {
				var names []string
				for _, s := range absent {
					names = append(names, s.Name)
				}
				mu.Lock()
				defer mu.Unlock()
				said = append(said, strings.Join(names, " "))
			})
			close(done)
		}()
		began := time.Now()
		for time.Since(began) < time.Minute { // it asks every five seconds
			<-time.After(5 * time.Second)
			p.Seen("s1")
		}
		<-time.After(14 * time.Second)
		if got := heard(); got != `[""]` {
			t.Errorf("said %s before its time", got)
		}
		<-time.After(time.Second)
		synctest.Wait()
		p.Seen("s1")
		if got := heard(); got != `["" "Sảnh" ""]` {
			t.Errorf("said %s, want that it is gone after 15 s and that it came back", got)
		}
		if l := p.List(); len(l) != 1 || l[0].Seen.IsZero() {
			t.Errorf("list %+v", l)
		}
		cancel()
		<-done
	})
}

func TestPlainScreensPassesOneCookie(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	shield := Shield{Words: vietnamese(), Log: quiet()}
	var got string
	h := shield.PlainScreens(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Cookie")
		if _, err := b.Visit(w, r, BoardScreen); err != nil {
			t.Error(err)
		}
	}), "/board")
	tv := &browser{b: b, addr: "192.168.1.20"}
	tv.digits(t, BoardScreen)
	r := tv.request()
	r.AddCookie(&http.Cookie{Name: "session", Value: "secret"})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if want := screenCookie + "=" + tv.cookie.Value; got != want {
		t.Errorf("cookies %q pass, want %q", got, want)
	}
	if set := w.Result().Cookies(); len(set) != 1 || set[0].Value != tv.cookie.Value {
		t.Errorf("set %v", set)
	}
	r = httptest.NewRequest("POST", "/board", nil)
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST over plain HTTP: %d", w.Code)
	}
}

func FuzzDecodeScreen(f *testing.F) {
	f.Add("screen/s1", []byte(`{"v":1,"hash":"`+strings.Repeat("ab", 32)+`","kind":"board","name":"x","paired":"2026-11-23T08:00:00Z"}`))
	f.Add("screen/s", []byte(`{}`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		s, err := decodeScreen(kiosk.Item{Key: key, Value: value})
		if err == nil && (s == nil || !s.Kind.valid() || len(s.ID) < 2) {
			t.Errorf("%q %q: %+v", key, value, s)
		}
	})
}
