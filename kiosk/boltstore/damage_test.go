package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// reseal makes the checksum of a slot right again.
func reseal(p []byte) {
	binary.BigEndian.PutUint32(p[slotSumAt:], crc32.Checksum(p[:slotSumAt], castagnoli))
}

// issue issues n tickets of one service on Monday and returns the last.
func issue(t testing.TB, s kiosk.Store, n int) (last kiosk.Ticket) {
	t.Helper()
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	for range n {
		var ch kiosk.Change
		last, ch = c.Issue(kiosktest.Certify, "A")
		c.Commit(t, ch)
	}
	return last
}

// rot turns a bit of the first value of a bucket.
func rot(t *testing.T, db, bucket string) {
	t.Helper()
	raw(t, filepath.Dir(db), func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		k, v := b.Cursor().First()
		v = bytes.Clone(v)
		v[len(v)-1] ^= 1
		return b.Put(bytes.Clone(k), v)
	})
}

// aside returns the names of databases that were set aside.
func aside(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, dbName+".damaged-*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Each row spoils the folder of an office that has given A001 to A005 and is stopped, and says
// what the next start finds.
func TestDamage(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		what     string
		spoil    func(t *testing.T, db, numbers string)
		replaced bool          // the database is a new one
		aside    int           // how many were set aside
		unknown  bool          // a person has to read the last numbers
		epochs   kiosk.Epoch   // by how much the epoch rose
		next     kiosk.Number  // the next number
		tickets  int           // that are still kept
		jump     time.Duration // of the clock
	}{
		{what: "nothing", spoil: func(*testing.T, string, string) {}, next: "A006", tickets: 5},
		{what: "the database is deleted", spoil: func(t *testing.T, db, _ string) { remove(t, db) },
			replaced: true, epochs: 1, next: "A006"},
		{what: "the database is rubbish", spoil: func(t *testing.T, db, _ string) { writeFile(t, db, bytes.Repeat([]byte("rubbish "), 4096)) },
			replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "the database is cut", spoil: func(t *testing.T, db, _ string) {
			m, err := readMeta(bytes.NewReader(readFile(t, db)))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(db, int64(m.hwm-1)*pageSize); err != nil {
				t.Fatal(err)
			}
		}, replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "a value of the database rotted", spoil: func(t *testing.T, db, _ string) {
			b := readFile(t, db)
			n := bytes.Count(b, []byte("touch/main"))
			writeFile(t, db, bytes.ReplaceAll(b, []byte("touch/main"), []byte("touch/mean")))
			if n == 0 {
				t.Fatal("nothing to spoil")
			}
		}, replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "an item on a shelf rotted", spoil: func(t *testing.T, db, _ string) { rot(t, db, bucketShelves) },
			replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "the end of the chain rotted", spoil: func(t *testing.T, db, _ string) { rot(t, db, bucketChain) },
			replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "a stretch of a day rotted", spoil: func(t *testing.T, db, _ string) { rot(t, db, bucketDays) },
			replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "the database is another program's", spoil: func(t *testing.T, db, _ string) {
			remove(t, db)
			other, err := bbolt.Open(db, 0o600, &bbolt.Options{PageSize: pageSize})
			if err != nil {
				t.Fatal(err)
			}
			err = other.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err })
			if err := errors.Join(err, other.Close()); err != nil {
				t.Fatal(err)
			}
		}, replaced: true, aside: 1, epochs: 1, next: "A006"},
		{what: "the database is empty", spoil: func(t *testing.T, db, _ string) { writeFile(t, db, nil) },
			replaced: true, epochs: 1, next: "A006"},
		{what: "the database is full of zeros", spoil: func(t *testing.T, db, _ string) { writeFile(t, db, make([]byte, 4*pageSize)) },
			replaced: true, epochs: 1, next: "A006"},
		{what: "the second file is deleted", spoil: func(t *testing.T, _, numbers string) { remove(t, numbers) },
			unknown: true, epochs: 60, jump: time.Hour, next: "A006", tickets: 5},
		{what: "the second file is deleted, the clock stands still", spoil: func(t *testing.T, _, numbers string) { remove(t, numbers) },
			unknown: true, epochs: 1, next: "A006", tickets: 5},
		{what: "the second file is rubbish", spoil: func(t *testing.T, _, numbers string) { writeFile(t, numbers, []byte("rubbish")) },
			next: "A006", tickets: 5},
		{what: "both are deleted", spoil: func(t *testing.T, db, numbers string) { remove(t, db); remove(t, numbers) },
			epochs: 60, jump: time.Hour, next: "A001"},
		{what: "the database is rubbish, the second file is gone", spoil: func(t *testing.T, db, numbers string) {
			writeFile(t, db, bytes.Repeat([]byte("rubbish "), 4096))
			remove(t, numbers)
		}, replaced: true, aside: 1, unknown: true, epochs: 60, jump: time.Hour, next: "A001"},
		{what: "the database is empty, the second file is gone", spoil: func(t *testing.T, db, numbers string) {
			writeFile(t, db, nil)
			remove(t, numbers)
		}, replaced: true, unknown: true, epochs: 60, jump: time.Hour, next: "A001"},
		{what: "the database is gone, the second file is rubbish", spoil: func(t *testing.T, db, numbers string) {
			remove(t, db)
			writeFile(t, numbers, bytes.Repeat([]byte("rubbish "), 99))
		}, replaced: true, unknown: true, epochs: 60, jump: time.Hour, next: "A001"},
		{what: "the database is gone, the second file has a damaged middle", spoil: func(t *testing.T, db, numbers string) {
			remove(t, db)
			b := readFile(t, numbers)
			b[2*slotSize+5] ^= 1
			writeFile(t, numbers, b)
		}, replaced: true, unknown: true, epochs: 1, next: "A006"},
		{what: "the database is gone, the last slot of the second file rotted", spoil: func(t *testing.T, db, numbers string) {
			remove(t, db)
			b := readFile(t, numbers)
			n, err := parseNumbers(b)
			if err != nil {
				t.Fatal(err)
			}
			b[(n.slots-1)*slotSize+5] ^= 1
			writeFile(t, numbers, b)
		}, replaced: true, unknown: true, epochs: 60, jump: time.Hour, next: "A005"},
	} {
		t.Run(strings.ReplaceAll(v.what, " ", "-"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			now := kiosktest.At(0)
			opt := Options{Dir: dir, Now: func() time.Time { return now }}
			s := mustOpen(t, opt)
			issue(t, s, 5)
			if err := s.Shelf("accounts").Write(t.Context(), kiosk.Item{Key: "o7", Value: []byte("account")}); err != nil {
				t.Fatal(err)
			}
			epoch := kiosktest.Load(t, s, kiosktest.Site).Last.Epoch
			mustClose(t, s)
			spoiled := filepath.Join(dir, dbName)
			v.spoil(t, spoiled, filepath.Join(dir, numbersName))
			rotten, _ := os.ReadFile(spoiled)

			now = now.Add(v.jump)
			s = opened(t, opt)
			k := kiosktest.Load(t, s, kiosktest.Site)
			if k.Replaced != v.replaced || k.NumbersUnknown != v.unknown || len(k.Tickets) != v.tickets {
				t.Errorf("replaced %v, unknown %v, %d tickets; want %v, %v, %d", k.Replaced, k.NumbersUnknown, len(k.Tickets), v.replaced, v.unknown, v.tickets)
			}
			if got := k.Last.Epoch - epoch; got != v.epochs {
				t.Errorf("epoch rose by %d, want %d", got, v.epochs)
			}
			if v.epochs > 0 && k.Last.Seq != 0 {
				t.Errorf("last record of a new epoch is %+v", k.Last)
			}
			names := aside(t, dir)
			if len(names) != v.aside {
				t.Errorf("set aside: %v, want %d", names, v.aside)
			}
			for _, n := range names {
				if !bytes.Equal(readFile(t, n), rotten) {
					t.Errorf("%s is not what lay there", n)
				}
			}
			if got := issue(t, s, 1).Number; got != v.next {
				t.Errorf("next number %s, want %s", got, v.next)
			}
			if err := s.Reopen(t.Context()); err != nil {
				t.Fatal(err)
			}
			if k := kiosktest.Load(t, s, kiosktest.Site); k.Replaced || k.NumbersUnknown != v.unknown {
				t.Errorf("after reopening: replaced %v, unknown %v, want false, %v", k.Replaced, k.NumbersUnknown, v.unknown)
			}
		})
	}
}

// Until the office has asked a person for every service, it is unknown how far the numbers had
// come, whatever is restarted in between.
func TestNumbersUnknownLasts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opt := Options{Dir: dir}
	s := mustOpen(t, opt)
	issue(t, s, 5)
	mustClose(t, s)
	writeFile(t, filepath.Join(dir, dbName), []byte("rubbish"))
	remove(t, filepath.Join(dir, numbersName))

	unknown := func(want bool) {
		t.Helper()
		s := mustOpen(t, opt)
		defer mustClose(t, s)
		if got := kiosktest.Load(t, s, kiosktest.Site).NumbersUnknown; got != want {
			t.Fatalf("numbers unknown %v, want %v", got, want)
		}
	}
	keep := func(box kiosk.BoxRecord, facts ...kiosk.Fact) {
		t.Helper()
		s := mustOpen(t, opt)
		defer mustClose(t, s)
		c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
		ch := c.Facts(facts...)
		ch.Box = &box
		c.Commit(t, ch)
	}
	t.Cleanup(func() { checkFolder(t, dir) })
	unknown(true)
	unknown(true)
	keep(kiosk.BoxRecord{Day: kiosktest.Monday})
	unknown(true)
	keep(kiosk.BoxRecord{Day: kiosktest.Monday, UnknownDay: kiosktest.Monday, NumbersUnknown: []kiosk.ServiceCode{kiosktest.Certify}})
	unknown(true)
	keep(kiosk.BoxRecord{Day: kiosktest.Monday, UnknownDay: kiosktest.Monday}, kiosk.NumbersConfirmed{Service: kiosktest.Certify, Last: 5})
	unknown(false)

	// The person's word is kept twice, as a number that was given is.
	s = mustOpen(t, opt)
	if got := kiosktest.Load(t, s, kiosktest.Site).LastNumbers[kiosktest.Monday][kiosktest.Certify]; got != 5 {
		t.Errorf("last number %d, want the 5 that a person read", got)
	}
	mustClose(t, s)
	remove(t, filepath.Join(dir, numbersName))
	s = mustOpen(t, opt)
	defer mustClose(t, s)
	if got := issue(t, s, 1).Number; got != "A006" {
		t.Errorf("next number without the second file is %s, want A006", got)
	}
}

// A database is never set aside over another one.
func TestSetAsideKeepsAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var log bytes.Buffer
	opt := Options{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))}
	for range 3 {
		s := mustOpen(t, opt)
		issue(t, s, 1)
		mustClose(t, s)
		writeFile(t, filepath.Join(dir, dbName), []byte("rubbish"))
	}
	s := opened(t, opt)
	names := aside(t, dir)
	want := "kiosk.db.damaged-20261123T010000Z"
	if len(names) != 3 || filepath.Base(names[0]) != want || filepath.Base(names[2]) != want+"-3" {
		t.Errorf("set aside: %v", names)
	}
	if !strings.Contains(log.String(), want+"-2") {
		t.Errorf("the log does not say where it went:\n%s", &log)
	}
	if got := issue(t, s, 1).Number; got != "A004" {
		t.Errorf("next number %s, want A004", got)
	}
}

// A power cut between setting a database aside and making the new one is no first start.
func TestCutWhileReplacing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, dbName+".damaged-20261123T010000Z"), []byte("rubbish"))
	writeFile(t, filepath.Join(dir, dbName+tempSuffix), make([]byte, 3*pageSize))
	writeFile(t, filepath.Join(dir, numbersName+tempSuffix), []byte("half"))
	s := opened(t, Options{Dir: dir})
	if k := kiosktest.Load(t, s, kiosktest.Site); !k.Replaced || !k.NumbersUnknown {
		t.Errorf("replaced %v, numbers unknown %v, want both", k.Replaced, k.NumbersUnknown)
	}
	for _, name := range []string{dbName, numbersName} {
		if _, err := os.Stat(filepath.Join(dir, name+tempSuffix)); err == nil {
			t.Errorf("%s%s was left behind", name, tempSuffix)
		}
	}
}

// A power cut in the middle of the very first start is a first start again, whichever of the
// two files it left.
func TestCutAtFirstStart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{dbName, numbersName} {
		t.Run(name+"-missing", func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := mustOpen(t, Options{Dir: dir})
			epoch := kiosktest.Load(t, s, kiosktest.Site).Last.Epoch
			mustClose(t, s)
			remove(t, filepath.Join(dir, name))
			s = opened(t, Options{Dir: dir})
			k := kiosktest.Load(t, s, kiosktest.Site)
			if k.Replaced || k.NumbersUnknown || k.Last != (kiosk.Position{Epoch: epoch + 1}) {
				t.Errorf("%+v, want a first start in epoch %d", k, epoch+1)
			}
		})
	}
}

// A power cut after a damaged database was replaced, but before the second file was made anew,
// does not make anybody forget that the numbers are unknown.
func TestCutAfterReplacing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	issue(t, s, 5)
	mustClose(t, s)
	numbers := filepath.Join(dir, numbersName)
	damaged := readFile(t, numbers)
	damaged[slotSize+7] ^= 1
	writeFile(t, filepath.Join(dir, dbName), []byte("rubbish"))
	writeFile(t, numbers, damaged)
	mustClose(t, mustOpen(t, Options{Dir: dir}))
	writeFile(t, numbers, damaged)
	s = opened(t, Options{Dir: dir})
	if k := kiosktest.Load(t, s, kiosktest.Site); !k.NumbersUnknown {
		t.Error("the numbers are taken for known")
	}
}

func TestFirstEpoch(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		at   time.Time
		want kiosk.Epoch
	}{
		{time.Unix(0, 0), 1},
		{time.Date(2026, 1, 1, 0, 1, 0, 0, time.UTC), 1},
		{time.Date(2026, 1, 2, 0, 0, 30, 0, time.UTC), 24 * 60},
		{time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), 6337634},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), kiosk.MaxEpoch / 2},
	} {
		if got := kiosk.EpochAt(v.at); got != v.want {
			t.Errorf("first epoch at %s is %d, want %d", v.at, got, v.want)
		}
	}
	if err := checkEpoch(kiosk.MaxEpoch + 1); err == nil {
		t.Error("an epoch that has no room in the order of facts was taken")
	}
}
