package enrol_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/enrol/enroltest"
	"github.com/motcua/gateway/sync/wire"
)

// The box's key seals.
var _ enrol.Sealer = (*secret.Key)(nil)

const (
	coTo    kiosk.SiteCode = "22-07192"
	vanDon  kiosk.SiteCode = "22-06994"
	byNga                  = "nga"
	noWord                 = wire.Code("")
	testDay                = "2026-03-02T08:30:00+07:00"
)

// clock is a clock that stands.
type clock struct{ t atomic.Pointer[time.Time] }

func newClock(text string) *clock {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c := &clock{}
	c.t.Store(&t)
	return c
}

func (c *clock) now() time.Time { return *c.t.Load() }

func (c *clock) pass(d time.Duration) {
	t := c.now().Add(d)
	c.t.Store(&t)
}

// testHub is a hub behind a real door.
type testHub struct {
	*enrol.Registrar
	c       enrol.RegistrarConfig
	store   enrol.Store
	clock   *clock
	journal *kiosktest.Journal
	dir     string // of the authority
	url     string
	// swallow is how many answers of EST to POST are lost on the line.
	swallow atomic.Int32
	// swallowed runs when one is, if set.
	swallowed atomic.Pointer[func()]
}

// newHub starts a hub; change may change what it is made of.
func newHub(t testing.TB, change func(*enrol.RegistrarConfig)) *testHub {
	t.Helper()
	h := shutHub(t, change)
	h.url = h.open(t, h.Registrar)
	return h
}

// shutHub makes a hub without a door.
func shutHub(t testing.TB, change func(*enrol.RegistrarConfig)) *testHub {
	t.Helper()
	h := &testHub{store: &enroltest.Memory{}, clock: newClock(testDay), journal: &kiosktest.Journal{}, dir: filepath.Join(t.TempDir(), "ca")}
	c := enrol.RegistrarConfig{Store: h.store, Names: []string{"hub.example", "127.0.0.1", "localhost"}, Now: h.clock.now, Log: h.journal.Log()}
	if change != nil {
		change(&c)
	}
	born := time.Now
	if c.Now != nil {
		born = c.Now
	}
	var err error
	if c.Authority == nil {
		if c.Authority, err = enrol.OpenAuthority(h.dir, born()); err != nil {
			t.Fatal(err)
		}
	}
	h.c = c
	if h.Registrar, err = enrol.NewRegistrar(c); err != nil {
		t.Fatal(err)
	}
	return h
}

// open opens a door of a Registrar and returns its address.
func (h *testHub) open(t testing.TB, r *enrol.Registrar) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(enrol.PathEST, h.line(r.Handler()))
	mux.Handle("/who", r.Protect(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		who, _ := enrol.IdentityOf(req.Context())
		_, _ = fmt.Fprintf(w, "%s %s %s", who.Gateway, who.Site, req.Proto)
	})))
	mux.Handle("/pages", r.Protect(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		// HTTP/1.1 would first wait for the body; HTTP/2 knows no such thing.
		_ = http.NewResponseController(w).EnableFullDuplex()
		_ = http.NewResponseController(w).Flush()
		_, err := io.Copy(io.Discard, req.Body)
		_, _ = fmt.Fprintf(w, "%v; %v", err, enrol.CodeOf(context.Cause(req.Context())))
	})))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: mux, TLSConfig: r.ServerTLS(), ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan error, 1)
	go func() { done <- s.ServeTLS(l, "", "") }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return "https://" + l.Addr().String()
}

// line is what lies between: it may lose answers.
func (h *testHub) line(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost && h.swallow.Add(-1) >= 0 {
			next.ServeHTTP(httptest.NewRecorder(), req)
			if f := h.swallowed.Load(); f != nil {
				(*f)()
			}
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, req)
	})
}

// code makes a claim code.
func (h *testHub) code(t testing.TB, site kiosk.SiteCode, replaces wire.GatewayID) string {
	t.Helper()
	code, _, err := h.NewClaim(t.Context(), enrol.Order{Site: site, By: byNga, Replaces: replaces})
	if err != nil {
		t.Fatal(err)
	}
	return code.Reveal()
}

// living returns the gateways that are not revoked.
func (h *testHub) living(t testing.TB) []enrol.Gateway {
	t.Helper()
	all, err := h.Gateways(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var living []enrol.Gateway
	for _, g := range all {
		if g.Living() {
			living = append(living, g)
		}
	}
	return living
}

// testBox is a box.
type testBox struct {
	*enrol.Enrolment
	c       enrol.Config
	journal *kiosktest.Journal
	clock   *clock
}

func newBox(t testing.TB, site kiosk.SiteCode) *testBox {
	t.Helper()
	dir := t.TempDir()
	b := &testBox{clock: newClock(testDay), journal: &kiosktest.Journal{}}
	b.c = enrol.Config{Dir: filepath.Join(dir, "line"), Sealer: openKey(t, dir), Site: site, Time: b.clock.now, Log: b.journal.Log()}
	b.again(t)
	return b
}

func openKey(t testing.TB, dir string) *secret.Key {
	t.Helper()
	key, err := secret.OpenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// again starts the box's program again.
func (b *testBox) again(t testing.TB) {
	t.Helper()
	e, err := enrol.Open(b.c)
	if err != nil {
		t.Fatal(err)
	}
	b.Enrolment = e
}

// enrolled returns a box that is the gateway of a site.
func enrolled(t testing.TB, h *testHub, site kiosk.SiteCode) *testBox {
	t.Helper()
	b := newBox(t, site)
	if _, err := b.Enrol(t.Context(), h.url, h.code(t, site, "")); err != nil {
		t.Fatal(err)
	}
	return b
}

// client returns an HTTP client with one connection of the box.
func (b *testBox) client(t testing.TB) *http.Client {
	t.Helper()
	c, ok := b.ClientTLS()
	if !ok {
		t.Fatal("not enrolled")
	}
	return clientOf(t, c)
}

func clientOf(t testing.TB, c *tls.Config) *http.Client {
	tr := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// who asks the hub who we are: "gateway site protocol", or the code of its refusal.
func who(t testing.TB, c *http.Client, url string) (string, wire.Code) {
	t.Helper()
	res, err := c.Get(url + "/who")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK {
		return string(body), noWord
	}
	var p wire.Problem
	if err := json.Unmarshal(body, &p); err != nil || p.Status != res.StatusCode {
		t.Errorf("a refusal that is none: %s %q", res.Status, body)
	}
	return "", p.Code
}

// works checks that a box is served as itself.
func (b *testBox) works(t testing.TB, h *testHub) {
	t.Helper()
	s := b.Status()
	got, code := who(t, b.client(t), h.url)
	if want := fmt.Sprintf("%s %s HTTP/2.0", s.Gateway, s.Site); got != want {
		t.Errorf("the hub says %q (%s), want %q", got, code, want)
	}
}

func wantCode(t testing.TB, err error, want wire.Code) {
	t.Helper()
	if got := enrol.CodeOf(err); err == nil || got != want {
		t.Errorf("got %q (%v), want %s", got, err, want)
	}
}

// files lists a folder.
func files(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// pair returns the certificate that a box shows, and its key.
func (b *testBox) pair(t testing.TB) *tls.Certificate {
	t.Helper()
	c, ok := b.ClientTLS()
	if !ok {
		t.Fatal("not enrolled")
	}
	pair, err := c.GetClientCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func (b *testBox) leaf(t testing.TB) *x509.Certificate { return b.pair(t).Leaf }

func serialOf(c *x509.Certificate) string { return fmt.Sprintf("%032x", c.SerialNumber) }

// siteOf makes a site's code of any text.
func siteOf(text string) kiosk.SiteCode {
	return kiosk.SiteCode("test-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, text))
}

// serve opens a door that is no hub's.
func serve(t testing.TB, cert *tls.Certificate, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{*cert}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// serverCert returns the certificate that a hub shows.
func serverCert(t testing.TB, h *testHub) *tls.Certificate {
	t.Helper()
	cert, err := h.ServerTLS().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// authorityKey reads the authority's key from its file.
func authorityKey(t testing.TB, h *testHub) any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(h.dir, "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// counting counts the transactions of a store.
type counting struct {
	enrol.Store
	updates, views atomic.Int32
}

func (c *counting) Update(ctx context.Context, f func(enrol.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, f)
}

func (c *counting) View(ctx context.Context, f func(enrol.Reader) error) error {
	c.views.Add(1)
	return c.Store.View(ctx, f)
}

func newESTRequest(path, body string) *http.Request {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/pkcs10")
	return req
}

// recorder keeps the head of an answer.
type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return len(p), nil
}

// failing is a store that fails at will.
type failing struct {
	enrol.Store
	broken atomic.Bool
}

var errBroken = errors.New("the disk is gone")

func (f *failing) Update(ctx context.Context, do func(enrol.Tx) error) error {
	if f.broken.Load() {
		return errBroken
	}
	return f.Store.Update(ctx, do)
}

func (f *failing) View(ctx context.Context, do func(enrol.Reader) error) error {
	if f.broken.Load() {
		return errBroken
	}
	return f.Store.View(ctx, do)
}
