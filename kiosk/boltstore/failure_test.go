package boltstore

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// broken holds a store that failed a commit to its promise: it takes and gives nothing.
func broken(t testing.TB, s *Store, ch kiosk.Change) {
	t.Helper()
	if err := s.Commit(t.Context(), ch); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("commit on a broken store: %v", err)
	}
	if _, err := s.Load(t.Context(), kiosktest.Site); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("load on a broken store: %v", err)
	}
	if _, err := s.Records(t.Context(), kiosk.Position{}, 1); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("records of a broken store: %v", err)
	}
	if _, err := s.Stats(t.Context()); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("stats of a broken store: %v", err)
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("head of a broken store: %v", err)
	}
	if _, err := s.VerifyChain(t.Context()); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("chain of a broken store: %v", err)
	}
	if _, err := s.DayRecords(t.Context(), kiosktest.Site, kiosktest.Monday); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("day of a broken store: %v", err)
	}
	if _, err := s.Days(t.Context(), kiosktest.Site); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("days of a broken store: %v", err)
	}
	if _, err := s.Shelf("x").Read(t.Context(), ""); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("shelf of a broken store: %v", err)
	}
	if err := s.Shelf("x").Write(t.Context(), kiosk.Item{Key: "k", Value: []byte("v")}); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Errorf("write to a shelf of a broken store: %v", err)
	}
}

// The disk is full while tickets are issued: what was acknowledged is there, what was refused
// is not, and the number that was refused is the next one.
func TestFullWhileIssuing(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	dir := mounted(t, "2m")
	s := opened(t, Options{Dir: dir})
	issue(t, s, 20)
	fillDisk(t, dir)

	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	want := kiosktest.Load(t, s, kiosktest.Site)
	var refusedTicket kiosk.Ticket
	var ch kiosk.Change
	for i := 0; ; i++ {
		refusedTicket, ch = c.Issue(kiosktest.Certify, "A")
		err := s.Commit(t.Context(), ch)
		if err == nil {
			if i > 10000 {
				t.Fatal("the disk is never full")
			}
			want = kiosktest.Load(t, s, kiosktest.Site)
			continue
		}
		var trouble *Trouble
		if !errors.Is(err, ErrFull) || !errors.As(err, &trouble) || trouble.Hint != hintFull {
			t.Fatalf("commit on a full disk: %v", err)
		}
		break
	}
	broken(t, s, ch)
	if err := s.Reopen(t.Context()); err == nil {
		// There was room for opening, but not for a commit: then it fails again, as it should.
		if err := s.Commit(t.Context(), ch); err == nil {
			t.Fatal("committed on a full disk")
		}
	} else if !errors.Is(err, ErrFull) {
		t.Fatalf("reopen on a full disk: %v", err)
	}
	broken(t, s, ch)
	remove(t, filepath.Join(dir, ballast))
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatalf("reopen with room: %v", err)
	}
	if got := kiosktest.Load(t, s, kiosktest.Site); !reflect.DeepEqual(got, want) {
		t.Errorf("after the disk was full:\n got %+v\nwant %+v", got, want)
	}
	if got := issue(t, s, 1).Number; got != refusedTicket.Number {
		t.Errorf("next number %s, want %s", got, refusedTicket.Number)
	}
	replayed(t, s)
}

// A file that cannot be replaced is not touched.
func TestReplaceOnFullDisk(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	dir := mounted(t, "1m")
	f, err := lockFolder(t.Context(), dir, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer f.unlock()
	old := bytes.Repeat([]byte("old "), 40*1024)
	if err := f.replace(numbersName, old); err != nil {
		t.Fatal(err)
	}
	fillDisk(t, dir)
	if err := f.replace(numbersName, bytes.Repeat([]byte("new "), 40*1024)); !errors.Is(err, ErrFull) {
		t.Fatalf("replace on a full disk: %v", err)
	}
	if !bytes.Equal(readFile(t, f.file(numbersName)), old) {
		t.Error("the old file is gone")
	}
	if names, err := f.names(); err != nil || len(names) != 2 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// The database's file stops taking writes.
func TestDatabaseFails(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	issue(t, s, 3)
	want := kiosktest.Load(t, s, kiosktest.Site)
	if err := s.h.db.file.Close(); err != nil {
		t.Fatal(err)
	}
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	_, ch := c.Issue(kiosktest.Certify, "A")
	if err := s.Commit(t.Context(), ch); err == nil || errors.Is(err, kiosk.ErrNumbersFile) {
		t.Fatalf("commit: %v, want it to fail", err)
	}
	broken(t, s, ch)
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := kiosktest.Load(t, s, kiosktest.Site); !reflect.DeepEqual(got, want) {
		t.Errorf("after a commit that failed:\n got %+v\nwant %+v", got, want)
	}
	if got := issue(t, s, 1).Number; got != "A004" {
		t.Errorf("next number %s, want A004", got)
	}
	replayed(t, s)
}

// The second file fails: the ticket is kept, its caller is told, and until Reopen every
// further number is kept and told the same. What gives no number goes on undisturbed.
func TestNumbersFail(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	issue(t, s, 3)
	if err := s.h.numbers.file.Close(); err != nil {
		t.Fatal(err)
	}
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	for i := range 2 {
		_, ch := c.Issue(kiosktest.Certify, "A")
		if err := s.Commit(t.Context(), ch); !errors.Is(err, kiosk.ErrNumbersFile) {
			t.Fatalf("commit %d: %v", i, err)
		}
		c.Commit(t, c.Facts(kiosk.HelpMoved{Waiting: true}))
	}
	if s.h.numbers.err == nil {
		t.Error("the second file is written again after it failed")
	}
	if got := len(kiosktest.Load(t, s, kiosktest.Site).Tickets); got != 5 {
		t.Errorf("%d tickets are kept, want 5", got)
	}
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := issue(t, s, 1).Number; got != "A006" {
		t.Errorf("next number %s, want A006", got)
	}
	replayed(t, s)
}

// A commit that failed on its very last page may stand in the file all the same; it is wiped
// and the one before it is found. Nothing else is ever wiped.
func TestTakeBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	issue(t, s, 3)
	want := kiosktest.Load(t, s, kiosktest.Site)
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	_, ch := c.Issue(kiosktest.Certify, "A")
	e, err := encodeChange(ch, s.h.tail)
	if err != nil {
		t.Fatal(err)
	}
	txid, err := s.h.db.put(e.puts)
	if err != nil {
		t.Fatal(err)
	}
	// The fsync behind it is said to have failed.
	if err := s.fail(errors.New("injected"), txid); err == nil {
		t.Fatal("no error")
	}
	broken(t, s, ch)
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := kiosktest.Load(t, s, kiosktest.Site); !reflect.DeepEqual(got, want) {
		t.Errorf("after taking back:\n got %+v\nwant %+v", got, want)
	}
	if got := issue(t, s, 2).Number; got != "A005" {
		t.Errorf("number %s, want A005", got)
	}

	mustClose(t, s)
	path := filepath.Join(dir, dbName)
	before := readFile(t, path)
	m, err := readMeta(bytes.NewReader(before))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, other := range []uint64{m.txid + 1, m.txid + 2, m.txid + 4} {
		if err := wipeMeta(f, other); err != nil {
			t.Errorf("take back transaction %d of %d: %v", other, m.txid, err)
		}
	}
	if !bytes.Equal(readFile(t, path), before) {
		t.Error("a transaction that was kept was taken back")
	}
	// With the older meta gone there is nothing to go back to.
	if _, err := f.WriteAt(make([]byte, metaSize), int64((m.txid+1)%2)*pageSize+pageHeader); err != nil {
		t.Fatal(err)
	}
	if err := wipeMeta(f, m.txid); err == nil {
		t.Error("the only meta page was wiped")
	}
}

// A value that rotted while the store was open is an error for who reads it, and for nobody
// else.
func TestValueRots(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	defer mustClose(t, s)
	issue(t, s, 5)
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	rotten := kiosk.Position{Epoch: c.Last().Epoch, Seq: 3}
	err := s.h.db.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketFacts))
		key := factKey(rotten)
		v := bytes.Clone(b.Get(key))
		v[len(v)/2] ^= 1
		return b.Put(key, v)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records(t.Context(), kiosk.Position{}, math.MaxInt); !errors.Is(err, ErrDamaged) {
		t.Errorf("records: %v, want %v", err, ErrDamaged)
	}
	if r, err := s.Records(t.Context(), kiosk.Position{}, 2); err != nil || len(r) != 2 {
		t.Errorf("the records before it: %d, %v", len(r), err)
	}
	if _, err := s.DayRecords(t.Context(), kiosktest.Site, kiosktest.Monday); !errors.Is(err, ErrDamaged) {
		t.Errorf("records of its day: %v, want %v", err, ErrDamaged)
	}
	var broken *kiosk.ChainBreak
	if _, err := s.VerifyChain(t.Context()); !errors.As(err, &broken) || broken.At != rotten {
		t.Errorf("verify: %v, want a break at %v", err, rotten)
	}
	ticket, ch := c.Issue(kiosktest.Certify, "A")
	c.Commit(t, ch)
	if ticket.Number != "A006" {
		t.Errorf("next number %s, want A006", ticket.Number)
	}
	if v, err := s.Tickets(t.Context(), kiosktest.Site, kiosktest.Monday); err != nil || len(v) != 6 {
		t.Errorf("%d tickets, %v, want 6", len(v), err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	mustClose(t, s)
	mustClose(t, s)
	if err := s.Commit(t.Context(), kiosk.Change{Site: kiosktest.Site}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("commit: %v", err)
	}
	if _, err := s.Load(t.Context(), kiosktest.Site); !errors.Is(err, os.ErrClosed) {
		t.Errorf("load: %v", err)
	}
	if err := s.Reopen(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Errorf("reopen: %v", err)
	}
	if _, err := s.WriteTo(t.Context(), &bytes.Buffer{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("back up: %v", err)
	}
}

// Codes that cannot stand in a key are refused before anything is written.
func TestBadCodes(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	long := string(bytes.Repeat([]byte("x"), maxCode+1))
	for _, code := range []string{"", "a\x00b", long} {
		for what, bend := range map[string]func(ch *kiosk.Change){
			"ticket":  func(ch *kiosk.Change) { ch.Tickets[0].Service = kiosk.ServiceCode(code) },
			"fact":    func(ch *kiosk.Change) { issued(ch, kiosk.ServiceCode(code)) },
			"counter": func(ch *kiosk.Change) { ch.Counters = []kiosk.CounterRecord{{Counter: kiosk.CounterCode(code)}} },
		} {
			c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
			_, ch := c.Issue(kiosktest.Certify, "A")
			bend(&ch)
			c.Refuse(t, ch, "with a bad code of a "+what)
		}
		if _, err := s.Load(t.Context(), kiosk.SiteCode(code)); err != nil {
			t.Errorf("load of site %q: %v", code, err)
		}
	}
	issue(t, s, 1)
}

func issued(ch *kiosk.Change, service kiosk.ServiceCode) {
	f := ch.Records[0].Fact.(kiosk.TicketIssued)
	f.Ticket.Service = service
	ch.Records[0].Fact = f
}
