package blobstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/secret"
)

const november kiosk.Day = 20261126

// box is a state folder with its keys and pages.
type box struct {
	testing.TB
	dir   string
	day   kiosk.Day
	ring  *secret.Ring
	store *blobstore.Store
}

func newBox(t testing.TB) *box {
	b := &box{TB: t, dir: t.TempDir(), day: november}
	b.open()
	return b
}

// open opens everything anew, as after a start.
func (b *box) open() {
	b.Helper()
	key, err := secret.OpenKey(b.dir)
	if err != nil {
		b.Fatal(err)
	}
	if b.ring, err = secret.OpenRing(b.dir, key); err != nil {
		b.Fatal(err)
	}
	b.store, err = blobstore.Open(b.Context(), blobstore.Config{Dir: b.dir, Ring: b.ring, Now: func() kiosk.Day { return b.day }, Reserve: 1})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *box) put(id kiosk.DossierID, page []byte) blobstore.Blob {
	b.Helper()
	blob, err := b.store.Put(b.Context(), id, bytes.NewReader(page))
	if err != nil {
		b.Fatal(err)
	}
	if blob.Hash != kiosk.HashOf(page) || blob.Size != int64(len(page)) {
		b.Fatalf("kept as %s, %d bytes", blob.Hash, blob.Size)
	}
	return blob
}

// get reads a whole page; nil with an error.
func (b *box) get(id kiosk.DossierID, hash kiosk.Hash) ([]byte, error) {
	r, err := b.store.Page(b.Context(), id, hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func (b *box) has(id kiosk.DossierID, page []byte) {
	b.Helper()
	if got, err := b.get(id, kiosk.HashOf(page)); err != nil || !bytes.Equal(got, page) {
		b.Errorf("a page of %d bytes came back as %d, %v", len(page), len(got), err)
	}
}

func (b *box) forget(id kiosk.DossierID) {
	b.Helper()
	if err := b.store.Forget(b.Context(), id); err != nil {
		b.Fatal(err)
	}
}

func (b *box) rewrap(want int) {
	b.Helper()
	if n, err := b.store.Rewrap(b.Context()); n != want || err != nil {
		b.Fatalf("%d keys wrapped anew, %v; want %d", n, err, want)
	}
}

func (b *box) file(id kiosk.DossierID, name string) string {
	return filepath.Join(b.dir, "blobs", string(id), name)
}

func newID() kiosk.DossierID { return kiosk.NewDossierID(time.Now()) }

// scan makes up a page of n bytes.
func scan(seed uint64, n int) []byte {
	b := make([]byte, n)
	var s [32]byte
	s[0], s[1] = byte(seed), byte(seed>>8)
	_, _ = rand.NewChaCha8(s).Read(b)
	return b
}

func TestPagesComeBack(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	one, two := newID(), newID()
	const c = blobstore.ChunkSize
	var pages [][]byte
	for i, n := range []int{1, 100, 60_000, c - 1, c, c + 1, 2 * c, 2*c + 1, 5*c + 77} {
		pages = append(pages, scan(uint64(i), n))
	}
	for _, p := range pages {
		b.put(one, p)
	}
	b.put(two, pages[0]) // the same page, in another dossier
	b.open()
	for _, p := range pages {
		b.has(one, p)
		if err := b.store.Verify(t.Context(), one, kiosk.HashOf(p)); err != nil {
			t.Error(err)
		}
	}
	b.has(two, pages[0])
	list, err := b.store.List(t.Context(), one)
	if err != nil || len(list) != len(pages) || !slices.IsSortedFunc(list, func(a, b blobstore.Blob) int { return slices.Compare(a.Hash[:], b.Hash[:]) }) {
		t.Errorf("list: %v, %v", list, err)
	}
	for _, e := range list {
		if !slices.ContainsFunc(pages, func(p []byte) bool { return kiosk.HashOf(p) == e.Hash && int64(len(p)) == e.Size }) {
			t.Errorf("%s of %d bytes is listed", e.Hash, e.Size)
		}
	}
	u, err := b.store.Usage(t.Context())
	if err != nil || u.Dossiers != 2 || u.Pages != len(pages)+1 {
		t.Errorf("usage %+v, %v", u, err)
	}
	if ids, err := b.store.Dossiers(t.Context()); err != nil || !slices.Equal(ids, slices.Sorted(slices.Values([]kiosk.DossierID{one, two}))) {
		t.Errorf("dossiers %v, %v", ids, err)
	}
	if _, err := b.get(two, kiosk.HashOf(pages[1])); !errors.Is(err, blobstore.ErrNotFound) {
		t.Errorf("a page of another dossier: %v", err)
	}
	if _, err := b.get(newID(), kiosk.HashOf(pages[1])); !errors.Is(err, blobstore.ErrNotFound) {
		t.Errorf("a page of no dossier: %v", err)
	}
}

// TestNothingLiesInPlain: neither a page nor a subject, on all of the disk.
func TestNothingLiesInPlain(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	const name = "Nguyễn Thị Hoa Sim"
	b.put(id, bytes.Repeat([]byte(name), 10_000))
	err := filepath.WalkDir(b.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(name)[:8]) {
			t.Errorf("%s shows the name", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestReadFromAnywhere(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	page := scan(1, 3*blobstore.ChunkSize+1234)
	hash := b.put(id, page).Hash
	rapid.Check(t, func(t *rapid.T) {
		r, err := b.store.Page(b.Context(), id, hash)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if r.Size() != int64(len(page)) {
			t.Fatalf("size %d", r.Size())
		}
		for range rapid.IntRange(1, 5).Draw(t, "reads") {
			at := rapid.IntRange(0, len(page)+10).Draw(t, "at")
			whence := rapid.IntRange(0, 2).Draw(t, "whence")
			now, _ := r.Seek(0, io.SeekCurrent)
			from := []int64{0, now, r.Size()}[whence]
			if got, err := r.Seek(int64(at)-from, whence); err != nil || got != int64(at) {
				t.Fatalf("seek to %d: %d, %v", at, got, err)
			}
			want := page[min(at, len(page)):]
			want = want[:min(len(want), rapid.IntRange(0, 2*blobstore.ChunkSize).Draw(t, "n"))]
			got := make([]byte, len(want))
			if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes at %d: %v", len(want), at, err)
			}
		}
		if _, err := r.Seek(-1, io.SeekStart); err == nil {
			t.Fatal("sought before the beginning")
		}
		if _, err := r.Seek(0, 7); err == nil {
			t.Fatal("sought from nowhere")
		}
	})
	r, err := b.store.Page(t.Context(), id, hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(r, page); err != nil {
		t.Error(err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// TestWhatIsNoPage: nothing is kept, and nothing lies around.
func TestWhatIsNoPage(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	whole := scan(1, 100_000)
	broken := errors.New("the scanner's cable")
	for _, c := range []struct {
		name string
		r    io.Reader
		want error
	}{
		{"empty", bytes.NewReader(nil), blobstore.ErrEmpty},
		{"too large", io.LimitReader(zeros{}, kiosk.MaxPageBytes+1), blobstore.ErrTooLarge},
		{"broken", io.MultiReader(bytes.NewReader(whole), iotest.ErrReader(broken)), broken},
		{"broken at the end of a chunk", io.MultiReader(bytes.NewReader(whole[:blobstore.ChunkSize]), iotest.ErrReader(broken)), broken},
		// As net/http says it of a body that was cut off.
		{"cut off", io.MultiReader(bytes.NewReader(whole), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
		{"cut off at once", iotest.ErrReader(fmt.Errorf("body: %w", io.EOF)), io.EOF},
	} {
		if blob, err := b.store.Put(t.Context(), id, c.r); !errors.Is(err, c.want) || blob != (blobstore.Blob{}) {
			t.Errorf("%s: %v, %v", c.name, blob, err)
		}
	}
	if _, err := b.store.Put(t.Context(), "../etc", bytes.NewReader(whole)); err == nil {
		t.Error("a page of no dossier was kept")
	}
	if left, err := os.ReadDir(filepath.Join(b.dir, "blobs", ".new")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if list, err := b.store.List(t.Context(), id); err != nil || len(list) != 0 {
		t.Errorf("kept: %v, %v", list, err)
	}
	largest, err := b.store.Put(t.Context(), id, iotest.HalfReader(io.LimitReader(zeros{}, kiosk.MaxPageBytes)))
	if err != nil || largest.Size != kiosk.MaxPageBytes {
		t.Errorf("the largest page: %v", err)
	}
	if err := b.store.Verify(t.Context(), id, largest.Hash); err != nil {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestThePageIsPutAgain: the fresh copy takes the place of a rotten one, and nobody who reads the
// old one is disturbed.
func TestThePageIsPutAgain(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	page := scan(3, 3*blobstore.ChunkSize)
	hash := b.put(id, page).Hash
	r, err := b.store.Page(t.Context(), id, hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b.put(id, page)
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, page) {
		t.Errorf("its reader had %d bytes, %v", len(got), err)
	}
	flip(t, b.file(id, hash.String()), 1000)
	if _, err := b.get(id, hash); !errors.Is(err, blobstore.ErrDamaged) {
		t.Fatalf("rotten: %v", err)
	}
	b.put(id, page)
	b.has(id, page)
	if list, err := b.store.List(t.Context(), id); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func flip(t testing.TB, path string, bit int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[bit/8] ^= 1 << (bit % 8)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestManyAtOnce: four scanners and a night's work in one dossier's first moment.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ids := []kiosk.DossierID{newID(), newID(), newID()}
	gone := newID()
	b.put(gone, scan(0, 10))
	b.forget(gone)
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range 6 {
				page := scan(uint64(w*10+i), 1000)
				if _, err := b.store.Put(t.Context(), ids[i%3], bytes.NewReader(page)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Go(func() {
		for range 3 {
			if _, err := b.store.Rewrap(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := b.ring.Turn(b.day); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	b.open()
	for w := range 4 {
		for i := range 6 {
			b.has(ids[i%3], scan(uint64(w*10+i), 1000))
		}
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	one, two := newID(), newID()
	plain := []byte("Nguyễn Thị Hoa Sim")
	sealed, err := b.store.SealSubject(one, plain)
	if err != nil {
		t.Fatal(err)
	}
	b.put(two, plain)
	if got, err := b.store.OpenSubject(one, sealed); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := b.store.OpenSubject(two, sealed); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("of another dossier: %v", err)
	}
	if _, err := b.store.SealSubject(one, make([]byte, kiosk.MaxSubject)); err == nil {
		t.Error("a subject beyond the bound was sealed")
	}
	if _, err := b.store.SealSubject("", plain); err == nil {
		t.Error("a subject of nothing was sealed")
	}
	b.forget(one)
	if _, err := b.store.OpenSubject(one, sealed); !errors.Is(err, blobstore.ErrNotFound) {
		t.Errorf("of a forgotten dossier: %v", err)
	}
	// A new life under the same name does not bring it back.
	b.put(one, plain)
	if _, err := b.store.OpenSubject(one, sealed); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("of an earlier life: %v", err)
	}
}
