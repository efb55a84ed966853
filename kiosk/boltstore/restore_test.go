package boltstore

import (
	"bytes"
	"path/filepath"
	"testing"

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
