package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/ui/words"
)

// deafStore is a store whose commits hang until it is let go.
type deafStore struct {
	kiosk.Store
	hold chan struct{} // nil: it does not hang
}

func (s *deafStore) Commit(ctx context.Context, c kiosk.Change) error {
	if s.hold != nil {
		<-s.hold
	}
	return s.Store.Commit(ctx, c)
}

func newOffice(t *testing.T, s kiosk.Store) *kiosk.Office {
	t.Helper()
	o, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: kiosktest.Setup(), Store: s, Now: func() time.Time { return kiosktest.At(0) }})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func newPages(t *testing.T, s kiosk.Store) (*pages, *kiosk.Office) {
	t.Helper()
	store := newTimedStore(s)
	o := newOffice(t, store)
	return &pages{
		health: &health{office: o, patience: 50 * time.Millisecond}, slip: &slipPage{o, words.Slip},
		metrics: newMetrics(o, store, report.NewLive(o, o.Setup()), t.TempDir(), "test"), words: words.For(kiosk.Vietnamese), log: slog.New(slog.DiscardHandler),
	}, o
}

func ask(t *testing.T, h http.Handler, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+target, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHealth(t *testing.T) {
	t.Parallel()
	p, _ := newPages(t, kiosktest.NewMemory())
	w := ask(t, p.handler(), "GET", "/healthz")
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"ok":true,"reasons":[],"faults":[]}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestHealthOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	store := kiosktest.NewMemory()
	p, o := newPages(t, failing{store})
	if _, err := o.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify}); err == nil {
		t.Fatal("a ticket without a disk")
	}
	w := ask(t, p.handler(), "GET", "/healthz")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "store-failed: ") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// failing is a store that keeps nothing.
type failing struct{ kiosk.Store }

func (failing) Commit(context.Context, kiosk.Change) error { return errors.New("disk full") }

// An office that hangs is asked once, however often somebody looks.
func TestHealthOfAnOfficeThatHangs(t *testing.T) {
	t.Parallel()
	store := &deafStore{Store: kiosktest.NewMemory()}
	p, o := newPages(t, store)
	store.hold = make(chan struct{})
	issued := make(chan error, 1)
	go func() {
		_, err := o.IssueTicket(context.WithoutCancel(t.Context()), kiosk.IssueRequest{Service: kiosktest.Certify})
		issued <- err
	}()
	h := p.health.(*health)
	var w *httptest.ResponseRecorder
	for w = ask(t, p.handler(), "GET", "/healthz"); w.Code == 200; w = ask(t, p.handler(), "GET", "/healthz") {
	}
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "has not answered within") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if h.answers(t.Context()) {
		t.Error("the watchdog is fed")
	}
	h.mu.Lock()
	pending := h.pending
	h.mu.Unlock()
	ask(t, p.handler(), "GET", "/healthz")
	h.mu.Lock()
	if h.pending != pending {
		t.Error("it was asked again")
	}
	h.mu.Unlock()
	close(store.hold)
	if err := <-issued; err != nil {
		t.Error(err)
	}
	h.patience = patience
	if w := ask(t, p.handler(), "GET", "/healthz"); w.Code != 200 {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	p, o := newPages(t, kiosktest.NewMemory())
	if _, err := o.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify, Priority: kiosk.PriorityDeclared}); err != nil {
		t.Fatal(err)
	}
	if err := o.OpenCounter(t.Context(), kiosktest.Counter1, "test"); err != nil {
		t.Fatal(err)
	}
	o.RaiseFault(kiosk.FaultPaperOut, "no paper")
	w := ask(t, p.handler(), "GET", "/metrics")
	body := w.Body.String()
	for _, want := range []string{
		`kiosk_tickets{service="chung-thuc",state="waiting"} 1`,
		`kiosk_tickets{service="chung-thuc",state="served"} 0`,
		`kiosk_waiting{service="chung-thuc"} 1`,
		`kiosk_expected_wait_seconds{bound="low",service="chung-thuc"} `,
		`kiosk_counter_state{counter="1",state="open"} 1`,
		`kiosk_slips{state="recorded"} 1`,
		`kiosk_fault{code="paper-out",severity="warn"} 1`,
		`kiosk_printer_state{state="absent"} 1`,
		`kiosk_day_legs{outcome="open",service="chung-thuc"} 1`, `kiosk_day_tickets 1`,
		`kiosk_day_counter_legs{counter="1",outcome="no-show"} 0`, `kiosk_day_hour_legs{hour="08",outcome="open"} 1`,
		`kiosk_day_counter_wait_seconds{counter="1",quantile="0.9"} 0`, `kiosk_day_wait_over_limit_ratio{service="chung-thuc"} 0`,
		`kiosk_day_priorities{by="declared"} 1`, `kiosk_day_priorities{by="card"} 0`, `kiosk_day_priorities{by="officer"} 0`,
		`kiosk_clock_sure 1`, `kiosk_hall_open 1`,
		`kiosk_info{site="thu",version="test"} 1`,
		`kiosk_commit_seconds_count `, `go_goroutines `, `process_resident_memory_bytes `,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	// How many said so is a number of the day. Whose ticket it is, or where it waits, is nobody's.
	for line := range strings.Lines(body) {
		if strings.Contains(line, "declared") && line != `kiosk_day_priorities{by="declared"} 1`+"\n" || strings.Contains(line, "A001") {
			t.Errorf("the metrics tell who has priority: %s", line)
		}
	}
	if _, err := p.metrics.Gather(); err != nil {
		t.Error(err)
	}
}

func TestSlipPage(t *testing.T) {
	t.Parallel()
	p, o := newPages(t, kiosktest.NewMemory())
	if _, err := o.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil {
		t.Fatal(err)
	}
	w := ask(t, p.handler(), "GET", "/slip/a001")
	body := w.Body.String()
	for _, want := range []string{`<html lang="vi">`, `<p class="number">A001</p>`, `<p class="title">Chứng` + "\u00a0" + `thực</p>`, `<svg viewBox="-4 -4 `} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if w := ask(t, p.handler(), "GET", "/slip/A002"); w.Code != 404 {
		t.Errorf("a slip of nobody: %d", w.Code)
	}
	if w := ask(t, p.handler(), "GET", "/slip/%3Cscript%3E"); w.Code != 404 || strings.Contains(w.Body.String(), "<script>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(t, p.handler(), "GET", "/slip.css"); w.Code != 200 || !strings.Contains(w.Body.String(), "@media print") {
		t.Errorf("style: %d", w.Code)
	}
}

// The code on the page is one that a telephone reads.
func TestSlipPageCode(t *testing.T) {
	t.Parallel()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed")
	}
	const text = "Trung tâm Phục vụ hành chính công\nSố thứ tự A001"
	drawn, size, err := qrPath(text)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "code.png")
	if err := drawPath(name, drawn, size); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(zbar, "--quiet", "--raw", "--nodbus", name).Output()
	if err != nil || strings.TrimSpace(string(out)) != text {
		t.Errorf("read %q: %v", out, err)
	}
}

func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	p, _ := newPages(t, kiosktest.NewMemory())
	p.screen = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "the screen") })
	p.open = true
	h := p.handler()
	for _, tt := range []struct {
		name, method, target, host string
		header                     [2]string
		status                     int
	}{
		{"this machine", "GET", "/screen", "127.0.0.1:8080", [2]string{}, 200},
		{"by name", "GET", "/screen", "localhost:8080", [2]string{}, 200},
		{"IPv6", "GET", "/screen", "[::1]:8080", [2]string{}, 200},
		{"IPv6 without a port", "GET", "/screen", "[::1]", [2]string{}, 200},
		{"below it", "GET", "/screen/text", "localhost", [2]string{}, 200},
		{"its picture", "GET", "/screen.png", "localhost", [2]string{}, 200},
		{"a name made to lead here", "GET", "/screen", "evil.example:8080", [2]string{}, 421},
		{"an address of the network", "GET", "/healthz", "192.168.1.7:8080", [2]string{}, 421},
		{"a script", "POST", "/screen/touch", "localhost", [2]string{}, 200},
		{"a page elsewhere", "POST", "/screen/touch", "localhost", [2]string{"Origin", "https://evil.example"}, 403},
		{"a page elsewhere, newer", "POST", "/screen/touch", "localhost", [2]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a verb that is none", "POST", "/healthz", "localhost", [2]string{}, 405},
		{"nothing there", "GET", "/admin", "localhost", [2]string{}, 404},
		{"the front", "GET", "/", "localhost", [2]string{}, 303},
	} {
		r := httptest.NewRequest(tt.method, "http://localhost"+tt.target, nil)
		r.Host = tt.host
		if tt.header[0] != "" {
			r.Header.Set(tt.header[0], tt.header[1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.status)
		}
	}
	if w := ask(t, h, "GET", "/slip.css"); w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("headers: %v", w.Header())
	}
}

// Without -demo the screen needs a login, and says so; without a screen it says that.
func TestScreenNeedsALogin(t *testing.T) {
	t.Parallel()
	p, _ := newPages(t, kiosktest.NewMemory())
	if w := ask(t, p.handler(), "GET", "/screen"); w.Code != 404 || !strings.Contains(w.Body.String(), "-screen web") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	p.screen = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was shown") })
	for _, target := range []string{"/screen", "/screen/text", "/screen.png"} {
		if w := ask(t, p.handler(), "GET", target); w.Code != 403 || !strings.Contains(w.Body.String(), "login") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// A browser that keeps its stream open does not hold up the stop.
func TestWebStopsWithAnOpenStream(t *testing.T) {
	t.Parallel()
	p, _ := newPages(t, kiosktest.NewMemory())
	p.open = true
	p.screen = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.run(ctx, l) }()
	a, err := http.Get("http://" + l.Addr().String() + "/screen")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("it does not stop")
	}
}

func TestHealthIsJSON(t *testing.T) {
	t.Parallel()
	p, _ := newPages(t, kiosktest.NewMemory())
	var a healthAnswer
	if err := json.Unmarshal(ask(t, p.handler(), "GET", "/healthz").Body.Bytes(), &a); err != nil || !a.OK {
		t.Errorf("%+v %v", a, err)
	}
}
