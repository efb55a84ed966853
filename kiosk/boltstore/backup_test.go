package boltstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// A copy that somebody takes slowly over a line holds nobody up, and shows one moment.
func TestBackupDoesNotHold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	fillGolden(t, s, newestVersion())
	want := kiosktest.Load(t, s, kiosktest.Site)

	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := s.WriteTo(context.Background(), w)
		done <- errors.Join(err, w.Close())
	}()
	first := make([]byte, 100)
	if _, err := io.ReadFull(r, first); err != nil {
		t.Fatal(err)
	}
	// The copy is under way, and its reader has stopped.
	issue(t, s, 5)
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r)
	if err = errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, backupPrefix+"*"))
	if err != nil || len(names) != 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}

	other := t.TempDir()
	writeFile(t, filepath.Join(other, dbName), append(first, rest...))
	copied := opened(t, Options{Dir: other})
	got := kiosktest.Load(t, copied, kiosktest.Site)
	if len(got.Tickets) != len(want.Tickets) || got.Day != want.Day {
		t.Errorf("the copy has %d tickets of %s, want %d of %s", len(got.Tickets), got.Day, len(want.Tickets), want.Day)
	}
	if got.Last.Epoch <= want.Last.Epoch {
		t.Errorf("a copy without its second file goes on in epoch %d", got.Last.Epoch)
	}
}

func TestBackupIsCancelled(t *testing.T) {
	t.Parallel()
	s := opened(t, Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if _, err := s.WriteTo(ctx, &b); !errors.Is(err, context.Canceled) || b.Len() != 0 {
		t.Errorf("back up with a cancelled context: %v, %d bytes", err, b.Len())
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	_, err := s.WriteTo(ctx, writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil }))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("back up that is cancelled on its way: %v", err)
	}
	if _, err := s.WriteTo(t.Context(), writerFunc(func([]byte) (int, error) { return 0, io.ErrClosedPipe })); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("back up to a closed pipe: %v", err)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// The copy does not fit: the store goes on, and nothing of it stays.
func TestBackupOnFullDisk(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	dir := mounted(t, "2m")
	s := opened(t, Options{Dir: dir})
	issue(t, s, 5)
	fillDisk(t, dir)
	if _, err := s.WriteTo(t.Context(), io.Discard); !errors.Is(err, ErrFull) {
		t.Fatalf("back up on a full disk: %v", err)
	}
	remove(t, filepath.Join(dir, ballast))
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if got := issue(t, s, 1).Number; got != kiosk.Number("A006") {
		t.Errorf("next number %s, want A006", got)
	}
}
