package blobstore_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
)

// loot is what a thief has: the whole state folder with the box's key in it, yesterday's backup of
// the database, and yesterday's image of the pages' folder, for flash forgets nothing by itself. What
// was in DIR/keys yesterday is not among it: no backup carries that.
type loot struct {
	dir   string // a copy of the state folder
	files map[string][]byte
	ids   []kiosk.DossierID
	// subjects are sealed; the thief would find them in the facts of either database.
	subjects map[kiosk.DossierID][]byte
}

// TestNobodyOpensWhatIsForgotten is the promise of the whole package: database, files,
// yesterday's backup and the box's key together open no forgotten page.
func TestNobodyOpensWhatIsForgotten(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name    string
		rewrap  bool
		forgets bool // what the thief must not open
	}{
		{"rewrapped", true, true},
		// And the thief is good enough to find what is there to be found.
		{"not yet rewrapped", false, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			db, err := boltstore.Open(t.Context(), boltstore.Options{Dir: b.dir})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			living, gone := newID(), newID()
			l := loot{dir: b.dir, ids: []kiosk.DossierID{living, gone}, files: map[string][]byte{}, subjects: map[kiosk.DossierID][]byte{}}
			pages := map[kiosk.DossierID][]kiosk.Hash{}
			for i, id := range l.ids {
				for n := range 3 {
					pages[id] = append(pages[id], b.put(id, scan(uint64(10*i+n), 60_000+40_000*n)).Hash)
				}
				subject, err := b.store.SealSubject(id, []byte("Nguyễn Thị Hoa Sim"))
				if err != nil {
					t.Fatal(err)
				}
				l.subjects[id] = subject
				// It travels through the database as the header's fact does.
				if err := db.Shelf("dossiers").Write(t.Context(), kiosk.Item{Key: string(id), Value: subject}); err != nil {
					t.Fatal(err)
				}
			}
			c := kiosktest.NewClerk(t, db, kiosktest.Site, kiosktest.Monday)
			_, change := c.Issue(kiosktest.Certify, "A")
			c.Commit(t, change)

			var backup bytes.Buffer
			if _, err := db.WriteTo(t.Context(), &backup); err != nil {
				t.Fatal(err)
			}
			l.files["backup"] = backup.Bytes()
			l.take(t, "yesterday", filepath.Join(b.dir, "blobs"))

			b.forget(gone)
			if err := db.Shelf("dossiers").Write(t.Context(), kiosk.Item{Key: string(gone)}); err != nil {
				t.Fatal(err)
			}
			if v.rewrap {
				b.rewrap(1)
			}
			l.take(t, "today", b.dir)

			opened, subjects := l.open(t)
			for _, hash := range pages[living] {
				if !opened[hash] {
					t.Errorf("a living page does not open: the thief is no good")
				}
			}
			if !subjects[living] {
				t.Error("a living subject does not open: the thief is no good")
			}
			for _, hash := range pages[gone] {
				if opened[hash] == v.forgets {
					t.Errorf("a forgotten page opens: %v", opened[hash])
				}
			}
			if subjects[gone] == v.forgets {
				t.Errorf("a forgotten subject opens: %v", subjects[gone])
			}
			for _, text := range [][]byte{l.files["backup"], l.files["today/kiosk.db"]} {
				if bytes.Contains(text, []byte(blobstore.KeyMagic)) {
					t.Error("a dossier's key lies in a database")
				}
			}
		})
	}
}

// TestAPageIsOfItsDossier: even with the right key, and even under another's name.
func TestAPageIsOfItsDossier(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	one, two := newID(), newID()
	page := scan(1, 1000)
	hash := b.put(one, page).Hash
	b.put(two, page)
	read := func(path string) []byte {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	key, text := read(b.file(one, "key")), read(b.file(one, hash.String()))
	by, wrapped, _, why := blobstore.ParseKeyFile(key)
	if why != "" {
		t.Fatal(why)
	}
	if k, err := b.ring.Unwrap(by, wrapped, blobstore.WrapAAD(one)); err != nil {
		t.Fatal(err)
	} else if _, ok := blobstore.OpenWith(k, one, hash, text); !ok {
		t.Error("it does not open")
	} else if _, ok := blobstore.OpenWith(k, two, hash, text); ok {
		t.Error("it opens as another dossier's")
	}
	write(t, b.file(two, "key"), key)
	write(t, b.file(two, hash.String()), text)
	if _, err := b.get(two, hash); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("a whole dossier under another's name: %v", err)
	}
	if _, err := b.store.Put(t.Context(), two, bytes.NewReader(page)); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("a page by another dossier's key: %v", err)
	}
}

// take copies every file below a folder.
func (l *loot) take(t *testing.T, as, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		l.files[filepath.Join(as, name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// open tries everything on everything: whatever in any file could be a wrapped key, wherever it
// lies and whatever it says of itself, with each wrapping key that remains, for each dossier; and
// each key that comes of it on each file and subject.
func (l *loot) open(t *testing.T) (pages map[kiosk.Hash]bool, subjects map[kiosk.DossierID]bool) {
	t.Helper()
	box, err := secret.OpenKey(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.OpenRing(l.dir, box)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[kiosk.DossierID][]*secret.Key{}
	seen := map[[secret.WrappedSize]byte]bool{}
	for _, text := range l.files {
		for i := 0; i+secret.WrappedSize <= len(text); i++ {
			if text[i] != 1 { // the version of everything that is sealed
				continue
			}
			window := [secret.WrappedSize]byte(text[i:])
			if seen[window] {
				continue
			}
			seen[window] = true
			for _, name := range ring.Names() {
				for _, id := range l.ids {
					if k, err := ring.Unwrap(name, window[:], blobstore.WrapAAD(id)); err == nil {
						keys[id] = append(keys[id], k)
					}
				}
			}
		}
	}
	pages, subjects = map[kiosk.Hash]bool{}, map[kiosk.DossierID]bool{}
	for id, found := range keys {
		for _, k := range found {
			if _, err := k.Open("subject", l.subjects[id], []byte(id)); err == nil {
				subjects[id] = true
			}
			for name, text := range l.files {
				if hash, err := kiosk.ParseHash(filepath.Base(name)); err == nil {
					page, ok := blobstore.OpenWith(k, id, hash, text)
					pages[hash] = pages[hash] || ok && kiosk.HashOf(page) == hash
				}
			}
		}
	}
	return pages, subjects
}
