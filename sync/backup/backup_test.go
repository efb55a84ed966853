package backup_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/backup"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// box is a state folder with a key, some numbers, and a store that is open.
func box(t *testing.T, tickets int) (dir string, s *boltstore.Store, c *kiosktest.Clerk) {
	t.Helper()
	dir = t.TempDir()
	_, err := secret.OpenKey(dir)
	must(t, err)
	s = openStore(t, dir)
	c = kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	for range tickets {
		_, ch := c.Issue(kiosktest.Certify, "A")
		c.Commit(t, ch)
	}
	return dir, s, c
}

func openStore(t *testing.T, dir string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(t.Context(), boltstore.Options{Dir: dir})
	must(t, err)
	return s
}

func TestOntoASpareBox(t *testing.T) {
	t.Parallel()
	dir, s, c := box(t, 5)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	_, later := c.Issue(kiosktest.Certify, "A") // A006, which no backup knows
	c.Commit(t, later)
	must(t, s.Close())

	spare := t.TempDir()
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), "wrong-wrong-wrong", spare, backup.OntoKnown, time.Now()); !errors.Is(err, backup.ErrPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	out, err := backup.Restore(t.Context(), bytes.NewReader(file), word, spare, backup.OntoKnown, time.Now())
	must(t, err)
	if len(out.Aside) != 0 || out.Manifest.Site != kiosktest.Site {
		t.Errorf("restored %+v", out)
	}
	was, err := secret.OpenKey(dir)
	must(t, err)
	is, err := secret.OpenKey(spare)
	must(t, err)
	if was.Derive("x") != is.Derive("x") {
		t.Error("the spare box has another key")
	}
	s = openStore(t, spare)
	k := kiosktest.Load(t, s, kiosktest.Site)
	if len(k.Tickets) != 5 || !k.NumbersUnknown || k.Last.Epoch <= c.Last().Epoch {
		t.Errorf("%d tickets, numbers unknown %v, epoch %d after %d", len(k.Tickets), k.NumbersUnknown, k.Last.Epoch, c.Last().Epoch)
	}
	must(t, s.Close())
}

// A spare box that somebody has tried before has a key of its own, and what it has sealed with it:
// it is put onto only where somebody says so, and then none of that is in the way.
func TestOntoASpareBoxThatHasRun(t *testing.T) {
	t.Parallel()
	dir, s, c := box(t, 5)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	_, later := c.Issue(kiosktest.Certify, "A") // A006, which no backup knows
	c.Commit(t, later)
	must(t, s.Close())

	spare, s, _ := box(t, 1)
	must(t, s.Close())
	for _, name := range []string{"keys", "line", "blobs"} {
		must(t, os.Mkdir(filepath.Join(spare, name), 0o700))
		must(t, os.WriteFile(filepath.Join(spare, name, "a"), []byte("sealed"), 0o600))
	}
	before := names(t, spare)
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), word, spare, backup.OntoKnown, time.Now()); !errors.Is(err, backup.ErrWhichBox) {
		t.Errorf("without a word: %v", err)
	}
	if after := names(t, spare); !slices.Equal(before, after) {
		t.Errorf("the folder holds %v, and did %v", after, before)
	}

	// It ended in the middle, as by a kill.
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, kiosk.ICT())
	for _, name := range []string{"keys", "blobs"} {
		must(t, os.Rename(filepath.Join(spare, name), filepath.Join(spare, name+".before-restore-20261126T080000")))
	}
	must(t, os.WriteFile(filepath.Join(spare, "box.key.restoring"), []byte("half"), 0o600))
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), word, spare, backup.OntoKnown, now); !errors.Is(err, backup.ErrWhichBox) {
		t.Errorf("without a word, half done: %v", err)
	}
	out, err := backup.Restore(t.Context(), bytes.NewReader(file), word, spare, backup.OntoSpare, now.Add(time.Second))
	must(t, err)
	if len(out.Aside) != 4 { // blobs and keys went before
		t.Errorf("set aside %v, want its line, its numbers, its database and its key", out.Aside)
	}
	for _, name := range []string{"keys", "line", "blobs", "numbers"} {
		if _, err := os.Lstat(filepath.Join(spare, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s of the spare box is in the way: %v", name, err)
		}
	}
	key, err := secret.OpenKey(spare)
	must(t, err)
	ring, err := secret.OpenRing(spare, key)
	must(t, err)
	_, err = ring.Present(kiosktest.Monday)
	must(t, err)
	s = openStore(t, spare)
	k := kiosktest.Load(t, s, kiosktest.Site)
	if len(k.Tickets) != 5 || !k.NumbersUnknown || k.Last.Epoch <= c.Last().Epoch {
		t.Errorf("%d tickets, numbers unknown %v, epoch %d after %d", len(k.Tickets), k.NumbersUnknown, k.Last.Epoch, c.Last().Epoch)
	}
	must(t, s.Close())
}

// names lists what a folder holds.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// On the same box whose key has a passphrase since, which no file tells, the key stays as it is.
func TestOntoTheSameBoxUnderAPassphrase(t *testing.T) {
	t.Parallel()
	dir, s, _ := box(t, 3)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	must(t, s.Close())
	must(t, os.Remove(filepath.Join(dir, "box.key")))
	must(t, os.WriteFile(filepath.Join(dir, "box.key.sealed"), []byte("sealed"), 0o600))
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), word, dir, backup.OntoKnown, time.Now()); !errors.Is(err, backup.ErrWhichBox) {
		t.Errorf("without a word: %v", err)
	}
	out, err := backup.Restore(t.Context(), bytes.NewReader(file), word, dir, backup.OntoSame, time.Now())
	must(t, err)
	if len(out.Aside) != 1 || !strings.HasPrefix(out.Aside[0], "kiosk.db.before-restore-") {
		t.Errorf("set aside %v", out.Aside)
	}
	if got, want := names(t, dir), []string{"box.key.sealed", "kiosk.db", out.Aside[0], "numbers"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	s = openStore(t, dir)
	if k := kiosktest.Load(t, s, kiosktest.Site); k.NumbersUnknown {
		t.Error("it has forgotten how far its numbers had come")
	}
	must(t, s.Close())
}

// On the same box the second file still knows how far the numbers had come.
func TestOntoTheSameBox(t *testing.T) {
	t.Parallel()
	dir, s, c := box(t, 3)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	for range 4 {
		_, later := c.Issue(kiosktest.Certify, "A")
		c.Commit(t, later)
	}
	must(t, s.Close())
	out, err := backup.Restore(t.Context(), bytes.NewReader(file), word, dir, backup.OntoKnown, time.Now())
	must(t, err)
	if len(out.Aside) != 1 || !strings.HasPrefix(out.Aside[0], "kiosk.db.before-restore-") {
		t.Errorf("set aside %v", out.Aside)
	}
	s = openStore(t, dir)
	k := kiosktest.Load(t, s, kiosktest.Site)
	if k.NumbersUnknown || k.LastNumbers[kiosktest.Monday][kiosktest.Certify] != 7 || k.Last.Epoch <= c.Last().Epoch {
		t.Errorf("unknown %v, last %v, epoch %d after %d", k.NumbersUnknown, k.LastNumbers, k.Last.Epoch, c.Last().Epoch)
	}
	must(t, s.Close())
}

// A file that lost or changed a byte changes nothing in the folder.
func TestDamagedBackup(t *testing.T) {
	t.Parallel()
	dir, s, _ := box(t, 2)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	must(t, s.Close())
	spare := t.TempDir()
	must(t, os.WriteFile(filepath.Join(spare, "kiosk.db"), []byte("mine"), 0o600))
	for _, bad := range [][]byte{
		file[:len(file)-1], file[:len(file)/2], file[:100], {}, append(slices.Clone(file), 'x'), flip(file, len(file)/2), flip(file, len(file)-20),
	} {
		if _, err := backup.Restore(t.Context(), bytes.NewReader(bad), word, spare, backup.OntoKnown, time.Now()); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%d of %d bytes: %v", len(bad), len(file), err)
		}
	}
	left, err := os.ReadDir(spare)
	must(t, err)
	if text, err := os.ReadFile(filepath.Join(spare, "kiosk.db")); err != nil || string(text) != "mine" || len(left) != 1 {
		t.Errorf("the folder holds %v, kiosk.db is %q, %v", left, text, err)
	}
}

func flip(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 1
	return b
}

func TestNoHub(t *testing.T) {
	t.Parallel()
	src := &backup.Source{Dir: t.TempDir()}
	if err := src.Write(t.Context(), &bytes.Buffer{}, nil); !errors.Is(err, backup.ErrNoHub) {
		t.Error(err)
	}
}
