package serialport_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/motcua/gateway/drivers/serialport"
)

const (
	xon  = 0x11
	xoff = 0x13
)

func softFlow(name string) serialport.Config {
	return serialport.Config{Name: name, Baud: 38400, Flow: serialport.FlowXONXOFF}
}

// stop sends XOFF and returns when the line has heeded it: the mark behind it was read.
func stop(t *testing.T, w *wire, p *serialport.Port) {
	t.Helper()
	w.send(t, xoff, 'm')
	if got := readFull(t, p, 1); got[0] != 'm' {
		t.Fatalf("read %q behind XOFF", got)
	}
}

func TestXOFFStallsAWriteUntilXON(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, softFlow(w.name))
	want := noise(64 << 10) // holds 0x11 and 0x13 too: to the device they are data

	stop(t, w, p)
	begun := time.Now()
	p.SetWriteDeadline(begun.Add(100 * time.Millisecond))
	stalled, err := p.Write(want)
	if !errors.Is(err, os.ErrDeadlineExceeded) || stalled >= len(want) {
		t.Fatalf("Write = %d, %v behind XOFF; want a deadline", stalled, err)
	}
	if got := time.Since(begun); got < 100*time.Millisecond {
		t.Errorf("the deadline held after %v", got)
	}
	w.quiet(t, 30*time.Millisecond)

	// A status byte is not an XON: only IXANY, which must be off, would go on here.
	w.send(t, 0x16)
	if got := readFull(t, p, 1); got[0] != 0x16 {
		t.Fatalf("read % x", got)
	}
	p.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	more, err := p.Write(want[stalled:])
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write = %d, %v after a status byte; want a deadline", more, err)
	}
	stalled += more
	w.quiet(t, 30*time.Millisecond)

	p.SetWriteDeadline(time.Now().Add(patience))
	write := beside(t, func() (int, error) { return p.Write(want[stalled:]) })
	w.send(t, xon)
	if got := w.receive(t, len(want)); !bytes.Equal(got, want) {
		t.Error("not every byte arrived once and in order")
	}
	if r := write(); r.n != len(want)-stalled || r.err != nil {
		t.Error(r)
	}
	w.quiet(t, 30*time.Millisecond)
}

func TestXOFFInTheMiddleOfAWrite(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, softFlow(w.name))
	want := noise(256 << 10)
	p.SetWriteDeadline(time.Now().Add(patience))
	write := beside(t, func() (int, error) { return p.Write(want) })

	var got []byte
	for range 8 { // a printer with a 4 KiB buffer fills again and again
		got = append(got, w.receive(t, 4096)...)
		stop(t, w, p)
		for { // what was on its way
			b := make([]byte, 4096)
			w.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			n, err := w.Read(b)
			got = append(got, b[:n]...)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if len(got) == len(want) {
			t.Fatal("XOFF did not stop the write")
		}
		w.send(t, xon)
	}
	got = append(got, w.receive(t, len(want)-len(got))...)
	if r := write(); r.n != len(want) || r.err != nil {
		t.Error(r)
	}
	if !bytes.Equal(got, want) {
		t.Error("not every byte arrived once and in order")
	}
}

func TestAStoppedLineIsFreeAgainAfterReopening(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, softFlow(w.name))
	stop(t, w, p)
	p.Close()
	// The device was switched off and on while it was full: its XON never comes.
	p = open(t, softFlow(w.name))
	p.SetWriteDeadline(time.Now().Add(patience))
	if _, err := p.Write([]byte("slip")); err != nil {
		t.Fatal(err)
	}
	if got := w.receive(t, 4); string(got) != "slip" {
		t.Errorf("device received %q", got)
	}
}

func TestCloseWhileTheDeviceHasStoppedUs(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, softFlow(w.name))
	stop(t, w, p)
	write := beside(t, func() (int, error) { return p.Write(noise(64 << 10)) })
	closed := beside(t, func() (int, error) { return 0, p.Close() })
	if r := closed(); r.err != nil {
		t.Error(r.err)
	}
	if r := write(); !errors.Is(r.err, os.ErrClosed) {
		t.Error(r)
	}
}

func TestUnplugWhileTheDeviceHasStoppedUs(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, softFlow(w.name))
	stop(t, w, p)
	write := beside(t, func() (int, error) { return p.Write(noise(64 << 10)) })
	w.Close()
	isGone(t, write())
}

func TestUnderXONXOFFOnlyThoseTwoAreTaken(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, softFlow(w.name))
	w.send(t, allBytes()...) // 0x11 comes before 0x13: it ends stopped
	w.send(t, xon)
	want := allBytes(xon, xoff)
	if got := readFull(t, p, len(want)); !bytes.Equal(got, want) {
		t.Errorf("gateway received % x", got)
	}
	all := allBytes()
	p.SetWriteDeadline(time.Now().Add(patience))
	if n, err := p.Write(all); n != len(all) || err != nil {
		t.Fatal(n, err)
	}
	if got := w.receive(t, len(all)); !bytes.Equal(got, all) {
		t.Errorf("device received % x", got)
	}
}

func TestALineThatSpoutsGarbageStaysUsable(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	w.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	n, err := w.Write(noise(1 << 20)) // nobody reads: the line holds what it can
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(n, err)
	}
	p.SetWriteDeadline(time.Now().Add(patience))
	if _, err := p.Write([]byte("slip")); err != nil {
		t.Fatal(err)
	}
	if got := w.receive(t, 4); string(got) != "slip" {
		t.Errorf("device received %q", got)
	}
	if got := readFull(t, p, n); !bytes.Equal(got, noise(1 << 20)[:n]) {
		t.Error("the garbage was garbled")
	}
}

// The settings are read back from the device's side, where the kernel shows the line's.
func TestLineSettings(t *testing.T) {
	t.Parallel()
	speeds := map[int]uint32{
		9600: unix.B9600, 19200: unix.B19200, 38400: unix.B38400, 57600: unix.B57600, 115200: unix.B115200,
	}
	w := newWire(t)
	for baud, speed := range speeds {
		for _, flow := range []serialport.Flow{"", serialport.FlowNone, serialport.FlowXONXOFF, serialport.FlowRTSCTS} {
			p := open(t, serialport.Config{Name: w.name, Baud: baud, Flow: flow})
			set := w.termios(t)
			p.Close()

			if got := set.Cflag & unix.CBAUD; got != speed {
				t.Errorf("%d %q: speed is %#x, want %#x", baud, flow, got, speed)
			}
			if got := set.Cflag & (unix.CSIZE | unix.PARENB | unix.CSTOPB); got != unix.CS8 {
				t.Errorf("%d %q: frame is %#x, want 8N1", baud, flow, got)
			}
			if set.Lflag != 0 || set.Oflag != 0 {
				t.Errorf("%d %q: line is not raw: lflag %#x, oflag %#x", baud, flow, set.Lflag, set.Oflag)
			}
			if got, want := set.Cflag&unix.CRTSCTS != 0, flow == serialport.FlowRTSCTS; got != want {
				t.Errorf("%d %q: CRTSCTS is %v", baud, flow, got)
			}
			if got, want := set.Iflag&unix.IXON != 0, flow == serialport.FlowXONXOFF; got != want {
				t.Errorf("%d %q: IXON is %v", baud, flow, got)
			} else if want && (set.Cc[unix.VSTART] != xon || set.Cc[unix.VSTOP] != xoff) {
				t.Errorf("%d %q: start and stop are %#x and %#x", baud, flow, set.Cc[unix.VSTART], set.Cc[unix.VSTOP])
			}
			if set.Iflag&(unix.IXANY|unix.IXOFF|unix.ISTRIP|unix.ICRNL|unix.PARMRK) != 0 {
				t.Errorf("%d %q: iflag %#x would change bytes or the flow", baud, flow, set.Iflag)
			}
		}
	}
}
