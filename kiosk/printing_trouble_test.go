package kiosk_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// it says is shown, but not each turn of it is a fact.
func TestFlutteringSensors(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		for i := range 200 {
			p.tray.set(func(s *kiosk.PrinterStatus) { s.Paper = []kiosk.PaperState{kiosk.PaperLow, kiosk.PaperOK}[i%2] })
			p.wait(time.Second)
			if got := len(p.Snapshot().Faults); got != 1-i%2 {
				t.Errorf("turn %d: %d faults shown", i, got)
			}
		}
		p.wait(5 * time.Minute)
		records, err := p.Records(context.Background(), kiosk.Position{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var got []bool
		for _, r := range records {
			if f, ok := r.Fact.(kiosk.FaultMoved); ok {
				got = append(got, f.Raised)
			}
		}
		if !slices.Equal(got, []bool{true, false}) {
			t.Errorf("%d facts of a fluttering sensor", len(got))
		}
	})
}

// begin when it goes, not when the office last looked at its clock.
func TestACableThatIsPulledInAQuietHour(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.wait(50 * time.Second)
		p.tray.set(func(s *kiosk.PrinterStatus) { s.State, s.Code = kiosk.DeviceAbsent, kiosk.FaultPrinterAbsent })
		p.wait(2 * time.Second)
		if f := p.Snapshot().Faults; len(f) != 0 {
			t.Errorf("after two seconds: %+v", f)
		}
		p.wait(4 * time.Second)
		if f := p.Snapshot().Faults; len(f) != 1 || !f[0].Since.Equal(kiosktest.At(50*time.Second)) {
			t.Errorf("after six seconds: %+v", f)
		}
	})
}

// the store takes no writes.
func TestPrintingWaitsForTheStore(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(kiosk.Slip) (kiosk.Outcome, error)
		fails  int // the commit from the issue on, which is 1
		how    kiosktest.Fault
		first  []string
		then   []string
		state  kiosk.SlipState
	}{
		{"sent is not kept", printed, 2, kiosktest.FailBefore, nil, []string{"A001"}, kiosk.SlipPrinted},
		{"sent is kept all the same", printed, 2, kiosktest.FailAfter, nil, []string{"A001"}, kiosk.SlipPrinted},
		{"printed is not kept", printed, 3, kiosktest.FailBefore, []string{"A001"}, nil, kiosk.SlipPrinted},
		{"not sent is not kept", notSent, 3, kiosktest.FailBefore, []string{"A001"}, []string{"A001"}, kiosk.SlipPrinted},
		{"given up is not kept", unconfirmed, 5, kiosktest.FailBefore, []string{"A001", "!A001", "!A001"}, nil, kiosk.SlipUnprinted},
	} {
		t.Run(c.name, func(t *testing.T) {
			withPrinter(t, func(t *testing.T, p *printing) {
				synctest.Wait()
				p.tray.answers(c.answer)
				p.store.Fail(c.fails, c.how)
				p.issue(kiosktest.Certify, "")
				p.want(t, c.first...)
				p.tray.answers(printed)
				p.wait(20 * time.Second)
				p.want(t, c.then...)
				p.wantSlip(t, "A001", c.state)
			})
		})
	}
}

// already carries the mark all the same.
func TestAReprintKeepsItsMark(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		synctest.Wait()
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.tray.answers(printed)
			p.store.Fail(1, kiosktest.FailBefore)
			return unconfirmed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wait(20 * time.Second)
		p.want(t, "!A001")
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
	})
}

// trying is not to take all of a core.
func TestACancelledSlipWaitsForTheStore(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		synctest.Wait()
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.issue(kiosktest.Certify, "")
			p.move(kiosk.VerbCancel, "A002")
			p.store.Fail(2, kiosktest.FailBefore)
			return printed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wantSlip(t, "A002", kiosk.SlipRecorded)
		p.wait(20 * time.Second)
		p.want(t)
		p.wantSlip(t, "A002", kiosk.SlipWaived)
	})
}

// meanwhile does not print by itself.
func TestAPrinterThatRefusesForHours(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(notSent)
		p.issue(kiosktest.Certify, "")
		synctest.Wait()
		before := p.Last()
		for range 720 {
			p.wait(5 * time.Second)
		}
		if n := p.Last().Seq - before.Seq; n > 60 {
			t.Errorf("%d facts in an hour about one slip that cannot be sent", n)
		}
		p.tray.slips()
		p.tray.answers(printed)
		p.wait(2 * time.Minute)
		p.want(t)
		p.wantSlip(t, "A001", kiosk.SlipUnprinted)
		p.issue(kiosktest.Certify, "")
		p.want(t, "A002")
	})
}

// TestAPauseEndsWithTheRefusal: a printer that is switched off and on again is a new chance.
func TestAPauseEndsWithTheRefusal(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(notSent)
		p.issue(kiosktest.Certify, "")
		for range 25 {
			p.wait(2 * time.Second)
		}
		p.tray.slips()
		p.tray.answers(printed)
		p.tray.set(offline)
		synctest.Wait()
		p.tray.set(ready)
		p.wait(3 * time.Second)
		p.want(t, "A001")
	})
}

// TestMidnightWhileItPrints: yesterday's slip comes out, and today's first number is another paper.
func TestMidnightWhileItPrints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &printing{world: newWorld(t, func(s *kiosk.Setup) { s.AlwaysOpen = true }), tray: newTray()}
		p.start()
		defer func() { p.stop() }()
		p.wait(kiosktest.Monday.At(24*60).Sub(kiosktest.At(0)) - time.Second)
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.tray.answers(printed)
			p.pass(2 * time.Second)
			p.issue(kiosktest.Certify, "")
			return unconfirmed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001", "A001")
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
		if s := p.Snapshot(); s.Day != kiosktest.Culture || len(s.Tickets) != 1 || s.Tickets[0].Slip.Sends != 1 {
			t.Errorf("day %v, %+v", s.Day, s.Tickets)
		}
	})
}

// to read before another one came out; and one question is one fact, however often it is put.
func TestATestSlipThatWasTorn(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.tray.set(offline)
			return unconfirmed(s)
		})
		p.tray.set(func(s *kiosk.PrinterStatus) { s.RollChanges++ })
		p.want(t, "test")
		p.tray.answers(printed)
		p.tray.set(ready)
		p.wait(3 * time.Second)
		p.want(t, "test")
		p.tray.set(func(s *kiosk.PrinterStatus) { s.RollChanges++ })
		p.want(t, "test")
		records, err := p.Records(context.Background(), kiosk.Position{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range records {
			if f, ok := r.Fact.(kiosk.PaperChecked); ok && f.Asked {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d facts of one question", n)
		}
	})
}

// TestASlipThatMovedMeanwhile: what Printing saw is no longer so when it wants to begin.
func TestASlipThatMovedMeanwhile(t *testing.T) {
	t.Parallel()
	w, tray := newWorld(t, func(s *kiosk.Setup) { s.AlwaysOpen = true }), newTray()
	print := kiosk.NewPrinting(kiosk.PrintingConfig{
		Office: w.Office, Printer: tray,
		Slip: func(t kiosk.Ticket, _ *kiosk.Snapshot, _ bool) kiosk.Slip { return kiosk.Slip{Name: string(t.Number)} },
	})
	seen := w.issue(kiosktest.Certify, "")
	snapshot := w.Snapshot()
	if _, err := w.WaiveSlip(ctx, seen.Number, "touch/main"); err != nil {
		t.Fatal(err)
	}
	print.PrintAsSeen(ctx, snapshot, seen)
	if got := tray.slips(); len(got) != 0 {
		t.Errorf("printed %q though the citizen did without", got)
	}
	seen = w.issue(kiosktest.Civil, "")
	snapshot = w.Snapshot()
	w.pass(24 * time.Hour)
	today := w.issue(kiosktest.Civil, "")
	print.PrintAsSeen(ctx, snapshot, seen)
	if got, _ := w.Snapshot().Ticket(today.Number); got.Slip != today.Slip || len(tray.slips()) != 0 {
		t.Errorf("yesterday's %s moved today's: %+v", seen.Number, got.Slip)
	}
}

// TestAPrinterThatOnlySaysItIsReady: the screen must not promise paper for ever.
func TestAPrinterThatOnlySaysItIsReady(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(notSent)
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		if s := p.Snapshot(); s.Printer.Ready() || s.Printer.Code != kiosk.FaultPrinterOffline {
			t.Errorf("a printer that took nothing is shown as %+v", s.Printer)
		}
		p.tray.answers(printed)
		p.wait(time.Minute)
		p.want(t, "A001")
		if s := p.Snapshot(); !s.Printer.Ready() || len(s.Faults) != 0 {
			t.Errorf("it prints again and is shown as %+v, %+v", s.Printer, s.Faults)
		}
	})
}

// TestANoThatNobodyAskedFor puts the question; a yes changes nothing.
func TestANoThatNobodyAskedFor(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		if err := p.ConfirmPaper(context.Background(), true, "kioskctl"); err != nil || p.Snapshot().PaperCheck {
			t.Errorf("a yes: %v", err)
		}
		if err := p.ConfirmPaper(context.Background(), false, "kioskctl"); err != nil {
			t.Fatal(err)
		}
		p.issue(kiosktest.Certify, "")
		p.want(t)
		if err := p.ConfirmPaper(context.Background(), true, "kioskctl"); err != nil {
			t.Fatal(err)
		}
		p.want(t, "A001")
	})
}
