package stick_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/ferry"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

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

// What a stick that was pulled out has left does not fill it for ever.
func TestPulledOutBefore(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(5)
	left := filepath.Join(q.stick, "motcua-"+string(gateway)+"-20261101T080000-01.ferry.new-4711")
	must(t, os.WriteFile(left, make([]byte, 1000), 0o600))
	q.export()
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file of an earlier trip is still there: %v", err)
	}
	q.file()
}

// A clock that stands still gives two trips one name, and neither takes the other's place.
func TestTwoTripsInOneSecond(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(5)
	q.export()
	_, first := q.file()
	q.tickets(3)
	q.export()
	all, err := filepath.Glob(filepath.Join(q.stick, "*.ferry"))
	must(t, err)
	if len(all) != 2 {
		t.Fatalf("files %v, want two", all)
	}
	if text, err := os.ReadFile(all[0]); err != nil || !bytes.Equal(text, first) {
		t.Errorf("the first trip was written over: %v", err)
	}
	if r := q.bring(); r.Facts != 8 || len(r.Bad)+len(r.Refused) != 0 {
		t.Errorf("imported %+v", r)
	}
	q.equal()
}

// A stick whose file system knows links may carry some that lead to files of the box or of the
// hub. Nothing is written through them.
func TestLinks(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(3)
	victim := filepath.Join(t.TempDir(), "hub.db")
	must(t, os.WriteFile(victim, []byte("mine"), 0o600))
	for _, name := range []string{".ack", ".ack.partial", "-20261123T170000-01.ferry", "-20261123T170000-01.ferry.partial", "-20261123T170001-01.ferry.partial"} {
		must(t, os.Symlink(victim, filepath.Join(q.stick, "motcua-"+string(gateway)+name)))
	}
	q.export()
	if r := q.bring(); r.Facts != 3 || len(r.Acks) != 1 {
		t.Errorf("imported %+v", r)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Errorf("a file outside the stick holds %.30q now, %v", text, err)
	}
	if trip, err := q.box.Accept(t.Context(), q.stick); err != nil || trip.Facts != 3 {
		t.Errorf("accepted %+v, %v", trip, err)
	}
}

// An applicant who cannot be opened just now keeps back what came after, and nothing before.
func TestApplicantWaits(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(20)
	one := q.dossier(2, 1_000)
	q.tickets(5)
	two := q.dossier(3, 1_000)
	q.tickets(10)
	good := q.box.Pages
	q.box.Pages = locked{q.pages, two.ID}
	trip := q.export()
	if trip.Facts != 26 || trip.Pages != 2 || trip.Behind != 11 || !strings.Contains(trip.Why, "input/output error") {
		t.Errorf("exported %+v", trip)
	}
	if r := q.bring(); r.Facts != 26 || r.Pages != 2 || len(r.Bad)+len(r.Refused) != 0 {
		t.Errorf("imported %+v", r)
	}
	_, err := q.box.Accept(t.Context(), q.stick)
	must(t, err)
	q.box.Pages = good
	if trip := q.export(); trip.Facts != 11 || trip.Pages != 3 || trip.Behind != 0 {
		t.Errorf("exported the next time %+v", trip)
	}
	q.bring()
	q.equal(one, two)
}

// locked is a drawer that cannot tell just now who one dossier is of.
type locked struct {
	drawer
	whose kiosk.DossierID
}

func (l locked) Subject(ctx context.Context, dossier kiosk.DossierID, sealed []byte) (*wire.Subject, error) {
	if dossier == l.whose {
		return nil, errors.New("input/output error")
	}
	return l.drawer.Subject(ctx, dossier, sealed)
}
