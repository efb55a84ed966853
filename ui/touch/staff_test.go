package touch

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

func TestNoStaffModeWithoutStaff(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.press(screen.AskHelp)
	if m := v.model().(screen.Help); m.Staff {
		t.Error("a way into a staff mode that there is not")
	}
	v.press(screen.StaffIn)
	v.at(pageHelp)
}

func TestPINOpensStaffMode(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.s.OfferStaff()
	v.typePIN("246810")
	w, ok := v.work[len(v.work)-1].(CheckPIN)
	if !ok || string(w.PIN) != "246810" {
		t.Fatalf("work %+v", v.work)
	}
	for _, shown := range []string{fmt.Sprint(w), fmt.Sprintf("%+v %#v", w, w), slog.AnyValue(w.PIN).Resolve().String()} {
		if strings.Contains(shown, "246810") {
			t.Errorf("the PIN can be read in %q", shown)
		}
	}
	if m := v.model().(screen.Pad); m.Dots != 0 || m.Typed != "" || m.Say != words.InStaffMode().Checking {
		t.Errorf("while it is checked: %+v", m)
	}
	if v.press(screen.Digit, screen.Press{Text: "1"}); v.s.staff.typed != "" {
		t.Error("a key counted while a PIN was checked")
	}
	v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeSignIn}})
	if m := v.model().(screen.Pad); m.Note.Text != words.InStaffMode().WrongPIN || m.Dots != 0 {
		t.Errorf("after a wrong one: %+v", m)
	}
	v.typePIN("135791")
	v.answer(Answer{Officer: "o7", Role: kiosk.RoleOfficer})
	v.at(pageCounters)
}

// An answer that comes after somebody went away opens nothing for who stands there now.
func TestLatePINOpensNothing(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.s.OfferStaff()
	v.typePIN("246810")
	v.press(screen.GoBack)
	v.answer(Answer{Officer: "o7", Role: kiosk.RoleLead})
	v.at(pageHome)
	v.press(screen.AskHelp)
	v.press(screen.StaffIn)
	v.answer(Answer{Officer: "o7", Role: kiosk.RoleLead})
	v.at(pagePIN)
	v.typePIN("1")
	v.answer(Answer{Officer: "", Role: kiosk.RoleLead})
	v.at(pagePIN)
	v.typePIN("1")
	v.wait(13 * time.Second)
	if m := v.model().(screen.Pad); m.Note.Text == "" {
		t.Error("a check that never ends is not given up")
	}
	v.answer(Answer{Officer: "o7", Role: kiosk.RoleLead})
	v.at(pagePIN)
}

func TestLockCountsDown(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.s.OfferStaff()
	v.typePIN("000000")
	v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeLocked, Hint: "30"}})
	w := words.InStaffMode()
	for left := 30; left > 0; left-- {
		m, ok := v.model().(screen.Ask)
		if !ok || m.Title != w.Locked(time.Duration(left)*time.Second) {
			t.Fatalf("with %d s left: %+v", left, v.model())
		}
		v.press(screen.Digit, screen.Press{Text: "1"})
		v.wait(time.Second)
	}
	if m, ok := v.model().(screen.Pad); !ok || m.Note.Text != "" {
		t.Errorf("after the lock: %+v", v.model())
	}
	v.wait(31 * time.Second)
	v.at(pageHome) // a lock does not keep the page
	for hint, want := range map[string]int{"x": 1, "-5": 1, "999999999": maxLock, "12": 12} {
		if n := lockedFor(&kiosk.Refusal{Code: kiosk.CodeLocked, Hint: hint}); n != want {
			t.Errorf("hint %q locks %d s, want %d", hint, n, want)
		}
	}
}

// Sixty seconds without a touch, the warning among them, and nothing is left of the officer.
func TestStaffModeEndsByItself(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleLead)
	v.pressItem("Quầy 1")
	v.warned(20)
	v.press(screen.MoreTime)
	v.at(pageCounter)
	v.wait(59 * time.Second)
	v.at(pageCounter)
	v.wait(time.Second)
	v.at(pageHome)
	if v.s.staff != (staffing{}) {
		t.Errorf("left behind: %+v", v.s.staff)
	}
	v = newOfficer(t, kiosk.RoleOfficer)
	v.pressItem("Quầy 2")
	v.pressItem("Xong")
	v.at(pageHome)
}

func TestStepsCarryWhatWasSeen(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	x := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify, Language: kiosk.Chinese, Priority: kiosk.PriorityDeclared}, 1, v.now)
	v.keep(x)
	v.pressItem("Quầy 1")
	call := v.pressItem("Gọi số tiếp theo")[0].(Move).Step
	want := kiosk.Seen{Day: kiosktest.Monday}
	if call.Verb != kiosk.VerbCall || call.Number != "" || call.Counter != "1" || call.By != "staff/o7" || call.Key == "" || *call.Seen != want {
		t.Errorf("call %+v seen %+v", call, call.Seen)
	}
	if m := v.model().(screen.Counter); len(m.Steps) != 0 {
		t.Errorf("a second press is offered while the first one works: %+v", m.Steps)
	}
	x.State, x.Counter, x.Moves = kiosk.Called, "1", 2
	v.hand("1", x)
	v.answer(Answer{Ticket: x})
	m := v.model().(screen.Counter)
	if m.Number != "A001" || m.Note != (screen.Note{Text: "A001: đã gọi số.", Good: true}) {
		t.Errorf("called: %+v", m)
	}
	if fmt.Sprint(m.About) != "[Chứng thực Ưu tiên Công dân chọn tiếng Trung]" {
		t.Errorf("about %q", m.About)
	}
	if work := v.pressItem("Bắt đầu phục vụ"); work != nil {
		t.Error("a second tap of a double tap made the next step")
	}
	v.wait(time.Second)
	serve := v.pressItem("Bắt đầu phục vụ")[0].(Move).Step
	if serve.Key == call.Key || serve.Number != "A001" || *serve.Seen != (kiosk.Seen{Day: kiosktest.Monday, Hand: "A001", Moves: 2}) {
		t.Errorf("serve %+v seen %+v", serve, serve.Seen)
	}
	v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeGoneOn}})
	if m := v.model().(screen.Counter); m.Note.Text != words.For(kiosk.Vietnamese).Refusal(kiosk.CodeGoneOn) || m.Note.Good {
		t.Errorf("gone on: %+v", m.Note)
	}
}

// After a store that failed, or an answer that was lost, the same press goes again with its own
// key; another press has another.
func TestLostStepIsRepeatedByKey(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*visitor){
		"store":    func(v *visitor) { v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeStoreFailed}}) },
		"deadline": func(v *visitor) { v.answer(Answer{Err: errors.New("deadline")}) },
		"silence":  func(v *visitor) { v.wait(13 * time.Second) },
	} {
		v := newOfficer(t, kiosk.RoleOfficer)
		v.pressItem("Quầy 2")
		first := v.pressItem("Gọi số tiếp theo")[0].(Move).Step
		lose(v)
		if m := v.model().(screen.Counter); m.Note.Text != words.InStaffMode().Failed {
			t.Errorf("%s: note %+v", name, m.Note)
		}
		again := v.pressItem("Làm lại bước này")[0].(Move).Step
		if again != first {
			t.Errorf("%s: again %+v, want %+v", name, again, first)
		}
		v.answer(Answer{Ticket: kiosk.Ticket{Number: "A004"}})
		if m := v.model().(screen.Counter); m.Note.Text != "A004: đã gọi số." || len(m.Ways) != 2 {
			t.Errorf("%s: done %+v", name, m)
		}
		v.wait(time.Second)
		if next := v.pressItem("Gọi số tiếp theo")[0].(Move).Step; next.Key == first.Key {
			t.Errorf("%s: the next press has the old key", name)
		}
	}
}

func TestUndoAndParkedAndPaused(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	x := ticketFor(kiosk.IssueRequest{Service: kiosktest.Civil}, 1, v.now)
	x.State, x.Number = kiosk.Held, "B001"
	x.SentTo = kiosktest.Certify
	v.keep(x)
	v.snap.Counters[1].Undo = kiosk.Undoable{Number: "B001", Verb: kiosk.VerbHold, Until: v.now.Add(time.Minute)}
	v.pressItem("Quầy 2")
	undo := v.pressItem("Hoàn tác")[0].(Move).Step
	if undo.Verb != kiosk.VerbUndo || undo.Number != "B001" || undo.Seen.Hand != "" {
		t.Errorf("undo %+v", undo)
	}
	v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeTooLate}})
	v.wait(time.Second)
	v.pressItem("Số tạm gác, số vắng")
	m := v.model().(screen.List)
	if len(m.Items) != 1 || m.Items[0].Fact != "Tạm gác · Chứng thực" { // the service that it was sent to
		t.Errorf("parked %+v", m.Items)
	}
	call := v.pressItem("B001")[0].(Move).Step
	if call.Verb != kiosk.VerbCall || call.Number != "B001" || call.Counter != "2" {
		t.Errorf("call %+v", call)
	}
	v.at(pageCounter)
	v.answer(Answer{Ticket: x})
	v.wait(time.Second)
	v.snap.Counters[1].State = kiosk.CounterPaused
	if w := v.pressItem("Mở lại quầy")[0].(Reopen); w.Counter != "2" || w.By != "staff/o7" {
		t.Errorf("reopen %+v", w)
	}
}

func TestSlipsInStaffMode(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	x := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify}, 1, v.now)
	x.Slip.State = kiosk.SlipUnprinted
	v.keep(x)
	over := ticketFor(kiosk.IssueRequest{Service: kiosktest.Civil}, 7, v.now)
	over.Number, over.State = "B007", kiosk.Served
	v.keep(over)
	last := ticketFor(kiosk.IssueRequest{Service: kiosktest.Civil}, 12, v.now)
	last.Number = "B012"
	v.keep(last)
	v.pressItem("Phiếu chưa in (1)")
	if w := v.pressItem("A001")[0].(Reprint); w.Number != "A001" || w.By != "staff/o7" || w.Key == "" {
		t.Errorf("reprint %+v", w)
	}
	v.answer(Answer{Ticket: x})
	if m := v.model().(screen.List); m.Note.Text != "A001: Đang in lại phiếu." {
		t.Errorf("note %+v", m.Note)
	}
	w := words.InStaffMode()
	for digits, note := range map[string]string{"99": w.NotToday, "7": w.Over} {
		v.pressItem("In lại số khác")
		v.pressItem("B")
		v.at(pageSlipsNumber)
		for _, d := range digits {
			v.press(screen.Digit, screen.Press{Text: string(d)})
		}
		v.press(screen.Enter)
		if m := v.model().(screen.Pad); m.Note.Text != note || m.Typed != "B"+digits {
			t.Errorf("%s: %+v", digits, m)
		}
		v.press(screen.GoBack)
	}
	v.pressItem("In lại số khác")
	v.pressItem("B")
	v.press(screen.Digit, screen.Press{Text: "1"})
	v.press(screen.Digit, screen.Press{Text: "3"})
	v.press(screen.Erase)
	v.press(screen.Digit, screen.Press{Text: "2"})
	if work := v.press(screen.Enter); len(work) != 1 || work[0].(Reprint).Number != "B012" {
		t.Errorf("typed: %+v", work)
	}
}

func TestHallIsTheLeads(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	if v.press(screen.Hall); v.s.page != pageCounters {
		t.Error("an officer reached the hall's page")
	}
	v = newOfficer(t, kiosk.RoleLead)
	for i := range 3 {
		x := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify}, uint32(i+1), v.now)
		if i == 2 {
			x.State = kiosk.Served
		}
		v.keep(x)
	}
	v.pressItem("Đóng, mở cửa")
	v.pressItem("Đóng cửa hôm nay")
	if m := v.model().(screen.Ask); m.Say[0] != "2 số chưa xong sẽ hết hiệu lực." {
		t.Errorf("asks %q", m.Say)
	}
	if work := v.pressItem("Đóng cửa"); work != nil {
		t.Error("the second tap of a double tap closed the hall")
	}
	v.wait(time.Second)
	if w := v.pressItem("Đóng cửa")[0].(MoveHall); w.Open || w.By != "staff/o7" {
		t.Errorf("work %+v", w)
	}
	v.snap.Hall = kiosk.HallStatus{Phase: kiosk.HallClosed, Reason: kiosk.ClosedByHand}
	v.answer(Answer{})
	if m := v.model().(screen.Ask); len(m.Choices) != 1 || m.Choices[0].Name != "Mở cửa lấy số" {
		t.Errorf("closed: %+v", m.Choices)
	}
	if w := v.pressItem("Mở cửa lấy số")[0].(MoveHall); !w.Open {
		t.Errorf("work %+v", w)
	}
}

func TestHelpPaperAndTechnician(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	v.snap.HelpSince, v.snap.PaperCheck = v.now, true
	if m := v.model().(screen.List); m.Note.Text != words.InStaffMode().HelpWaits {
		t.Errorf("note %+v", m.Note)
	}
	if w := v.pressItem("Đã đến giúp")[0].(AnswerHelp); w.By != "staff/o7" {
		t.Errorf("work %+v", w)
	}
	v.answer(Answer{})
	v = newOfficer(t, kiosk.RoleTechnician)
	v.snap.PaperCheck = true
	if m := v.model().(screen.List); len(m.Items) != 0 || len(m.Ways) != 2 {
		t.Errorf("a technician is offered %+v", m)
	}
	for _, do := range []screen.Action{screen.Serve, screen.Slips, screen.Hall, screen.HelpDone} {
		if v.press(do, screen.Press{Counter: "1"}); v.s.page != pageCounters {
			t.Errorf("a technician reached %q", v.s.page)
		}
	}
	v.pressItem("Xem phiếu thử")
	if w := v.press(screen.PaperGood); len(w) != 1 || w[0].(JudgePaper).By != "staff/o7" {
		t.Errorf("paper: %+v", w)
	}
	v.at(pageCounters)
}

// A counter whose officer is away without a word is not said to be open.
func TestAbsentCounterIsNotOpen(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	v.snap.Counters[0].State = kiosk.CounterAbsent
	if m := v.model().(screen.List); m.Items[0].Fact != "Vắng cán bộ · Không ai chờ" || m.Items[1].Fact != "Không ai chờ" {
		t.Errorf("%+v", m.Items)
	}
}

// A number that an officer sent on is shown with the service that it waits for.
func TestSentTicketShowsWhereItWaits(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	x := v.issue()
	x.SentTo = kiosktest.Civil
	v.keep(x)
	v.s.Look(v.snap, v.now)
	if m := v.model().(screen.Ticket); m.Service != "Hộ tịch" || m.Where != "Ghế trước quầy 1 và 3" {
		t.Errorf("page %+v", m)
	}
	v.press(screen.Finish)
	v.press(screen.NoSlip)
	if m := v.model().(screen.Missing); len(m.Numbers) != 1 || m.Numbers[0].Service != "Hộ tịch" {
		t.Errorf("recent %+v", m.Numbers)
	}
}

// Staff mode says how the line to the province stands: loud where it is down and nothing graver is
// to be said, and not a second time as a fault.
func TestStaffModeSaysHowTheLineStands(t *testing.T) {
	t.Parallel()
	v := newOfficer(t, kiosk.RoleOfficer)
	list := func() screen.List { return v.model().(screen.List) }
	down := kiosk.Fault{Code: kiosk.FaultLineDown, Severity: kiosk.SeverityWarn}
	v.snap.Faults = []kiosk.Fault{down}
	if m := list(); m.Stands.Text != "" || !strings.Contains(m.Note.Text, "hệ thống cấp trên") {
		t.Errorf("a terminal that is told nothing of the line: %+v, %+v", m.Note, m.Stands)
	}
	v.snap.Faults = nil
	v.s.tellLine(words.LineState{Wanted: true, Up: true, Since: v.now, Pages: 38, PagesFrom: v.now.Add(10 * time.Hour)})
	if m := list(); !m.Stands.Good || !strings.Contains(m.Stands.Text, "Còn 38 trang chờ gửi. Trang quét gửi tiếp từ ") || m.Note.Text != "" {
		t.Errorf("a line that is up: %+v, %+v", m.Note, m.Stands)
	}
	v.s.tellLine(words.LineState{Wanted: true, Since: v.now.AddDate(0, 0, -3), Facts: 1240, Pages: 400, Oldest: v.now.AddDate(0, 0, -3)})
	v.snap.Faults = []kiosk.Fault{down}
	if m := list(); m.Stands.Text != "" || m.Note.Good || !strings.Contains(m.Note.Text, "Mất đường truyền 3 ngày nay") || !strings.Contains(m.Note.Text, "1.240 sự kiện và 400 trang") {
		t.Errorf("a line that is down: %+v, %+v", m.Note, m.Stands)
	}
	v.snap.Faults = []kiosk.Fault{down, {Code: kiosk.FaultPaperOut, Severity: kiosk.SeverityWarn}}
	if m := list(); !strings.Contains(m.Note.Text, "giấy") || !strings.Contains(m.Stands.Text, "Mất đường truyền") {
		t.Errorf("a line that is down beside a printer without paper: %+v, %+v", m.Note, m.Stands)
	}
}
