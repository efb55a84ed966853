package escpos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/motcua/gateway/drivers"
)

// wireConfig is a configuration for a port of a printer of that profile.
func wireConfig(t *testing.T, port, profile string) Config {
	t.Helper()
	p, err := Lookup(profile)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Port: port, Baud: 115200, Profile: p}
}

// opened opens a wire with its reader.
func opened(t *testing.T, cfg Config) *link {
	t.Helper()
	w, err := openWire(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	l := newLink(w, cfg)
	t.Cleanup(func() { l.Close() })
	return l
}

// receive returns the next chunk, or fails after a while.
func receive(t *testing.T, l *link) ([]byte, bool) {
	t.Helper()
	select {
	case chunk, ok := <-l.chunks:
		return chunk, ok
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is read, and no end")
		return nil, false
	}
}

// within fails if f takes long: a wire that hangs stops a whole printer.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal(what + " does not end")
	}
}

func TestWireSerial(t *testing.T) {
	t.Parallel()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("needs ptys: " + err.Error())
	}
	defer master.Close()
	defer slave.Close()
	l := opened(t, wireConfig(t, slave.Name(), "epson-tm-80"))
	if _, err := master.Write([]byte{0x12, 0x13}); err != nil {
		t.Fatal(err)
	}
	if got, _ := receive(t, l); !bytes.HasPrefix([]byte{0x12, 0x13}, got) {
		t.Errorf("read % X", got)
	}
	if n, err := l.write([]byte("slip"), time.Second); n != 4 || err != nil {
		t.Errorf("write = %d, %v", n, err)
	}
	// Nobody reads: the kernel's buffer fills up, and the deadline holds.
	within(t, "write", func() {
		n, err := l.write(make([]byte, 1<<20), 200*time.Millisecond)
		if n == 1<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write = %d, %v, want a deadline", n, err)
		}
	})
	within(t, "Close", func() { l.Close() })
}

func TestWireTCP(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := "tcp://" + listener.Addr().String()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			accepted <- conn
		}
	}()
	l := opened(t, wireConfig(t, port, "epson-tm-80"))
	conn := <-accepted
	if _, err := conn.Write([]byte{0x12}); err != nil {
		t.Fatal(err)
	}
	if got, _ := receive(t, l); !bytes.Equal(got, []byte{0x12}) {
		t.Errorf("read % X", got)
	}
	within(t, "write", func() {
		_, err := l.write(make([]byte, 64<<20), 200*time.Millisecond)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write = %v, want a deadline", err)
		}
	})
	conn.Close()
	if _, ok := receive(t, l); ok || !drivers.Absent(l.err) {
		t.Errorf("a printer that hung up gives %v, want absent", l.err)
	}
	listener.Close()
	if _, err := openWire(t.Context(), wireConfig(t, port, "epson-tm-80")); !drivers.Absent(err) {
		t.Errorf("nobody listens: %v, want absent", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	within(t, "dialling", func() { openWire(ctx, wireConfig(t, "tcp://10.255.255.1:9100", "epson-tm-80")) })
}

// TestWireDevice: a named pipe stands in for /dev/usb/lp0, which is opened for writing alone
// when the profile says that the printer never speaks.
func TestWireDevice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lp0")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := wireConfig(t, path, "pos-5890")
	if _, err := openWire(t.Context(), cfg); !drivers.Absent(err) {
		t.Errorf("nobody reads the pipe: %v, want absent", err)
	}
	printer, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer printer.Close()
	l := opened(t, cfg)
	if !isMute(l.wire) {
		t.Error("is believed to answer")
	}
	if n, err := l.write([]byte("slip"), time.Second); n != 4 || err != nil {
		t.Errorf("write = %d, %v", n, err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(printer, got); err != nil || string(got) != "slip" {
		t.Errorf("%q, %v", got, err)
	}
	within(t, "write", func() {
		n, err := l.write(make([]byte, 1<<20), 200*time.Millisecond)
		if n == 1<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write = %d, %v, want a deadline", n, err)
		}
	})
	printer.Close()
	if _, err := l.write([]byte("slip"), time.Second); !drivers.Absent(err) {
		t.Errorf("the printer is gone: %v, want absent", err)
	}
	within(t, "Close", func() { l.Close(); l.Close() })
}

// TestWireDeviceReads: where the device can be read, it is.
func TestWireDeviceReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lp0")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	l := opened(t, wireConfig(t, path, "epson-tm-80"))
	if isMute(l.wire) {
		t.Error("is believed never to answer")
	}
	if _, err := l.write([]byte{0x12}, time.Second); err != nil {
		t.Fatal(err)
	}
	if got, _ := receive(t, l); !bytes.Equal(got, []byte{0x12}) { // a pipe returns what it is given
		t.Errorf("read % X", got)
	}
	within(t, "Close", func() { l.Close() })
}

// TestDeafDevice: the kernel opens a printer without a way back for reading too, and says
// only at the first read that it cannot be read.
func TestDeafDevice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lp0")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0) // EBADF to a read, as good as usblp's EINVAL
	if err != nil {
		t.Fatal(err)
	}
	d := &device{File: f, closing: make(chan struct{})}
	l := newLink(d, Config{Port: path})
	within(t, "telling", func() {
		for !isMute(d) {
			if _, err := d.File.Stat(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	select {
	case _, ok := <-l.chunks:
		t.Errorf("a device that cannot be read ended the link (%v)", ok)
	default:
	}
	within(t, "Close", func() { l.Close() })
}

func TestWireRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := openWire(t.Context(), wireConfig(t, filepath.Join(dir, "none"), "epson-tm-80")); !drivers.Absent(err) {
		t.Errorf("nothing there: %v, want absent", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, dir} {
		if _, err := openWire(t.Context(), wireConfig(t, path, "epson-tm-80")); err == nil || drivers.Absent(err) {
			t.Errorf("%s: %v, want a refusal", path, err)
		}
	}
}

// flood is a wire that always has garbage.
type flood struct{ closed chan struct{} }

func (f flood) Read(b []byte) (int, error) {
	select {
	case <-f.closed:
		return 0, os.ErrClosed
	default:
		return len(b), nil
	}
}
func (f flood) Write(b []byte) (int, error)      { return len(b), nil }
func (f flood) SetWriteDeadline(time.Time) error { return nil }
func (f flood) Close() error                     { close(f.closed); return nil }

// TestFlood: garbage without end is read at a bounded rate.
func TestFlood(t *testing.T) {
	t.Parallel()
	l := newLink(flood{make(chan struct{})}, Config{Port: "flood"})
	until := time.After(1500 * time.Millisecond)
	n := 0
	for open := true; open; {
		select {
		case chunk := <-l.chunks:
			n += len(chunk)
		case <-until:
			open = false
		}
	}
	if most := 2 * (floodBytes + 256); n > most {
		t.Errorf("read %d bytes in a second and a half, want at most %d", n, most)
	}
	within(t, "Close", func() { l.Close() })
}
