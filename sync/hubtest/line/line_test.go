package line_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hubtest/line"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// startHub listens and serves each connection in a goroutine of its own, until the test ends.
func startHub(t *testing.T, serve func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(patience))
				serve(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	return l.Addr().String()
}

// echo sends back what comes.
func echo(c *net.TCPConn) { _, _ = io.Copy(c, c) }

func openLine(t *testing.T, target string, p line.Profile) *line.Line {
	t.Helper()
	l, err := line.New(target, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close) // before the hub's, which waits for its connections
	return l
}

func dial(t *testing.T, l *line.Line) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// say sends and reads back as much.
func say(t *testing.T, c net.Conn, data []byte) []byte {
	t.Helper()
	if _, err := c.Write(data); err != nil {
		t.Fatal(err)
	}
	back := make([]byte, len(data))
	if _, err := io.ReadFull(c, back); err != nil {
		t.Fatal(err)
	}
	return back
}

func random(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	_, _ = r.Read(b)
	return b
}

// eventually waits until the line's counters are as they should be.
func eventually(t *testing.T, l *line.Line, what string, right func(line.Stats) bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !right(l.Stats()); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: never, but %+v", what, l.Stats())
		}
	}
}

func both(w line.Way) line.Profile { return line.Profile{Up: w, Down: w} }

func TestBytesAreCountedExactly(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, func(c *net.TCPConn) {
		n, _ := io.Copy(io.Discard, c)
		_, _ = c.Write(make([]byte, 2*n))
	}), both(line.Way{Delay: time.Millisecond, Jitter: 3 * time.Millisecond}))
	sizes := []int{0, 1, 1000, 70_001, 500_000}
	var wg sync.WaitGroup
	total := int64(0)
	for _, n := range sizes {
		total += int64(n)
		c := dial(t, l)
		wg.Go(func() {
			if _, err := c.Write(make([]byte, n)); err != nil {
				t.Error(err)
			}
			_ = c.CloseWrite() // half a goodbye: the answer still comes
			got, err := io.Copy(io.Discard, c)
			if err != nil || got != int64(2*n) {
				t.Errorf("%d bytes came back of %d, %v", got, 2*n, err)
			}
		})
	}
	wg.Wait()
	eventually(t, l, "all connections gone", func(s line.Stats) bool { return s.Open == 0 })
	want := line.Stats{
		Up:          line.Count{Sent: total, Delivered: total},
		Down:        line.Count{Sent: 2 * total, Delivered: 2 * total},
		Connections: int64(len(sizes)),
	}
	if got := l.Stats(); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

func TestCutRefusesAndMendKeepsTheAddress(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	c := dial(t, l)
	say(t, c, []byte("before"))
	l.Cut()
	l.Cut() // a line is cut once
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a connection over a cut line ended with %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialled a cut line: %v", err)
	}
	l.Blackhole() // no sign of life from a line that is cut
	if _, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialled a cut line: %v", err)
	}
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	say(t, dial(t, l), []byte("after"))
	if s := l.Stats(); s.Cuts != 1 || s.Resets != 1 || s.Connections != 2 {
		t.Errorf("counted %+v", s)
	}
}

func TestResetReachesBothEnds(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 2)
	l := openLine(t, startHub(t, func(c *net.TCPConn) {
		_, err := io.Copy(c, c)
		ended <- err
	}), line.Profile{})
	c := dial(t, l)
	say(t, c, []byte("x"))
	l.Reset()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the gateway's end: %v", err)
	}
	if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the hub's end: %v", err)
	}
	say(t, dial(t, l), []byte("y")) // the line itself is whole
}

func TestBlackholeSwallowsAndIsSilent(t *testing.T) {
	t.Parallel()
	got := make(chan byte, 10)
	l := openLine(t, startHub(t, func(c *net.TCPConn) {
		b := make([]byte, 1)
		for {
			if _, err := c.Read(b); err != nil {
				return
			}
			got <- b[0]
			_, _ = c.Write(b)
		}
	}), line.Profile{})
	old := dial(t, l)
	say(t, old, []byte("a"))
	l.Blackhole()
	fresh := dial(t, l)
	for _, c := range []net.Conn{old, fresh} {
		if _, err := c.Write([]byte("b")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, l, "swallowed", func(s line.Stats) bool { return s.Up.Sent == 3 })
	for _, c := range []net.Conn{old, fresh} {
		_ = c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a blackhole answered: %v", err)
		}
		_ = c.SetReadDeadline(time.Now().Add(patience))
	}
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []net.Conn{old, fresh} {
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("what lived through a blackhole ended with %v", err)
		}
	}
	say(t, dial(t, l), []byte("c"))
	if a, c := <-got, <-got; a != 'a' || c != 'c' || l.Stats().Up.Delivered != 2 {
		t.Errorf("the hub got %c and %c, counted %+v", a, c, l.Stats())
	}
}

// A hub that is not there looks, over a line, like one that hangs up.
func TestNobodyAtTheOtherEnd(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	l := openLine(t, gone.Addr().String(), both(line.Way{Delay: time.Millisecond}))
	c := dial(t, l)
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read %v", err)
	}
}

func TestBadProfilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, w := range []line.Way{{Rate: -1}, {Queue: -1}, {Queue: 1 << 40}, {Delay: -1}, {Jitter: time.Hour}} {
		if l, err := line.New("127.0.0.1:1", line.Profile{Down: w}); err == nil {
			l.Close()
			t.Errorf("%+v was taken", w)
		}
	}
}

// Not parallel: nothing else may come and go while it counts.
func TestCloseLeavesNothing(t *testing.T) {
	target := startHub(t, echo)
	before, sockets := runtime.NumGoroutine(), openSockets(t)
	for _, spoil := range []func(*line.Line){
		func(*line.Line) {}, (*line.Line).Blackhole, (*line.Line).Portal, (*line.Line).Cut,
		func(l *line.Line) { l.Stall(line.Up) }, func(l *line.Line) { l.Hold(line.Down, time.Hour) },
	} {
		l, err := line.New(target, line.FourthGeneration().Plain())
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", l.Addr())
		if err != nil {
			t.Fatal(err)
		}
		say(t, c, []byte("x"))
		spoil(l)
		_, _ = c.Write(bytes.Repeat([]byte("y"), 4000))
		second, err := net.Dial("tcp", l.Addr())
		if err == nil {
			_, _ = second.Write([]byte("z"))
		}
		l.Close()
		l.Close()
		if err == nil {
			_ = second.Close()
		}
		if err := l.Mend(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("mended a closed line: %v", err)
		}
		_ = c.Close()
	}
	tick := time.NewTicker(time.Millisecond) // the hub's own goroutines see the resets in a moment
	defer tick.Stop()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before; <-tick.C {
		if time.Now().After(end) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}
	if now := openSockets(t); now != sockets {
		t.Errorf("%d sockets open, %d before", now, sockets)
	}
}

// openSockets leaves out the pipes that io.Copy keeps for its next splice.
func openSockets(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range all {
		if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}
