package escpos_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated"
	"github.com/motcua/gateway/kiosk"
)

func TestPrintConfirms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		machine, profile string
		want             kiosk.Outcome
	}{
		{"tm-t20", "epson-tm-80", kiosk.OutcomePrinted},
		{"tm-t88iii", "epson-tm-t88iii", kiosk.OutcomePrinted},
		{"xprinter-80", "xprinter-80", kiosk.OutcomePrinted},
		{"clone-80", "generic-80", kiosk.OutcomeSent},
		{"pos-5890", "pos-5890", kiosk.OutcomeSent},
		{"pos-5890", "generic-58", kiosk.OutcomeSent},
	} {
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, setup{machine: c.machine, profile: c.profile})
			for range 2 {
				got, err := r.print(t, sample())
				if err != nil || got != c.want {
					t.Fatalf("Print = %q, %v, want %q", got, err, c.want)
				}
			}
			if a := r.device.Anomalies(); len(a) > 0 {
				t.Errorf("the printer found odd: %q", a)
			}
		})
	}
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		code   kiosk.FaultCode
		break_ func(*simulated.Printer)
		mend   func(*simulated.Printer)
		rolls  uint64
	}{
		{"paper", kiosk.FaultPaperOut, (*simulated.Printer).PaperOut, (*simulated.Printer).NewRoll, 1},
		{"cover", kiosk.FaultCoverOpen, (*simulated.Printer).OpenCover, (*simulated.Printer).CloseCover, 1},
		{"cable", kiosk.FaultPrinterAbsent, (*simulated.Printer).Unplug, (*simulated.Printer).Replug, 0},
	} {
		for _, kind := range [][2]string{{"tm-t20", "epson-tm-80"}, {"xprinter-80", "xprinter-80"}, {"clone-80", "generic-80"}} {
			t.Run(c.name+"/"+kind[1], func(t *testing.T) {
				t.Parallel()
				r := newRig(t, setup{machine: kind[0], profile: kind[1]})
				c.break_(r.device)
				s := r.awaitCode(t, c.code)
				if s.Ready() || s.Hint == "" {
					t.Errorf("status %+v", s)
				}
				if _, err := r.print(t, sample()); !errors.Is(err, kiosk.ErrSlipNotSent) {
					t.Errorf("Print = %v, want a slip that was not sent", err)
				}
				c.mend(r.device)
				s = r.await(t, kiosk.PrinterStatus.Ready)
				if s.RollChanges != c.rolls || s.Paper != kiosk.PaperOK {
					t.Errorf("status %+v, want %d roll changes", s, c.rolls)
				}
				if _, err := r.print(t, sample()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

var _ = context.Background
var _ = time.Second
var _ escpos.Profile
