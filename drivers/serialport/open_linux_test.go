package serialport_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/motcua/gateway/drivers/serialport"
)

func TestReplugUnderAStableName(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "kiosk-printer")
	if _, err := serialport.Open(t.Context(), plain(name)); !errors.Is(err, serialport.ErrAbsent) {
		t.Fatalf("before it was plugged in: %v", err)
	}
	for range 3 {
		w := newWire(t)
		if err := os.Symlink(w.name, name); err != nil {
			t.Fatal(err)
		}
		p := open(t, plain(name))
		w.send(t, []byte("ready")...)
		if got := readFull(t, p, 5); string(got) != "ready" {
			t.Errorf("read %q", got)
		}
		read := beside(t, func() (int, error) { return p.Read(make([]byte, 8)) })
		w.Close()
		isGone(t, read())
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		// udev takes the link away a moment after the terminal: both mean absent.
		if _, err := serialport.Open(t.Context(), plain(name)); !errors.Is(err, serialport.ErrAbsent) {
			t.Errorf("with the link left over: %v", err)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if _, err := serialport.Open(t.Context(), plain(name)); !errors.Is(err, serialport.ErrAbsent) {
			t.Errorf("without the link: %v", err)
		}
	}
}

func TestPluggedInElsewhereWhileStillOpen(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "kiosk-printer")
	first, second := newWire(t), newWire(t)
	if err := os.Symlink(first.name, name); err != nil {
		t.Fatal(err)
	}
	old := open(t, plain(name))
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(second.name, name); err != nil {
		t.Fatal(err)
	}
	// The lock is the terminal's and not the name's.
	p := open(t, plain(name))
	if _, err := p.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if got := second.receive(t, 3); string(got) != "new" {
		t.Errorf("second device received %q", got)
	}
	if _, err := old.Write([]byte("old")); err != nil {
		t.Fatal(err)
	}
	if got := first.receive(t, 3); string(got) != "old" {
		t.Errorf("first device received %q", got)
	}
}

func TestASecondOpenIsRefusedAndHarmless(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, serialport.Config{Name: w.name, Baud: 115200, Flow: serialport.FlowXONXOFF})
	before := w.termios(t)
	for range 2 {
		_, err := serialport.Open(t.Context(), serialport.Config{Name: w.name, Baud: 9600})
		if !errors.Is(err, serialport.ErrBusy) || !strings.Contains(err.Error(), w.name) {
			t.Fatalf("%v; want busy, with the name", err)
		}
	}
	// tarm sets the line as it opens it. Had it come first, a slip would go on at 9600 baud.
	if after := w.termios(t); !reflect.DeepEqual(before, after) {
		t.Errorf("the refused open changed the line:\n%+v\n%+v", before, after)
	}
	if _, err := p.Write([]byte("slip")); err != nil {
		t.Fatal(err)
	}
	if got := w.receive(t, 4); string(got) != "slip" {
		t.Errorf("device received %q", got)
	}
	p.Close()
	open(t, plain(w.name))
}

func TestAnotherProgramsLockIsHeeded(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	other := openRaw(t, w.name)
	if err := unix.Flock(other, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Fatal(err)
	}
	if _, err := serialport.Open(t.Context(), plain(w.name)); !errors.Is(err, serialport.ErrBusy) {
		t.Fatalf("%v; want busy", err)
	}
	unix.Close(other)
	open(t, plain(w.name))
}

func TestOurLockIsSeenByOtherPrograms(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	other := openRaw(t, w.name) // before ours: it holds the terminal open but no lock
	p := open(t, plain(w.name))
	if err := unix.Flock(other, unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("lock: %v; want EWOULDBLOCK", err)
	}
	if got, err := unix.IoctlGetInt(other, unix.TIOCGEXCL); got == 0 || err != nil {
		t.Errorf("exclusive is %d, %v", got, err)
	}
	p.Close()
	if err := unix.Flock(other, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Errorf("lock after Close: %v", err)
	}
	if got, err := unix.IoctlGetInt(other, unix.TIOCGEXCL); got != 0 || err != nil {
		t.Errorf("exclusive is %d, %v after Close", got, err)
	}
}

// TIOCEXCL keeps out only those without CAP_SYS_ADMIN, so both tests put it down.

func TestOthersCannotOpenWhatWeHold(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	unprivileged(t, func() {
		fd, err := unix.Open(w.name, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if !errors.Is(err, unix.EBUSY) {
			unix.Close(fd)
			t.Errorf("open: %v; want EBUSY", err)
		}
	})
	p.Close()
	unprivileged(t, func() {
		// The whole of Open, as the service's own user: tarm's open comes before the mark.
		p, err := serialport.Open(t.Context(), plain(w.name))
		if err != nil {
			t.Error(err)
			return
		}
		p.Close()
	})
}

func TestWhatOthersHoldIsBusy(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	other := openRaw(t, w.name)
	if err := unix.IoctlSetInt(other, unix.TIOCEXCL, 0); err != nil {
		t.Fatal(err)
	}
	unprivileged(t, func() {
		if _, err := serialport.Open(t.Context(), plain(w.name)); !errors.Is(err, serialport.ErrBusy) {
			t.Errorf("%v; want busy", err)
		}
	})
}

// The mark of a killed process stays on a pseudo-terminal. Root can still open it, and the
// lock, which the kernel takes back, shows that nobody has it.
func TestAKilledHoldersMarkDoesNotLockRootOut(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root: the kernel lets nobody else open a marked terminal")
	}
	w := newWire(t)
	killed := openRaw(t, w.name)
	if err := unix.IoctlSetInt(killed, unix.TIOCEXCL, 0); err != nil {
		t.Fatal(err)
	}
	unix.Close(killed)
	open(t, plain(w.name))
}

func TestWhatIsNotATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	content := []byte("not a printer")
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Skipf("no room for a socket's name: %v", err)
	}
	defer listener.Close()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		file:        "a file",
		link:        "a file",
		dir:         "a folder",
		fifo:        "a FIFO",
		socket:      "a socket",
		"/dev/null": "not a serial port",
	} {
		opened := beside(t, func() (int, error) {
			_, err := serialport.Open(t.Context(), plain(name))
			return 0, err
		})
		err := opened().err // a FIFO without a writer must not hang it
		if !errors.Is(err, serialport.ErrNotSerial) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v; want %q of %s", err, says, name)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file now holds %q, %v", got, err)
	}
}

func TestWhatTheSystemRefusesIsSaid(t *testing.T) {
	t.Parallel()
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	_, err := serialport.Open(t.Context(), plain(loop))
	if !errors.Is(err, unix.ELOOP) || errors.Is(err, serialport.ErrAbsent) {
		t.Errorf("%v; want ELOOP", err)
	}
	if got := strings.Count(err.Error(), loop); got != 1 {
		t.Errorf("%q names the port %d times", err, got)
	}
	if _, err := serialport.Open(t.Context(), plain("/nonexistent/tty")); !errors.Is(err, serialport.ErrAbsent) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v; want absent and why", err)
	}
}

// openRaw opens a terminal as a program would that knows nothing of this package.
func openRaw(t *testing.T, name string) int {
	t.Helper()
	fd, err := unix.Open(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// unprivileged runs f on a thread without CAP_SYS_ADMIN, which dies with it.
func unprivileged(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: capabilities are the thread's own
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var data [2]unix.CapUserData
		err := unix.Capget(&header, &data[0])
		if err == nil {
			data[unix.CAP_SYS_ADMIN/32].Effective &^= 1 << (unix.CAP_SYS_ADMIN % 32)
			err = unix.Capset(&header, &data[0])
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		if err != nil {
			t.Skipf("cannot put down CAP_SYS_ADMIN: %v", err)
		}
	case <-timer.C:
		t.Fatal("still waiting")
	}
}
