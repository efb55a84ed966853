package escpos_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
)

// TestBudgetSlipOnTheWire: bytes on the wire for eight Vietnamese lines and a QR code, against the picture
// of the whole slip that most libraries send.
func TestBudgetSlipOnTheWire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		machine, profile string
		most             int
	}{
		{"tm-t20", "epson-tm-80", 1500},
		{"xprinter-80", "xprinter-80", 1500},
		{"clone-80", "generic-80", 11_000},
		{"pos-5890", "pos-5890", 11_000},
	} {
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			data := encode(t, c.profile).Data
			full := fullRaster(t, c.machine, data)
			t.Logf("budget: slip on the wire, 8 lines and a QR, %s | %d bytes | full raster of the same paper, %d bytes: 1 to %.1f | ≤ %d bytes",
				c.profile, len(data), full, float64(full)/float64(len(data)), c.most)
			if len(data) > c.most {
				t.Errorf("%d bytes, budget %d", len(data), c.most)
			}
		})
	}
}

func encode(t testing.TB, profile string) escpos.Encoded {
	t.Helper()
	p, err := escpos.Lookup(profile)
	if err != nil {
		t.Fatal(err)
	}
	e, err := escpos.NewEncoder(p)
	if err != nil {
		t.Fatal(err)
	}
	return e.Encode(sample())
}

// fullRaster is how many bytes the same paper takes as one picture.
func fullRaster(t testing.TB, machine string, data []byte) int {
	t.Helper()
	m, err := thermal.MachineNamed(machine)
	if err != nil {
		t.Fatal(err)
	}
	r := thermal.Render(m, data)
	piece := r.Rest
	if len(r.Slips) > 0 {
		piece = &r.Slips[0]
	}
	if piece == nil {
		t.Fatal("nothing was printed")
	}
	return (piece.Dots.W + 7) / 8 * piece.Dots.H
}

// BenchmarkEncode is the time that a slip takes before its first byte, once its letters have
// been drawn.
func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"epson-tm-80", "xprinter-80", "generic-80"} {
		b.Run(name, func(b *testing.B) {
			e := encoder(b, name)
			n := 0
			for b.Loop() {
				n = len(e.Encode(sample()).Data)
			}
			b.ReportMetric(float64(n), "wire-bytes")
		})
	}
}

// TestBudgetPressToCut: from the order to print until the printer has cut and said so, on a
// line of 38,400 baud and a mechanism of its own speed. The peer is the same slip as one
// picture, on the same wire.
func TestBudgetPressToCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ machine, profile string }{{"tm-t20", "epson-tm-80"}, {"xprinter-80", "xprinter-80"}} {
		t.Run(c.profile, func(t *testing.T) {
			full := fullRaster(t, c.machine, encode(t, c.profile).Data)
			atDesk(t, c.machine, c.profile, func(d *desk) {
				d.await("ready", kiosk.PrinterStatus.Ready)
				began := time.Now()
				if outcome, err := d.driver.Print(d.ctx, sample()); err != nil || outcome != kiosk.OutcomePrinted {
					t.Fatalf("print: %s, %v", outcome, err)
				}
				took, wire := time.Since(began), time.Duration(full)*10*time.Second/38_400
				t.Logf("budget: press to paper cut at 38,400 baud, %s | %.1f s | a full raster needs %.1f s on the wire alone | ≤ 3 s",
					c.profile, took.Seconds(), wire.Seconds())
				if took > 3*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}
