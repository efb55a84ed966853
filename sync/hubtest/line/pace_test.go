package line_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hubtest/line"
)

// A line that is too fast is wrong at once; one that is too slow may have had too little of a
// busy machine, and gets more tries.
func TestRate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rate, conns int }{
		"64 kbit/s":                {8_000, 1},
		"512 kbit/s":               {64_000, 1},
		"2.4 Mbit/s":               {300_000, 1},
		"27 Mbit/s":                {3_375_000, 1},
		"2.4 Mbit/s on four conns": {300_000, 4},
	} {
		for _, d := range []line.Direction{line.Up, line.Down} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var got float64
				for range 12 {
					got = measure(t, d, c.rate, c.conns) / float64(c.rate)
					if got > 1.05 {
						break
					}
					if got >= 0.95 {
						return
					}
				}
				t.Errorf("the line carries %.3f of its rate", got)
			})
		}
	}
}

// measure sends half a second's bytes in one direction and returns bytes a second.
func measure(t *testing.T, d line.Direction, rate, conns int) float64 {
	t.Helper()
	each := rate / 2 / conns
	send := func(c *net.TCPConn) {
		_, _ = c.Write(make([]byte, each))
		_ = c.CloseWrite()
	}
	arrived := make(chan int64, conns)
	take := func(c *net.TCPConn) {
		n, _ := io.Copy(io.Discard, c)
		arrived <- n
	}
	hub, gateway := take, send
	if d == line.Down {
		hub, gateway = send, take
	}
	l := openLine(t, startHub(t, hub), both(line.Way{Rate: rate}))
	began := time.Now()
	var wg sync.WaitGroup
	for range conns {
		c := dial(t, l)
		wg.Go(func() { gateway(c) })
	}
	total := int64(0)
	for range conns {
		total += <-arrived
	}
	took := time.Since(began)
	wg.Wait()
	if total != int64(each*conns) {
		t.Fatalf("%d bytes of %d arrived", total, each*conns)
	}
	return float64(total) / took.Seconds()
}

// At 64 kbit/s bytes come as a thin stream, not in lumps.
func TestASlowLineIsSmooth(t *testing.T) {
	t.Parallel()
	largest := make(chan int, 1)
	l := openLine(t, startHub(t, func(c *net.TCPConn) {
		buf, most := make([]byte, 4096), 0
		for {
			n, err := c.Read(buf)
			most = max(most, n)
			if err != nil {
				largest <- most
				return
			}
		}
	}), line.Mountain().Plain())
	c := dial(t, l)
	if _, err := c.Write(make([]byte, 4000)); err != nil {
		t.Fatal(err)
	}
	_ = c.CloseWrite()
	if most := <-largest; most > 1600 { // 200 ms: a machine so busy would be a finding of its own
		t.Errorf("%d bytes at once", most)
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	const up, down = 40 * time.Millisecond, 20 * time.Millisecond
	l := openLine(t, startHub(t, echo), line.Profile{Up: line.Way{Delay: up}, Down: line.Way{Delay: down}})
	best := [2]time.Duration{time.Hour, time.Hour}
	for range 3 {
		began := time.Now()
		c := dial(t, l)
		for i := range best {
			say(t, c, []byte("x"))
			took := time.Since(began)
			// The first exchange also pays for the handshake.
			if least := (up + down) * time.Duration(2-i); took < least {
				t.Errorf("exchange %d took %v, the way alone takes %v", i, took, least)
			}
			best[i] = min(best[i], took)
			began = time.Now()
		}
	}
	if best[1] > 2*(up+down) {
		t.Errorf("the best of three exchanges took %v over %v", best[1], up+down)
	}
}

func TestJitterKeepsTheOrder(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), both(line.Way{Rate: 2_000_000, Delay: time.Millisecond, Jitter: 20 * time.Millisecond}))
	c := dial(t, l)
	want := random(400_000)
	go func() { _, _ = c.Write(want) }() // ends with the connection at the latest
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("what came back is not what was sent")
	}
}

// What a stalled line takes from a sender is its queue and little more: nothing is read ahead.
func TestTheQueueIsSmall(t *testing.T) {
	t.Parallel()
	for _, queue := range []int{2 << 10, line.DefaultQueue, 32 << 10} {
		way := line.Way{Rate: 8_000, Queue: queue}
		l := openLine(t, startHub(t, echo), line.Profile{Up: way})
		c := dial(t, l)
		if err := c.SetWriteBuffer(1); err != nil { // the sender's own, made as small as it gets: 4.5 KiB
			t.Fatal(err)
		}
		sent := int64(0)
		for began := time.Now(); ; { // as much as it takes at once
			_ = c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
			n, err := c.Write(make([]byte, 256))
			sent += int64(n)
			if errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) > 200*time.Millisecond {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		// 300 ms of the wire itself, the sender's buffer, the line's socket and a piece.
		if most := int64(queue) + 2400 + 4608 + 2304 + 256; sent < int64(queue) || sent > most {
			t.Errorf("a queue of %d bytes took %d, at most %d expected", queue, sent, most)
		}
	}
}

func TestStallKeepsEverythingAndLetsTheOtherWayRun(t *testing.T) {
	t.Parallel()
	arrived := make(chan string, 1)
	l := openLine(t, startHub(t, func(c *net.TCPConn) {
		b := make([]byte, 2)
		n, _ := io.ReadFull(c, b)
		arrived <- string(b[:n])
		_, _ = c.Write([]byte("dn"))
		_, _ = io.Copy(io.Discard, c)
	}), line.OneWay())
	c := dial(t, l)
	if _, err := c.Write([]byte("up")); err != nil {
		t.Fatal(err)
	}
	if up := <-arrived; up != "up" {
		t.Fatalf("the hub got %q", up)
	}
	got := make([]byte, 2)
	_ = c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if n, err := c.Read(got); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%d bytes came down a stalled way, %v", n, err)
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	began := time.Now()
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "dn" {
		t.Fatalf("%q came down, %v", got, err)
	}
	// The way's clock stood still, so what waited still has its way before it.
	if took := time.Since(began); took < 75*time.Millisecond {
		t.Errorf("what waited came after %v, the way takes 75 ms", took)
	}
}

func TestShapeChangesALivingLine(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	c := dial(t, l)
	say(t, c, make([]byte, 100_000))
	if err := l.Shape(line.Profile{Up: line.Way{Rate: 20_000, Queue: 2048}}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	say(t, c, make([]byte, 6000))
	if took := time.Since(began); took < 290*time.Millisecond {
		t.Errorf("6,000 bytes at 20,000 a second took %v", took)
	}
	if err := l.Shape(line.Profile{Up: line.Way{Rate: -1}}); err == nil {
		t.Error("a negative rate was taken")
	}
}
