package simulated

import (
	"context"
	"net"
	"os"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
)

// TestMain fails when a goroutine of this package outlives the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	var stacks strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err == nil &&
		(strings.Contains(stacks.String(), "simulated.(*Printer)") || strings.Contains(stacks.String(), "simulated.(*Control)")) {
		println("goroutines are left:\n" + stacks.String())
		code = 1
	}
	os.Exit(code)
}

// desk is a printer on a stream within a synctest bubble, and a host that reads everything.
type desk struct {
	*Printer
	t    *testing.T
	line net.Conn
	jobs chan string

	mu  sync.Mutex
	got []byte
}

// atDesk runs use with a printer in a bubble of fake time.
func atDesk(t *testing.T, cfg PrinterConfig, use func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, err := NewPrinter(cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		d := &desk{Printer: p, t: t, jobs: make(chan string, 100)}
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := p.Run(ctx); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
		<-p.Ready()
		var stream net.Conn
		d.line, stream = net.Pipe()
		wg.Go(func() { _ = p.Serve(ctx, stream) })
		wg.Go(d.read)
		wg.Go(func() {
			for job := range d.jobs {
				_, _ = d.line.Write([]byte(job))
			}
		})
		defer func() {
			cancel()
			close(d.jobs)
			d.line.Close()
			wg.Wait()
		}()
		synctest.Wait()
		use(d)
	})
}

func (d *desk) read() {
	b := make([]byte, 256)
	for {
		n, err := d.line.Read(b)
		d.mu.Lock()
		d.got = append(d.got, b[:n]...)
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// send queues a job and waits until everything that can happen has happened, which at a
// Speed of 0 takes no time.
func (d *desk) send(job string) {
	d.jobs <- job
	synctest.Wait()
}

// answers returns what the host has read since the last call.
func (d *desk) answers() string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	s := string(d.got)
	d.got = nil
	return s
}

// expect fails unless the host has read exactly want since the last look.
func (d *desk) expect(what, want string) {
	d.t.Helper()
	if got := d.answers(); got != want {
		d.t.Errorf("%s: the host read % X, want % X", what, got, want)
	}
}

// count fails unless n slips have come out.
func (d *desk) count(n int) []paper.Slip {
	d.t.Helper()
	synctest.Wait()
	s := d.Slips()
	if len(s) != n {
		d.t.Fatalf("%d slips, want %d", len(s), n)
	}
	return s
}

// clean fails on anomalies.
func (d *desk) clean() {
	d.t.Helper()
	if a := d.Anomalies(); len(a) > 0 {
		d.t.Errorf("anomalies: %q", a)
	}
}

// model returns the named machine.
func model(t *testing.T, name string) thermal.Machine {
	t.Helper()
	m, err := thermal.MachineNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// pass lets the bubble's clock run.
func pass(d time.Duration) { <-time.After(d) }

// job is a slip of so many lines of 30 dots, cut behind the last.
func job(lines int) string { return strings.Repeat("A012\n", lines) + "\x1dVA\x00" }

const (
	askPrinter = "\x10\x04\x01"
	askOffline = "\x10\x04\x02"
	askError   = "\x10\x04\x03"
	askPaper   = "\x10\x04\x04"
	inOrder    = "\x1dr\x01"
	processID  = "\x1d(H\x06\x0000A012"
	printed    = "\x37\x22A012\x00"
)

const second = time.Second
