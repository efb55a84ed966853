package escpos_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// TestSlowestLine: at 9600 baud a slip of dots is twelve seconds on the line, most of them in
// the kernel's queue, and the driver's questions wait behind it.
func TestSlowestLine(t *testing.T) {
	t.Parallel()
	for _, kind := range [][2]string{
		{"tm-t20", "epson-tm-80"}, {"tm-t88iii", "epson-tm-t88iii"}, {"xprinter-80", "xprinter-80"},
		{"clone-80", "generic-80"}, {"pos-5890", "pos-5890"}, {"pos-5890", "generic-58"},
	} {
		t.Run(kind[1], func(t *testing.T) {
			t.Parallel()
			atDeskAt(t, 9600, kind[0], kind[1], func(d *desk) {
				for n := 1; n <= 3; n++ {
					d.ready()
					if _, err := d.print(sample()); err != nil {
						t.Fatal(err)
					}
					d.pass(15 * time.Second) // one that does not answer may still be printing
					slips := d.device.Slips()
					if d.machine.Cutter && (len(slips) != n || !d.whole(slips[n-1], sample())) {
						t.Fatalf("%d pieces of paper, want %d slips", len(slips), n)
					}
				}
				if a := d.device.Anomalies(); len(a) > 0 {
					t.Errorf("the printer found odd: %q", a)
				}
			})
		})
	}
}

// TestCoverOnEveryLine: a cover that is opened over a slip shows before the slip ends, however
// fast the line: on a slow one the question waits behind the slip in the kernel, on a fast one
// the slip has filled the printer's buffer before the next question.
func TestCoverOnEveryLine(t *testing.T) {
	t.Parallel()
	for _, baud := range []int{9600, 19200, 38400, 57600, 115200} {
		t.Run(strconv.Itoa(baud), func(t *testing.T) {
			t.Parallel()
			coverOverSlip(t, baud)
		})
	}
}

func coverOverSlip(t *testing.T, baud int) {
	atDeskAt(t, baud, "clone-80", "generic-80", func(d *desk) {
		d.ready()
		time.AfterFunc(300*time.Millisecond, d.device.OpenCover)
		began := time.Now()
		_, err := d.print(sample())
		if !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
			t.Errorf("Print = %v, want an unconfirmed slip", err)
		}
		if took := time.Since(began); took > 7*time.Second {
			t.Errorf("took %v to notice", took)
		}
		d.code(kiosk.FaultCoverOpen)
		d.device.CloseCover()
		d.ready()
		if _, err := d.print(reprinted()); err != nil {
			t.Error(err)
		}
		d.pass(15 * time.Second)
		slips := d.device.Slips()
		if !d.whole(slips[len(slips)-1], reprinted()) {
			t.Errorf("the last of %d pieces is not the slip alone", len(slips))
		}
	})
}
