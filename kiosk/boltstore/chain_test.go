package boltstore

import (
	"bytes"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// downgrade makes a closed folder one of version 1: facts without hashes, and nothing else that
// came with a later version.
func downgrade(t *testing.T, dir string) {
	t.Helper()
	raw(t, dir, func(tx *bbolt.Tx) error {
		for _, name := range []string{bucketDays, bucketChain, bucketShelves, bucketDossiers, bucketBlobs, bucketOutbox} {
			if err := tx.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		b := tx.Bucket([]byte(bucketFacts))
		plain := map[string][]byte{}
		err := b.ForEach(func(k, v []byte) error {
			const field = 2 + 32 // the tag, the length, and the hash, behind all other fields
			plain[string(k)] = resealed(k, append(bytes.Clone(v[:len(v)-4-field]), 0, 0, 0, 0))
			return nil
		})
		for k, v := range plain {
			err = errors.Join(err, b.Put([]byte(k), v))
		}
		return errors.Join(err, putMeta(tx, metaVersion, 1))
	})
}

// raw writes into a closed database past the store.
func raw(t *testing.T, dir string, write func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(dir, dbName), 0o600, &bbolt.Options{PageSize: pageSize})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(write), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// manyFacts keeps n facts, a hundred in a change: those that begin in the first half on Monday, the
// others on the day after it. It returns the place of the last.
func manyFacts(t *testing.T, s *Store, n int) kiosk.Position {
	t.Helper()
	var last kiosk.Position
	for i := 0; i < n; {
		day := kiosktest.Monday
		if i >= n/2 {
			day = kiosktest.Culture
		}
		c := kiosktest.NewClerk(t, s, kiosktest.Site, day)
		ch := kiosk.Change{Site: kiosktest.Site, Hall: &kiosk.HallRecord{Day: day}}
		for range min(100, n-i) {
			ch.Records = append(ch.Records, c.Facts(kiosk.HelpMoved{Waiting: i%2 == 0}).Records...)
			i++
		}
		c.Commit(t, ch)
		last = c.Last()
	}
	return last
}

func brokenAt(t *testing.T, s *Store, what string, want kiosk.Position) {
	t.Helper()
	var b *kiosk.ChainBreak
	if _, err := s.VerifyChain(t.Context()); !errors.As(err, &b) || b.At != want || b.Why == "" {
		t.Errorf("%s: %v, want a break at %v", what, err, want)
	}
}

func chained(t *testing.T, s *Store, facts uint64) kiosk.ChainHead {
	t.Helper()
	got, err := s.VerifyChain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if head, err := s.Head(t.Context()); err != nil || head != got || got.Facts != facts {
		t.Errorf("head %+v, %v; verified %+v; want %d facts", head, err, got, facts)
	}
	return got
}

// Facts that were kept before version 2 are covered by one hash, the later ones follow it. Each
// row forges one of 2,600 old facts or of the 40 that came after.
func TestOldFactsAreChained(t *testing.T) {
	t.Parallel()
	const old = 2600
	rewrite := func(seq kiosk.Seq, change func(r *kiosk.Record)) func(*testing.T, *bbolt.Bucket, kiosk.Epoch) error {
		return func(t *testing.T, b *bbolt.Bucket, e kiosk.Epoch) error {
			key := factKey(kiosk.Position{Epoch: e, Seq: seq})
			r, err := decodeRecord(key, b.Get(key))
			if err != nil {
				return err
			}
			change(&r)
			v, _, err := encodeRecord(key, &r, chainHash{})
			if err != nil {
				return err
			}
			return b.Put(key, resealed(key, append(bytes.Clone(v[:len(v)-4-34]), 0, 0, 0, 0)))
		}
	}
	drop := func(from, to kiosk.Seq) func(*testing.T, *bbolt.Bucket, kiosk.Epoch) error {
		return func(_ *testing.T, b *bbolt.Bucket, e kiosk.Epoch) error {
			for seq := from; seq <= to; seq++ {
				if err := b.Delete(factKey(kiosk.Position{Epoch: e, Seq: seq})); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for _, v := range []struct {
		what  string
		forge func(t *testing.T, b *bbolt.Bucket, e kiosk.Epoch) error
		at    kiosk.Seq // 0: whole
	}{
		{"nothing", func(*testing.T, *bbolt.Bucket, kiosk.Epoch) error { return nil }, 0},
		// Which of them was changed one hash over all cannot tell.
		{"an old fact is changed", rewrite(7, func(r *kiosk.Record) { r.By = kiosktest.Forger }), old},
		{"the last old fact is changed", rewrite(old, func(r *kiosk.Record) { r.By = kiosktest.Forger }), old},
		{"an old fact is missing", drop(1500, 1500), 1500},
		{"the last old facts are missing", drop(2590, old), 2590},
		{"all old facts are missing", drop(1, old), 1},
		{"an old fact has got a hash", func(_ *testing.T, b *bbolt.Bucket, e kiosk.Epoch) error {
			key := factKey(kiosk.Position{Epoch: e, Seq: 9})
			r, err := decodeRecord(key, b.Get(key))
			if err != nil {
				return err
			}
			v, _, err := encodeRecord(key, &r, chainHash{})
			if err != nil {
				return err
			}
			return b.Put(key, v)
		}, 9},
		{"a new fact has lost its hash", rewrite(old+10, func(*kiosk.Record) {}), old + 10},
		{"a new fact is missing", drop(old+40, old+40), old + 40},
		{"every fact is missing", drop(1, old+40), 1},
	} {
		t.Run(v.what, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := mustOpen(t, Options{Dir: dir})
			manyFacts(t, s, old)
			want, err := s.DayRecords(t.Context(), kiosktest.Site, kiosktest.Monday)
			if err != nil {
				t.Fatal(err)
			}
			mustClose(t, s)
			downgrade(t, dir)

			s = mustOpen(t, Options{Dir: dir})
			chained(t, s, old)
			last := manyFacts(t, s, 40)
			head := chained(t, s, old+40)
			if head.Last != last {
				t.Errorf("chain ends at %v, want %v", head.Last, last)
			}
			got, err := s.DayRecords(t.Context(), kiosktest.Site, kiosktest.Monday)
			if err != nil || len(got) != len(want)+40 || got[0] != want[0] || got[len(want)-1] != want[len(want)-1] {
				t.Errorf("%d facts of the first day, %v, want %d", len(got), err, len(want)+40)
			}
			err = s.h.db.update(func(tx *bbolt.Tx) error {
				return v.forge(t, tx.Bucket([]byte(bucketFacts)), last.Epoch)
			})
			if err != nil {
				t.Fatal(err)
			}
			if v.at == 0 {
				chained(t, s, old+40)
			} else {
				brokenAt(t, s, v.what, kiosk.Position{Epoch: last.Epoch, Seq: v.at})
			}
			mustClose(t, s)
			if v.at == 0 {
				checkFolder(t, dir)
			}
		})
	}
}

// A fact that rotted long ago stops nobody from updating, and the chain names it.
func TestRottenFactIsMigrated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	last := manyFacts(t, s, 1500)
	mustClose(t, s)
	downgrade(t, dir)
	rotten := kiosk.Position{Epoch: last.Epoch, Seq: 42}
	raw(t, dir, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketFacts))
		v := bytes.Clone(b.Get(factKey(rotten)))
		v[len(v)/2] ^= 1
		return errors.Join(b.Put(factKey(rotten), v), b.Put(factKey(kiosk.Position{Epoch: last.Epoch, Seq: 43}), []byte("x")))
	})
	s = mustOpen(t, Options{Dir: dir})
	defer mustClose(t, s)
	k := kiosktest.Load(t, s, kiosktest.Site)
	if k.Replaced || k.Last != last || k.Day != kiosktest.Culture || len(k.Records) != 700 {
		t.Errorf("replaced %v, last %v, %d facts of %s", k.Replaced, k.Last, len(k.Records), k.Day)
	}
	brokenAt(t, s, "a fact that rotted", rotten)
	if _, err := s.DayRecords(t.Context(), kiosktest.Site, kiosktest.Monday); !errors.Is(err, ErrDamaged) {
		t.Errorf("the day of the rotten fact: %v, want %v", err, ErrDamaged)
	}
}

// A copy that was put back goes on with its chain in a new epoch; a new database begins one.
func TestChainAcrossEpochs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	last := manyFacts(t, s, 1000) // as many as one read transaction takes
	var backup bytes.Buffer
	if _, err := s.WriteTo(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	head := chained(t, s, 1000)
	manyFacts(t, s, 5)
	mustClose(t, s)

	writeFile(t, filepath.Join(dir, dbName), backup.Bytes())
	s = mustOpen(t, Options{Dir: dir})
	if got := chained(t, s, 1000); got != head {
		t.Errorf("the copy's head is %+v, want %+v", got, head)
	}
	next := manyFacts(t, s, 1)
	if next.Epoch != last.Epoch+1 {
		t.Fatalf("went on at %v", next)
	}
	chained(t, s, 1001)
	mustClose(t, s)
	// Somebody puts facts between the epochs, and takes the first of an epoch away.
	between := kiosk.Position{Epoch: last.Epoch, Seq: last.Seq + 1}
	move := func(from, to kiosk.Position) {
		raw(t, dir, func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucketFacts))
			v := bytes.Clone(b.Get(factKey(from)))
			return errors.Join(b.Put(factKey(to), resealed(factKey(to), v)), b.Delete(factKey(from)))
		})
	}
	move(next, between)
	s = mustOpen(t, Options{Dir: dir})
	brokenAt(t, s, "a fact between epochs", between)
	mustClose(t, s)
	move(between, kiosk.Position{Epoch: next.Epoch, Seq: 2})
	s = mustOpen(t, Options{Dir: dir})
	brokenAt(t, s, "an epoch without its first fact", next)
	mustClose(t, s)

	remove(t, filepath.Join(dir, dbName))
	s = opened(t, Options{Dir: dir})
	if got := chained(t, s, 0); got != (kiosk.ChainHead{}) {
		t.Errorf("a new database has %+v", got)
	}
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	ch := c.Facts(kiosk.HelpMoved{})
	c.Commit(t, ch)
	key := factKey(ch.Records[0].Position)
	_, want, err := encodeRecord(key, &ch.Records[0], chainHash{})
	if got := chained(t, s, 1); err != nil || got.Hash != want {
		t.Errorf("first hash %x, want %x, %v", got.Hash, want, err)
	}
}

// Whoever verifies while the office works, and mends its store, finds no break.
func TestVerifyWhileWorking(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	manyFacts(t, s, 2500)
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			if _, err := s.VerifyChain(t.Context()); err != nil {
				t.Errorf("verify: %v", err)
				return
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for i := range 30 {
		issue(t, s, 2)
		if i%10 == 9 {
			if err := s.Reopen(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	close(done)
	all.Wait()
	chained(t, s, 2560)
}
