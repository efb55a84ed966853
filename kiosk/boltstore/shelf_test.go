package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// A write to a shelf that fails breaks the store as a commit does: nobody knows what of it
// reached the disk until everything was read again.
func TestShelfWriteFails(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	issue(t, s, 3)
	shelf := s.Shelf("accounts")
	if err := shelf.Write(t.Context(), kiosk.Item{Key: "o7", Value: []byte("old")}); err != nil {
		t.Fatal(err)
	}
	want := kiosktest.Load(t, s, kiosktest.Site)
	if err := s.h.db.file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := shelf.Write(t.Context(), kiosk.Item{Key: "o7", Value: []byte("new")}); err == nil || errors.Is(err, kiosk.ErrStoreBroken) {
		t.Fatalf("write: %v, want the failure itself", err)
	}
	c := kiosktest.Clerk{Store: s, Site: kiosktest.Site, Day: kiosktest.Monday}
	broken(t, s, c.Facts(kiosk.HelpMoved{}))
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := kiosktest.Load(t, s, kiosktest.Site); !reflect.DeepEqual(got, want) {
		t.Errorf("after a write that failed:\n got %+v\nwant %+v", got, want)
	}
	if got, err := shelf.Read(t.Context(), ""); err != nil || len(got) != 1 || string(got[0].Value) != "old" {
		t.Errorf("shelf after a write that failed: %q, %v", got, err)
	}
	if err := shelf.Write(t.Context(), kiosk.Item{Key: "o7", Value: []byte("new")}); err != nil {
		t.Error(err)
	}
}

// The disk is full while a shelf is written: what was acknowledged is there, the rest is not.
func TestShelfOnFullDisk(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	dir := mounted(t, "2m")
	s := opened(t, Options{Dir: dir})
	shelf := s.Shelf("boards")
	fillDisk(t, dir)
	value := bytes.Repeat([]byte("v"), maxItemSize)
	kept := 0
	for ; ; kept++ {
		err := shelf.Write(t.Context(), kiosk.Item{Key: fmt.Sprintf("%03d", kept), Value: value})
		if err == nil && kept < 100 {
			continue
		}
		if !errors.Is(err, ErrFull) {
			t.Fatalf("write number %d on a full disk: %v", kept, err)
		}
		break
	}
	remove(t, filepath.Join(dir, ballast))
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := shelf.Read(t.Context(), ""); err != nil || len(got) != kept {
		t.Errorf("%d items, %v, want %d", len(got), err, kept)
	}
	if err := shelf.Write(t.Context(), kiosk.Item{Key: "after", Value: value}); err != nil {
		t.Error(err)
	}
}

func TestShelfName(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	for _, name := range []string{"", "a\x00b", strings.Repeat("n", maxCode+1)} {
		if err := s.Shelf(name).Write(t.Context(), kiosk.Item{Key: "k", Value: []byte("v")}); err == nil {
			t.Errorf("shelf %q was written", name)
		}
		if _, err := s.Shelf(name).Read(t.Context(), ""); err == nil {
			t.Errorf("shelf %q was read", name)
		}
	}
	issue(t, s, 1) // and nothing is broken by it
}

// Accounts are in the backup, and go with a database that is lost.
func TestShelfIsInTheBackup(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	want := []kiosk.Item{{Key: "o7", Value: []byte("account")}}
	if err := s.Shelf("accounts").Write(t.Context(), want...); err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if _, err := s.WriteTo(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, dbName), backup.Bytes())
	copied := opened(t, Options{Dir: dir})
	if got, err := copied.Shelf("accounts").Read(t.Context(), ""); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the copy has %+v, %v", got, err)
	}
}
