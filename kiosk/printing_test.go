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

// TestACableThatIsPulledInAQuietHour: the seconds in which an absent printer is nobody's business
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

// TestPrintingWaitsForTheStore: no step of a slip's way is lost, and nothing runs hot, while
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

// TestAReprintKeepsItsMark: that it is printed again cannot be kept at first. What may be on paper
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

// TestACancelledSlipWaitsForTheStore: that nobody needs this paper cannot be kept either, and
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

// TestAPrinterThatRefusesForHours does not fill the disk with attempts, and what has grown old
// meanwhile does not print by itself.
func TestAPrinterThatRefusesForHours(t *testing.T) {
	withPrinter(t, func(t *testing.T, p *printing) {
		p.tray.answers(notSent)
		p.issue(kiosktest.Certify, "")
		synctest.Wait()
		before := p.store.Commits()
		for range 720 {
			p.wait(5 * time.Second)
		}
		if n := p.store.Commits() - before; n > 60 {
			t.Errorf("%d commits in an hour for one slip that cannot be sent", n)
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

// TestATestSlipThatWasTorn: the cable was pulled in the middle of the test slip. There is nothing
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
