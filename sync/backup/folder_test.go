package backup_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/backup"
)

// Under a store that is open nothing is put, whatever the kiosk's socket says: what it writes from
// then on would lie in a file that was set aside.
func TestUnderARunningKiosk(t *testing.T) {
	t.Parallel()
	dir, s, c := box(t, 3)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), word, dir, backup.OntoKnown, time.Now()); !errors.Is(err, backup.ErrRunning) {
		t.Errorf("restored under an open store: %v", err)
	}
	_, later := c.Issue(kiosktest.Certify, "A")
	c.Commit(t, later)
	must(t, s.Close())
	s = openStore(t, dir)
	if k := kiosktest.Load(t, s, kiosktest.Site); len(k.Tickets) != 4 {
		t.Errorf("%d tickets, want 4", len(k.Tickets))
	}
	must(t, s.Close())
}

// A second restore in the same second sets aside beside the first one: the living database is
// never replaced.
func TestTwiceInOneSecond(t *testing.T) {
	t.Parallel()
	dir, s, _ := box(t, 3)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	must(t, s.Close())
	living, err := os.ReadFile(filepath.Join(dir, "kiosk.db"))
	must(t, err)
	living = append(living, "what nobody else has"...)
	must(t, os.WriteFile(filepath.Join(dir, "kiosk.db"), living, 0o600))
	now := kiosktest.At(0)
	var aside []string
	for range 3 {
		out, err := backup.Restore(t.Context(), bytes.NewReader(file), word, dir, backup.OntoKnown, now)
		must(t, err)
		aside = append(aside, out.Aside...)
	}
	if len(aside) != 3 {
		t.Fatalf("set aside %v, want three", aside)
	}
	if text, err := os.ReadFile(filepath.Join(dir, aside[0])); err != nil || !bytes.Equal(text, living) {
		t.Errorf("the living database is not what was set aside first: %v", err)
	}
}

// A technician restores as root; the kiosk is a user of its own and opens what is there.
func TestOwner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	dir, s, _ := box(t, 3)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	must(t, s.Close())
	spare := t.TempDir()
	const uid, gid = 1234, 1235
	must(t, os.Chown(spare, uid, gid))
	_, err := backup.Restore(t.Context(), bytes.NewReader(file), word, spare, backup.OntoKnown, time.Now())
	must(t, err)
	for _, name := range []string{"kiosk.db", "box.key"} {
		info, err := os.Stat(filepath.Join(spare, name))
		must(t, err)
		if of, ok := info.Sys().(*syscall.Stat_t); !ok || of.Uid != uid || of.Gid != gid || info.Mode() != 0o600 {
			t.Errorf("%s is of %+v, mode %v", name, of, info.Mode())
		}
	}
}

// Root writes through no link that the kiosk's user, or who has become it, may have laid.
func TestNoLinkIsFollowed(t *testing.T) {
	t.Parallel()
	dir, s, _ := box(t, 3)
	word := backup.Passphrase()
	file := sealed(t, dir, s, word)
	must(t, s.Close())
	victim := filepath.Join(t.TempDir(), "shadow")
	must(t, os.WriteFile(victim, []byte("mine"), 0o600))
	for _, name := range []string{"kiosk.db.restoring", "box.key.restoring"} {
		must(t, os.Symlink(victim, filepath.Join(dir, name)))
	}
	_, err := backup.Restore(t.Context(), bytes.NewReader(file), word, dir, backup.OntoKnown, time.Now())
	must(t, err)
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Errorf("a file outside the folder holds %.20q now, %v", text, err)
	}
}
