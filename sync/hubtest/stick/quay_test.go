package stick_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/ferry"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

const gateway wire.GatewayID = "gw-0123456789abcdef"

// drawer keeps pages in memory.
type drawer map[ferry.PageName][]byte

type open struct{ io.ReadSeeker }

func (open) Close() error { return nil }

func (d drawer) Open(_ context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error) {
	b, ok := d[ferry.PageName{Dossier: dossier, Hash: hash}]
	if !ok {
		return nil, kiosk.ErrGone
	}
	return open{bytes.NewReader(b)}, nil
}

func (d drawer) Subject(_ context.Context, dossier kiosk.DossierID, _ []byte) (*wire.Subject, error) {
	return &wire.Subject{Name: "Nguyễn Văn An", Number: "022085001234"}, nil
}

// quay is a box, a stick and a hub that have no line between them.
type quay struct {
	t       *testing.T
	box     *ferry.Box
	store   *kiosktest.Memory
	clerk   *kiosktest.Clerk
	pages   drawer
	stick   string
	harbour *ferry.Harbour
	hub     *hub.Hub
	sql     *sqlstore.Store
	keep    *sealed.Pages
}

// door is the hub's, with the name of a page in its own words.
type door struct{ *hub.Hub }

func (d door) Page(ctx context.Context, g wire.GatewayID, p ferry.PageName, size int64, r io.Reader) error {
	return d.Hub.Page(ctx, g, hub.PageKey{Dossier: p.Dossier, Hash: p.Hash}, size, r)
}

func newQuay(t *testing.T) *quay {
	t.Helper()
	q := &quay{t: t, store: kiosktest.NewMemory(), pages: drawer{}, stick: t.TempDir()}
	q.clerk = kiosktest.NewClerk(t, q.store, kiosktest.Site, kiosktest.Monday)
	key, cert := certificate(t, string(gateway))
	recipient, err := age.GenerateX25519Identity()
	must(t, err)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	signer := wire.NewSigner(private)
	now := func() time.Time { return kiosktest.Monday.At(17 * 60) }
	q.box = &ferry.Box{
		Gateway: gateway, Site: kiosktest.Site, Outbox: q.store, Pages: q.pages, Signer: key, Certificate: [][]byte{cert.Raw},
		Recipients: []string{recipient.Recipient().String()}, Keys: wire.Keys{Keys: []wire.Key{signer.Key()}}, Now: now,
	}
	q.startHub(signer, now)
	q.harbour = &ferry.Harbour{
		Identities: []age.Identity{recipient}, Door: door{q.hub}, Sign: signer.Sign, Now: now,
		Trust: func(_ context.Context, chain []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error) {
			if !chain[0].Equal(cert) {
				return "", "", errors.New("a certificate of nobody here")
			}
			return gateway, kiosktest.Site, nil
		},
	}
	return q
}

func (q *quay) startHub(signer *wire.Signer, now func() time.Time) {
	t := q.t
	dir := t.TempDir()
	folder, err := files.Open(files.Options{Dir: filepath.Join(dir, "pages"), Reserve: -1})
	must(t, err)
	q.keep, err = sealed.New(folder)
	must(t, err)
	q.sql, err = sqlstore.OpenSQLite(t.Context(), filepath.Join(dir, "hub.db"), sqlstore.Config{Keys: secret.NewKey(), Now: now, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	q.hub = hub.New(hub.Config{
		Store: q.sql, Pages: q.keep, Signer: signer, Log: slog.New(slog.DiscardHandler),
		Identify: func(*http.Request) (hub.Identity, error) { return hub.Identity{}, errors.New("no line") },
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.hub.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, errors.Join(<-done, q.sql.Close()))
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func certificate(t *testing.T, name string) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return key, cert
}

// tickets gives some numbers.
func (q *quay) tickets(n int) {
	q.t.Helper()
	for range n {
		_, c := q.clerk.Issue(kiosktest.Certify, "A")
		must(q.t, q.store.Commit(q.t.Context(), c))
	}
}

// dossier receives one with pages of a size.
func (q *quay) dossier(pages, size int) kiosk.Dossier {
	q.t.Helper()
	d := kiosk.Dossier{ID: kiosk.NewDossierID(q.clerk.Now), Procedure: "2.000815", Subject: []byte("sealed")}
	for i := range pages {
		b := bytes.Repeat([]byte{byte(i)}, size)
		copy(b, d.ID)
		p := kiosk.Page{Component: "giay-to", Hash: kiosk.HashOf(b), Size: int64(size), Media: "image/png"}
		q.pages[ferry.PageName{Dossier: d.ID, Hash: p.Hash}] = b
		d.Pages = append(d.Pages, p)
	}
	c := q.clerk.Receive(d)
	must(q.t, q.store.Commit(q.t.Context(), c))
	return d
}

func (q *quay) export() ferry.Trip {
	q.t.Helper()
	trip, err := q.box.Export(q.t.Context(), q.stick, nil)
	must(q.t, err)
	return trip
}

func (q *quay) bring() ferry.Report {
	q.t.Helper()
	r, err := q.harbour.Import(q.t.Context(), q.stick, nil)
	must(q.t, err)
	return r
}

// equal holds what the hub has against what the box has, fact by fact and byte by byte.
func (q *quay) equal(dossiers ...kiosk.Dossier) {
	t := q.t
	t.Helper()
	facts, err := q.store.Outgoing(t.Context(), kiosk.Position{}, 1<<20)
	must(t, err)
	marks, err := q.hub.Marks(t.Context(), gateway)
	must(t, err)
	if last := facts[len(facts)-1]; len(marks) != 1 || marks[0].Position() != last.Position || marks[0].Chain != last.Chain.String() {
		t.Fatalf("the hub's marks are %+v, the last fact is %v %v", marks, last.Position, last.Chain)
	}
	for _, d := range dossiers {
		for _, p := range d.Pages {
			key := hub.PageKey{Dossier: d.ID, Hash: p.Hash}
			state, err := q.sql.Page(t.Context(), gateway, key)
			if err != nil || !state.Kept {
				t.Fatalf("page %v: kept %v, %v", key, state.Kept, err)
			}
			r, err := q.keep.Open(t.Context(), key, state)
			must(t, err)
			b, err := io.ReadAll(r)
			must(t, errors.Join(err, r.Close()))
			if !bytes.Equal(b, q.pages[ferry.PageName{Dossier: d.ID, Hash: p.Hash}]) {
				t.Errorf("page %v is another one", key)
			}
		}
	}
}
