package uplink_test

import (
	"context"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/hubtest/line"
)

// meter counts what is given to the network.
type meter struct {
	*net.TCPConn
	given *atomic.Int64
}

func (m meter) Write(p []byte) (int, error) {
	n, err := m.TCPConn.Write(p)
	m.given.Add(int64(n))
	return n, err
}

// TestDrop: where a line of 27 Mbit/s falls back to 64 kbit/s in the middle of a page, a fact that
// happens then is at the hub two seconds after what was physically in flight.
func TestDrop(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	l := newLine(t, h.addr, line.FourthGeneration())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.mute = true
	var given atomic.Int64
	b.cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return meter{c.(*net.TCPConn), &given}, nil
	}
	b.receive(t, slices.Repeat([]int{2_000_000}, 10)...)
	b.run(t)
	eventually(t, "the line is used", func() bool { return b.state(t).Acked > 4_000_000 })
	slow := line.Mountain()
	quick := l.Stats().Up.Sent // what is on the wire keeps its time
	if err := l.Shape(slow); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		// The modem's queue is in flight too: what it took is sent, and waits for the slow wire.
		flight := given.Load() - max(quick, l.Stats().Up.Delivered)
		most := 2*time.Second + time.Duration(flight)*time.Second/time.Duration(slow.Up.Rate)
		at, pressed := b.fact(t, "fresh"), time.Now()
		waitFor(t, most+patience, func() string { return "the fact does not arrive" }, func() bool { return h.holds(t, at) })
		took := time.Since(pressed)
		t.Logf("a fact took %v, with %d bytes in flight", took.Round(time.Millisecond), flight)
		if took > most {
			t.Errorf("a fact took %v, with %d bytes in flight: more than %v", took, flight, most)
		}
		pass(t.Context(), 300*time.Millisecond)
	}
	if s := b.state(t); s.Backlog.Blobs == 0 {
		t.Error("the pages were through before the facts were")
	}
}
