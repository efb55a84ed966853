package serialport_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/motcua/gateway/drivers/serialport"
)

// patience bounds what must happen at once. It is long, since the machine may be busy; no
// test waits for it unless it fails.
const patience = 10 * time.Second

// wire is a pseudo-terminal: the test is the device on its master side.
type wire struct {
	*os.File        // the device's end
	name     string // the gateway's end, to be opened
}

// newWire makes a line whose gateway's end nobody has open.
func newWire(t *testing.T) *wire {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	defer slave.Close()
	// pty.Open leaves the master blocking: its Close would wait behind a pending Read.
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	master.Close()
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	w := &wire{File: os.NewFile(uintptr(fd), "device"), name: slave.Name()}
	t.Cleanup(func() { w.Close() })
	return w
}

// send writes b as the device.
func (w *wire) send(t *testing.T, b ...byte) {
	t.Helper()
	w.SetWriteDeadline(time.Now().Add(patience))
	if _, err := w.Write(b); err != nil {
		t.Fatalf("device sends: %v", err)
	}
}

// receive reads n bytes as the device.
func (w *wire) receive(t *testing.T, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	w.SetReadDeadline(time.Now().Add(patience))
	if got, err := io.ReadFull(w, b); err != nil {
		t.Fatalf("device received %d of %d bytes: %v", got, n, err)
	}
	return b
}

// quiet fails the test if anything reaches the device within d.
func (w *wire) quiet(t *testing.T, d time.Duration) {
	t.Helper()
	b := make([]byte, 4096)
	w.SetReadDeadline(time.Now().Add(d))
	if n, err := w.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("device received %d bytes, %v; want none", n, err)
	}
}

// termios is the setting of the gateway's end.
func (w *wire) termios(t *testing.T) *unix.Termios {
	t.Helper()
	conn, err := w.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var set *unix.Termios
	if cerr := conn.Control(func(fd uintptr) { set, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) }); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return set
}

// open opens the gateway's end of a line and closes it with the test.
func open(t *testing.T, c serialport.Config) *serialport.Port {
	t.Helper()
	p, err := serialport.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// plain is a line without flow control.
func plain(name string) serialport.Config {
	return serialport.Config{Name: name, Baud: 115200}
}

// readFull reads n bytes as the gateway.
func readFull(t *testing.T, p *serialport.Port, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	p.SetReadDeadline(time.Now().Add(patience))
	if got, err := io.ReadFull(p, b); err != nil {
		t.Fatalf("gateway received %d of %d bytes: %v", got, n, err)
	}
	return b
}

// result is what a call that runs beside the test returned.
type result struct {
	n   int
	err error
}

// beside runs f in a goroutine of its own; the function that it returns waits for the result.
func beside(t *testing.T, f func() (int, error)) func() result {
	t.Helper()
	done := make(chan result, 1)
	go func() {
		n, err := f()
		done <- result{n, err}
	}()
	return func() result {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		select {
		case r := <-done:
			return r
		case <-ctx.Done():
			t.Fatal("still waiting")
			return result{}
		}
	}
}

// noise is n bytes of every value, the same in each run.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// allBytes is every byte value once, without those in except.
func allBytes(except ...byte) []byte {
	var b []byte
next:
	for v := range 256 {
		for _, e := range except {
			if byte(v) == e {
				continue next
			}
		}
		b = append(b, byte(v))
	}
	return b
}
