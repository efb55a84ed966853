package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"filippo.io/age"

	"github.com/motcua/gateway/sync/backup"
)

// Two backups into one file at once: one has it, whole, the other is told that it is there, and
// nothing of either is left beside it, nor of one that was killed before.
func TestTwoBackupsIntoOneFile(t *testing.T) {
	t.Parallel()
	hub, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "box.backup")
	if err := os.WriteFile(file+".new-17", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	var both, done sync.WaitGroup
	both.Add(2)
	errs := make([]error, 2)
	for i := range errs {
		src := &backup.Source{Dir: t.TempDir(), Database: func(_ context.Context, w io.Writer) (int64, error) {
			both.Done()
			both.Wait() // both have begun their file
			n, err := w.Write(bytes.Repeat([]byte{byte(i)}, 1<<20))
			return int64(n), err
		}}
		done.Go(func() { _, errs[i] = writeBackup(t.Context(), src, file, []string{hub.Recipient().String()}) })
	}
	done.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), fs.ErrExist) {
		t.Errorf("got %v and %v, want one that is told it is there", errs[0], errs[1])
	}
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	if err := backup.Reseal(t.Context(), text, io.Discard, backup.Passphrase(), hub); err != nil {
		t.Errorf("it does not open: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left beside it: %v, %v", entries, err)
	}
}
