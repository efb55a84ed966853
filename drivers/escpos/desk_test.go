package escpos_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated"
	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
)

// desk is a simulated printer and its driver in a bubble in which time costs nothing.
type desk struct {
	t       *testing.T
	device  *simulated.Printer
	driver  *escpos.Printer
	profile escpos.Profile
	machine thermal.Machine
	ctx     context.Context

	pulled atomic.Bool  // the cable is out
	sent   atomic.Int64 // bytes from the driver
}

// cable counts what the driver sends.
type cable struct {
	net.Conn
	sent *atomic.Int64
}

func (c cable) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}

// atDesk runs f at a desk whose printer is a machine and whose driver believes in a profile.
func atDesk(t *testing.T, machine, profile string, f func(*desk)) {
	t.Helper()
	atDeskAt(t, 38400, machine, profile, f)
}

// atDeskAt is atDesk with a line of that many bits a second. On the slowest one, the bytes
// that the kernel has taken and not yet sent outlast the driver's patience with a question.
func atDeskAt(t *testing.T, baud int, machine, profile string, f func(*desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, err := thermal.MachineNamed(machine)
		if err != nil {
			t.Fatal(err)
		}
		p, err := escpos.Lookup(profile)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		d := &desk{t: t, profile: p, machine: m, ctx: ctx}
		d.device, err = simulated.NewPrinter(simulated.PrinterConfig{Machine: m, Baud: baud, Speed: 1})
		if err != nil {
			t.Fatal(err)
		}
		d.driver, err = escpos.New(escpos.Config{
			Port: "/dev/desk", Baud: baud, Profile: p,
			Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		escpos.SetOpen(d.driver, func(context.Context) (net.Conn, error) {
			if d.pulled.Load() {
				return nil, fmt.Errorf("open: %w", drivers.ErrAbsent)
			}
			host, end := net.Pipe()
			wg.Go(func() {
				if d.device.Serve(ctx, end) == nil && ctx.Err() == nil {
					d.pulled.Store(true) // by UnplugAfter: a host that hangs up is an error
				}
			})
			return newTTY(cable{Conn: host, sent: &d.sent}, &wg), nil
		})
		wg.Go(func() {
			if err := d.device.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		<-d.device.Ready()
		wg.Go(func() { d.driver.Run(ctx) })
		f(d)
		began := time.Now()
		cancel()
		wg.Wait()
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v to end", took)
		}
	})
}

// pass lets time go by in the bubble.
func (d *desk) pass(t time.Duration) { <-time.After(t) }

func (d *desk) replug() {
	d.device.Replug()
	d.pulled.Store(false)
}

// await waits until the status satisfies want.
func (d *desk) await(what string, want func(kiosk.PrinterStatus) bool) kiosk.PrinterStatus {
	d.t.Helper()
	late := time.After(2 * time.Minute)
	for {
		s := d.driver.Status()
		if want(s) {
			return s
		}
		select {
		case <-d.driver.Changed():
		case <-late:
			d.t.Fatalf("never %s: %+v", what, s)
		}
	}
}

func (d *desk) ready() kiosk.PrinterStatus {
	d.t.Helper()
	return d.await("ready", kiosk.PrinterStatus.Ready)
}

func (d *desk) code(code kiosk.FaultCode) kiosk.PrinterStatus {
	d.t.Helper()
	return d.await(string(code), func(s kiosk.PrinterStatus) bool { return s.Code == code })
}

func (d *desk) print(slip kiosk.Slip) (kiosk.Outcome, error) {
	return d.driver.Print(d.ctx, slip)
}

// whole reports whether piece shows the slip, all of it and nothing else.
func (d *desk) whole(piece paper.Slip, slip kiosk.Slip) bool {
	d.t.Helper()
	e, err := escpos.NewEncoder(d.profile)
	if err != nil {
		d.t.Fatal(err)
	}
	want := thermal.Render(d.machine, e.Encode(slip).Data)
	if len(want.Slips) != 1 {
		d.t.Fatalf("%d slips rendered", len(want.Slips))
	}
	return same(piece.Dots, want.Slips[0].Dots)
}

// same compares two pictures.
func same(a, b *paper.Bitmap) bool {
	if a.W != b.W || a.H != b.H {
		return false
	}
	for y := range a.H {
		if string(a.Row(y)) != string(b.Row(y)) {
			return false
		}
	}
	return true
}
