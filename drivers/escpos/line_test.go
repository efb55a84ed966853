package escpos_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/serialport"
	"github.com/motcua/gateway/drivers/simulated"
	"github.com/motcua/gateway/kiosk"
)

// TestXONXOFF: a printer whose paper is slower than the line stops the host through the
// kernel's terminal, and loses nothing of a slip longer than its buffer. It would without the
// flow control: that is looked at too, so that the slip is sure to fill the buffer.
func TestXONXOFF(t *testing.T) {
	t.Parallel()
	for _, flow := range []serialport.Flow{serialport.FlowXONXOFF, serialport.FlowNone} {
		for way, kind := range kinds() {
			if flow == serialport.FlowNone && way != "none" {
				continue // the same bytes, and twelve seconds until the lost question is given up
			}
			t.Run(string(flow)+"/"+kind[1], func(t *testing.T) {
				t.Parallel()
				r := newRig(t, setup{
					machine: kind[0], profile: kind[1], paper: 25,
					alter: func(p *escpos.Profile) {
						p.Flow = flow
						p.TCVN3, p.Glyphs, p.NativeQR = escpos.CodePages{}, escpos.GlyphRange{}, false
					},
					cfg: simulated.PrinterConfig{Baud: 115200, Speed: 1, Flow: simulated.FlowXONXOFF},
				})
				_, err := r.print(t, sample())
				if flow == serialport.FlowNone {
					if len(r.device.Anomalies()) == 0 {
						t.Error("the buffer never overran: this test shows nothing")
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if err := r.device.WaitSlips(ctx, 1); err != nil {
					t.Error(err)
				}
				if a := r.device.Anomalies(); len(a) > 0 {
					t.Errorf("the printer found odd: %q", a)
				}
			})
		}
	}
}

// TestScrambledSlip: bits that flip on the way to the printer spoil a slip; it is never called
// printed, and printing goes on when the line is clean again.
func TestScrambledSlip(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"process-id", "in-order"} {
		kind := kinds()[way]
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				time.AfterFunc(60*time.Millisecond, func() { d.device.Scramble(true) })
				if _, err := d.print(sample()); !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
					t.Errorf("Print = %v, want an unconfirmed slip", err)
				}
				d.pass(time.Minute)
				d.device.Scramble(false)
				d.ready()
				for range 2 { // the first may hang from what the line made of the commands
					if _, err := d.print(reprinted()); err != nil {
						t.Fatal(err)
					}
				}
				slips := d.device.Slips()
				if !d.whole(slips[len(slips)-1], reprinted()) {
					t.Errorf("the last of %d pieces is not the slip alone", len(slips))
				}
			})
		})
	}
}
