package serialport_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/serialport"
)

func TestEveryByteValuePassesBothWays(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	all := allBytes()
	w.send(t, all...)
	if got := readFull(t, p, len(all)); !bytes.Equal(got, all) {
		t.Errorf("gateway received % x", got)
	}
	if n, err := p.Write(all); n != len(all) || err != nil {
		t.Fatal(n, err)
	}
	if got := w.receive(t, len(all)); !bytes.Equal(got, all) {
		t.Errorf("device received % x", got)
	}
	// Nothing is echoed, and nothing is added at the end of a line.
	w.quiet(t, 30*time.Millisecond)
	p.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	if n, err := p.Read(make([]byte, 8)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("gateway received %d more bytes, %v", n, err)
	}
}

func TestLongNoiseBothWaysAtOnce(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	want := noise(256 << 10)
	p.SetDeadline(time.Now().Add(patience))
	w.SetDeadline(time.Now().Add(patience))

	written := beside(t, func() (int, error) { return p.Write(want) })
	sent := beside(t, func() (int, error) { return w.Write(want) })
	fromDevice := make([]byte, len(want))
	received := beside(t, func() (int, error) { return io.ReadFull(p, fromDevice) })
	fromGateway := make([]byte, len(want))
	if n, err := io.ReadFull(w, fromGateway); err != nil {
		t.Fatal(n, err)
	}
	for _, wait := range []func() result{written, sent, received} {
		if r := wait(); r.n != len(want) || r.err != nil {
			t.Fatal(r)
		}
	}
	if !bytes.Equal(fromGateway, want) {
		t.Error("what reached the device is not what was written")
	}
	if !bytes.Equal(fromDevice, want) {
		t.Error("what reached the gateway is not what was sent")
	}
}

func TestReadDeadlineHolds(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	for _, want := range []time.Duration{5 * time.Millisecond, 30 * time.Millisecond} {
		begun := time.Now()
		p.SetReadDeadline(begun.Add(want))
		n, err := p.Read(make([]byte, 8))
		if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, serialport.ErrGone) {
			t.Fatalf("Read = %d, %v; want a deadline", n, err)
		}
		// tarm alone rounds 5 ms up to 100 ms.
		if got := time.Since(begun); got < want || got > want+patience {
			t.Errorf("a deadline of %v held after %v", want, got)
		}
	}
	// A line that was silent is not lost.
	w.send(t, 'x')
	if got := readFull(t, p, 1); got[0] != 'x' {
		t.Errorf("got %q", got)
	}
}

func TestADeadlineSetLaterEndsAPendingRead(t *testing.T) {
	t.Parallel()
	p := open(t, plain(newWire(t).name))
	read := beside(t, func() (int, error) { return p.Read(make([]byte, 8)) })
	p.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if r := read(); !errors.Is(r.err, os.ErrDeadlineExceeded) {
		t.Error(r)
	}
}

func TestAPartialWriteSaysHowMuchWasTaken(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	want := noise(200_000)

	begun := time.Now()
	p.SetWriteDeadline(begun.Add(100 * time.Millisecond))
	n, err := p.Write(want)
	if !errors.Is(err, os.ErrDeadlineExceeded) || n <= 0 || n >= len(want) {
		t.Fatalf("Write = %d, %v; want a part and a deadline", n, err)
	}
	if got := time.Since(begun); got < 100*time.Millisecond {
		t.Errorf("the deadline held after %v", got)
	}
	// Exactly n bytes are on their way: not one more, not one less.
	if got := w.receive(t, n); !bytes.Equal(got, want[:n]) {
		t.Fatal("the part taken is not the beginning of what was written")
	}
	w.quiet(t, 30*time.Millisecond)

	// What was left can be written on, and arrives once and in order.
	p.SetWriteDeadline(time.Now().Add(patience))
	rest := beside(t, func() (int, error) { return p.Write(want[n:]) })
	if got := w.receive(t, len(want)-n); !bytes.Equal(got, want[n:]) {
		t.Error("the rest was garbled")
	}
	if r := rest(); r.n != len(want)-n || r.err != nil {
		t.Error(r)
	}
}

func TestUnpluggingIsToldFromSilence(t *testing.T) {
	t.Parallel()
	t.Run("pending read", func(t *testing.T) {
		t.Parallel()
		w := newWire(t)
		p := open(t, plain(w.name))
		read := beside(t, func() (int, error) { return p.Read(make([]byte, 8)) })
		w.Close()
		isGone(t, read())
	})
	t.Run("pending write", func(t *testing.T) {
		t.Parallel()
		w := newWire(t)
		p := open(t, plain(w.name))
		write := beside(t, func() (int, error) { return p.Write(noise(1 << 20)) })
		w.receive(t, 100) // so that it has begun
		w.Close()
		r := write()
		isGone(t, r)
		if r.n < 100 || r.n >= 1<<20 {
			t.Errorf("%d bytes were taken", r.n)
		}
	})
	t.Run("everything after it", func(t *testing.T) {
		t.Parallel()
		w := newWire(t)
		p := open(t, plain(w.name))
		w.Close()
		p.SetDeadline(time.Now().Add(patience))
		for range 3 { // it stays gone, with or without a deadline
			n, err := p.Read(make([]byte, 8))
			isGone(t, result{n, err})
			n, err = p.Write([]byte("slip"))
			isGone(t, result{n, err})
			isGone(t, result{0, p.Discard()})
			isGone(t, result{0, p.Drain(t.Context())})
			p.SetDeadline(time.Time{})
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("what came before is still read", func(t *testing.T) {
		t.Parallel()
		w := newWire(t)
		p := open(t, plain(w.name))
		w.send(t, []byte("xlast words")...)
		readFull(t, p, 1)
		w.Close()
		var got []byte
		b := make([]byte, 64)
		for {
			n, err := p.Read(b)
			got = append(got, b[:n]...)
			if err != nil {
				isGone(t, result{0, err})
				break
			}
		}
		// The kernel may drop them with the line; it must not make up others.
		if !bytes.HasPrefix([]byte("last words"), got) {
			t.Errorf("read %q", got)
		}
	})
}

// isGone fails the test unless r says unplugged and nothing else.
func isGone(t *testing.T, r result) {
	t.Helper()
	if !errors.Is(r.err, serialport.ErrGone) {
		t.Fatalf("%d, %v; want gone", r.n, r.err)
	}
	if errors.Is(r.err, os.ErrDeadlineExceeded) || errors.Is(r.err, os.ErrClosed) || errors.Is(r.err, serialport.ErrAbsent) {
		t.Errorf("%v says more than gone", r.err)
	}
	absent, ok := errors.AsType[interface {
		error
		Absent() bool
	}](r.err)
	if !ok || !absent.Absent() {
		t.Errorf("%v does not say that the device is absent", r.err)
	}
}

func TestCloseFreesAPendingReadAndWrite(t *testing.T) {
	t.Parallel()
	for _, deadline := range []time.Time{{}, time.Now().Add(time.Hour)} {
		w := newWire(t)
		p := open(t, plain(w.name))
		p.SetDeadline(deadline)
		read := beside(t, func() (int, error) { return p.Read(make([]byte, 8)) })
		write := beside(t, func() (int, error) { return p.Write(noise(1 << 20)) })
		w.receive(t, 100)

		closed := beside(t, func() (int, error) { return 0, p.Close() })
		if r := closed(); r.err != nil {
			t.Error(r.err)
		}
		for _, r := range []result{read(), write()} {
			if !errors.Is(r.err, os.ErrClosed) || errors.Is(r.err, os.ErrDeadlineExceeded) || errors.Is(r.err, serialport.ErrGone) {
				t.Errorf("%d, %v; want closed", r.n, r.err)
			}
		}
	}
}

func TestCloseAgainAndAfter(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	var closing sync.WaitGroup
	for range 4 {
		closing.Go(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	closing.Wait()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	_, readErr := p.Read(make([]byte, 8))
	_, writeErr := p.Write([]byte("slip"))
	for name, err := range map[string]error{
		"read":               readErr,
		"write":              writeErr,
		"set deadline":       p.SetDeadline(time.Now()),
		"set read deadline":  p.SetReadDeadline(time.Now()),
		"set write deadline": p.SetWriteDeadline(time.Now()),
		"discard":            p.Discard(),
		"drain":              p.Drain(t.Context()),
	} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s after close: %v; want closed", name, err)
		}
	}
}

// Close must not wait for a Write that a new deadline keeps alive.
func TestCloseWinsOverADeadlineSetBesideIt(t *testing.T) {
	t.Parallel()
	for range 20 {
		w := newWire(t)
		p := open(t, plain(w.name))
		write := beside(t, func() (int, error) { return p.Write(noise(1 << 20)) })
		w.receive(t, 1)
		deadlines := beside(t, func() (int, error) {
			for {
				if err := p.SetDeadline(time.Now().Add(time.Hour)); err != nil {
					return 0, err
				}
			}
		})
		closed := beside(t, func() (int, error) { return 0, p.Close() })
		if r := closed(); r.err != nil {
			t.Error(r.err)
		}
		if r := write(); !errors.Is(r.err, os.ErrClosed) {
			t.Error(r)
		}
		if r := deadlines(); !errors.Is(r.err, os.ErrClosed) {
			t.Error(r)
		}
	}
}

func TestDiscardDropsWhatWasNotRead(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	w.send(t, []byte("xstale status")...)
	readFull(t, p, 1) // one write arrives as one piece: the rest is there too
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	w.send(t, '!')
	if got := readFull(t, p, 1); got[0] != '!' {
		t.Errorf("read %q after Discard", got)
	}
}

func TestDiscardDropsWhatWasNotSent(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	p.SetWriteDeadline(time.Now().Add(500 * time.Millisecond)) // a busy machine may not begin within 50
	n, err := p.Write(noise(200_000))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 {
		t.Fatal(n, err)
	}
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	// The device has 4 KiB already in its own end, as it would in its adapter.
	got := make([]byte, n)
	w.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	m, err := io.ReadFull(w, got)
	if !errors.Is(err, os.ErrDeadlineExceeded) || m >= n {
		t.Errorf("%d of %d bytes still arrived, %v", m, n, err)
	}
	if !bytes.Equal(got[:m], noise(200_000)[:m]) {
		t.Error("what arrived is not the beginning")
	}
}

func TestDrainEndsOnAnIdleLine(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	p := open(t, plain(w.name))
	if _, err := p.Write([]byte("slip")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.Drain(ctx); err != nil {
		t.Error(err)
	}
	// Closing after it takes nothing back.
	p.Close()
	if got := w.receive(t, 4); string(got) != "slip" {
		t.Errorf("device received %q", got)
	}
}
