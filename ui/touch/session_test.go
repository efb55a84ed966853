package touch

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

func TestOrdinaryVisit(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	if _, ok := v.s.Next(); ok {
		t.Error("the first page as everybody finds it has a timer")
	}
	if work := v.choose(kiosktest.Certify); work != nil {
		t.Errorf("a choice alone starts %v", work)
	}
	v.at(pagePriority)
	work := v.press(screen.NoPrio)
	want := Issue{kiosk.IssueRequest{
		Service: kiosktest.Certify, Language: kiosk.Vietnamese, Key: "key-1", Terminal: "main", By: "touch/main",
	}}
	if len(work) != 1 || work[0] != want {
		t.Fatalf("work %+v, want %+v", work, want)
	}
	v.at(pageBusy)
	v.issue()
	m := v.model().(screen.Ticket)
	if m.Number != "A001" || m.Service != "Chứng thực" || m.Where != "Ghế trước quầy 1 và 2" || m.Paper != screen.PaperComing || !m.HasAhead || m.Ahead != 0 {
		t.Errorf("ticket page %+v", m)
	}
	v.slip(kiosk.SlipPrinted)
	if m := v.model().(screen.Ticket); m.Paper != screen.PaperOut {
		t.Errorf("printed, the page says %q", m.Paper)
	}
	v.press(screen.Finish)
	v.at(pageHome)
	if v.s.key == "key-1" {
		t.Error("the next session has the same key")
	}
}

func TestPriorityIsDeclared(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Civil)
	if w := v.press(screen.HavePrio)[0].(Issue); w.Request.Priority != kiosk.PriorityDeclared {
		t.Errorf("priority %q", w.Request.Priority)
	}
	v.issue()
	if m := v.model().(screen.Ticket); !m.Priority {
		t.Error("the page does not say that the ticket has priority")
	}
}

// Who does not know what to choose is asked nothing.
func TestGuidanceIsOnePress(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	if m := v.model().(screen.Home); m.Guide != kiosktest.Guidance || len(m.Services) != 2 {
		t.Errorf("first page %+v", m)
	}
	if work := v.choose(kiosktest.Guidance); len(work) != 1 {
		t.Fatalf("work %v", work)
	}
	v.issue()
	if m := v.model().(screen.Ticket); !m.Guide {
		t.Error("the page does not say that an officer comes")
	}
}

// One press is one ticket, and the same service a moment later is another.
func TestKeysLiveAndDieWithTheSession(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	for range 2 { // a double tap on the service, then on the answer
		v.choose(kiosktest.Certify)
	}
	for range 2 {
		v.press(screen.NoPrio)
	}
	if len(v.work) != 1 {
		t.Fatalf("a double tap asked %d times", len(v.work))
	}
	v.issue()
	v.press(screen.Finish)
	v.wait(time.Second)
	v.choose(kiosktest.Certify)
	again := v.press(screen.NoPrio)[0].(Issue)
	if first := v.work[0].(Issue); again.Request.Key == first.Request.Key {
		t.Error("a new session asks with the old key: it would get the old ticket")
	}
}

func TestLateWarningComesBeforeTheNumber(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.snap.Services[0].MayNotBeServed, v.snap.Services[0].Waiting = true, 32
	v.snap.Services[2].MayNotBeServed = true
	v.choose(kiosktest.Certify)
	m := v.model().(screen.Late)
	if m.Waiting != 32 || m.Closes != "17 giờ 00" || m.Service != "Chứng thực" {
		t.Errorf("warning %+v", m)
	}
	v.press(screen.GoBack)
	v.at(pageHome)
	v.choose(kiosktest.Certify)
	v.press(screen.TakeAnyway)
	v.at(pagePriority)
	if work := v.press(screen.HavePrio); work != nil {
		t.Error("the second tap of a double tap declared priority")
	}
	v.wait(time.Second)
	if work := v.press(screen.NoPrio); len(work) != 1 {
		t.Error("a second later the answer still counts for nothing")
	}
	v.issue()
	v.press(screen.Finish)
	v.choose(kiosktest.Guidance)
	if work := v.press(screen.TakeAnyway); len(work) != 1 {
		t.Error("guidance after the warning asks something")
	}
}

func TestPressAndHold(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.refuse(kiosk.CodePressAndHold)
	v.at(pageHold)
	if !v.s.Holding() {
		t.Error("the page for holding does not say so")
	}
	held := v.press(screen.Hold)[0].(Issue)
	if !held.Request.Held || held.Request.Key != "key-1" {
		t.Errorf("held press asks %+v", held.Request)
	}
	v.refuse(kiosk.CodePressAndHold) // an office that asks twice must not trap anybody
	v.at(pageSorry)
}

func TestEveryRefusalIsSaidInTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		for _, code := range []kiosk.Code{
			kiosk.CodeUnknownService, kiosk.CodeHallClosed, kiosk.CodeLastTicket, kiosk.CodeStoreFailed,
			kiosk.CodeNumbersUnknown, kiosk.CodeStopping, kiosk.CodeBadKey, kiosk.CodeUnknownLanguage,
		} {
			v := newVisitor(t)
			v.press(screen.Speak, screen.Press{Language: l})
			v.choose(kiosktest.Certify)
			v.press(screen.NoPrio)
			v.refuse(code)
			m := v.model().(screen.Sorry)
			if want := words.For(l).Refusal(code); m.Text != want {
				t.Errorf("%s %s: %q, want %q", l, code, m.Text, want)
			}
			again := code == kiosk.CodeStoreFailed || code == kiosk.CodeStopping
			if m.Again != again {
				t.Errorf("%s: trying again is offered: %v", code, m.Again)
			}
			if again {
				v.press(screen.TryAgain)
				if first, second := v.work[0].(Issue), v.work[1].(Issue); first != second {
					t.Errorf("%s: trying again asks for something else", code)
				}
			} else {
				v.press(screen.GoHome)
				v.at(pageHome)
			}
		}
	}
}

// An error that is no refusal may have left a number behind. Asking again with the key finds
// out; choosing anew must not be answered with that number.
func TestDoubtfulKeyIsNotUsedForAnotherChoice(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.s.Answer(Answer{Work: v.work[0], Err: context.DeadlineExceeded}, v.snap, v.now)
	v.at(pageSorry)
	if m := v.model().(screen.Sorry); strings.Contains(m.Text, "deadline") || !m.Again {
		t.Errorf("a technical error on the screen, or no way on: %+v", m)
	}
	v.press(screen.AskHelp)
	v.press(screen.GoBack)
	v.choose(kiosktest.Civil)
	if w := v.press(screen.NoPrio)[0].(Issue); w.Request.Key == "key-1" {
		t.Error("another choice with the doubtful key")
	}
}

// A slow office: the visitor is told, may try again without a second question to the office,
// and gets the number when it comes.
func TestSlowOffice(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.wait(5 * time.Second)
	v.at(pageBusy)
	v.wait(10 * time.Second)
	m := v.model().(screen.Sorry)
	if m.Text != words.For(kiosk.Vietnamese).Sorry.Slow || !m.Again {
		t.Errorf("%+v", m)
	}
	if work := v.press(screen.TryAgain); work != nil {
		t.Errorf("asked %v while the office still owes an answer", work)
	}
	v.at(pageBusy)
	v.wait(13 * time.Second)
	v.at(pageSorry)
	v.issue()
	v.at(pageTicket)
}

// The answer for a visitor who has gone is not shown to the next one.
func TestLateAnswerIsNobodysBusiness(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.wait(13 * time.Second)
	v.press(screen.GoHome)
	v.issue()
	v.at(pageHome)
	v.press(screen.NoSlip)
	if m := v.model().(screen.Missing); len(m.Numbers) != 1 || m.Numbers[0].Number != "A001" {
		t.Errorf("the number cannot be found again: %+v", m)
	}
}

func TestWithoutPaper(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.snap.Printer = kiosk.PrinterStatus{State: kiosk.DeviceFaulty, Code: kiosk.FaultPaperOut, Paper: kiosk.PaperOut}
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.issue()
	m := v.model().(screen.Ticket)
	if m.Paper != screen.PaperNone || !strings.Contains(m.QR, "A001") || !strings.Contains(m.QR, "23/11/2026") {
		t.Errorf("page without paper: %+v", m)
	}
	v.wait(59 * time.Second)
	v.at(pageTicket)
	v.wait(time.Second)
	v.at(pageHome) // the number stands a minute

	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	n := v.issue().Number
	if work := v.press(screen.HaveIt); len(work) != 1 || work[0] != (Waive{n}) {
		t.Errorf("work %v, want the slip waived", work)
	}
	v.at(pageHome)
}

func TestPaperOf(t *testing.T) {
	t.Parallel()
	ready := kiosk.PrinterStatus{State: kiosk.DeviceReady, Confirms: true}
	mute := kiosk.PrinterStatus{State: kiosk.DeviceReady}
	down := kiosk.PrinterStatus{State: kiosk.DeviceFaulty, Confirms: true}
	for _, c := range []struct {
		slip    kiosk.SlipState
		printer kiosk.PrinterStatus
		check   bool
		want    screen.Paper
	}{
		{kiosk.SlipRecorded, ready, false, screen.PaperComing},
		{kiosk.SlipRecorded, ready, true, screen.PaperNone}, // slips wait for "can you read this?"
		{kiosk.SlipRecorded, down, false, screen.PaperNone},
		{kiosk.SlipRecorded, kiosk.PrinterStatus{State: kiosk.DeviceAbsent}, false, screen.PaperNone},
		{kiosk.SlipSent, ready, false, screen.PaperComing},
		{kiosk.SlipSent, mute, false, screen.PaperMaybe},
		{kiosk.SlipSent, down, false, screen.PaperNone},
		{kiosk.SlipPrinted, ready, false, screen.PaperOut},
		{kiosk.SlipPrinted, down, false, screen.PaperOut},
		{kiosk.SlipUnprinted, ready, false, screen.PaperNone},
		{kiosk.SlipWaived, down, false, screen.PaperWaived},
	} {
		got := paperOf(kiosk.Ticket{Slip: kiosk.SlipRecord{State: c.slip}}, &kiosk.Snapshot{Printer: c.printer, PaperCheck: c.check})
		if got != c.want {
			t.Errorf("%s, printer %s (check %v): %q, want %q", c.slip, c.printer.State, c.check, got, c.want)
		}
	}
}

func TestIGotNoPaper(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	old := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify, Terminal: "main"}, 1, v.now.Add(-11*time.Minute))
	other := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify}, 2, v.now) // by a program
	served := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify, Terminal: "main"}, 3, v.now)
	served.State = kiosk.Served
	unsure := ticketFor(kiosk.IssueRequest{Service: kiosktest.Civil, Terminal: "main"}, 4, v.now.Add(-time.Hour))
	unsure.TimeSure = false
	mine := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify, Terminal: "main"}, 5, v.now.Add(-time.Minute))
	for _, x := range []kiosk.Ticket{old, other, served, unsure, mine} {
		v.keep(x)
	}
	v.press(screen.NoSlip)
	want := []screen.Recent{{Number: "A005", Service: "Chứng thực", Taken: "07 giờ 59"}, {Number: "A004", Service: "Hộ tịch"}}
	if m := v.model().(screen.Missing); !reflect.DeepEqual(m.Numbers, want) {
		t.Errorf("numbers %+v, want %+v", m.Numbers, want)
	}
	if work := v.press(screen.Pick, screen.Press{Number: "A001"}); work != nil {
		t.Error("a number that is not on the page was printed")
	}
	work := v.press(screen.Pick, screen.Press{Number: "A005"})
	if len(work) != 1 || work[0] != (Reprint{Key: "key-1", Number: "A005"}) {
		t.Fatalf("work %v", work)
	}
	if work := v.press(screen.Pick, screen.Press{Number: "A005"}); work != nil {
		t.Error("a double tap printed twice")
	}
	if m := v.model().(screen.Ticket); m.Number != "A005" || !m.Again || m.Paper != screen.PaperComing || m.HasAhead {
		t.Errorf("page %+v", m)
	}
	v.s.Answer(Answer{Work: work[0], Err: &kiosk.Refusal{Code: kiosk.CodeCopyLimit}}, v.snap, v.now)
	if m := v.model().(screen.Sorry); m.Text != words.For(kiosk.Vietnamese).Refusal(kiosk.CodeCopyLimit) || m.Again {
		t.Errorf("%+v", m)
	}
}

func TestPaperAgainFromTheTicketsPage(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.issue()
	v.slip(kiosk.SlipPrinted)
	work := v.press(screen.Pick, screen.Press{Number: "A001"})
	if len(work) != 1 {
		t.Fatalf("work %v", work)
	}
	fresh := v.s.ticket
	fresh.Slip.State = kiosk.SlipRecorded
	v.keep(fresh)
	v.s.Answer(Answer{Work: work[0], Ticket: fresh}, v.snap, v.now)
	if m := v.model().(screen.Ticket); m.Paper != screen.PaperComing || !m.Again {
		t.Errorf("%+v", m)
	}
	v.slip(kiosk.SlipPrinted)
	if m := v.model().(screen.Ticket); m.Paper != screen.PaperOut {
		t.Errorf("%+v", m)
	}
}

// Paper or help that does not come is no number that does not come.
func TestFailureIsSaidAsWhatItIs(t *testing.T) {
	t.Parallel()
	vi := words.For(kiosk.Vietnamese)
	for name, ask := range map[string]func(*visitor){
		"paper": func(v *visitor) {
			v.choose(kiosktest.Certify)
			v.press(screen.NoPrio)
			v.issue()
			v.press(screen.Pick, screen.Press{Number: "A001"})
		},
		"help": func(v *visitor) { v.press(screen.AskHelp); v.press(screen.CallOfficer) },
	} {
		v := newVisitor(t)
		ask(v)
		v.s.Answer(Answer{Work: v.work[len(v.work)-1], Err: context.DeadlineExceeded}, v.snap, v.now)
		if m := v.model().(screen.Sorry); m.Text != vi.Refusal("") || m.Again {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.press(screen.AskHelp)
	v.at(pageHelp)
	if work := v.press(screen.CallOfficer); len(work) != 1 || work[0] != (CallOfficer{"key-1"}) {
		t.Errorf("work %v", work)
	}
	v.at(pageCalled)
	v.press(screen.GoHome)
	v.snap.HelpSince = v.now
	if m := v.model().(screen.Home); !m.HelpComes {
		t.Error("the first page does not say that an officer comes")
	}
}

func TestRoll(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.snap.PaperCheck = true
	v.snap.Faults = []kiosk.Fault{{Code: kiosk.FaultPaperCheck, Severity: kiosk.SeverityWarn}}
	m := v.model().(screen.Home)
	if !m.PaperCheck || m.Notice == "" {
		t.Errorf("first page %+v", m)
	}
	for _, readable := range []bool{true, false} {
		if !readable { // rolls are changed before the hall opens
			v.snap.Hall = kiosk.HallStatus{Phase: kiosk.HallClosed, Reason: kiosk.ClosedBefore}
			if m := v.model().(screen.Closed); !m.PaperCheck {
				t.Error("while the hall is closed nobody is asked about the new roll")
			}
		}
		v.press(screen.CheckPaper)
		do := screen.PaperBad
		if readable {
			do = screen.PaperGood
		}
		if work := v.press(do); len(work) != 1 || work[0] != (JudgePaper{Readable: readable}) {
			t.Errorf("work %v", work)
		}
		v.at(pageHome)
	}
}
