package escpos_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// kinds are a machine and the profile for it, one for each way to confirm.
func kinds() map[string][2]string {
	return map[string][2]string{
		"process-id": {"tm-t20", "epson-tm-80"},
		"in-order":   {"xprinter-80", "xprinter-80"},
		"none":       {"clone-80", "generic-80"},
	}
}

// TestTroubleInMidSlip: whatever happens to a printer over a slip, the slip is unconfirmed
// within a bound, the fault has its name, and the next slip comes out whole, on a paper of
// its own, when the printer is back.
func TestTroubleInMidSlip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		hurt  func(*desk)
		mend  func(*desk)
		code  kiosk.FaultCode
		rolls uint64
	}{
		{
			name: "paper ends", code: kiosk.FaultPaperOut, rolls: 1,
			hurt: func(d *desk) { d.device.PaperOutAfter(300) },
			mend: func(d *desk) { d.device.NewRoll() },
		},
		{
			name: "cover opened", code: kiosk.FaultCoverOpen, rolls: 1,
			hurt: func(d *desk) { time.AfterFunc(700*time.Millisecond, d.device.OpenCover) },
			mend: func(d *desk) { d.device.CloseCover() },
		},
		{
			name: "cutter jammed", code: kiosk.FaultCutterJam,
			hurt: func(d *desk) { d.device.JamCutter() },
			mend: func(d *desk) { d.device.ClearCutter() },
		},
		{
			name: "cable pulled", code: kiosk.FaultPrinterAbsent,
			hurt: func(d *desk) { d.device.UnplugAfter(400) },
			mend: func(d *desk) { d.replug() },
		},
		{
			name: "firmware hangs", code: kiosk.FaultPrinterOffline,
			hurt: func(d *desk) { time.AfterFunc(600*time.Millisecond, func() { d.device.Stall(true) }) },
			mend: func(d *desk) { d.device.PowerCycle() },
		},
	} {
		for way, kind := range kinds() {
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				atDesk(t, kind[0], kind[1], func(d *desk) {
					d.ready()
					c.hurt(d)
					began := time.Now()
					_, err := d.print(sample())
					if !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
						t.Fatalf("Print = %v, want an unconfirmed slip", err)
					}
					if took := time.Since(began); took > 25*time.Second {
						t.Errorf("Print took %v", took)
					}
					t.Log(err)
					if s := d.code(c.code); s.Ready() || s.Hint == "" {
						t.Errorf("status %+v", s)
					}
					d.pass(time.Minute)
					before := len(d.device.Slips())
					if _, err := d.print(reprinted()); !errors.Is(err, kiosk.ErrSlipNotSent) {
						t.Errorf("Print = %v, want a slip that was not sent", err)
					}
					c.mend(d)
					if s := d.ready(); s.RollChanges != c.rolls {
						t.Errorf("%d roll changes, want %d", s.RollChanges, c.rolls)
					}
					if _, err := d.print(reprinted()); err != nil {
						t.Fatal(err)
					}
					d.pass(10 * time.Second) // one that does not confirm may still be printing
					slips := d.device.Slips()
					if len(slips) == before {
						t.Fatal("nothing came out")
					}
					if !d.whole(slips[len(slips)-1], reprinted()) {
						t.Errorf("the last of %d pieces is not the slip alone", len(slips))
					}
					if a := d.device.Anomalies(); len(a) > 0 && c.name != "firmware hangs" {
						// (There, a net.Pipe keeps some bytes of a picture across the power
						// cycle; a kernel's queue is emptied.)
						t.Errorf("the printer found odd: %q", a)
					}
				})
			})
		}
	}
}

// TestNotReady: what is wrong has its name, nothing is sent, and all is well again after.
func TestNotReady(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		code       kiosk.FaultCode
		hurt, mend func(*desk)
		rolls      uint64
	}{
		{"paper", kiosk.FaultPaperOut, func(d *desk) { d.device.PaperOut() }, func(d *desk) { d.device.NewRoll() }, 1},
		{"cover", kiosk.FaultCoverOpen, func(d *desk) { d.device.OpenCover() }, func(d *desk) { d.device.CloseCover() }, 1},
		{"button", kiosk.FaultPrinterOffline, func(d *desk) { d.device.HoldFeed(true) }, func(d *desk) { d.device.HoldFeed(false) }, 0},
	} {
		for way, kind := range kinds() {
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				atDesk(t, kind[0], kind[1], func(d *desk) {
					d.ready()
					c.hurt(d)
					if s := d.code(c.code); s.State != kiosk.DeviceFaulty || s.Hint == "" {
						t.Errorf("status %+v", s)
					}
					d.pass(time.Hour)
					if _, err := d.print(sample()); !errors.Is(err, kiosk.ErrSlipNotSent) {
						t.Errorf("Print = %v, want a slip that was not sent", err)
					}
					c.mend(d)
					if s := d.ready(); s.RollChanges != c.rolls || s.Paper != kiosk.PaperOK {
						t.Errorf("status %+v, want %d roll changes", s, c.rolls)
					}
					if _, err := d.print(sample()); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// TestPressToCut: with a font, a slip is cut and confirmed within three seconds at 38,400 baud.
func TestPressToCut(t *testing.T) {
	t.Parallel()
	for _, kind := range [][2]string{{"tm-t20", "epson-tm-80"}, {"xprinter-80", "xprinter-80"}} {
		t.Run(kind[1], func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				began := time.Now()
				if _, err := d.print(sample()); err != nil {
					t.Fatal(err)
				}
				took := time.Since(began)
				t.Logf("cut and confirmed after %v", took)
				if took > 3*time.Second {
					t.Errorf("took %v, budget 3 s", took)
				}
			})
		})
	}
}

// TestPaperLow: the office is warned, and printing goes on.
func TestPaperLow(t *testing.T) {
	t.Parallel()
	for way, kind := range kinds() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				d.device.PaperLow()
				d.await("low", func(s kiosk.PrinterStatus) bool { return s.Ready() && s.Paper == kiosk.PaperLow })
				if _, err := d.print(sample()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestLateAnswers: an answer to DLE EOT does not say to which question it belongs.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	for way, kind := range kinds() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				d.device.AnswerLate(1900 * time.Millisecond) // after the question was put again
				if _, err := d.print(sample()); err != nil {
					t.Error(err)
				}
				d.pass(time.Minute)
				if s := d.driver.Status(); !s.Ready() || s.Paper != kiosk.PaperOK || s.RollChanges != 0 {
					t.Errorf("status %+v", s)
				}
				d.device.OpenCover()
				d.code(kiosk.FaultCoverOpen)
				d.device.CloseCover()
				if s := d.ready(); s.RollChanges != 1 {
					t.Errorf("status %+v", s)
				}
			})
		})
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for way, kind := range kinds() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				d.device.AnswerLate(time.Hour)
				s := d.code(kiosk.FaultPrinterOffline)
				if !strings.Contains(s.Hint, "DLE EOT") {
					t.Errorf("hint %q", s.Hint)
				}
				d.device.AnswerLate(0)
				d.device.PowerCycle()
				d.ready()
			})
		})
	}
}

// TestNoise: garbage has a name, stops the slips and nothing else, and passes.
func TestNoise(t *testing.T) {
	t.Parallel()
	for way, kind := range kinds() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				d.device.Noise(true)
				s := d.code(kiosk.FaultPrinterNoise)
				if s.Hint == "" {
					t.Error("no hint")
				}
				d.pass(time.Minute)
				if _, err := d.print(sample()); !errors.Is(err, kiosk.ErrSlipNotSent) {
					t.Errorf("Print = %v, want a slip that was not sent", err)
				}
				d.device.Noise(false)
				d.ready()
				if _, err := d.print(sample()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestNoiseDuringSlip: garbage never passes for a confirmation.
func TestNoiseDuringSlip(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"process-id", "in-order"} {
		kind := kinds()[way]
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				d.device.JamCutter() // so that no true confirmation can come
				time.AfterFunc(300*time.Millisecond, func() { d.device.Noise(true) })
				if _, err := d.print(sample()); !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
					t.Errorf("Print = %v, want an unconfirmed slip", err)
				}
			})
		})
	}
}

// TestPowerCycle: a printer that was switched off and on has forgotten that it was to tell
// its status by itself.
func TestPowerCycle(t *testing.T) {
	t.Parallel()
	atDesk(t, "tm-t20", "epson-tm-80", func(d *desk) {
		d.ready()
		d.device.PowerCycle()
		d.device.PaperOut()
		d.code(kiosk.FaultPaperOut)
		d.device.NewRoll()
		d.ready()
		d.device.OpenCover()
		began := time.Now()
		d.code(kiosk.FaultCoverOpen)
		if took := time.Since(began); took > time.Second {
			t.Errorf("an open cover showed after %v: automatic status is off", took)
		}
	})
}

// TestWrongProfile: a printer that never gives the confirmation of its profile is found out
// before it has wasted paper.
func TestWrongProfile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ machine, profile, hint string }{
		{"tm-t88iii", "epson-tm-80", "GS ( H"},
		{"clone-80", "rongta-80", "GS r"},
		{"pos-5890", "epson-tm-80", "DLE EOT"},
	} {
		t.Run(c.machine, func(t *testing.T) {
			t.Parallel()
			atDesk(t, c.machine, c.profile, func(d *desk) {
				s := d.await(c.hint, func(s kiosk.PrinterStatus) bool { return strings.Contains(s.Hint, c.hint) })
				if s.State != kiosk.DeviceFaulty || s.Code != kiosk.FaultPrinterOffline {
					t.Errorf("status %+v", s)
				}
				d.pass(10 * time.Minute)
				if n := len(d.device.Slips()); n > 0 {
					t.Errorf("%d pieces of paper came out", n)
				}
			})
		})
	}
}

// TestCancel: a cancelled slip ends at once, and counts as unconfirmed once bytes have left.
func TestCancel(t *testing.T) {
	t.Parallel()
	atDesk(t, "xprinter-80", "xprinter-80", func(d *desk) {
		d.ready()
		ctx, cancel := context.WithTimeout(d.ctx, 200*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := d.driver.Print(ctx, sample())
		if !errors.Is(err, kiosk.ErrSlipUnconfirmed) || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Errorf("Print = %v", err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
		ended, stop := context.WithCancel(d.ctx)
		stop()
		d.ready()
		if _, err := d.driver.Print(ended, sample()); !errors.Is(err, kiosk.ErrSlipNotSent) {
			t.Errorf("Print = %v, want a slip that was not sent", err)
		}
		if _, err := d.print(reprinted()); err != nil {
			t.Error(err)
		}
		slips := d.device.Slips()
		if !d.whole(slips[len(slips)-1], reprinted()) {
			t.Error("the slip is not whole, or not alone")
		}
	})
}

// TestReprintAfterKill: the first slip of a process is a reprint, so an earlier process died
// over it; what still hangs from the printer is cut off first.
func TestReprintAfterKill(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"process-id", "in-order"} {
		kind := kinds()[way]
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			atDesk(t, kind[0], kind[1], func(d *desk) {
				d.ready()
				if _, err := d.print(reprinted()); err != nil {
					t.Fatal(err)
				}
				if _, err := d.print(reprinted()); err != nil {
					t.Fatal(err)
				}
				slips := d.device.Slips()
				if len(slips) != 3 {
					t.Fatalf("%d pieces, want what was left and two slips", len(slips))
				}
				for _, s := range slips[1:] {
					if !d.whole(s, reprinted()) {
						t.Error("a slip is not whole, or not alone")
					}
				}
			})
		})
	}
}

// TestIdle: what an idle hour costs on the wire, as a bound on wake-ups.
func TestIdle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind [2]string
		most int64 // bytes in an hour
	}{
		{[2]string{"tm-t20", "epson-tm-80"}, 2200},         // two questions of three bytes each ten seconds
		{[2]string{"clone-80", "generic-80"}, 10900},       // the same each two seconds
		{[2]string{"pos-5890", "pos-5890"}, 0},             // it would not answer
		{[2]string{"pos-5890", "generic-58"}, 120*6 + 100}, // in case it was off
	} {
		t.Run(c.kind[1], func(t *testing.T) {
			t.Parallel()
			atDesk(t, c.kind[0], c.kind[1], func(d *desk) {
				d.ready()
				d.pass(time.Second) // until the reset is out
				before := d.sent.Load()
				d.pass(time.Hour)
				if sent := d.sent.Load() - before; sent > c.most {
					t.Errorf("%d bytes in an idle hour, want at most %d", sent, c.most)
				}
			})
		})
	}
}
