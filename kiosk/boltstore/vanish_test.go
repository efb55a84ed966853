package boltstore

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// The medium loses pages while the store is open: a fault in the memory map is an error and
// not the end of the process, the database is set aside, and the numbers go on.
func TestPagesVanish(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		what string
		do   func(s *Store, ch kiosk.Change) error
	}{
		{"load", func(s *Store, _ kiosk.Change) error { _, err := s.Load(t.Context(), kiosktest.Site); return err }},
		{"commit", func(s *Store, ch kiosk.Change) error { return s.Commit(t.Context(), ch) }},
	} {
		t.Run(v.what, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := opened(t, Options{Dir: dir})
			issue(t, s, 40)
			c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
			_, ch := c.Issue(kiosktest.Certify, "A")
			if err := os.Truncate(filepath.Join(dir, dbName), 2*pageSize); err != nil {
				t.Fatal(err)
			}
			if err := v.do(s, ch); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s: %v, want %v", v.what, err, ErrDamaged)
			}
			if err := s.Reopen(t.Context()); err != nil {
				t.Fatal(err)
			}
			k := kiosktest.Load(t, s, kiosktest.Site)
			if !k.Replaced || k.NumbersUnknown || len(aside(t, dir)) != 1 {
				t.Errorf("replaced %v, unknown %v, %d set aside", k.Replaced, k.NumbersUnknown, len(aside(t, dir)))
			}
			if got := issue(t, s, 1).Number; got != "A041" {
				t.Errorf("next number %s, want A041", got)
			}
		})
	}
}

// A database that is lost before it gave a number leaves nothing to ask a person.
func TestVanishesBeforeTheFirstNumber(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	writeFile(t, filepath.Join(dir, dbName), []byte("rubbish"))
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := kiosktest.Load(t, s, kiosktest.Site); !k.Replaced || k.NumbersUnknown {
		t.Errorf("replaced %v, numbers unknown %v, want true and false", k.Replaced, k.NumbersUnknown)
	}
	if got := issue(t, s, 1).Number; got != "A001" {
		t.Errorf("first number %s, want A001", got)
	}
}

// Another medium is put in the place of the one that was open.
func TestFolderIsExchanged(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir, away := filepath.Join(parent, "state"), filepath.Join(parent, "away")
	s := opened(t, Options{Dir: dir})
	issue(t, s, 5)
	was := kiosktest.Load(t, s, kiosktest.Site).Last
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := kiosktest.Load(t, s, kiosktest.Site); len(k.Tickets) != 0 || len(k.LastNumbers) != 0 {
		t.Errorf("an empty medium has %+v", k)
	}
	refused(t, dir, ErrInUse)
	// The old one is free, and whole.
	old := opened(t, Options{Dir: away})
	if got := kiosktest.Load(t, old, kiosktest.Site).Last; got != was {
		t.Errorf("last %+v, want %+v", got, was)
	}
}

// Several who read at once meet the same fault, and the store can still be opened again.
func TestPagesVanishUnderReaders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	issue(t, s, 40)
	if err := os.Truncate(filepath.Join(dir, dbName), 2*pageSize); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			if _, err := s.Load(t.Context(), kiosktest.Site); !errors.Is(err, ErrDamaged) {
				t.Errorf("load: %v, want %v", err, ErrDamaged)
			}
		})
	}
	readers.Wait()
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := issue(t, s, 1).Number; got != "A041" {
		t.Errorf("next number %s, want A041", got)
	}
}
