package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/pagesuite"
	"github.com/motcua/gateway/sync/hub/sealed"
)

func open(t *testing.T, dir string) *files.Folder {
	t.Helper()
	f, err := files.Open(files.Options{Dir: dir, Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSuite(t *testing.T) {
	t.Parallel()
	pagesuite.Run(t, inTempDir)
}

func inTempDir(t *testing.T) (sealed.Objects, func(*testing.T) sealed.Objects) {
	dir := t.TempDir()
	return open(t, dir), func(t *testing.T) sealed.Objects { return open(t, dir) }
}

// TestNothingElseLiesThere: no folder is left of what was removed, and no file that is the hub's
// can be read by anybody else.
func TestNothingElseLiesThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := pagesuite.NewWorld(t, func(t *testing.T) (sealed.Objects, func(*testing.T) sealed.Objects) { return open(t, dir), nil })
	b, page, state := w.Page(1000)
	if err := errors.Join(w.Pages.Append(t.Context(), page, 0, b[:100], state), w.Pages.Finish(t.Context(), page, b[100:], state)); err != nil {
		t.Fatal(err)
	}
	look := func() (files, folders int) {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if name != dir && err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s can be read by others: %v", name, info.Mode())
			}
			if d.IsDir() {
				folders++
			} else {
				files++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files, folders
	}
	if f, d := look(); f != 2 || d != 8 {
		t.Errorf("%d files in %d folders", f, d)
	}
	if err := w.Pages.Remove(t.Context(), page.Dossier); err != nil {
		t.Fatal(err)
	}
	if f, d := look(); f != 0 || d != 5 { // itself, tmp, uploads, pages, pages/SS
		t.Errorf("%d files in %d folders after the end", f, d)
	}
}

// TestTidy: what a killed process was writing goes with the next sweep, what one is writing now
// does not.
func TestTidy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := open(t, dir)
	dead, alive := filepath.Join(dir, "tmp", "DEAD"), filepath.Join(dir, "tmp", "ALIVE")
	for _, n := range []string{dead, alive} {
		if err := os.WriteFile(n, []byte("half of a pa"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(dead, old, old); err != nil {
		t.Fatal(err)
	}
	if err := f.Tidy(t.Context(), time.Now().Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err1 := os.Stat(dead)
	_, err2 := os.Stat(alive)
	if !errors.Is(err1, fs.ErrNotExist) || err2 != nil {
		t.Errorf("%v, %v", err1, err2)
	}
}

func TestNoRoom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := files.Open(files.Options{Dir: dir, Reserve: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	w := pagesuite.NewWorld(t, func(t *testing.T) (sealed.Objects, func(*testing.T) sealed.Objects) { return f, nil })
	b, page, state := w.Page(1000)
	if err := w.Pages.Append(t.Context(), page, 0, b[:100], state); !errors.Is(err, hub.ErrFull) {
		t.Errorf("append: %v", err)
	}
	if err := w.Pages.Finish(t.Context(), page, b, state); !errors.Is(err, hub.ErrFull) {
		t.Errorf("finish: %v", err)
	}
}

func TestOpenNowhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		if _, err := files.Open(files.Options{Dir: dir}); err == nil {
			t.Errorf("%q was opened", dir)
		}
	}
}
