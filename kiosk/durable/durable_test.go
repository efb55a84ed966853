package durable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/motcua/gateway/kiosk/durable"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// holds checks what a folder holds, NAME=TEXT in the order of the names.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var got []string
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		got = append(got, e.Name()+"="+string(text))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o400} {
		must(t, durable.WriteFile(path, []byte(mode.String()), mode))
		holds(t, dir, "a="+mode.String())
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode() != mode {
			t.Errorf("mode %v, want %v", info.Mode(), mode)
		}
	}
	if err := durable.WriteFile(filepath.Join(dir, "none", "a"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

func TestCreateFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	must(t, durable.CreateFile(path, []byte("first"), 0o600))
	if err := durable.CreateFile(path, []byte("second"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is taken: %v", err)
	}
	holds(t, dir, "a=first")
}

// A disk without hard links refuses them with EPERM.
func TestCreateWithoutLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	no := func(from, to string) error { return &os.LinkError{Op: "link", Old: from, New: to, Err: syscall.EPERM} }
	for _, text := range []string{"first", "second"} {
		f, err := durable.New(dir, "a")
		must(t, err)
		_, err = f.WriteString(text)
		must(t, err)
		if err := durable.CreateBy(f, path, no); (text == "first") != (err == nil) || err != nil && !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", text, err)
		}
	}
	holds(t, dir, "a=first")
}

func TestDrop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := durable.New(dir, "a")
	must(t, err)
	must(t, f.Drop())
	holds(t, dir)
	f, err = durable.New(dir, "a")
	must(t, err)
	must(t, f.Replace(filepath.Join(dir, "b")))
	must(t, f.Drop())
	holds(t, dir, "b=")
}

// What a kill has left goes; what is being written, is another's, or only looks like it, stays.
func TestTidyUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.key", "a.key.new-1", "b.key.new-23", "c.new-4", "a.key.new-", "a.key.new-x1"} {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	must(t, os.Symlink(filepath.Join(dir, "a.key"), filepath.Join(dir, "l.key.new-5")))
	f, err := durable.New(dir, "d.key")
	must(t, err)
	must(t, durable.TidyUp(dir, "*.key"))
	must(t, f.Replace(filepath.Join(dir, "d.key")))
	holds(t, dir, "a.key=", "a.key.new-=", "a.key.new-x1=", "c.new-4=", "d.key=", "l.key.new-5=")
	must(t, durable.TidyUp(filepath.Join(dir, "none"), "*"))
	if err := durable.TidyUp(dir, "["); !errors.Is(err, filepath.ErrBadPattern) {
		t.Errorf("a bad pattern: %v", err)
	}
}

// Ten who write one name at once, while others tidy up, never share a file and never lose one.
func TestOneName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			for n := range 20 {
				if err := durable.WriteFile(path, fmt.Appendf(nil, "%1000d %d", i, n), 0o600); err != nil {
					t.Error(err)
				}
				if err := durable.TidyUp(dir, "*"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(path)
	must(t, err)
	if want := string(text[len(text)-3:]); want != " 19" { // each writer's last, in its own order
		t.Errorf("ends with %q: an old one came after a new one", want)
	}
	holds(t, dir, "a="+string(text))
}

func TestMakeFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b", "c")
	for range 2 {
		must(t, durable.MakeFolder(deep))
	}
	info, err := os.Stat(deep)
	must(t, err)
	if info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("mode %v", info.Mode())
	}
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	if err := durable.MakeFolder(filepath.Join(dir, "file")); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("where a file lies: %v", err)
	}
}

func TestRemoveAndDestroy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, second := filepath.Join(dir, "a"), filepath.Join(dir, "second")
	must(t, os.WriteFile(a, []byte("secret"), 0o400))
	must(t, os.Link(a, second))
	must(t, durable.Destroy(a))
	holds(t, dir, "second=\x00\x00\x00\x00\x00\x00")
	if err := durable.Destroy(a); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("destroyed again: %v", err)
	}
	must(t, os.Symlink(second, a))
	if err := durable.Destroy(a); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a link: %v", err)
	}
	for range 2 {
		must(t, durable.Remove(a))
	}
	must(t, durable.Rename(second, a))
	holds(t, dir, "a=\x00\x00\x00\x00\x00\x00")
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine, err := durable.Lock(dir)
	must(t, err)
	if _, err := durable.Lock(dir); !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("a folder that is locked: %v", err)
	}
	must(t, mine.Close())
	mine, err = durable.Lock(dir)
	must(t, err)
	must(t, mine.Close())
	if _, err := durable.Lock(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
