package counter_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// quickHasher judges secrets as fast as a test wants.
type quickHasher struct{}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func (quickHasher) Check(secret, _ string) (bool, error) {
	if len(secret) < 4 {
		return false, errors.New("short")
	}
	return true, nil
}
func (quickHasher) Hash(_ context.Context, secret string) (string, error) { return digest(secret), nil }
func (quickHasher) Verify(_ context.Context, kept, secret string) (bool, bool, error) {
	return kept == digest(secret), false, nil
}
func (quickHasher) Decoy() string { return digest("nobody's") }
func (quickHasher) Digest(purpose, s string) [32]byte {
	return sha256.Sum256([]byte(purpose + s))
}

// clearSealer keeps names as they are.
type clearSealer struct{}

func (clearSealer) Seal(_ string, plain, _ []byte) []byte           { return plain }
func (clearSealer) Open(_ string, sealed, _ []byte) ([]byte, error) { return sealed, nil }

// hall is an office with its officers and their pages, on one address over restarts.
type hall struct {
	t     *testing.T
	store *kiosktest.Memory
	setup *kiosk.Setup
	mux   http.Handler

	*kiosk.Office
	book  *staff.Book
	pages *counter.Pages

	mu   sync.Mutex
	wall time.Time
	mono time.Duration

	addr string
	stop func()
	// before sees each request first: to lose an answer, or to count.
	before func(w http.ResponseWriter, r *http.Request, next http.Handler)
}

func newHall(t *testing.T, change ...func(*kiosk.Setup)) *hall {
	t.Helper()
	h := &hall{t: t, store: kiosktest.NewMemory(), setup: kiosktest.Setup(), wall: kiosktest.At(0)}
	for _, f := range change {
		f(h.setup)
	}
	h.open()
	for _, o := range []staff.Officer{
		{Login: "lan", Name: "Trần Thị Lan", Role: kiosk.RoleOfficer},
		{Login: "hung", Name: "Nguyễn Văn Hùng", Role: kiosk.RoleOfficer},
		{Login: "chi", Name: "Lê Thị Chi", Role: kiosk.RoleLead},
		{Login: "tho", Name: "Phạm Văn Thợ", Role: kiosk.RoleTechnician},
	} {
		if _, err := h.book.Create(context.Background(), "test", o, "pin-of-"+o.Login); err != nil {
			t.Fatalf("create %s: %v", o.Login, err)
		}
	}
	h.listen("127.0.0.1:0")
	t.Cleanup(func() { h.stop() })
	return h
}

// open is a start of the gateway.
func (h *hall) open() {
	h.t.Helper()
	var err error
	h.mono = 0
	h.Office, err = kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: h.setup, Store: h.store, Now: h.now, Built: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Mono: func() time.Duration { h.mu.Lock(); defer h.mu.Unlock(); return h.mono },
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.book, err = staff.Open(context.Background(), staff.Config{
		Shelf: h.store.Shelf("staff"), Hasher: quickHasher{}, Sealer: clearSealer{}, Recorder: h.Office, Now: h.now,
		Counters: func() []kiosk.CounterCode {
			return []kiosk.CounterCode{kiosktest.Counter1, kiosktest.Counter2, kiosktest.Counter3}
		},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	shield := lan.Shield{Hosts: lan.NewHosts("localhost"), Words: words.For(kiosk.Vietnamese), Log: log}
	gate, err := lan.NewGate(h.book, bytes.Repeat([]byte{7}, 32), shield)
	if err != nil {
		h.t.Fatal(err)
	}
	h.pages, err = counter.New(counter.Config{Office: h.Office, Gate: gate, Staff: h.book, Shield: shield, NFC: norm.NFC.String, Lead: "/lead", Boards: "/lead/boards"})
	if err != nil {
		h.t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.pages.Routes(mux)
	h.mux = shield.Secured(mux)
}

func (h *hall) now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.wall }

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wall, h.mono = h.wall.Add(d), h.mono+d
}

// listen serves the pages; on the address of before after a restart.
func (h *hall) listen(addr string) {
	h.t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	handler := h.mux
	s := lan.Server{
		Words: words.For(kiosk.Vietnamese), Log: slog.New(slog.DiscardHandler),
		Limits: lan.Limits{Stop: 100 * time.Millisecond, ConnsEach: 200, RequestsEach: 200, StreamsEach: 50, Burst: 5000},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if h.before != nil {
				h.before(w, r, handler)
				return
			}
			handler.ServeHTTP(w, r)
		}),
	}
	go func() { done <- s.Run(ctx, l) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("serve: %v", err)
		}
	})
}

// restart is a gateway that went down and came back; between runs while it is down.
func (h *hall) restart(between func()) {
	h.t.Helper()
	h.stop()
	between()
	h.open()
	h.listen(h.addr)
}

func (h *hall) url(path string) string { return "http://" + h.addr + path }

func (h *hall) issue(service kiosk.ServiceCode, priority kiosk.Priority, language kiosk.Language) kiosk.Ticket {
	h.t.Helper()
	h.pass(20 * time.Second) // more in a minute would ask for a held press
	got, err := h.IssueTicket(context.Background(), kiosk.IssueRequest{Service: service, Priority: priority, Language: language, By: "test"})
	if err != nil {
		h.t.Fatalf("issue: %v", err)
	}
	return got
}

func (h *hall) ticket(n kiosk.Number) kiosk.Ticket {
	h.t.Helper()
	t, ok := h.Snapshot().Ticket(n)
	if !ok {
		h.t.Fatalf("no ticket %s", n)
	}
	return t
}

// moved counts the facts in which a verb was done to a ticket.
func (h *hall) moved(n kiosk.Number, v kiosk.Verb) int {
	h.t.Helper()
	records, err := h.Records(context.Background(), kiosk.Position{}, 10_000)
	if err != nil {
		h.t.Fatal(err)
	}
	count := 0
	for _, r := range records {
		if f, ok := r.Fact.(kiosk.TicketMoved); ok && f.Number == n && f.Verb == v {
			count++
		}
	}
	return count
}

// person is a browser without scripts.
type person struct {
	h    *hall
	c    *http.Client
	page string // the last one
	code int
}

func (h *hall) person() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &person{h: h, c: &http.Client{Jar: jar, Transport: transport}}
}

// signedIn is a person at a counter.
func (h *hall) signedIn(login string, at kiosk.CounterCode) *person {
	h.t.Helper()
	p := h.person()
	p.post("/sign-in", url.Values{"login": {login}, "secret": {"pin-of-" + login}, "counter": {string(at)}, "next": {"/"}})
	return p
}

func (p *person) do(r *http.Request) {
	p.h.t.Helper()
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/html")
	}
	got, err := p.c.Do(r)
	if err != nil {
		p.h.t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	if err := errors.Join(err, got.Body.Close()); err != nil {
		p.h.t.Fatal(err)
	}
	p.page, p.code = string(body), got.StatusCode
}

func (p *person) request(method, path, kind, body string) *http.Request {
	p.h.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, p.h.url(path), strings.NewReader(body))
	if err != nil {
		p.h.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

func (p *person) get(path string) { p.h.t.Helper(); p.do(p.request("GET", path, "", "")) }

func (p *person) post(path string, form url.Values) {
	p.h.t.Helper()
	p.do(p.request("POST", path, "application/x-www-form-urlencoded", form.Encode()))
}

// json sends a body as the page's script does.
func (p *person) json(path, csrf, body string) {
	p.h.t.Helper()
	r := p.request("POST", path, "application/json", body)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-CSRF", csrf)
	p.do(r)
}

// form reads the hidden fields of a form on the page.
func (p *person) form(id string) url.Values {
	p.h.t.Helper()
	_, rest, ok := strings.Cut(p.page, id)
	if !ok {
		p.h.t.Fatalf("no %s on the page (status %d):\n%s", id, p.code, p.page[:min(len(p.page), 2000)])
	}
	rest, _, _ = strings.Cut(rest, "</form>")
	v := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(rest, -1) {
		v.Set(m[1], m[2])
	}
	return v
}

func (p *person) csrf() string { return p.form(`id="sit"`).Get("csrf") }

// press presses a button of the form of the number in hand.
func (p *person) press(verb string) {
	p.h.t.Helper()
	p.get("/counter")
	f := p.form(`id="step"`)
	f.Set("verb", verb)
	p.post("/counter/step", f)
}
