package boltstore

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// A copy from the morning is put back in the afternoon: what was given since is not given
// again, and facts go on in an epoch of their own.
func TestRestoredDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opt := Options{Dir: dir}
	s := mustOpen(t, opt)
	issue(t, s, 3)
	var backup bytes.Buffer
	n, err := s.WriteTo(t.Context(), &backup)
	if err != nil || n != int64(backup.Len()) || n == 0 {
		t.Fatalf("back up %d bytes: %v", n, err)
	}
	issue(t, s, 4)
	was := kiosktest.Load(t, s, kiosktest.Site).Last
	mustClose(t, s)

	path := filepath.Join(dir, dbName)
	remove(t, path)
	writeFile(t, path, backup.Bytes())
	s = opened(t, opt)
	k := kiosktest.Load(t, s, kiosktest.Site)
	if len(k.Tickets) != 3 || k.Replaced || k.Last != (kiosk.Position{Epoch: was.Epoch + 1}) {
		t.Errorf("restored: %d tickets, replaced %v, last %+v", len(k.Tickets), k.Replaced, k.Last)
	}
	if got := issue(t, s, 1); got.Number != "A008" || got.Order != (kiosk.Position{Epoch: was.Epoch + 1, Seq: 1}).Order() {
		t.Errorf("next ticket %s at %d, want A008 in the next epoch", got.Number, got.Order)
	}
	replayed(t, s)
}

// Facts without a number are noticed to be missing too, once the kiosk was stopped in order.
func TestRestoredWithoutTickets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opt := Options{Dir: dir}
	s := mustOpen(t, opt)
	issue(t, s, 3)
	var backup bytes.Buffer
	if _, err := s.WriteTo(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	c.Commit(t, c.Facts(kiosk.HelpMoved{Waiting: true}))
	epoch := c.Last().Epoch
	mustClose(t, s)
	s = mustOpen(t, opt)
	if got := kiosktest.Load(t, s, kiosktest.Site).Last; got != c.Last() {
		t.Fatalf("last %+v, want %+v: a restart is no restoring", got, c.Last())
	}
	mustClose(t, s)
	remove(t, filepath.Join(dir, dbName))
	writeFile(t, filepath.Join(dir, dbName), backup.Bytes())
	s = opened(t, opt)
	if got := kiosktest.Load(t, s, kiosktest.Site).Last; got != (kiosk.Position{Epoch: epoch + 1}) {
		t.Errorf("last %+v, want a new epoch", got)
	}
}

// TestOldDatabaseWithoutTheSecondFile: a copy from earlier, alone in an empty folder, does not
// know what was given since. The box asks for the last paper and goes on behind it.
func TestOldDatabaseWithoutTheSecondFile(t *testing.T) {
	t.Parallel()
	now := kiosktest.At(0)
	office := func(dir string) (*kiosk.Office, *Store) {
		s := mustOpen(t, Options{Dir: dir})
		o, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: kiosktest.Setup(), Store: s, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return o, s
	}
	next := func(o *kiosk.Office) (kiosk.Number, error) {
		got, err := o.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify})
		return got.Number, err
	}
	first := t.TempDir()
	o, s := office(first)
	for range 3 {
		if _, err := next(o); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, s)
	copied := readFile(t, filepath.Join(first, dbName))
	o, s = office(first)
	for range 4 {
		if _, err := next(o); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, s)

	second := t.TempDir()
	writeFile(t, filepath.Join(second, dbName), copied)
	now = now.Add(time.Hour)
	o, s = office(second)
	var refusal *kiosk.Refusal
	if got, err := next(o); !errors.As(err, &refusal) || refusal.Code != kiosk.CodeNumbersUnknown {
		t.Fatalf("gave %s, %v: A004 to A007 may be out", got, err)
	}
	mustClose(t, s)
	o, s = office(second) // the question outlives a restart
	if _, err := next(o); err == nil {
		t.Fatal("a restart answered the question")
	}
	if err := o.ConfirmNumber(t.Context(), kiosktest.Certify, 7, "kioskctl"); err != nil {
		t.Fatal(err)
	}
	if got, err := next(o); err != nil || got != "A008" {
		t.Errorf("after the word for 7: %s, %v", got, err)
	}
	mustClose(t, s)
	o, s = office(second)
	defer mustClose(t, s)
	if got, err := next(o); err != nil || got != "A009" {
		t.Errorf("a confirmed service is asked about again: %s, %v", got, err)
	}
	if got, err := o.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Civil}); err == nil {
		t.Errorf("another service is still to be confirmed, and gave %s", got.Number)
	}
}

// TestCopiesThatCannotKnow: a copy from before the first number, alone; and one from the morning
// beside a second file of which a part cannot be read.
func TestCopiesThatCannotKnow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opt := Options{Dir: dir}
	s := mustOpen(t, opt)
	if kiosktest.Load(t, s, kiosktest.Site).NumbersUnknown {
		t.Error("a new box is asked for paper")
	}
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	c.Commit(t, c.Facts(kiosk.HelpMoved{Waiting: true}))
	mustClose(t, s)
	early := readFile(t, filepath.Join(dir, dbName))
	s = mustOpen(t, opt)
	issue(t, s, 7)
	mustClose(t, s)

	alone := t.TempDir()
	writeFile(t, filepath.Join(alone, dbName), early)
	s = mustOpen(t, Options{Dir: alone})
	if !kiosktest.Load(t, s, kiosktest.Site).NumbersUnknown {
		t.Error("a copy from before the first number is sure of itself")
	}
	mustClose(t, s)

	for name, damaged := range map[string]bool{"whole": false, "damaged": true} {
		beside := t.TempDir()
		numbers := bytes.Clone(readFile(t, filepath.Join(dir, numbersName)))
		if damaged {
			known, err := parseNumbers(numbers)
			if err != nil {
				t.Fatal(err)
			}
			numbers[(known.slots-2)*slotSize+slotServiceAt] ^= 0xff // the last number but one
		}
		writeFile(t, filepath.Join(beside, dbName), early)
		writeFile(t, filepath.Join(beside, numbersName), numbers)
		s = mustOpen(t, Options{Dir: beside})
		if k := kiosktest.Load(t, s, kiosktest.Site); k.NumbersUnknown != damaged {
			t.Errorf("%s: numbers unknown %v, last %v", name, k.NumbersUnknown, k.LastNumbers)
		}
		mustClose(t, s)
	}
}
