package rating_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
)

// hall is an office with its rating pages. Its clock is the runtime's, moved to a Monday, and can
// be put forward.
type hall struct {
	*kiosk.Office
	t      testing.TB
	store  *kiosktest.Faulty
	codes  *rating.Codes
	mux    *http.ServeMux
	place  *tablets
	ahead  atomic.Int64
	number kiosk.Number // of A's newest ticket
}

// tablets is a book of tablets in which the cookie's value is the counter.
type tablets struct {
	away atomic.Bool // sent away by an officer
	seen atomic.Int64
}

func (p *tablets) Visit(w http.ResponseWriter, r *http.Request, kind lan.ScreenKind) (lan.Visit, error) {
	if v, err := p.Who(r, kind); err == nil {
		return v, nil
	}
	return lan.Visit{Digits: "4711"}, nil
}

func (p *tablets) Who(r *http.Request, kind lan.ScreenKind) (lan.Visit, error) {
	c, err := r.Cookie("tablet")
	if err != nil || kind != lan.TabletScreen || p.away.Load() {
		return lan.Visit{}, &lan.Problem{Code: kiosk.CodeNoSession}
	}
	return lan.Visit{Screen: lan.Screen{ID: "s1", Kind: kind, Counter: kiosk.CounterCode(c.Value)}}, nil
}

func (p *tablets) Seen(string) { p.seen.Add(1) }

func open(t testing.TB) *hall {
	t.Helper()
	h := &hall{t: t, codes: codes(t), mux: http.NewServeMux(), place: &tablets{}}
	setup := kiosktest.Setup()
	setup.AlwaysOpen = true
	h.store = kiosktest.NewFaulty(kiosktest.NewMemory())
	start, base := time.Now(), kiosktest.Monday.At(9*60)
	since := func() time.Duration { return time.Since(start) + time.Duration(h.ahead.Load()) }
	var err error
	h.Office, err = kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: setup, Store: h.store, Now: func() time.Time { return base.Add(since()) }, Mono: since,
	})
	if err != nil {
		t.Fatal(err)
	}
	shield := lan.Shield{Words: words.For(kiosk.Vietnamese), Log: slog.New(slog.DiscardHandler)}
	pages, err := rating.New(rating.Config{Office: h.Office, Codes: h.codes, Tablets: h.place, Shield: shield})
	if err != nil {
		t.Fatal(err)
	}
	pages.Routes(h.mux)
	return h
}

func (h *hall) pass(d time.Duration) { h.ahead.Add(int64(d)) }

// issue gives a ticket of service A.
func (h *hall) issue(l kiosk.Language) kiosk.Ticket {
	h.t.Helper()
	t, err := h.IssueTicket(context.Background(), kiosk.IssueRequest{Service: kiosktest.Certify, Language: l})
	if err != nil {
		h.t.Fatal(err)
	}
	h.number = t.Number
	return t
}

func (h *hall) step(counter kiosk.CounterCode, verb kiosk.Verb, n kiosk.Number) {
	h.t.Helper()
	if _, err := h.Step(context.Background(), kiosk.Step{Counter: counter, Verb: verb, Number: n}); err != nil {
		h.t.Fatal(err)
	}
}

// served is a ticket whose visit at counter 1 is over.
func (h *hall) served(l kiosk.Language) kiosk.Ticket {
	h.t.Helper()
	t := h.issue(l)
	h.step(kiosktest.Counter1, kiosk.VerbCall, t.Number)
	h.step(kiosktest.Counter1, kiosk.VerbServe, t.Number)
	h.step(kiosktest.Counter1, kiosk.VerbFinish, t.Number)
	return h.now(t.Number)
}

func (h *hall) now(n kiosk.Number) kiosk.Ticket {
	h.t.Helper()
	t, ok := h.Snapshot().Ticket(n)
	if !ok {
		h.t.Fatalf("no ticket %s", n)
	}
	return t
}

// ratings counts the facts of ratings, and returns the last.
func (h *hall) ratings() (n int, last kiosk.TicketRated, by string) {
	h.t.Helper()
	records, err := h.Records(context.Background(), kiosk.Position{}, 10_000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range records {
		if f, ok := r.Fact.(kiosk.TicketRated); ok {
			n, last, by = n+1, f, r.By
		}
	}
	return n, last, by
}

func (h *hall) path(t kiosk.Ticket) string { return "/r/" + h.codes.Token(t) }

func (h *hall) get(path string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (h *hall) post(path string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(r)
}

func (h *hall) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r)
	return w
}
