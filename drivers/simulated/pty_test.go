package simulated

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// host is the other end of a printer's pty.
type host struct {
	t *testing.T
	f *os.File
}

func openHost(t *testing.T, link string) host { return host{t, open(t, link)} }

func (h host) send(s string) {
	h.t.Helper()
	if err := h.f.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.f.WriteString(s); err != nil {
		h.t.Fatal(err)
	}
}

// expect reads as many bytes as want has.
func (h host) expect(want string) {
	h.t.Helper()
	if err := h.f.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		h.t.Fatal(err)
	}
	got := make([]byte, len(want))
	n, err := io.ReadFull(h.f, got)
	if err != nil || string(got) != want {
		h.t.Fatalf("read % X, %v; want % X", got[:n], err, want)
	}
}

// set changes the line as a host's driver does.
func (h host) set(change func(*unix.Termios)) {
	h.t.Helper()
	conn, err := h.f.SyscallConn()
	if err != nil {
		h.t.Fatal(err)
	}
	err = conn.Control(func(fd uintptr) {
		termios, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		if err == nil {
			change(termios)
			err = unix.IoctlSetTermios(int(fd), unix.TCSETS, termios)
		}
		if err != nil {
			h.t.Error(err)
		}
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestUnplugAndReplug(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "dev", "printer")
	p := start(t, PrinterConfig{Link: link})
	h := openHost(t, link)
	h.send("half a slip\n" + inOrder)
	h.expect("\x00")
	p.Unplug()
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the stable name is still there: %v", err)
	}
	// A tty that hung up reads as ended and cannot be written.
	if err := h.f.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := h.f.Read(make([]byte, 1)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("reading from a pulled cable: %d, %v", n, err)
	}
	if _, err := h.f.WriteString("x"); !errors.Is(err, unix.EIO) {
		t.Errorf("writing to a pulled cable: %v", err)
	}
	p.Unplug() // once more changes nothing
	p.Replug()
	again := openHost(t, link)
	again.send(askPrinter)
	again.expect("\x16")
	again.send(job(1) + processID)
	again.expect(printed)
	// The paper does not know of the cable: both halves are on one slip.
	if s := p.Slips(); len(s) != 1 || s[0].Dots.H != 96+60 {
		t.Errorf("%d slips", len(s))
	}
}

func TestCablePulledInMidSlip(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link})
	h := openHost(t, link)
	p.UnplugAfter(20)
	h.send(strings.Repeat("A012\n", 10))
	if err := h.f.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.f.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the cable is still in: %v", err)
	}
	p.Replug()
	h = openHost(t, link)
	h.send("\x1dVA\x00" + processID)
	h.expect(printed)
	if h := p.Slips()[0].Dots.H; h != 96+4*30 {
		t.Errorf("%d dots of paper, want four lines", h)
	}
}

// TestNothingWaitsForTheNextHost: bytes that a host did not read, and those that were sent
// while there was none, are gone when a port is opened, as on a real tty; so is exclusive use.
func TestNothingWaitsForTheNextHost(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link})
	h := openHost(t, link)
	h.send("\x1da\x0e" + inOrder)
	h.expect("\x14\x00\x00\x0f\x00")
	exclusive := func(f *os.File, request uint) {
		conn, err := f.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Control(func(fd uintptr) { _ = unix.IoctlSetInt(int(fd), request, 0) }); err != nil {
			t.Fatal(err)
		}
	}
	exclusive(h.f, unix.TIOCEXCL)
	p.PaperLow()
	h.expect("\x14") // of four bytes that came at once
	h.f.Close()
	waitFor(t, p, func() bool { return !p.attached })
	p.PaperOut()
	p.NewRoll()
	again := openHost(t, link)
	var on int
	conn, err := again.f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	// The line is tidied a moment after its host is found gone.
	for end := time.Now().Add(5 * time.Second); ; <-time.After(5 * time.Millisecond) {
		if err := conn.Control(func(fd uintptr) { on, err = unix.IoctlGetInt(int(fd), unix.TIOCGEXCL) }); err != nil {
			t.Fatal(err)
		}
		if on == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("exclusive use outlived its host")
		}
	}
	waitFor(t, p, func() bool { return p.attached })
	again.send(askPrinter)
	again.expect("\x16")
}

// waitFor waits until the condition on the printer's fields is true.
func waitFor(t *testing.T, p *Printer, is func() bool) {
	t.Helper()
	limit := time.Now().Add(10 * time.Second)
	alarm := time.AfterFunc(time.Until(limit), p.cond.Broadcast)
	defer alarm.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !is() {
		if time.Now().After(limit) {
			t.Fatal("the printer does not get there")
		}
		p.cond.Wait()
	}
}

func TestXOFFStopsAHostWithIXON(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link, Flow: FlowXONXOFF, Baud: 115200})
	h := openHost(t, link)
	h.set(func(tty *unix.Termios) {
		tty.Iflag |= unix.IXON
		tty.Cc[unix.VSTART], tty.Cc[unix.VSTOP] = codeXON, codeXOFF
	})
	p.OpenCover()
	sent := make(chan error, 1)
	const size = 200_000
	go func() {
		_, err := h.f.Write(make([]byte, size))
		sent <- err
	}()
	waitFor(t, p, func() bool { return p.intake.busy })
	select {
	case err := <-sent:
		t.Fatalf("%d bytes went through a closed valve: %v", size, err)
	default:
	}
	p.CloseCover()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	h.send("\n" + inOrder)
	h.expect("\x00") // XOFF and XON were taken out of the stream by the kernel
	for _, a := range p.Anomalies() {
		if strings.Contains(a, "overrun") {
			t.Error(a)
		}
	}
}

func TestAHostThatIgnoresXOFFLosesBytes(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link, Flow: FlowXONXOFF})
	h := openHost(t, link)
	p.OpenCover()
	h.send(strings.Repeat("\x00", 8000) + askPrinter)
	h.expect("\x13\x1e")
	if a := strings.Join(p.Anomalies(), ""); !strings.Contains(a, "overrun") {
		t.Errorf("anomalies %q", a)
	}
}

func TestWrongSpeedIsGarbage(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link, Baud: 38400})
	h := openHost(t, link)
	h.send(askPrinter)
	h.expect("\x16")
	h.set(func(tty *unix.Termios) { tty.Cflag = tty.Cflag&^unix.CBAUD | unix.B9600 })
	h.send(askPrinter)
	waitFor(t, p, func() bool { return len(p.anomalies) > 0 })
	if a := p.Anomalies()[0]; a != "host sends at 9600 baud, the printer listens at 38400" {
		t.Error(a)
	}
}

func TestAHostThatNeverReadsDoesNotStopThePrinter(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link})
	h := openHost(t, link)
	h.send(strings.Repeat(askPrinter, 30_000) + job(1))
	if err := p.WaitSlips(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}

func TestLinkThatCannotBeMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "precious")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := NewPrinter(PrinterConfig{Link: name})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "there is a file") {
		t.Errorf("Run: %v", err)
	}
	if _, err := os.ReadFile(name); err != nil {
		t.Errorf("the file is gone: %v", err)
	}
}

func TestLinkGoesWithThePrinter(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "printer")
	t.Cleanup(func() {
		if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the link outlived the printer: %v", err)
		}
	})
	start(t, PrinterConfig{Link: link}) // its own clean-up comes before
	if _, err := os.Lstat(link); err != nil {
		t.Fatal(err)
	}
}
