package boltstore

import (
	"bytes"
	"compress/gzip"
	"context"
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
// that is kept.
func fillGolden(t *testing.T, s kiosk.Store) {
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
			c.Commit(t, c.Facts(kiosktest.Facts()[1:]...))
		}
	}
}

// Every version of the database that was ever released opens, and holds what it held.
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
			fillGolden(t, want)
			sameStore(t, s, want)

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
func sameStore(t *testing.T, got, want kiosk.Store) {
	t.Helper()
	ctx := context.Background()
	for _, site := range []kiosk.SiteCode{kiosktest.Site, "vinh-thuc", "nowhere"} {
		if g, w := kiosktest.Load(t, got, site), kiosktest.Load(t, want, site); !reflect.DeepEqual(g, w) {
			t.Errorf("site %q:\n got %+v\nwant %+v", site, g, w)
		}
		for _, day := range []kiosk.Day{kiosktest.Monday, kiosktest.Culture, kiosktest.Saturday} {
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
}

func makeGolden(t *testing.T, pack map[string]string) {
	t.Helper()
	dir := t.TempDir()
	// The first minute of 2026 is epoch 1, as the store in memory has it.
	s := mustOpen(t, Options{Dir: dir, Now: func() time.Time { return time.Date(2026, 1, 1, 0, 1, 0, 0, time.UTC) }})
	fillGolden(t, s)
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

// There is one version so far, so the steps between versions are tried with made-up ones.
func TestMigrate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	fillGolden(t, s)
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
	steps := append(migrations(), note(2, nil), note(3, errors.New("injected")), note(4, nil))
	if _, err := db.bring(steps); err == nil {
		t.Fatal("a migration that failed was not noticed")
	}
	if got := versionOf(t, db); got != 2 || !reflect.DeepEqual(order, []uint64{2, 3}) {
		t.Fatalf("version %d after steps %v, want 2 after 2 and 3", got, order)
	}
	if k := kiosktest.Load(t, s, "migrated"); k.Box.Day != 2 {
		t.Errorf("a migration that failed left %v", k.Box.Day)
	}
	steps[2], order = note(3, nil), nil
	if _, err := db.bring(steps); err != nil {
		t.Fatal(err)
	}
	if got := versionOf(t, db); got != 4 || !reflect.DeepEqual(order, []uint64{3, 4}) {
		t.Fatalf("version %d after steps %v, want 4 after 3 and 4", got, order)
	}
	// This program knows one version only: it leaves that database alone.
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
