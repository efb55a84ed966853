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
// happens then is at the hub at most two seconds after what was physically in flight.
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
	if err := l.Shape(slow); err != nil {
		t.Fatal(err)
	}
	pass(t.Context(), 100*time.Millisecond) // what is between here and the modem fills up: nobody can know yet
	for range 3 {
		// What the modem's queue took is in flight too: it waits for the slow wire. The wire says when
		// all of it has arrived, because on a busy machine it is slower than its rate.
		flight := given.Load()
		most := 2 * time.Duration(flight-l.Stats().Up.Delivered) * time.Second / time.Duration(slow.Up.Rate)
		at, pressed := b.fact(t, "fresh"), time.Now()
		var landed time.Duration // of the flight; 0: not yet
		waitFor(t, most+patience, func() string { return "the fact does not arrive" }, func() bool {
			if landed == 0 && l.Stats().Up.Delivered >= flight {
				landed = time.Since(pressed)
			}
			return h.holds(t, at)
		})
		took := time.Since(pressed)
		t.Logf("a fact took %v, what was in flight %v", took.Round(time.Millisecond), landed.Round(time.Millisecond))
		if landed > 0 && took > landed+2*time.Second {
			t.Errorf("a fact took %v, what was in flight %v", took, landed)
		}
		pass(t.Context(), 300*time.Millisecond)
	}
	if s := b.state(t); s.Backlog.Blobs == 0 {
		t.Error("the pages were through before the facts were")
	}
}
