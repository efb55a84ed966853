package blobstore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
)

// named is what a book of dossiers knows.
type named map[kiosk.DossierID][]kiosk.Hash

func (n named) names(_ context.Context, id kiosk.DossierID) ([]kiosk.Hash, bool, error) {
	pages, ok := n[id]
	return pages, ok, nil
}

// age makes a page of a dossier as old as days.
func (b *box) age(id kiosk.DossierID, hash kiosk.Hash, days int) {
	b.Helper()
	at := time.Now().AddDate(0, 0, -days)
	if err := os.Chtimes(b.file(id, hash.String()), at, at); err != nil {
		b.Fatal(err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	ago := func(days int) time.Time { return time.Now().AddDate(0, 0, -days) }
	keep := func(id kiosk.DossierID, days int, seeds ...uint64) (out []kiosk.Hash) {
		for _, seed := range seeds {
			blob := b.put(id, scan(seed, 1000))
			b.age(id, blob.Hash, days)
			out = append(out, blob.Hash)
		}
		return out
	}
	var (
		orphan  = kiosk.NewDossierID(ago(30)) // nobody knows it
		bare    = kiosk.NewDossierID(ago(30)) // nobody knows it, and it never had a page
		young   = kiosk.NewDossierID(ago(10)) // nobody knows it yet
		active  = kiosk.NewDossierID(ago(30)) // nor this, but somebody scans
		lost    = kiosk.NewDossierID(ago(60)) // the book that knew it was lost
		living  = kiosk.NewDossierID(ago(30)) // known, one page was scanned again
		trouble = kiosk.NewDossierID(ago(30)) // the book cannot say
		empty   = kiosk.NewDossierID(ago(30)) // known, and it has no page
	)
	book := named{empty: nil}
	keep(orphan, 30, 1, 2)
	keep(young, 10, 3)
	keep(active, 30, 4)
	keep(active, 1, 5)
	keep(lost, 60, 6)
	book[living] = keep(living, 30, 7, 8)
	keep(living, 30, 9)
	keep(living, 1, 10)
	keep(trouble, 30, 11)
	for _, id := range []kiosk.DossierID{bare, empty} {
		if _, err := b.store.SealSubject(id, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	write(t, b.file(living, "notes.txt"), []byte("a technician's"))

	broken := errors.New("a damaged record")
	o := blobstore.Orphans{After: ago(45), Before: ago(14), Most: 100, Names: func(ctx context.Context, id kiosk.DossierID) ([]kiosk.Hash, bool, error) {
		if id == trouble {
			return nil, false, broken
		}
		return book.names(ctx, id)
	}}
	if n, err := b.store.Sweep(t.Context(), o); n != 3 || !errors.Is(err, broken) {
		t.Errorf("%d swept, %v; want orphan, bare and a page of living, and the trouble told", n, err)
	}
	left, err := b.store.Dossiers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range left {
		if id == orphan || id == bare {
			t.Errorf("%s is there still", id)
		}
	}
	if len(left) != 6 {
		t.Errorf("left %v", left)
	}
	for id, seeds := range map[kiosk.DossierID][]uint64{young: {3}, active: {4, 5}, lost: {6}, living: {7, 8, 10}, trouble: {11}} {
		for _, seed := range seeds {
			b.has(id, scan(seed, 1000))
		}
	}
	if _, err := b.get(living, kiosk.HashOf(scan(9, 1000))); !errors.Is(err, blobstore.ErrNotFound) {
		t.Errorf("the page that was scanned again: %v", err)
	}
	if _, err := os.Stat(b.file(living, "notes.txt")); err != nil {
		t.Error(err)
	}
	if !b.store.NeedsRewrap() {
		t.Error("copies of what was swept open still, and nothing is to be done")
	}
	o.Names = book.names
	if n, err := b.store.Sweep(t.Context(), o); n != 1 || err != nil { // trouble's
		t.Errorf("%d swept again, %v", n, err)
	}
}

// A night removes only so much, and the next one goes on.
func TestSweepIsBounded(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	book := named{}
	for i := range 4 {
		id := newID()
		b.put(id, scan(uint64(2*i), 100))
		b.put(id, scan(uint64(2*i+1), 100))
		if i%2 == 0 {
			book[id] = nil
		}
	}
	o := blobstore.Orphans{Before: time.Now().Add(time.Hour), Names: book.names, Most: 1}
	for range 6 { // two dossiers, and two pages each of two others
		if n, err := b.store.Sweep(t.Context(), o); n != 1 || err != nil {
			t.Fatalf("%d swept, %v", n, err)
		}
	}
	if n, err := b.store.Sweep(t.Context(), o); n != 0 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := b.store.Sweep(ctx, o); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d swept, %v", n, err)
	}
}

// A dossier that somebody has in use stays, whatever its age.
func TestSweepLeavesWhatIsInUse(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	page := b.put(id, scan(1, 1000))
	r, err := b.store.Page(t.Context(), id, page.Hash)
	if err != nil {
		t.Fatal(err)
	}
	o := blobstore.Orphans{Before: time.Now().Add(time.Hour), Names: named{}.names, Most: 9}
	if n, err := b.store.Sweep(t.Context(), o); n != 0 || err != nil {
		t.Errorf("%d swept while it is read, %v", n, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := b.store.Sweep(t.Context(), o); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
}

// An office is killed while it keeps pages, names half of them, and sweeps. What was named is
// there; what was not goes with the next sweeping; and nothing is left half removed.
func TestSweepKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	v := newVictim(t, random)
	book, swept := named{}, 0
	for range 10 {
		for _, line := range v.kill(t, order{Dir: v.dir, Day: v.day, Seed: random.Uint64(), Sweep: true}, false, time.Duration(random.Int64N(int64(60*time.Millisecond)))) {
			words := strings.Fields(line)
			switch words[0] {
			case "put":
				hash, err := kiosk.ParseHash(words[2])
				if err != nil {
					t.Fatal(err)
				}
				id := kiosk.DossierID(words[1])
				book[id] = append(book[id], hash)
			case "swept":
				var n int
				if _, err := fmt.Sscan(words[1], &n); err != nil {
					t.Fatal(err)
				}
				swept += n
			}
		}
		v.open()
		n, err := v.store.Sweep(t.Context(), blobstore.Orphans{Before: time.Now().Add(time.Hour), Names: book.names, Most: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		swept += n
		ids, err := v.store.Dossiers(t.Context())
		if err != nil || len(ids) != len(book) {
			t.Errorf("%d dossiers, %d named, %v", len(ids), len(book), err)
		}
		for id, hashes := range book {
			there, err := v.store.List(t.Context(), id)
			if err != nil || len(there) != len(hashes) {
				t.Errorf("%d pages of %s, %d named, %v", len(there), id, len(hashes), err)
			}
			for _, hash := range hashes {
				if err := v.store.Verify(t.Context(), id, hash); err != nil {
					t.Error(err)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d dossiers named, %d swept", len(book), swept)
	if len(book) == 0 || swept == 0 {
		t.Errorf("%d dossiers, %d swept: nothing was tried", len(book), swept)
	}
}
