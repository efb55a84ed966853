package control

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// longDir returns a folder whose path is longer than a Unix socket's may be.
func longDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for len(dir) < 200 {
		dir = filepath.Join(dir, strings.Repeat("x", min(40, 200-len(dir))))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSocketInLongFolder(t *testing.T) {
	t.Parallel()
	dir := longDir(t)
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	at, err := os.Stat(filepath.Join(dir, SocketName))
	if err != nil {
		t.Fatal(err)
	}
	if m := at.Mode().Perm(); m != 0o600 {
		t.Errorf("mode %v", m)
	}
	c, err := dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := Listen(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("second listener: %v", err)
	}
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := dial(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after close: %v", err)
	}
}

// A process that was killed leaves its socket behind.
func TestStaleSocketIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, SocketName)
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	if _, err := dial(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("dead socket: %v", err)
	}
	// One that died between binding and moving left this as well.
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestListenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, SocketName), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(dir); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("a file in its place: %v", err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, SocketName)); string(b) != "mine" {
		t.Errorf("the file was overwritten: %q", b)
	}
	if _, err := Listen(filepath.Join(dir, "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if err := NewClient(filepath.Join(dir, "absent")).Do(context.Background(), http.MethodGet, "/v1/status", nil, nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("client without a folder: %v", err)
	}
}

func TestListenKeepsNoDescriptor(t *testing.T) {
	dir := t.TempDir()
	count := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if errors.Is(err, syscall.ENOENT) {
			t.Skip("no /proc here")
		}
		return len(list)
	}
	before := count()
	for range 20 {
		l, err := Listen(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Listen(dir); err == nil {
			t.Fatal("two at once")
		}
		l.Close()
		if c, err := dial(t.Context(), dir); err == nil {
			c.Close()
			t.Fatal("it still answers")
		}
	}
	// The runtime opens its poller once; twenty rounds must not open twenty of anything.
	if after := count(); after > before+5 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// A person who may not look into the folder is told that, and not that nothing runs there.
func TestDialWithoutPermission(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	done := make(chan error, 1)
	go func() {
		// The thread ends with this goroutine: root's rights are not missed by others.
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			if _, err := unix.SetfsuidRetUid(65534); err != nil {
				done <- err
				return
			}
		}
		_, err := dial(t.Context(), dir)
		done <- err
	}()
	if err := <-done; !errors.Is(err, os.ErrPermission) || errors.Is(err, ErrNotRunning) {
		t.Errorf("%v, want %v alone", err, os.ErrPermission)
	}
}
