package boltstore

import (
	"bytes"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"testing"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// twin is a store and, as its model, the one in memory: everything is done to both.
type twin struct {
	t     *rapid.T
	store *Store
	model *kiosktest.Memory
	clerk *kiosktest.Clerk
	next  uint64 // dossier
}

// both holds the answers of the two against each other.
func both[T any](w *twin, what string, ask func(kiosk.Store) (T, error)) T {
	got, err := ask(w.store)
	want, err2 := ask(w.model)
	for _, refusal := range []error{kiosk.ErrSettledBack, kiosk.ErrSettledTooMuch} {
		if errors.Is(err, refusal) != errors.Is(err2, refusal) {
			w.t.Fatalf("%s: %v, want %v", what, err, err2)
		}
	}
	// Nothing is nothing, whether a list was made for it or not.
	if v, v2 := reflect.ValueOf(got), reflect.ValueOf(want); v.Kind() == reflect.Slice && v.Len() == 0 && v2.Len() == 0 {
		want = got
	}
	if (err == nil) != (err2 == nil) || !reflect.DeepEqual(got, want) {
		w.t.Fatalf("%s:\n got %+v, %v\nwant %+v, %v", what, got, err, want, err2)
	}
	return got
}

func (w *twin) commit(ch kiosk.Change) {
	both(w, "commit", func(s kiosk.Store) (struct{}, error) { return struct{}{}, s.Commit(w.t.Context(), ch) })
}

// places are positions that a hub may name: kept ones, and what lies about them.
func (w *twin) place() kiosk.Position {
	b := both(w, "waiting", func(s kiosk.Store) (kiosk.Backlog, error) { return s.Waiting(w.t.Context()) })
	p := rapid.SampledFrom([]kiosk.Position{b.Acked, b.Last, b.Pruned, {Epoch: b.Last.Epoch}, {Epoch: b.Acked.Epoch, Seq: math.MaxUint64 - 50}}).Draw(w.t, "about")
	d := rapid.IntRange(-3, 9).Draw(w.t, "away")
	if d < 0 && uint64(p.Seq) < uint64(-d) {
		return p
	}
	p.Seq += kiosk.Seq(d)
	return p
}

func (w *twin) blobs() []kiosk.BlobRecord {
	return both(w, "pending", func(s kiosk.Store) ([]kiosk.BlobRecord, error) {
		return s.Pending(w.t.Context(), kiosk.BlobPlace{}, math.MaxInt)
	})
}

// check is run after every step.
func (w *twin) check(*rapid.T) {
	ctx := w.t.Context()
	both(w, "waiting", func(s kiosk.Store) (kiosk.Backlog, error) { return s.Waiting(ctx) })
	both(w, "records", func(s kiosk.Store) ([]kiosk.Record, error) { return s.Records(ctx, kiosk.Position{}, math.MaxInt) })
	both(w, "load", func(s kiosk.Store) (kiosk.Kept, error) { return s.Load(ctx, kiosktest.Site) })
	both(w, "dossiers", func(s kiosk.Store) ([]kiosk.DossierRecord, error) {
		return s.Dossiers(ctx, kiosktest.Site, "", math.MaxInt)
	})
	both(w, "chain", func(s kiosk.Store) (kiosk.Position, error) {
		h, err := s.VerifyChain(ctx)
		return kiosk.Position{Epoch: h.Last.Epoch, Seq: h.Last.Seq + kiosk.Seq(h.Facts)<<32}, err
	})
	w.blobs()
	for _, day := range both(w, "days", func(s kiosk.Store) ([]kiosk.Day, error) { return s.Days(ctx, kiosktest.Site) }) {
		both(w, "day", func(s kiosk.Store) ([]kiosk.Record, error) { return s.DayRecords(ctx, kiosktest.Site, day) })
		both(w, "tickets", func(s kiosk.Store) ([]kiosk.Ticket, error) { return s.Tickets(ctx, kiosktest.Site, day) })
	}
}

// Whatever is committed, settled, parked and pruned in whatever order: the store on disk and the
// plainest reading of what it promises say the same, and the files are whole.
func TestOutboxModel(t *testing.T) {
	t.Parallel()
	days := []kiosk.Day{kiosktest.Monday, kiosktest.Culture, kiosktest.Culture.Add(1), kiosktest.Saturday}
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		open := func() *Store { // what is durable is another test's business
			s, err := OpenUnsynced(t.Context(), withClock(Options{Dir: dir}))
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		w := &twin{t: rt, store: open(), model: kiosktest.NewMemory()}
		// Both begin in one epoch: the first of the store is the minute of its clock.
		w.clerk = kiosktest.NewClerk(t, w.store, kiosktest.Site, days[0])
		w.model.SetEpoch(w.clerk.Last().Epoch)
		day := 0
		rt.Repeat(map[string]func(*rapid.T){
			"": w.check,
			"work": func(rt *rapid.T) {
				_, ch := w.clerk.Issue(kiosktest.Certify, "A")
				for range rapid.IntRange(0, 4).Draw(rt, "more") {
					ch.Records = append(ch.Records, w.clerk.Facts(kiosk.HelpMoved{Waiting: true}).Records...)
				}
				ch.Hall = &kiosk.HallRecord{Day: w.clerk.Day}
				w.commit(ch)
			},
			"turn the day": func(rt *rapid.T) {
				// Mostly on; now and then back, as an officer says.
				if day = min(day+1, len(days)-1); rapid.IntRange(0, 4).Draw(rt, "back") == 0 {
					day = rapid.IntRange(0, day).Draw(rt, "to")
				}
				w.clerk.Day = days[day]
				w.commit(kiosk.Change{Site: kiosktest.Site, Box: &kiosk.BoxRecord{Day: days[day]}})
			},
			"receive": func(rt *rapid.T) {
				w.next++
				w.commit(w.clerk.Receive(kiosktest.Dossier(rapid.IntRange(0, 4).Draw(rt, "pages"), w.next)))
			},
			"forget": func(rt *rapid.T) {
				all := both(w, "dossiers", func(s kiosk.Store) ([]kiosk.DossierRecord, error) {
					return s.Dossiers(rt.Context(), kiosktest.Site, "", math.MaxInt)
				})
				if len(all) == 0 {
					rt.Skip("none")
				}
				d := rapid.SampledFrom(all).Draw(rt, "dossier")
				ch := w.clerk.Facts(kiosk.DossierSettled{ID: d.Dossier.ID, State: kiosk.DossierForgotten})
				d.State, d.Dossier.Subject = kiosk.DossierForgotten, nil
				for i := range d.Dossier.Blobs() {
					ch.Dropped = append(ch.Dropped, kiosk.BlobPlace{Filed: d.At, Index: uint32(i)})
				}
				ch.Dossiers = []kiosk.DossierRecord{d}
				w.commit(ch)
			},
			"park or release": func(rt *rapid.T) {
				all := w.blobs()
				if len(all) == 0 {
					rt.Skip("none")
				}
				b := rapid.SampledFrom(all).Draw(rt, "blob")
				b.State = rapid.SampledFrom([]kiosk.BlobState{kiosk.BlobPending, kiosk.BlobParked}).Draw(rt, "state")
				b.Index += uint32(rapid.SampledFrom([]int{0, 0, 0, 9}).Draw(rt, "beside it"))
				ch := w.clerk.Facts(kiosk.BlobMoved{Dossier: b.Dossier, Hash: b.Hash, State: b.State})
				ch.Blobs = []kiosk.BlobRecord{b}
				w.commit(ch)
			},
			"settle": func(rt *rapid.T) {
				v := kiosk.Settled{Facts: w.place(), Feed: rapid.Uint64Range(0, 5).Draw(rt, "feed")}
				for _, b := range w.blobs() {
					if rapid.Bool().Draw(rt, "taken") {
						v.Blobs = append(v.Blobs, b.BlobPlace)
					}
				}
				both(w, "settle", func(s kiosk.Store) (struct{}, error) { return struct{}{}, s.Settle(rt.Context(), v) })
			},
			"prune": func(rt *rapid.T) {
				before, n := rapid.SampledFrom(days).Draw(rt, "before"), rapid.IntRange(0, 12).Draw(rt, "n")
				both(w, "prune", func(s kiosk.Store) (int, error) { return s.Prune(rt.Context(), before, n) })
			},
			"begin an epoch": func(rt *rapid.T) {
				w.commit(w.clerk.BeginEpoch(w.clerk.Last().Epoch + kiosk.Epoch(rapid.IntRange(1, 3).Draw(rt, "on"))))
			},
			"reopen": func(rt *rapid.T) {
				both(w, "reopen", func(s kiosk.Store) (struct{}, error) { return struct{}{}, s.Reopen(rt.Context()) })
			},
			"power cut": func(rt *rapid.T) {
				mustClose(t, w.store)
				w.store = open()
			},
		})
		mustClose(t, w.store)
		checkFolder(t, dir)
	})
}

// A fact that rotted does not stop those behind it, and goes with a later one when its time comes.
func TestRottenFactIsOutgoing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	last := manyFacts(t, s, 900) // 450 a day
	mustClose(t, s)
	rotten := kiosk.Position{Epoch: last.Epoch, Seq: 42}
	raw(t, dir, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketFacts))
		v := bytes.Clone(b.Get(factKey(rotten)))
		v[len(v)/2] ^= 1
		return b.Put(factKey(rotten), v)
	})
	s = mustOpen(t, Options{Dir: dir})
	out, err := s.Outgoing(t.Context(), kiosk.Position{Epoch: last.Epoch, Seq: 40}, 3)
	if err != nil || len(out) != 3 || out[1].Position != rotten || out[1].Broken == nil || out[1].Fact != nil || out[0].Broken != nil || out[2].Fact == nil {
		t.Fatalf("outgoing: %+v, %v", out, err)
	}
	if err := s.Settle(t.Context(), kiosk.Settled{Facts: last}); err != nil {
		t.Fatal(err)
	}
	// Alone it stays: nobody knows whether its day is over.
	if n, err := s.Prune(t.Context(), kiosktest.Culture, 41); err != nil || n != 41 {
		t.Fatalf("%d facts pruned, %v", n, err)
	}
	if n, err := s.Prune(t.Context(), kiosktest.Culture, 1); err != nil || n != 0 {
		t.Fatalf("%d facts pruned, %v, want none that cannot be read", n, err)
	}
	if n, err := s.Prune(t.Context(), kiosktest.Culture, 10); err != nil || n != 10 {
		t.Fatalf("%d facts pruned, %v", n, err)
	}
	chained(t, s, 900)
	mustClose(t, s)
	checkFolder(t, dir)
}

// Facts from before version 2 have no hash of their own: theirs is computed on the way, and they
// are pruned as others are.
func TestOldFactsAreOutgoing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	manyFacts(t, s, 2500) // more than one read transaction takes
	mustClose(t, s)
	downgrade(t, dir)
	s = mustOpen(t, Options{Dir: dir})
	last := manyFacts(t, s, 40)
	all, err := s.Outgoing(t.Context(), kiosk.Position{}, math.MaxInt)
	if err != nil || len(all) != 2540 {
		t.Fatalf("%d facts, %v", len(all), err)
	}
	head, _ := s.Head(t.Context())
	if all[2539].Chain != kiosk.Hash(head.Hash) || all[0].Chain == (kiosk.Hash{}) || all[2499].Chain == all[2498].Chain {
		t.Error("hashes of the facts")
	}
	// In pages, forwards and from anywhere, they are the same.
	var paged []kiosk.Outgoing
	for after := (kiosk.Position{}); ; {
		page, err := s.Outgoing(t.Context(), after, 700)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		paged, after = append(paged, page...), page[len(page)-1].Position
	}
	some, err := s.Outgoing(t.Context(), all[1233].Position, 10)
	if err != nil || !reflect.DeepEqual(paged, all) || !reflect.DeepEqual(some, all[1234:1244]) {
		t.Errorf("pages differ from the whole, %v", err)
	}
	if err := s.Settle(t.Context(), kiosk.Settled{Facts: last}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(t.Context(), kiosktest.Culture, 1000); err != nil || n != 1000 {
		t.Fatalf("%d facts pruned, %v", n, err)
	}
	chained(t, s, 2540)
	again, err := s.Outgoing(t.Context(), kiosk.Position{}, 5)
	if err != nil || !reflect.DeepEqual(again, all[1000:1005]) {
		t.Errorf("outgoing once some are gone: %v", err)
	}
	mustClose(t, s)
	s = mustOpen(t, Options{Dir: dir})
	if again, err := s.Outgoing(t.Context(), all[1001].Position, 3); err != nil || !reflect.DeepEqual(again, all[1002:1005]) {
		t.Errorf("outgoing after a start: %v", err)
	}
	mustClose(t, s)
	checkFolder(t, dir)
}

// The second file knows of an epoch that was begun by hand: a database that is lost right after it
// is followed by a later one. And numbers of days that were pruned are not taken for missing ones.
func TestSecondFileAndTheOutbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	_, ch := c.Issue(kiosktest.Certify, "A")
	c.Commit(t, ch)
	c.Commit(t, c.BeginEpoch(c.Last().Epoch+500))
	begun := c.Last()
	c = kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Saturday)
	_, ch = c.Issue(kiosktest.Civil, "B")
	ch.Box = &kiosk.BoxRecord{Day: kiosktest.Saturday}
	c.Commit(t, ch)
	if err := s.Settle(t.Context(), kiosk.Settled{Facts: c.Last()}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(t.Context(), kiosktest.Saturday, 100); err != nil || n != 2 {
		t.Fatalf("%d facts pruned, %v", n, err)
	}
	mustClose(t, s)
	s = mustOpen(t, Options{Dir: dir})
	k := kiosktest.Load(t, s, kiosktest.Site)
	if k.Last != c.Last() || k.Replaced || k.LastNumbers[kiosktest.Monday][kiosktest.Certify] != 1 {
		t.Errorf("after a start: %+v", k)
	}
	err := s.h.db.read(func(tx *bbolt.Tx) error {
		return each(tx, bucketLasts, nil, func(k, _ []byte) error {
			t.Errorf("a number of a day that is gone came back: %q", k)
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	mustClose(t, s)
	remove(t, filepath.Join(dir, dbName))
	s = opened(t, Options{Dir: dir})
	if k := kiosktest.Load(t, s, kiosktest.Site); k.Last.Epoch <= begun.Epoch || !k.Replaced {
		t.Errorf("after the database was lost: %+v, the epoch begun by hand was %d", k.Last, begun.Epoch)
	}
}

// An epoch that is begun reaches the second file before anything else can happen.
func TestBegunEpochIsInTheSecondFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	c.Commit(t, c.BeginEpoch(c.Last().Epoch+500))
	// As a power cut leaves it.
	db, numbers := readFile(t, filepath.Join(dir, dbName)), readFile(t, filepath.Join(dir, numbersName))
	mustClose(t, s)
	for _, lost := range []bool{false, true} {
		at := t.TempDir()
		writeFile(t, filepath.Join(at, numbersName), numbers)
		if !lost {
			writeFile(t, filepath.Join(at, dbName), db)
		}
		s := opened(t, Options{Dir: at})
		k := kiosktest.Load(t, s, kiosktest.Site)
		if lost && k.Last.Epoch <= c.Last().Epoch || !lost && k.Last != c.Last() {
			t.Errorf("lost %v: went on at %v, the epoch begun is %v", lost, k.Last, c.Last())
		}
	}
}

// A write that fails while something is settled or pruned breaks the store and changes nothing.
func TestSettleFails(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	last := manyFacts(t, s, 200)
	half := kiosk.Position{Epoch: last.Epoch, Seq: 150}
	if err := s.Settle(t.Context(), kiosk.Settled{Facts: half, Feed: 3}); err != nil {
		t.Fatal(err)
	}
	want, err := s.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, write := range map[string]func() error{
		"settle": func() error { return s.Settle(t.Context(), kiosk.Settled{Facts: last, Feed: 4}) },
		"prune":  func() error { _, err := s.Prune(t.Context(), kiosktest.Culture, 10); return err },
	} {
		if err := s.h.db.file.Close(); err != nil {
			t.Fatal(err)
		}
		if err := write(); err == nil || errors.Is(err, kiosk.ErrStoreBroken) {
			t.Fatalf("%s: %v, want the write to fail", what, err)
		}
		if err := write(); !errors.Is(err, kiosk.ErrStoreBroken) {
			t.Errorf("%s on a broken store: %v", what, err)
		}
		if err := s.Reopen(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Waiting(t.Context()); err != nil || got != want {
			t.Errorf("after a %s that failed:\n got %+v, %v\nwant %+v", what, got, err, want)
		}
		chained(t, s, 200)
	}
}
