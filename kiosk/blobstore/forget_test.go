package blobstore_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
)

func TestForgetAndRewrap(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	living, gone := newID(), newID()
	one, two := scan(1, 70_000), scan(2, 70_000)
	b.put(living, one)
	hash := b.put(gone, two).Hash
	if b.store.NeedsRewrap() {
		t.Error("there is something to do before anything was forgotten")
	}
	b.rewrap(0)
	r, err := b.store.Page(t.Context(), gone, hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b.forget(gone)
	b.forget(gone) // once more is fine
	b.forget(newID())
	if _, err := io.ReadAll(r); !errors.Is(err, blobstore.ErrForgotten) {
		t.Errorf("who had it open reads on: %v", err)
	}
	if _, err := b.get(gone, hash); !errors.Is(err, blobstore.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
	b.has(living, one)
	if !b.store.NeedsRewrap() {
		t.Error("nothing is to be done after a forgetting")
	}
	b.open()
	if !b.store.NeedsRewrap() {
		t.Error("a start made it forget what is to be done")
	}
	before := b.ring.Names()
	b.rewrap(1)
	after := b.ring.Names()
	if len(before) != 2 || len(after) != 1 || after[0] != before[1] || b.store.NeedsRewrap() {
		t.Errorf("keys %v, then %v", before, after)
	}
	b.has(living, one)
	b.rewrap(0)
	b.open()
	b.has(living, one)

	// What is put between a forgetting and the night is wrapped by the new key at once.
	b.forget(living)
	third := newID()
	b.put(third, one)
	b.rewrap(0)
	b.has(third, one)
	if names, err := os.ReadDir(filepath.Join(b.dir, "blobs")); err != nil || len(names) != 2 {
		t.Errorf("left: %v, %v", names, err)
	}
}

// TestEachMonthHasAKey: and the old one is worth nothing once the living are rewrapped. A clock
// that goes back makes no old key the present one.
func TestEachMonthHasAKey(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	page := scan(1, 100)
	for i, day := range []kiosk.Day{20261130, 20261201, 20261203, 20261130} {
		b.day = day
		b.put(newID(), append(page, byte(i)))
	}
	var names []string
	for _, n := range b.ring.Names() {
		names = append(names, n.String())
	}
	if got := strings.Join(names, " "); got != "2026-11-1 2026-12-2 2026-11-3" {
		t.Errorf("keys %s", got)
	}
	b.rewrap(3)
	if n := b.ring.Names(); len(n) != 1 || n[0].String() != "2026-11-3" {
		t.Errorf("keys %v", n)
	}
	// A month that begins with the night's work.
	b.day = 20270101
	b.rewrap(4)
	if n := b.ring.Names(); len(n) != 1 || n[0].String() != "2027-01-4" {
		t.Errorf("keys %v", n)
	}
	ids, err := b.store.Dossiers(t.Context())
	if err != nil || len(ids) != 4 {
		t.Fatalf("%v, %v", ids, err)
	}
}

// TestForgottenWhileItIsWritten: the page is refused, and a new life of the dossier has nothing
// of the old one.
func TestForgottenWhileItIsWritten(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	b.put(id, scan(1, 10))
	next := scan(3, 10)
	page := scan(2, 3*blobstore.ChunkSize)
	_, err := b.store.Put(t.Context(), id, &later{bytes.NewReader(page), 2 * blobstore.ChunkSize, func() {
		b.forget(id)
		b.put(id, next)
	}})
	if !errors.Is(err, blobstore.ErrForgotten) {
		t.Errorf("put: %v", err)
	}
	b.has(id, next)
	if list, err := b.store.List(t.Context(), id); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// later does something once so many bytes were read.
type later struct {
	io.Reader
	left int
	do   func()
}

func (l *later) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if l.left -= n; l.left <= 0 && l.do != nil {
		l.do()
		l.do = nil
	}
	return n, err
}

// TestOneBadKeyHoldsTheNight: nothing is lost for it, everything else is wrapped, the error names
// it, and forgetting it is a way out.
func TestOneBadKeyHoldsTheNight(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	bad, living, gone := newID(), newID(), newID()
	page := scan(1, 1000)
	for _, id := range []kiosk.DossierID{bad, living, gone} {
		b.put(id, page)
	}
	b.forget(gone)
	flip(t, b.file(bad, "key"), 200)
	n, err := b.store.Rewrap(t.Context())
	if n != 1 || !errors.Is(err, blobstore.ErrDamaged) || !strings.Contains(err.Error(), string(bad)) {
		t.Errorf("%d, %v", n, err)
	}
	if len(b.ring.Names()) != 2 || !b.store.NeedsRewrap() {
		t.Errorf("keys %v", b.ring.Names())
	}
	b.has(living, page)
	flip(t, b.file(bad, "key"), 200) // somebody put it right
	b.has(bad, page)
	b.rewrap(1)
	b.has(bad, page)

	b.forget(living)
	if err := os.Remove(b.file(bad, "key")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Rewrap(t.Context()); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := b.get(bad, kiosk.HashOf(page)); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("a page without a key: %v", err)
	}
	if _, err := b.store.Put(t.Context(), bad, bytes.NewReader(page)); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("put where the key is missing: %v", err)
	}
	b.open()
	if list, err := b.store.List(t.Context(), bad); err != nil || len(list) != 1 {
		t.Errorf("a dossier without its key was removed: %v, %v", list, err)
	}
	b.forget(bad)
	b.rewrap(0)
	if b.store.NeedsRewrap() {
		t.Error("still something to do")
	}
}

// TestCutOffForgettings: each state that a power cut can leave is finished by a start.
func TestCutOffForgettings(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(t *testing.T, doomed string){
		"renamed": func(*testing.T, string) {},
		"pages are gone": func(t *testing.T, doomed string) {
			removeAll(t, filepath.Join(doomed, kiosk.HashOf(scan(1, 1000)).String()))
		},
		"key overwritten": func(t *testing.T, doomed string) {
			write(t, filepath.Join(doomed, "key"), make([]byte, blobstore.KeyFileSize))
		},
		"key is gone": func(t *testing.T, doomed string) { removeAll(t, filepath.Join(doomed, "key")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			id, living := newID(), newID()
			b.put(id, scan(1, 1000))
			b.put(living, scan(2, 1000))
			if name == "key is gone" { // which it never is before a key was turned
				if _, err := b.ring.Turn(november); err != nil {
					t.Fatal(err)
				}
			}
			doomed := b.file(id, "") + ".forgotten"
			if err := os.Rename(b.file(id, ""), doomed); err != nil {
				t.Fatal(err)
			}
			cut(t, doomed)
			if !b.store.NeedsRewrap() {
				t.Error("nothing to do")
			}
			b.open()
			if _, err := os.Lstat(doomed); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("it is there still: %v", err)
			}
			if !b.store.NeedsRewrap() {
				t.Error("nothing to do after a start")
			}
			b.rewrap(1)
			b.has(living, scan(2, 1000))
		})
	}
}

func removeAll(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLeftoversAreRemoved: files in the making, and nothing else.
func TestLeftoversAreRemoved(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	b.put(id, scan(1, 1000))
	fresh := filepath.Join(b.dir, "blobs", ".new")
	write(t, filepath.Join(fresh, "page-1"), []byte("half"))
	if err := os.Mkdir(filepath.Join(fresh, "dossier-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(b.dir, "blobs", "notes.txt"), []byte("a technician's"))
	b.open()
	if left, err := os.ReadDir(fresh); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "blobs", "notes.txt")); err != nil {
		t.Error(err)
	}
	b.has(id, scan(1, 1000))
}
