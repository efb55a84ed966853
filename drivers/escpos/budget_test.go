package escpos_test

import (
	"testing"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated/thermal"
)

// TestBudget: bytes on the wire for eight Vietnamese lines and a QR code, against the picture
// of the whole slip that most libraries send.
func TestBudget(t *testing.T) {
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
			t.Logf("%d bytes, a picture of the slip %d: 1 to %.1f", len(data), full, float64(full)/float64(len(data)))
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
