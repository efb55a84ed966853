package kiosk_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// paperTray is a printer whose answers the test decides.
type paperTray struct {
	mu      sync.Mutex
	status  kiosk.PrinterStatus
	answer  func(kiosk.Slip) (kiosk.Outcome, error)
	out     []string // names of the slips that reached it, "!" before a reprint
	changed chan struct{}
}

func newTray() *paperTray {
	return &paperTray{
		status:  kiosk.PrinterStatus{State: kiosk.DeviceReady, Paper: kiosk.PaperOK, Confirms: true},
		changed: make(chan struct{}, 1),
		answer:  func(kiosk.Slip) (kiosk.Outcome, error) { return kiosk.OutcomePrinted, nil },
	}
}

func (p *paperTray) Print(ctx context.Context, s kiosk.Slip) (kiosk.Outcome, error) {
	p.mu.Lock()
	p.out = append(p.out, s.Name)
	answer := p.answer
	p.mu.Unlock()
	return answer(s)
}

func (p *paperTray) Status() kiosk.PrinterStatus { p.mu.Lock(); defer p.mu.Unlock(); return p.status }
func (p *paperTray) Changed() <-chan struct{}    { return p.changed }

func (p *paperTray) set(f func(*kiosk.PrinterStatus)) {
	p.mu.Lock()
	f(&p.status)
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *paperTray) answers(f func(kiosk.Slip) (kiosk.Outcome, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = f
}

// slips returns what reached the printer since the last look.
func (p *paperTray) slips() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.out
	p.out = nil
	return out
}

// printing is a world with a printer, on the bubble's time.
type printing struct {
	*world
	tray *paperTray
	stop func()
}

func (p *printing) start() {
	ctx, cancel := context.WithCancel(context.Background())
	office, done := p.Office, make(chan struct{}, 2)
	print := kiosk.NewPrinting(kiosk.PrintingConfig{
		Office: office, Printer: p.tray,
		Slip: func(t kiosk.Ticket, s *kiosk.Snapshot, reprint bool) kiosk.Slip {
			name := string(t.Number)
			if reprint {
				name = "!" + name
			}
			return kiosk.Slip{Name: name}
		},
		Test: func(*kiosk.Snapshot) kiosk.Slip { return kiosk.Slip{Name: "test"} },
	})
	go func() { _ = print.Run(ctx); done <- struct{}{} }()
	go func() { _ = office.Run(ctx); done <- struct{}{} }()
	p.stop = func() { cancel(); <-done; <-done }
}

// powerCut stops everything and starts it again d later.
func (p *printing) powerCut(d time.Duration) {
	p.stop()
	p.wait(d)
	p.restart()
	p.start()
	synctest.Wait()
}

// wait lets time pass on the world's clocks and the bubble's.
func (p *printing) wait(d time.Duration) {
	synctest.Wait() // what is on its way belongs to the time before
	p.pass(d)
	<-time.After(d) // the bubble's time
	synctest.Wait()
}

func (p *printing) want(t *testing.T, slips ...string) {
	t.Helper()
	synctest.Wait()
	if got := p.tray.slips(); !slices.Equal(got, slips) {
		t.Errorf("printed %q, want %q", got, slips)
	}
}

func (p *printing) wantSlip(t *testing.T, n kiosk.Number, want kiosk.SlipState) {
	t.Helper()
	synctest.Wait()
	if got, _ := p.Snapshot().Ticket(n); got.Slip.State != want {
		t.Errorf("slip of %s is %s, want %s", n, got.Slip.State, want)
	}
}

func withPrinter(t *testing.T, f func(t *testing.T, p *printing)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &printing{world: newWorld(t), tray: newTray()}
		p.start()
		defer func() { p.stop() }()
		f(t, p)
	})
}

var (
	unconfirmed = func(kiosk.Slip) (kiosk.Outcome, error) { return "", fmt.Errorf("cable: %w", kiosk.ErrSlipUnconfirmed) }
	notSent     = func(kiosk.Slip) (kiosk.Outcome, error) { return "", fmt.Errorf("offline: %w", kiosk.ErrSlipNotSent) }
	printed     = func(kiosk.Slip) (kiosk.Outcome, error) { return kiosk.OutcomePrinted, nil }
	sent        = func(kiosk.Slip) (kiosk.Outcome, error) { return kiosk.OutcomeSent, nil }
)

func offline(s *kiosk.PrinterStatus) {
	s.State, s.Code = kiosk.DeviceFaulty, kiosk.FaultPrinterOffline
}

func ready(s *kiosk.PrinterStatus) { s.State, s.Code = kiosk.DeviceReady, "" }

func TestSlipPrints(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
		p.powerCut(time.Second)
		p.want(t)
	})
}

func TestUnconfirmedSlipPrintsOnceMore(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.tray.set(offline) // the cable is pulled in mid-slip
			return unconfirmed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wantSlip(t, "A001", kiosk.SlipSent)
		p.tray.answers(printed)
		p.powerCut(time.Minute)
		p.want(t)
		p.tray.set(ready)
		p.want(t, "!A001")
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
	})
}

func TestNothingOldPrintsByItself(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.tray.set(offline)
			return unconfirmed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.issue(kiosktest.Certify, "")
		p.tray.answers(printed)
		p.powerCut(time.Hour)
		p.tray.set(ready)
		p.want(t)
		p.wantSlip(t, "A001", kiosk.SlipUnprinted)
		p.wantSlip(t, "A002", kiosk.SlipUnprinted)
		if f := p.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultSlipsUnprinted {
			t.Errorf("faults %+v", f)
		}
		// A person asks: then it prints, the one that may be out already with its mark.
		for _, n := range []kiosk.Number{"A001", "A002"} {
			if _, err := p.Reprint(context.Background(), n, false, "kioskctl"); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		p.want(t, "!A001", "A002")
		if f := p.Snapshot().Faults; len(f) != 0 {
			t.Errorf("faults %+v", f)
		}
	})
}

func TestAtMostThreeInARow(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.set(offline)
		for range 5 {
			p.issue(kiosktest.Certify, "")
		}
		p.wait(time.Minute)
		p.tray.set(ready)
		p.want(t, "A003", "A004", "A005") // whose citizens stand nearest
		p.wantSlip(t, "A001", kiosk.SlipUnprinted)
		// With the printer ready there is no such limit.
		for range 5 {
			p.issue(kiosktest.Certify, "")
		}
		p.want(t, "A006", "A007", "A008", "A009", "A010")
	})
}

func TestCalledTicketsNeedNoPaper(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.set(offline)
		p.issue(kiosktest.Certify, "")
		p.call(kiosktest.Counter1)
		p.issue(kiosktest.Certify, "")
		p.move(kiosk.VerbCancel, "A002")
		p.tray.set(ready)
		p.want(t)
		p.wantSlip(t, "A001", kiosk.SlipUnprinted)
		p.wantSlip(t, "A002", kiosk.SlipWaived)
	})
}

func TestAPrinterThatNeverConfirms(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.set(func(s *kiosk.PrinterStatus) { s.Confirms = false })
		p.tray.answers(sent)
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wantSlip(t, "A001", kiosk.SlipSent)
		p.powerCut(time.Second)
		p.want(t)
		p.wantSlip(t, "A001", kiosk.SlipSent)
		if f := p.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultPrinterMute || f[0].Severity != kiosk.SeverityHint {
			t.Errorf("the lasting hint: %+v", f)
		}
		// What is known to have failed goes to a person, not to the printer.
		p.tray.answers(unconfirmed)
		p.issue(kiosktest.Certify, "")
		p.want(t, "A002")
		p.wantSlip(t, "A002", kiosk.SlipUnprinted)
	})
}

func TestAConfirmationThatNeverComes(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(unconfirmed)
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001", "!A001", "!A001") // SlipRules.Attempts
		p.wantSlip(t, "A001", kiosk.SlipUnprinted)
	})
}

func TestARefusingPrinterIsLeftAlone(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(notSent)
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wantSlip(t, "A001", kiosk.SlipRecorded)
		p.wait(time.Second)
		p.want(t)
		p.tray.answers(printed)
		p.wait(2 * time.Second)
		p.want(t, "A001") // and without a mark: it was never sent
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
	})
}

func TestANewRollIsAskedAbout(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.set(func(s *kiosk.PrinterStatus) { s.RollChanges++ })
		p.want(t, "test")
		p.issue(kiosktest.Certify, "")
		p.want(t) // no slip counts before somebody has read the test
		if s := p.Snapshot(); !s.PaperCheck || s.Faults[0].Code != kiosk.FaultPaperCheck {
			t.Errorf("paper check %v, %+v", s.PaperCheck, s.Faults)
		}
		if err := p.ConfirmPaper(context.Background(), false, "touch/main"); err != nil {
			t.Fatal(err)
		}
		p.want(t)
		p.tray.set(func(s *kiosk.PrinterStatus) { s.RollChanges++ }) // turned round
		p.want(t, "test")
		if err := p.ConfirmPaper(context.Background(), true, "touch/main"); err != nil {
			t.Fatal(err)
		}
		p.want(t, "A001")
		if f := p.Snapshot().Faults; len(f) != 0 {
			t.Errorf("faults %+v", f)
		}
	})
}

func TestCitizensAskForPaper(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		for range 2 {
			if _, err := p.Reprint(context.Background(), "A001", true, "touch/main"); err != nil {
				t.Fatal(err)
			}
			p.want(t, "!A001")
		}
		_, err := p.Reprint(context.Background(), "A001", true, "touch/main")
		refused(t, err, kiosk.CodeCopyLimit)
		p.tray.set(offline)
		p.issue(kiosktest.Certify, "")
		if _, err := p.WaiveSlip(context.Background(), "A002", "touch/main"); err != nil {
			t.Fatal(err)
		}
		p.tray.set(ready)
		p.want(t)
		p.wantSlip(t, "A002", kiosk.SlipWaived)
	})
}

// TestAnImpatientFinger: presses while the paper is on its way spend no copy.
func TestAnImpatientFinger(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.set(offline)
		p.issue(kiosktest.Certify, "")
		for range 5 {
			got, err := p.Reprint(context.Background(), "A001", true, "touch/main")
			if err != nil || got.Slip.Copies != 0 {
				t.Fatalf("%d copies spent, %v", got.Slip.Copies, err)
			}
		}
		p.tray.set(ready)
		p.want(t, "A001")
	})
}

func TestPaperLowWarns(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.set(func(s *kiosk.PrinterStatus) { s.Paper = kiosk.PaperLow })
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		if f := p.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultPaperLow {
			t.Errorf("faults %+v", f)
		}
		// A cable that is back within seconds is nobody's business; one that is not, is.
		p.tray.set(func(s *kiosk.PrinterStatus) {
			*s = kiosk.PrinterStatus{State: kiosk.DeviceAbsent, Code: kiosk.FaultPrinterAbsent, Confirms: true}
		})
		p.wait(4 * time.Second)
		if f := p.Snapshot().Faults; len(f) != 0 {
			t.Errorf("after four seconds: %+v", f)
		}
		p.wait(2 * time.Second)
		if f := p.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultPrinterAbsent {
			t.Errorf("after six seconds: %+v", f)
		}
	})
}

// TestFlutteringSensors: a paper sensor near the end of its roll goes on and off for hours. What
// TestACableThatIsPulledInAQuietHour: the seconds in which an absent printer is nobody's business
// TestPrintingWaitsForTheStore: no step of a slip's way is lost, and nothing runs hot, while
// TestAReprintKeepsItsMark: that it is printed again cannot be kept at first. What may be on paper
// TestACancelledSlipWaitsForTheStore: that nobody needs this paper cannot be kept either, and
// TestAPrinterThatRefusesForHours does not fill the disk with attempts, and what has grown old
// TestWaivedWhileItPrints: "I have it" is pressed while the slip is on its way. What a person asks
// for later prints all the same.
func TestWaivedWhileItPrints(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			if _, err := p.WaiveSlip(context.Background(), "A001", "touch/main"); err != nil {
				t.Error(err)
			}
			return unconfirmed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001")
		p.wantSlip(t, "A001", kiosk.SlipWaived)
		p.tray.answers(printed)
		p.wait(15 * time.Minute)
		if _, err := p.Reprint(context.Background(), "A001", false, "kioskctl"); err != nil {
			t.Fatal(err)
		}
		p.want(t, "!A001")
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
	})
}

// TestAskedForWhileItPrints: who asks gets paper, once more and with its mark.
func TestAskedForWhileItPrints(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(func(s kiosk.Slip) (kiosk.Outcome, error) {
			p.tray.answers(printed)
			if _, err := p.Reprint(context.Background(), "A001", true, "touch/main"); err != nil {
				t.Error(err)
			}
			return printed(s)
		})
		p.issue(kiosktest.Certify, "")
		p.want(t, "A001", "!A001")
		p.wantSlip(t, "A001", kiosk.SlipPrinted)
	})
}

// TestATestSlipThatWasTorn: the cable was pulled in the middle of the test slip. There is nothing
