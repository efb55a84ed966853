package boltstore

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"github.com/motcua/gateway/kiosk/kiosktest"
)

// refused opens a folder that cannot be used and holds the error to what a technician needs.
func refused(t testing.TB, dir string, kind error) *Trouble {
	t.Helper()
	opt := withClock(Options{Dir: dir, Wait: 100 * time.Millisecond})
	s, err := Open(t.Context(), opt)
	if err == nil {
		mustClose(t, s)
		t.Fatalf("opened, want %v", kind)
	}
	var trouble *Trouble
	if !errors.Is(err, kind) || !errors.As(err, &trouble) {
		t.Fatalf("%v, want a Trouble that is %v", err, kind)
	}
	if trouble.Hint == "" || !strings.HasPrefix(trouble.Path, dir) || !strings.Contains(err.Error(), trouble.Hint) {
		t.Errorf("the error does not say where and what to do: %v", err)
	}
	return trouble
}

func TestInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir})
	refused(t, dir, ErrInUse)
	issue(t, s, 1) // and the first one goes on

	// A tool that has the database alone.
	other := t.TempDir()
	mustClose(t, mustOpen(t, Options{Dir: other}))
	db, err := bbolt.Open(filepath.Join(other, dbName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, other, ErrInUse)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	mustClose(t, mustOpen(t, Options{Dir: other}))
}

// A restart meets the process before it for a moment.
func TestWaitsForTheOneBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := mustOpen(t, Options{Dir: dir})
	go func() {
		// The second one is in its first attempts by then, or will be.
		_, _ = first.Stats(context.Background())
		_ = first.Close()
	}()
	opened(t, Options{Dir: dir, Wait: 10 * time.Second})
}

func TestOpenIsCancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opened(t, Options{Dir: dir})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Open(ctx, Options{Dir: dir, Wait: time.Hour}); err == nil {
		mustClose(t, s)
		t.Error("opened a folder that is in use")
	}
}

func TestNotAFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, []byte("something else"))
	refused(t, file, ErrNotFolder)
	refused(t, filepath.Join(file, "below"), ErrNotFolder)
	if _, err := Open(t.Context(), Options{}); !errors.Is(err, ErrNotFolder) {
		t.Errorf("open without a folder: %v", err)
	}
}

func TestNotAFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{dbName, numbersName} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if got := refused(t, dir, ErrNotFile); got.Path != filepath.Join(dir, name) {
			t.Errorf("path %s, want that of %s", got.Path, name)
		}
	}
}

func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for len(dir) < 200 {
		dir = filepath.Join(dir, strings.Repeat("d", min(40, max(1, 200-len(dir)-1))))
	}
	s := opened(t, Options{Dir: dir})
	issue(t, s, 2)
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := issue(t, s, 1).Number; got != "A003" {
		t.Errorf("number %s, want A003", got)
	}
}

// asNobody runs do without root's right to everything.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The thread ends with this goroutine: its identity is not given back to others.
		runtime.LockOSThread()
		if _, err := unix.SetfsuidRetUid(65534); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func TestNoPermission(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	issue(t, s, 2)
	mustClose(t, s)
	t.Cleanup(func() { checkFolder(t, dir) })
	for _, v := range []struct {
		path string
		mode os.FileMode
	}{
		{dir, 0}, {filepath.Join(dir, dbName), 0}, {filepath.Join(dir, numbersName), 0}, {filepath.Join(dir, numbersName), 0o444},
	} {
		// Everything but the one path may be used by anybody.
		for path, mode := range map[string]os.FileMode{dir: 0o777, filepath.Join(dir, dbName): 0o666, filepath.Join(dir, numbersName): 0o666} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(v.path, v.mode); err != nil {
			t.Fatal(err)
		}
		parents(t, dir)
		asNobody(t, func() {
			if _, err := Open(t.Context(), withClock(Options{Dir: dir, Wait: 100 * time.Millisecond})); !errors.Is(err, ErrPermission) {
				t.Errorf("%s with mode %o: %v, want %v", filepath.Base(v.path), v.mode, err, ErrPermission)
			}
		})
		if err := os.Chmod(v.path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// parents lets anybody pass through a test's own folders.
func parents(t *testing.T, dir string) {
	t.Helper()
	for d := filepath.Dir(dir); strings.HasPrefix(filepath.Base(d), "Test"); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// ownMounts reports whether this process may mount. Where it may not, a developer's machine or a
// container, the test runs in a process of its own that is root in a user namespace, and false
// is returned once that has passed: there is nothing left to do here.
func ownMounts(t *testing.T) bool {
	t.Helper()
	const inside = "BOLTSTORE_OWN_MOUNTS"
	probe := t.TempDir()
	err := unix.Mount("tmpfs", probe, "tmpfs", 0, "size=64k")
	if err == nil {
		if err := unix.Unmount(probe, 0); err != nil {
			t.Fatalf("unmount: %v", err)
		}
		return true
	}
	if os.Getenv(inside) != "" {
		t.Skipf("cannot mount a small file system here: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
	out, runErr := cmd.CombinedOutput()
	switch {
	case len(out) == 0 && runErr != nil || strings.Contains(string(out), "--- SKIP"):
		t.Skipf("cannot mount a small file system here: %v, nor in a user namespace: %v", err, runErr)
	case runErr != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Fatalf("in a user namespace: %v\n%s", runErr, out)
	}
	return false
}

// mounted returns a folder that is a file system of its own, of size bytes. Call ownMounts first.
func mounted(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	dir := mounted(t, "4m")
	s := mustOpen(t, Options{Dir: dir})
	issue(t, s, 2)
	mustClose(t, s)
	remount := func(flags uintptr) {
		t.Helper()
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	remount(unix.MS_RDONLY)
	refused(t, dir, ErrReadOnly)
	refused(t, filepath.Join(dir, "new"), ErrReadOnly)
	remount(0)
	s = mustOpen(t, Options{Dir: dir})
	if got := issue(t, s, 1).Number; got != "A003" {
		t.Errorf("number %s, want A003", got)
	}
	mustClose(t, s)
	// A damaged database on a read-only folder stays where it is.
	writeFile(t, filepath.Join(dir, dbName), []byte("rubbish"))
	remount(unix.MS_RDONLY)
	refused(t, dir, ErrReadOnly)
	if got := readFile(t, filepath.Join(dir, dbName)); string(got) != "rubbish" {
		t.Errorf("the damaged database is %q now", got)
	}
	remount(0)
}

func TestFullAtOpening(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	dir := mounted(t, "1m")
	fillDisk(t, dir)
	refused(t, dir, ErrFull)
	remove(t, filepath.Join(dir, ballast))
	s := opened(t, Options{Dir: dir})
	if k := kiosktest.Load(t, s, kiosktest.Site); k.Replaced || k.NumbersUnknown {
		t.Errorf("after a first start that failed: %+v", k)
	}
	issue(t, s, 1)
}

const ballast = "ballast"

// fillDisk leaves no block free.
func fillDisk(t testing.TB, dir string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, ballast), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, pageSize)); errors.Is(err, unix.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
