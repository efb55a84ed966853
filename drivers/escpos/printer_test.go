package escpos_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

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

// TestCable: on a real terminal, a pulled cable is absence, at once and without a fuss.
func TestCable(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{})
	r.device.Unplug()
	if s := r.awaitCode(t, kiosk.FaultPrinterAbsent); s.State != kiosk.DeviceAbsent || s.Hint == "" {
		t.Errorf("status %+v", s)
	}
	if _, err := r.print(t, sample()); !errors.Is(err, kiosk.ErrSlipNotSent) {
		t.Errorf("Print = %v, want a slip that was not sent", err)
	}
	r.device.Replug()
	r.await(t, kiosk.PrinterStatus.Ready)
	if _, err := r.print(t, sample()); err != nil {
		t.Error(err)
	}
}

// TestCableInMidSlip: the half slip and the whole one are two pieces of paper, also when the
// kernel's terminal has a buffer of its own.
func TestCableInMidSlip(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		t.Run(kind[1], func(t *testing.T) {
			t.Parallel()
			r := newRig(t, setup{machine: kind[0], profile: kind[1]})
			r.device.UnplugAfter(400)
			if _, err := r.print(t, sample()); !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
				t.Fatalf("Print = %v, want an unconfirmed slip", err)
			}
			r.awaitCode(t, kiosk.FaultPrinterAbsent)
			r.device.Replug()
			r.await(t, kiosk.PrinterStatus.Ready)
			if _, err := r.print(t, reprinted()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if err := r.device.WaitSlips(ctx, 2); err != nil {
				t.Fatal(err)
			}
			slips := r.device.Slips()
			want := picture(t, kind, reprinted())
			if !same(slips[len(slips)-1].Dots, want.Dots) {
				t.Errorf("the last of %d pieces is not the slip alone", len(slips))
			}
		})
	}
}

func TestNetworkPrinter(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{cfg: simulated.PrinterConfig{Listen: "127.0.0.1:0"}})
	if got, err := r.print(t, sample()); err != nil || got != kiosk.OutcomePrinted {
		t.Errorf("Print = %q, %v", got, err)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	p, err := escpos.Lookup("generic-80")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	for name, cfg := range map[string]escpos.Config{
		"no port":    {Profile: p, Log: log},
		"no host":    {Port: "tcp://", Profile: p, Log: log},
		"no profile": {Port: "/dev/kiosk-printer", Log: log},
		"no logger":  {Port: "/dev/kiosk-printer", Profile: p},
	} {
		if _, err := escpos.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	printer, err := escpos.New(escpos.Config{Port: "/dev/kiosk-printer", Profile: p, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	// Before Run, and after it, the printer is absent and refuses.
	if s := printer.Status(); s.State != kiosk.DeviceAbsent || s.Confirms {
		t.Errorf("status %+v", s)
	}
	if _, err := printer.Print(t.Context(), sample()); !errors.Is(err, kiosk.ErrSlipNotSent) {
		t.Errorf("Print = %v, want a slip that was not sent", err)
	}
}
