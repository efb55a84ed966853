package boltstore

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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

// writeGolden, set in the environment, makes the golden files of a version that is about to be
// released. Those of a released version are never made again.
const writeGolden = "BOLTSTORE_WRITE_GOLDEN"

// fillGolden does what the golden files hold: two sites, three days, every fact, everything
// that is kept, as far as a version of the database knew it.
func fillGolden(t *testing.T, s kiosk.Store, version uint64) {
	t.Helper()
	for _, site := range []kiosk.SiteCode{kiosktest.Site, "vinh-thuc"} {
		for i, day := range []kiosk.Day{kiosktest.Monday, kiosktest.Saturday, kiosktest.Culture} {
			c := kiosktest.NewClerk(t, s, site, day)
			for range 3 + i {
				_, ch := c.Issue(kiosktest.Certify, "A")
				c.Commit(t, ch)
			}
			ticket, ch := c.Issue(kiosktest.Civil, "B")
			moved := c.Facts(kiosk.TicketMoved{Service: kiosktest.Civil, Number: ticket.Number, Verb: kiosk.VerbCall, State: kiosk.Called, Counter: kiosktest.Counter1, Why: kiosk.ReasonOrder})
			ch.Records = append(ch.Records, moved.Records...)
			ch.Tickets[0].State, ch.Tickets[0].Counter, ch.Tickets[0].Calls, ch.Tickets[0].CalledAt = kiosk.Called, kiosktest.Counter1, 1, c.Now
			ch.Counters = []kiosk.CounterRecord{
				{Day: day, Counter: kiosktest.Counter1, State: kiosk.CounterOpen, SincePriority: 2},
				{Day: day, Counter: kiosktest.Counter2, State: kiosk.CounterPaused, Until: c.Now.Add(time.Hour), Reason: "họp"},
			}
			ch.Hall = &kiosk.HallRecord{Day: day, Hand: kiosk.HandOpen, Opened: true, HelpSince: c.Now}
			ch.Box = &kiosk.BoxRecord{Day: day, LastSeen: c.Now, PaperCheck: true, UnknownDay: day, NumbersUnknown: []kiosk.ServiceCode{kiosktest.Guidance}}
			c.Commit(t, ch)
			if version == 1 {
				c.Commit(t, c.Facts(factsOf1()...))
				continue
			}
			ch = c.Facts(factsSince2(version)[1:]...)
			ch.Records[0].Key = "0192f3c8-7a"
			if version >= 3 {
				ch.Records[0].Late = 90 * time.Second
			}
			sent := kiosktest.Facts()[0].(kiosk.TicketIssued).Ticket
			sent.Site, sent.Day, sent.Seq, sent.Number = site, day, 57, "B057"
			ch.Tickets = []kiosk.Ticket{sent}
			ch.Counters = []kiosk.CounterRecord{{Day: day, Counter: kiosktest.Counter3, State: kiosk.CounterOpen, Officer: "o7"}}
			ch.Hall = &kiosk.HallRecord{Day: day, Opened: true, Closed: true, Sealed: true}
			c.Commit(t, ch)
			if version == 2 {
				continue
			}
			ch = c.Receive(kiosktest.Dossier(3, uint64(i)))
			ch.Dossiers[0].State, ch.Dossiers[0].ConfirmedOn, ch.Dossiers[0].Statement = kiosk.DossierConfirmed, day, "a.signed.statement"
			ch.Blobs[1].State, ch.Blobs[1].Why = kiosk.BlobParked, "hash-differs"
			c.Commit(t, ch)
		}
	}
	if version >= 3 {
		settleGolden(t, s.(kiosk.Outbox))
	}
}

// settleGolden acknowledges everything but the last day of the second site, and prunes the first day
// of the first one. The present day is the last one of each site.
func settleGolden(t *testing.T, o kiosk.Outbox) {
	t.Helper()
	b, err := o.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.Last.Seq -= 20
	gone := []kiosk.BlobPlace{}
	pending, err := o.Pending(t.Context(), kiosk.BlobPlace{}, 2)
	for _, p := range pending {
		gone = append(gone, p.BlobPlace)
	}
	err = errors.Join(err, o.Settle(t.Context(), kiosk.Settled{Facts: b.Last, Blobs: gone, Feed: 7}))
	n, err2 := o.Prune(t.Context(), kiosktest.Culture, 1000)
	if err = errors.Join(err, err2); err != nil || n == 0 {
		t.Fatalf("%d facts pruned, %v", n, err)
	}
}

// factsSince2 are one fact of each kind that a version knew.
func factsSince2(version uint64) []kiosk.Fact {
	if version == 2 {
		return kiosktest.Facts()[:17]
	}
	return kiosktest.Facts()
}

// Every version of the database that was ever released opens, and holds what it held.
// goldenHead is the hash at the end of a golden file's chain. Another one means that no chain of
// any office can be verified any more.
func goldenHead(version uint64) string {
	return map[uint64]string{
		1: "1abc77d39c918d2dceac43c298d59c0a89cf47a04c3341a87cf410d0771fcf18",
		2: "90df643095d47b62a57a35b3b3b24f75ebfd1b2b0f366c9e9ca54e4c47f424c0",
		3: "0f7ebbc56a7fc48ce2edf05c238e3e4720c4f765c2132b58d75f510de27ba5b8",
	}[version]
}

// factsOf1 are the facts of the golden file of version 1, which will never hold others.
func factsOf1() []kiosk.Fact {
	return []kiosk.Fact{
		kiosk.TicketMoved{Service: kiosktest.Civil, Number: "B1000", Verb: kiosk.VerbCall, State: kiosk.Called, Counter: kiosktest.Counter3, Why: kiosk.ReasonLongestWait},
		kiosk.SlipMoved{Service: kiosktest.Civil, Number: "B1000", State: kiosk.SlipRecorded, Asked: true, ByCitizen: true},
		kiosk.HallMoved{Open: true, ByHand: true},
		kiosk.CounterMoved{Counter: kiosktest.Counter2, State: kiosk.CounterPaused, Until: kiosktest.At(2 * time.Hour), Reason: "đi họp"},
		kiosk.ClockConfirmed{Day: kiosktest.Monday, Was: 1970_01_01},
		kiosk.FaultMoved{Code: kiosk.FaultPaperOut, Raised: true, Hint: "put a roll in"},
		kiosk.PaperChecked{Asked: true, Readable: true},
		kiosk.NumbersConfirmed{Service: kiosktest.Civil, Last: 57},
		kiosk.HelpMoved{Waiting: true},
	}
}

// goldenShelf lies on the shelf "accounts" of the golden files since version 2.
func goldenShelf() []kiosk.Item {
	return []kiosk.Item{{Key: "o10", Value: []byte{}}, {Key: "o7", Value: []byte("a value\x00with any bytes")}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for v := uint64(1); v <= newestVersion(); v++ {
		t.Run(fmt.Sprintf("version=%d", v), func(t *testing.T) {
			t.Parallel()
			pack := map[string]string{
				dbName:      filepath.Join("testdata", fmt.Sprintf("v%d.db.gz", v)),
				numbersName: filepath.Join("testdata", fmt.Sprintf("v%d.numbers.gz", v)),
			}
			if os.Getenv(writeGolden) != "" && v == newestVersion() {
				makeGolden(t, pack)
			}
			dir := t.TempDir()
			for name, from := range pack {
				unpack(t, from, filepath.Join(dir, name))
			}
			s := opened(t, Options{Dir: dir})
			want := kiosktest.NewMemory()
			fillGolden(t, want, v)
			sameStore(t, s, want)
			if v >= 2 {
				got, err := s.Shelf("accounts").Read(t.Context(), "")
				if err != nil || !reflect.DeepEqual(got, goldenShelf()) {
					t.Errorf("shelf: %+v, %v", got, err)
				}
			}
			h, err := s.Head(t.Context())
			if got := hex.EncodeToString(h.Hash[:]); err != nil || got != goldenHead(v) {
				t.Errorf("head %s, %v, want %s", got, err, goldenHead(v))
			}

			// And it goes on.
			c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Culture)
			ticket, ch := c.Issue(kiosktest.Certify, "A")
			c.Commit(t, ch)
			if ticket.Number != "A006" {
				t.Errorf("next number is %s, want A006", ticket.Number)
			}
		})
	}
}

func newestVersion() uint64 {
	m := migrations()
	return m[len(m)-1].to
}

// sameStore holds two stores against each other.
func sameStore(t *testing.T, got *Store, want *kiosktest.Memory) {
	t.Helper()
	ctx := context.Background()
	for _, site := range []kiosk.SiteCode{kiosktest.Site, "vinh-thuc", "nowhere"} {
		if g, w := kiosktest.Load(t, got, site), kiosktest.Load(t, want, site); !reflect.DeepEqual(g, w) {
			t.Errorf("site %q:\n got %+v\nwant %+v", site, g, w)
		}
		g, err := got.Days(ctx, site)
		w, err2 := want.Days(ctx, site)
		if err = errors.Join(err, err2); err != nil || !reflect.DeepEqual(g, w) {
			t.Errorf("days of %q: %v\n got %v\nwant %v", site, err, g, w)
		}
		for _, day := range []kiosk.Day{kiosktest.Monday, kiosktest.Culture, kiosktest.Saturday} {
			sameRecords(t, got, want, site, day)
			g, err := got.Tickets(ctx, site, day)
			w, err2 := want.Tickets(ctx, site, day)
			if err = errors.Join(err, err2); err != nil || !reflect.DeepEqual(g, w) {
				t.Errorf("tickets of %q on %s: %v\n got %+v\nwant %+v", site, day, err, g, w)
			}
		}
	}
	g, err := got.Records(ctx, kiosk.Position{}, math.MaxInt)
	w, err2 := want.Records(ctx, kiosk.Position{}, math.MaxInt)
	if err = errors.Join(err, err2); err != nil || !reflect.DeepEqual(g, w) {
		t.Errorf("records: %v\n got %+v\nwant %+v", err, g, w)
	}
	sameOutbox(t, got, want)
	// The two have bytes of their own to compute a hash from.
	gh, err := got.VerifyChain(ctx)
	wh, err2 := want.VerifyChain(ctx)
	if err = errors.Join(err, err2); err != nil || gh.Last != wh.Last || gh.Facts != wh.Facts {
		t.Errorf("chain: %v\n got %+v\nwant %+v", err, gh, wh)
	}
}

func sameOutbox(t *testing.T, got, want kiosk.Outbox) {
	t.Helper()
	ctx := t.Context()
	g, err := got.Waiting(ctx)
	w, err2 := want.Waiting(ctx)
	if err = errors.Join(err, err2); err != nil || g != w {
		t.Errorf("backlog: %v\n got %+v\nwant %+v", err, g, w)
	}
	gb, err := got.Pending(ctx, kiosk.BlobPlace{}, math.MaxInt)
	wb, err2 := want.Pending(ctx, kiosk.BlobPlace{}, math.MaxInt)
	if err = errors.Join(err, err2); err != nil || !reflect.DeepEqual(gb, wb) {
		t.Errorf("blobs: %v\n got %+v\nwant %+v", err, gb, wb)
	}
	for _, site := range []kiosk.SiteCode{kiosktest.Site, "vinh-thuc", "nowhere"} {
		gd, err := got.Dossiers(ctx, site, "", math.MaxInt)
		wd, err2 := want.Dossiers(ctx, site, "", math.MaxInt)
		if err = errors.Join(err, err2); err != nil || !reflect.DeepEqual(gd, wd) {
			t.Errorf("dossiers of %q: %v\n got %+v\nwant %+v", site, err, gd, wd)
		}
	}
	facts, err := got.Outgoing(ctx, kiosk.Position{}, math.MaxInt)
	if n := len(facts); err != nil || n == 0 || facts[n-1].Chain == (kiosk.Hash{}) {
		t.Errorf("%d facts are outgoing, %v", n, err)
	}
}

func sameRecords(t *testing.T, got, want kiosk.Archive, site kiosk.SiteCode, day kiosk.Day) {
	t.Helper()
	g, err := got.DayRecords(t.Context(), site, day)
	w, err2 := want.DayRecords(t.Context(), site, day)
	if err = errors.Join(err, err2); err != nil || !reflect.DeepEqual(g, w) {
		t.Errorf("records of %q on %s: %v\n got %+v\nwant %+v", site, day, err, g, w)
	}
}

func makeGolden(t *testing.T, pack map[string]string) {
	t.Helper()
	dir := t.TempDir()
	// The first minute of 2026 is epoch 1, as the store in memory has it.
	s := mustOpen(t, Options{Dir: dir, Now: func() time.Time { return time.Date(2026, 1, 1, 0, 1, 0, 0, time.UTC) }})
	fillGolden(t, s, newestVersion())
	if err := s.Shelf("accounts").Write(t.Context(), goldenShelf()...); err != nil {
		t.Fatal(err)
	}
	var db bytes.Buffer // without the empty end of the file
	if _, err := s.WriteTo(t.Context(), &db); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	numbers, err := os.ReadFile(filepath.Join(dir, numbersName))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{dbName: db.Bytes(), numbersName: numbers} {
		to := pack[name]
		var out bytes.Buffer
		w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatalf("%v (set %s=1 to make the files of a new version)", err, writeGolden)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Steps that fail, and more steps than there are versions so far, are tried with made-up ones.
func TestMigrate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	fillGolden(t, s, newestVersion())
	db := s.h.db
	var order []uint64
	note := func(to uint64, fail error) migration {
		return migration{to, "note it", func(tx *bbolt.Tx) error {
			order = append(order, to)
			if err := tx.Bucket([]byte(bucketBoxes)).Put([]byte("migrated"), encodeBox([]byte("migrated"), &kiosk.BoxRecord{Day: kiosk.Day(to)})); err != nil {
				return err
			}
			return fail
		}}
	}
	now := newestVersion()
	steps := append(migrations(), note(now+1, nil), note(now+2, errors.New("injected")), note(now+3, nil))
	if _, err := db.bring(steps); err == nil {
		t.Fatal("a migration that failed was not noticed")
	}
	if got := versionOf(t, db); got != now+1 || !reflect.DeepEqual(order, []uint64{now + 1, now + 2}) {
		t.Fatalf("version %d after steps %v, want %d after the first two", got, order, now+1)
	}
	if k := kiosktest.Load(t, s, "migrated"); k.Box.Day != kiosk.Day(now+1) {
		t.Errorf("a migration that failed left %v", k.Box.Day)
	}
	steps[len(steps)-2], order = note(now+2, nil), nil
	if _, err := db.bring(steps); err != nil {
		t.Fatal(err)
	}
	if got := versionOf(t, db); got != now+3 || !reflect.DeepEqual(order, []uint64{now + 2, now + 3}) {
		t.Fatalf("version %d after steps %v, want %d after the last two", got, order, now+3)
	}
	// This program does not know that version: it leaves that database alone.
	mustClose(t, s)
	before, err := os.ReadFile(filepath.Join(dir, dbName))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), withClock(Options{Dir: dir}))
	var trouble *Trouble
	if !errors.Is(err, ErrNewer) || !errors.As(err, &trouble) || trouble.Hint == "" {
		t.Fatalf("open a newer database: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, dbName))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("a newer database was changed (%v)", err)
	}
}

func versionOf(t *testing.T, db *database) (v uint64) {
	t.Helper()
	err := db.read(func(tx *bbolt.Tx) (err error) {
		v, err = version(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
