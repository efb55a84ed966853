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
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func TestThereAndBack(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.box.PartBytes = 100_000
	q.tickets(30)
	one := q.dossier(5, 40_000)
	q.tickets(3)
	if trip := q.export(); trip.Files != 3 || trip.Facts != 34 || trip.Pages != 5 || trip.Bytes != 200_000 {
		t.Errorf("exported %+v", trip)
	}
	r := q.bring()
	if r.Files != 3 || r.Facts != 34 || r.Pages != 5 || len(r.Bad)+len(r.Refused) != 0 || !slices.Equal(r.Acks, []string{"motcua-" + string(gateway) + ".ack"}) {
		t.Errorf("imported %+v", r)
	}
	q.equal(one)
	// The boat goes back, and once more with the same stick.
	trip, err := q.box.Accept(t.Context(), q.stick)
	must(t, err)
	if trip.Facts != 34 || trip.Pages != 5 {
		t.Errorf("accepted %+v", trip)
	}
	if w, err := q.store.Waiting(t.Context()); err != nil || w.Facts != 0 || w.Blobs != 0 {
		t.Errorf("still waits: %+v, %v", w, err)
	}
	if again, err := q.box.Accept(t.Context(), q.stick); err != nil || again.Facts != 0 || again.Pages != 0 {
		t.Errorf("accepted once more: %+v, %v", again, err)
	}
	if again := q.bring(); again.Facts != 0 || len(again.Bad)+len(again.Refused) != 0 {
		t.Errorf("imported once more: %+v", again)
	}
	q.equal(one)
}

// Line and stick bring the same facts, in any order.
func TestMixedWithTheLine(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(10)
	one := q.dossier(2, 5_000)
	q.export()
	q.tickets(5)
	// Meanwhile the line was there for a moment, and brought some.
	facts, err := q.store.Outgoing(t.Context(), kiosk.Position{}, 13)
	must(t, err)
	var events []wire.Event
	for _, f := range facts {
		var who *wire.Subject
		if _, ok := f.Fact.(kiosk.DossierReceived); ok {
			who = &wire.Subject{Name: "Nguyễn Văn An", Number: "022085001234"}
		}
		e, err := wire.Encode(gateway, f, who)
		must(t, err)
		events = append(events, e)
	}
	batch, err := wire.AppendBatch(nil, events)
	must(t, err)
	_, err = q.hub.Facts(t.Context(), gateway, kiosktest.Site, batch)
	must(t, err)
	page := one.Pages[0]
	must(t, q.hub.Page(t.Context(), gateway, hub.PageKey{Dossier: one.ID, Hash: page.Hash}, page.Size, bytes.NewReader(q.pages[ferry.PageName{Dossier: one.ID, Hash: page.Hash}])))
	if r := q.bring(); r.Facts != 0 || r.Pages != 2 || len(r.Bad)+len(r.Refused) != 0 {
		t.Errorf("imported %+v", r)
	}
	_, err = q.box.Accept(t.Context(), q.stick)
	must(t, err)
	q.export() // what has come since
	if r := q.bring(); r.Facts != 3 || len(r.Bad) != 0 {
		t.Errorf("imported %+v", r)
	}
	q.equal(one)
}

// Whatever a stick loses or somebody changes on it, nothing of that file is taken and the reason
// is said.
func TestDamage(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(4)
	one := q.dossier(2, 3_000)
	q.export()
	path, whole := q.file()
	for _, at := range []int{0, 30, 120, 200, len(whole) / 4, len(whole) / 2, len(whole) - 40, len(whole) - 1} {
		bad := slices.Clone(whole)
		bad[at] ^= 0x10
		must(t, os.WriteFile(path, bad, 0o600))
		q.refused(fmt.Sprintf("bit at %d", at), ferry.ErrDamaged, ferry.ErrForeign)
	}
	for _, cut := range []int{0, 1, 100, len(whole) / 2, len(whole) - 16, len(whole) - 1} {
		must(t, os.WriteFile(path, whole[:cut], 0o600))
		q.refused(fmt.Sprintf("cut at %d", cut), ferry.ErrDamaged)
	}
	must(t, os.WriteFile(path, append(slices.Clone(whole), whole[len(whole)-100:]...), 0o600))
	q.refused("more at the end", ferry.ErrDamaged)
	must(t, os.WriteFile(path, whole, 0o600))
	if r := q.bring(); len(r.Bad) != 0 || r.Pages != 2 {
		t.Errorf("the whole file: %+v", r)
	}
	q.equal(one)
}

func (q *quay) file() (path string, text []byte) {
	q.t.Helper()
	all, err := filepath.Glob(filepath.Join(q.stick, "*.ferry"))
	must(q.t, err)
	if len(all) != 1 {
		q.t.Fatalf("files %v, want one", all)
	}
	text, err = os.ReadFile(all[0])
	must(q.t, err)
	return all[0], text
}

// refused wants the only file of the stick refused, and nothing taken.
func (q *quay) refused(what string, any ...error) {
	q.t.Helper()
	r := q.bring()
	if r.Facts+r.Pages != 0 || len(r.Bad) != 1 || !slices.ContainsFunc(any, func(e error) bool { return errors.Is(r.Bad[0].Err, e) }) {
		q.t.Errorf("%s: %+v", what, r)
	}
}

func TestForeign(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(2)
	other, err := age.GenerateX25519Identity()
	must(t, err)
	good := *q.box

	q.box.Recipients = []string{other.Recipient().String()}
	q.export()
	q.refused("sealed for another hub", ferry.ErrForeign)
	path, _ := q.file()
	must(t, os.Remove(path))

	*q.box = good
	key, cert := certificate(t, string(gateway))
	q.box.Signer, q.box.Certificate = key, [][]byte{cert.Raw}
	q.export()
	q.refused("signed by nobody here", ferry.ErrForeign)
	path, _ = q.file()
	must(t, os.Remove(path))

	*q.box = good
	q.box.Signer = key // the certificate is ours, the signature is not
	q.export()
	q.refused("signed by another key", ferry.ErrForeign)
	path, _ = q.file()
	must(t, os.Remove(path))

	*q.box = good
	q.box.Gateway = "gw-zzzzzzzzzzzzzzzz" // says to be another box
	q.export()
	q.refused("another box's name", ferry.ErrForeign)

	q.box.Recipients = nil
	if _, err := q.box.Export(t.Context(), q.stick, nil); !errors.Is(err, ferry.ErrNoHub) {
		t.Errorf("a box that was never online: %v", err)
	}
}

// A word that the hub has not given is not believed.
func TestForgedWord(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(3)
	q.export()
	q.bring()
	path := filepath.Join(q.stick, "motcua-"+string(gateway)+".ack")
	word, err := os.ReadFile(path)
	must(t, err)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	list := word[bytes.IndexByte(word, '\n')+1:]
	forged, err := wire.NewSigner(private).Sign(wire.FerryWord{Gateway: gateway, List: kiosk.HashOf(list)})
	must(t, err)
	for what, text := range map[string][]byte{
		"another key": append([]byte(forged+"\n"), list...), "another list": bytes.Replace(word, []byte(`"seq":3`), []byte(`"seq":9`), 1),
		"nothing": {}, "cut": word[:len(word)/2], "no list": word[:bytes.IndexByte(word, '\n')],
	} {
		must(t, os.WriteFile(path, text, 0o600))
		if trip, err := q.box.Accept(t.Context(), q.stick); !errors.Is(err, ferry.ErrForeign) && !errors.Is(err, ferry.ErrDamaged) {
			t.Errorf("%s: %+v, %v", what, trip, err)
		}
	}
	if w, err := q.store.Waiting(t.Context()); err != nil || w.Facts != 3 {
		t.Errorf("waits: %+v, %v", w, err)
	}
	must(t, os.Remove(path))
	if _, err := q.box.Accept(t.Context(), q.stick); !errors.Is(err, ferry.ErrNoAck) {
		t.Errorf("no word: %v", err)
	}
}

// A page that has rotted in its middle stays behind, and no other for it.
func TestRottenPage(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	d := q.dossier(3, 10_000)
	rotten := ferry.PageName{Dossier: d.ID, Hash: d.Pages[1].Hash}
	q.box.Pages = rot{q.pages, rotten}
	if trip := q.export(); trip.Files != 1 || trip.Pages != 2 || trip.Skipped != 1 {
		t.Errorf("exported %+v", trip)
	}
	if r := q.bring(); r.Pages != 2 || len(r.Bad)+len(r.Refused) != 0 {
		t.Errorf("imported %+v", r)
	}
	_, err := q.box.Accept(t.Context(), q.stick)
	must(t, err)
	if w, err := q.store.Waiting(t.Context()); err != nil || w.Facts != 0 || w.Blobs != 1 {
		t.Errorf("waits: %+v, %v", w, err)
	}
}

// rot is a drawer with a page that can be read to its middle.
type rot struct {
	drawer
	page ferry.PageName
}

func (r rot) Open(ctx context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error) {
	page, err := r.drawer.Open(ctx, dossier, hash)
	if err != nil || r.page != (ferry.PageName{Dossier: dossier, Hash: hash}) {
		return page, err
	}
	return open{half{page}}, nil
}

type half struct{ io.ReadSeeker }

func (h half) Read(p []byte) (int, error) {
	at, err := h.Seek(0, io.SeekCurrent)
	if err == nil && at >= 5_000 {
		err = errors.New("rotten")
	}
	if err != nil {
		return 0, err
	}
	return h.ReadSeeker.Read(p[:min(len(p), 5_000)])
}

// The hub's word counts fact by fact: a mark beyond an epoch's end, one of a later epoch, and one
// at the place of another fact bring no fact away that the hub may not have.
func TestWordOverEpochs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		marks func(first, second wire.Mark) []wire.Mark // the box's own ends
		left  uint64
	}{
		"all":             {func(a, b wire.Mark) []wire.Mark { return []wire.Mark{a, b} }, 0},
		"only the later":  {func(_, b wire.Mark) []wire.Mark { return []wire.Mark{b} }, 7},
		"half the first":  {func(a, b wire.Mark) []wire.Mark { a.Seq, a.Chain = 2, ""; return []wire.Mark{a, b} }, 5},
		"beyond an end":   {func(a, _ wire.Mark) []wire.Mark { a.Seq += 9; return []wire.Mark{a} }, 3},
		"another's fact":  {func(a, b wire.Mark) []wire.Mark { a.Chain = kiosk.HashOf(nil).String(); return []wire.Mark{a, b} }, 4},
		"nothing":         {func(_, _ wire.Mark) []wire.Mark { return nil }, 7},
		"of another life": {func(a, _ wire.Mark) []wire.Mark { a.Epoch += 1; return []wire.Mark{a} }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQuay(t)
			q.tickets(4)
			first := q.end()
			must(t, q.store.Commit(t.Context(), q.clerk.BeginEpoch(first.Epoch+5)))
			q.tickets(2)
			q.harbour.Door = told{q.harbour.Door, c.marks(first, q.end())}
			q.export()
			q.bring()
			_, err := q.box.Accept(t.Context(), q.stick)
			must(t, err)
			if w, err := q.store.Waiting(t.Context()); err != nil || w.Facts != c.left {
				t.Errorf("%d wait, want %d, %v", w.Facts, c.left, err)
			}
		})
	}
}

// end is the mark of a hub that has all.
func (q *quay) end() wire.Mark {
	q.t.Helper()
	facts, err := q.store.Outgoing(q.t.Context(), kiosk.Position{}, 1<<20)
	must(q.t, err)
	last := facts[len(facts)-1]
	return wire.Mark{Epoch: last.Epoch, Seq: last.Seq, Chain: last.Chain.String()}
}

// told is a hub that gives its marks otherwise.
type told struct {
	ferry.Door
	marks []wire.Mark
}

func (d told) Marks(context.Context, wire.GatewayID) ([]wire.Mark, error) { return d.marks, nil }

// A stick that is pulled out leaves nothing that looks whole.
func TestPulledOut(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(5)
	q.dossier(4, 10_000)
	ctx, pull := context.WithCancel(t.Context())
	_, err := q.box.Export(ctx, q.stick, func(trip ferry.Trip) {
		if trip.Pages == 2 {
			pull()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("export: %v", err)
	}
	left, err := os.ReadDir(q.stick)
	must(t, err)
	for _, e := range left {
		if strings.HasSuffix(e.Name(), ".ferry") {
			t.Errorf("%s lies on the stick", e.Name())
		}
	}
	if _, err := q.box.Export(t.Context(), filepath.Join(q.stick, "none"), nil); err == nil {
		t.Error("an export into a folder that is not there")
	}
}
