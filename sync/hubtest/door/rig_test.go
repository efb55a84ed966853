package door_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

const lineSite = kiosk.SiteCode("22-06967")

// lineRig is a hub over real stores, asked by HTTP. Who asks stands in a header, which no program
// of ours believes.
type lineRig struct {
	t     *testing.T
	hub   *hub.Hub
	store *sqlstore.Store
	url   string
	pub   wire.Keys
}

// faultyStore lets a test stand between a hub and its store.
type faultyStore struct {
	hub.Store
	before func(batches []hub.Batch) error
}

func (f *faultyStore) Append(ctx context.Context, batches []hub.Batch, sign hub.SignFunc) ([]hub.Appended, []error, error) {
	if err := f.before(batches); err != nil {
		return nil, nil, err
	}
	return f.Store.Append(ctx, batches, sign)
}

func newLineRig(t *testing.T, limits hub.Limits, between func(hub.Store) hub.Store) *lineRig {
	t.Helper()
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	store, err := sqlstore.OpenSQLite(context.Background(), filepath.Join(dir, "hub.db"), sqlstore.Config{Keys: secret.NewKey(), Now: time.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	folder, err := files.Open(files.Options{Dir: filepath.Join(dir, "pages")})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := sealed.New(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer := wire.NewSigner(private)
	seen := hub.Store(store)
	if between != nil {
		seen = between(store)
	}
	h := hub.New(hub.Config{
		Store: seen, Pages: pages, Signer: signer, Log: log, Limits: limits, OpenAPI: []byte("{}"),
		Identify: func(r *http.Request) (hub.Identity, error) {
			id := wire.GatewayID(r.Header.Get("X-Test-Gateway"))
			if !id.Valid() {
				return hub.Identity{}, &wire.Problem{Status: http.StatusForbidden, Code: wire.CodeUnknown, Title: "nobody"}
			}
			return hub.Identity{Gateway: id, Site: lineSite}, nil
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		h.Quiet()
		server.Close()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &lineRig{t: t, hub: h, store: store, url: server.URL, pub: wire.Keys{Keys: []wire.Key{signer.Key()}}}
}

// do asks as a gateway and reads the answer into out; the refusal where it is one.
func (l *lineRig) do(g wire.GatewayID, method, path string, head http.Header, body io.Reader, out any) *wire.Problem {
	l.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, l.url+path, body)
	if err != nil {
		l.t.Fatal(err)
	}
	for k, v := range head {
		r.Header[k] = v
	}
	r.Header.Set("X-Test-Gateway", string(g))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Date") == "" {
		l.t.Errorf("%s %s: no Date", method, path)
	}
	if resp.StatusCode >= 400 {
		return wire.ReadProblem(resp)
	}
	if out == nil {
		return nil
	}
	b, err := wire.ReadAll(resp.Body, 1<<20)
	if err == nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		l.t.Fatalf("%s %s: %v: %s", method, path, err, b)
	}
	return nil
}

var batchHead = http.Header{"Content-Type": {wire.TypeBatch}}

// send sends events and returns the word for them, or the refusal.
func (l *lineRig) send(g wire.GatewayID, events ...wire.Event) (wire.Ack, *wire.Problem) {
	l.t.Helper()
	b, err := wire.AppendBatch(nil, events)
	if err != nil {
		l.t.Fatal(err)
	}
	var ack wire.Ack
	refused := l.do(g, http.MethodPost, wire.PathEvents, batchHead, bytes.NewReader(b), &ack)
	return ack, refused
}

// issued are facts of tickets, as a gateway encodes them.
func (l *lineRig) issued(g wire.GatewayID, first, last kiosk.Seq) []wire.Event {
	l.t.Helper()
	var out []wire.Event
	for seq := first; seq <= last; seq++ {
		out = append(out, l.encode(g, seq, kiosk.TicketIssued{Ticket: kiosk.Ticket{
			Site: lineSite, Day: 20261126, Service: "S", Seq: uint32(seq), Number: kiosk.FormatNumber("A", uint32(seq)), State: kiosk.Waiting, Language: kiosk.Vietnamese,
		}}, nil))
	}
	return out
}

func (l *lineRig) encode(g wire.GatewayID, seq kiosk.Seq, f kiosk.Fact, who *wire.Subject) wire.Event {
	l.t.Helper()
	e, err := wire.Encode(g, kiosk.Outgoing{
		Record: kiosk.Record{Position: kiosk.Position{Epoch: 1, Seq: seq}, Site: lineSite, Day: 20261126, At: time.Date(2026, 11, 26, 8, 0, 0, 0, kiosk.ICT()), AtSure: true, By: "touch/main", Fact: f},
		Chain:  kiosk.HashOf([]byte{byte(seq), byte(seq >> 8)}),
	}, who)
	if err != nil {
		l.t.Fatal(err)
	}
	return e
}

func (l *lineRig) marks(g wire.GatewayID) []wire.Mark {
	l.t.Helper()
	var m wire.Marks
	if p := l.do(g, http.MethodGet, wire.PathMarks, nil, nil, &m); p != nil {
		l.t.Fatal(p)
	}
	return m.Marks
}
