package hub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/wire"
)

// desk is uploads with a store of keys in memory and pages in a folder, behind a server.
type desk struct {
	*httptest.Server
	pages   hub.Pages
	dossier kiosk.DossierID
	keys    *age.X25519Identity
	appends chan int64 // where each piece that was made durable ended
	log     kiosktest.Journal
	reads   chan int // how much each read of a body brought

	mu        sync.Mutex
	named     map[hub.PageKey]hub.PageState
	refuses   error // of the next question for a page
	fails     error // of the next word that one is kept
	completed []wire.GatewayID
}

// testGateway is who everybody is here.
const testGateway = wire.GatewayID("gw-0123456789abcdef")

func newDesk(t *testing.T, limits hub.UploadLimits) *desk {
	t.Helper()
	folder, err := files.Open(files.Options{Dir: t.TempDir(), Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := sealed.New(folder)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{
		dossier: kiosk.NewDossierID(time.Now()), keys: keys, appends: make(chan int64, 1000), reads: make(chan int, 1<<16), named: map[hub.PageKey]hub.PageState{},
	}
	d.pages = watched{pages, d.appends}
	d.Server = d.serve(t, limits)
	return d
}

// serve starts a process over the desk's stores.
func (d *desk) serve(t *testing.T, limits hub.UploadLimits) *httptest.Server {
	t.Helper()
	uploads := hub.NewUploads(hub.UploadsConfig{
		Store: d, Pages: d.pages, Limits: limits,
		Identify: func(r *http.Request) (hub.Identity, error) {
			if r.Header.Get("Test-Stranger") != "" {
				return hub.Identity{}, &wire.Problem{Status: http.StatusForbidden, Code: wire.CodeRevoked, Title: "declared lost"}
			}
			return hub.Identity{Gateway: testGateway}, nil
		},
		Sign:      func(wire.Statement) (string, error) { return "signed", nil },
		Completed: func(g wire.GatewayID) { d.mu.Lock(); defer d.mu.Unlock(); d.completed = append(d.completed, g) },
		Log:       d.log.Log(),
	})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = counted{r.Body, d.reads}
		uploads.ServeHTTP(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// counted tells of bytes that have come.
type counted struct {
	io.ReadCloser
	reads chan<- int
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.reads <- n
	return n, err
}

// watched tells of pieces that have become durable.
type watched struct {
	hub.Pages
	appends chan<- int64
}

func (w watched) Append(ctx context.Context, page hub.PageKey, at int64, b []byte, state hub.PageState) error {
	err := w.Pages.Append(ctx, page, at, b, state)
	if err == nil {
		w.appends <- at + int64(len(b))
	}
	return err
}

func (d *desk) Page(_ context.Context, gateway wire.GatewayID, page hub.PageKey) (hub.PageState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if gateway != testGateway {
		return hub.PageState{}, errors.New("of nobody")
	}
	if err := d.refuses; err != nil {
		d.refuses = nil
		return hub.PageState{}, err
	}
	state, ok := d.named[page]
	if !ok {
		return hub.PageState{}, hub.ErrNotNamed
	}
	return state, nil
}

func (d *desk) PageKept(_ context.Context, _ wire.GatewayID, page hub.PageKey, sign hub.SignFunc) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fails; err != nil {
		d.fails = nil
		return false, err
	}
	state := d.named[page]
	state.Kept = true
	d.named[page] = state
	_, err := sign(wire.Statement{})
	return true, err
}

// page returns bytes that a header names.
func (d *desk) page(size int) ([]byte, hub.PageKey) {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	k := hub.PageKey{Dossier: d.dossier, Hash: kiosk.HashOf(b)}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.named[k] = hub.PageState{Size: int64(size), Recipient: d.keys.Recipient().String(), Identity: d.keys.String()}
	return b, k
}

// kept fails where a page is not the hub's yet, byte for byte.
func (d *desk) kept(t *testing.T, k hub.PageKey, want []byte) {
	t.Helper()
	d.mu.Lock()
	state := d.named[k]
	d.mu.Unlock()
	r, err := d.pages.Open(t.Context(), k, state)
	if err != nil || !state.Kept {
		t.Fatalf("kept %v, %v", state.Kept, err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes are kept of %d, %v", len(got), len(want), err)
	}
}

// headers are pairs.
type headers []string

func meta(k hub.PageKey) string {
	return wire.FormatMeta(wire.BlobMeta{Dossier: k.Dossier, Hash: k.Hash, Media: "image/jpeg"})
}

// ask sends a request of tus and returns the answer with the refusal that it may be.
func (d *desk) ask(t *testing.T, method, path string, body io.Reader, with ...string) (*http.Response, *wire.Problem) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(with); i += 2 {
		r.Header.Set(with[i], with[i+1])
	}
	a, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if a.Header.Get("Tus-Resumable") != "1.0.0" {
		t.Errorf("%s: no version in the answer", method)
	}
	if a.StatusCode < 400 {
		return a, nil
	}
	if method == http.MethodHead {
		return a, &wire.Problem{Status: a.StatusCode}
	}
	return a, wire.ReadProblem(a)
}

func (d *desk) create(t *testing.T, k hub.PageKey, size int, body io.Reader, with ...string) (*http.Response, *wire.Problem) {
	t.Helper()
	return d.ask(t, http.MethodPost, wire.PathBlobs, body, append(headers{"Upload-Length", strconv.Itoa(size), "Upload-Metadata", meta(k)}, with...)...)
}

func (d *desk) patch(t *testing.T, k hub.PageKey, at int, body io.Reader) (*http.Response, *wire.Problem) {
	t.Helper()
	return d.ask(t, http.MethodPatch, wire.PathBlobs+"/"+k.String(), body, "Content-Type", wire.TypeTus, "Upload-Offset", strconv.Itoa(at))
}

// stands fails where an answer is a refusal or names another offset.
func stands(t *testing.T, a *http.Response, p *wire.Problem, status, offset int) {
	t.Helper()
	if p != nil || a.StatusCode != status || a.Header.Get("Upload-Offset") != strconv.Itoa(offset) {
		t.Errorf("answered %d at %q, %v; want %d at %d", a.StatusCode, a.Header.Get("Upload-Offset"), p, status, offset)
	}
}

func refused(t *testing.T, p *wire.Problem, status int, code wire.Code) {
	t.Helper()
	if p == nil || p.Status != status || p.Code != code && p.Code != "" {
		t.Errorf("refused with %+v, want %d %s", p, status, code)
	}
}
