package boltstore

import (
	"context"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	kiosktest.StoreSuite(t, func(t *testing.T) kiosktest.Place {
		dir := t.TempDir()
		forged := false
		t.Cleanup(func() {
			if !forged {
				checkFolder(t, dir)
			}
		})
		return kiosktest.Place{
			Open:  func(t *testing.T) kiosk.Store { return mustOpen(t, Options{Dir: dir}) },
			Close: func(t *testing.T, s kiosk.Store) { mustClose(t, s.(*Store)) },
			Shelf: func(s kiosk.Store, name string) kiosk.Shelf { return s.(*Store).Shelf(name) },
			Forge: func(t *testing.T, s kiosk.Store, how kiosktest.Forgery, at kiosk.Position) {
				forged = true
				forge(t, s.(*Store), how, at)
			},
		}
	})
}

// mustOpen opens a store as the tests do: in a second, and with a clock that stands still.
func mustOpen(t testing.TB, opt Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), withClock(opt))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func withClock(opt Options) Options {
	if opt.Now == nil {
		opt.Now = func() time.Time { return kiosktest.At(0) }
	}
	if opt.Wait == 0 {
		opt.Wait = time.Second
	}
	return opt
}

func mustClose(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// opened opens a store for the length of a test and checks everything after it.
func opened(t testing.TB, opt Options) *Store {
	t.Helper()
	t.Cleanup(func() { checkFolder(t, opt.Dir) })
	s := mustOpen(t, opt)
	t.Cleanup(func() { mustClose(t, s) })
	return s
}

// checkFolder is run after every test on the closed files: bbolt's own check, every value
// decoded, our page checker of one mind with bbolt, facts equal to state, and no number of the
// database unknown to the second file.
func checkFolder(t testing.TB, dir string) {
	t.Helper()
	path := filepath.Join(dir, dbName)
	f, err := os.Open(path)
	if err != nil {
		t.Errorf("check: %v", err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Errorf("check: %v", err)
		return
	}
	if err := checkPages(f, info.Size(), math.MaxInt); err != nil {
		t.Errorf("check pages: %v", err)
		return
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 5 * time.Second, ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Errorf("check: %v", err)
		return
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Errorf("check: %v", err)
		}
		checkValues(t, tx, dir)
		return nil
	})
	if err != nil {
		t.Errorf("check: %v", err)
	}
}

func checkValues(t testing.TB, tx *bbolt.Tx, dir string) {
	t.Helper()
	if err := verify(tx); err != nil {
		t.Errorf("check values: %v", err)
	}
	var records []kiosk.Record
	var kept []kiosk.Ticket
	for bucket, decode := range map[string]func(k, v []byte) error{
		bucketMeta:     func(k, v []byte) error { _, err := decodeNumber(k, v); return err },
		bucketLasts:    func(k, v []byte) error { _, err := decodeNumber(k, v); return err },
		bucketCounters: func(k, v []byte) error { _, err := decodeCounter(k, v); return err },
		bucketHalls:    func(k, v []byte) error { _, err := decodeHall(k, v); return err },
		bucketBoxes:    func(k, v []byte) error { _, err := decodeBox(k, v); return err },
		bucketShelves:  func(k, v []byte) error { _, err := decodeItem(k, v); return err },
		bucketChain:    func(k, v []byte) error { _, err := decodeEnd(k, v); return err },
		bucketDossiers: func(k, v []byte) error { _, err := decodeDossier(k, v); return err },
		bucketBlobs:    func(k, v []byte) error { _, err := decodeBlob(k, v); return err },
		bucketOutbox:   func(k, v []byte) error { _, err := decodeSettled(k, v); return err },
		bucketFacts: func(k, v []byte) error {
			r, err := decodeRecord(k, v)
			records = append(records, r)
			return err
		},
		bucketTickets: func(k, v []byte) error {
			ticket, err := decodeTicket(k, v)
			kept = append(kept, ticket)
			return err
		},
	} {
		if err := each(tx, bucket, nil, decode); err != nil {
			t.Errorf("check values: %v", err)
		}
	}
	for i := 1; i < len(records); i++ {
		a, b := records[i-1].Position, records[i].Position
		if b != a.Next() && (b.Epoch <= a.Epoch || b.Seq != 1) {
			t.Errorf("check facts: %d-%d follows %d-%d", b.Epoch, b.Seq, a.Epoch, a.Seq)
		}
	}
	checkLog(t, tx, records)
	checkOutbox(t, tx, records)
	known, _, err := readNumbers(&folder{path: dir})
	if err != nil || known == nil {
		t.Errorf("check numbers: %v, %v", known, err)
		return
	}
	given, err := given(tx)
	if err != nil {
		t.Errorf("check numbers: %v", err)
	}
	for _, s := range given {
		if known.of(s.site)[s.day][s.service] < s.seq {
			t.Errorf("check numbers: the database has %d of %s on %s, the second file %d", s.seq, s.service, s.day, known.of(s.site)[s.day][s.service])
		}
	}
}

// checkLog holds the chain to its end, and the list of days to the facts.
func checkLog(t testing.TB, tx *bbolt.Tx, records []kiosk.Record) {
	t.Helper()
	v := &verifier{}
	for !v.done {
		if err := v.some(tx); err != nil {
			t.Errorf("check chain: %v", err)
			return
		}
	}
	if v.broken != nil {
		t.Errorf("check chain: %v", v.broken)
	}
	pruned, err := chainEnd(tx, chainPruned)
	if got := v.at.Facts - pruned.Facts; err != nil || got != uint64(len(records)) {
		t.Errorf("check chain: %d facts of %d, %v", got, len(records), err)
	}
	want := map[string]bool{}
	var of siteDay
	for i, r := range records {
		if here := (siteDay{r.Site, r.Day}); i == 0 || here != of {
			of = here
			want[string(stretchKey(of, r.Position))] = true
		}
	}
	got := map[string]bool{}
	if err := each(tx, bucketDays, nil, func(k, v []byte) error { got[string(k)] = true; return verifyStretch(k, v) }); err != nil {
		t.Errorf("check days: %v", err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("check days: stretches begin at %+q, want %+q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// checkOutbox holds what is acknowledged to the facts, and the places in it to what is kept.
func checkOutbox(t testing.TB, tx *bbolt.Tx, records []kiosk.Record) {
	t.Helper()
	end, err := readTail(tx)
	if err != nil {
		t.Errorf("check outbox: %v", err)
		return
	}
	o, waiting, found := &end.out, uint64(0), end.out.acked == kiosk.Position{} || end.out.acked == end.out.pruned.Last
	for _, r := range records {
		if before(o.acked, r.Position) {
			waiting++
		}
		found = found || r.Position == o.acked
		if !before(o.pruned.Last, r.Position) {
			t.Errorf("check outbox: fact at %v was pruned", r.Position)
		}
	}
	if before(o.acked, o.pruned.Last) || !found {
		t.Errorf("check outbox: acknowledged up to %v, pruned up to %v", o.acked, o.pruned.Last)
	}
	if b := end.backlog(); b.Facts != waiting || (waiting > 0) != !b.OldestFact.IsZero() {
		t.Errorf("check outbox: %d facts wait, it says %+v", waiting, b)
	}
}

// replayed holds the tickets that are kept against the ones that the facts give.
func replayed(t testing.TB, s *Store) []kiosk.Ticket {
	t.Helper()
	records, err := s.Records(context.Background(), kiosk.Position{}, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	want := kiosk.Replay(records)
	days := map[siteDay]bool{}
	var got []kiosk.Ticket
	for _, v := range want {
		k := siteDay{v.Site, v.Day}
		if days[k] {
			continue
		}
		days[k] = true
		of, err := s.Tickets(context.Background(), v.Site, v.Day)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, of...)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("kept tickets are not what the facts give:\n got %+v\nwant %+v", got, want)
	}
	return got
}
