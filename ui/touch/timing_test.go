package touch

import (
	"reflect"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/screen"
)

// WCAG 2.2.1: a warning at least 20 seconds ahead, and at least ten extensions.
func TestIdleWarnsAndCanBeExtended(t *testing.T) {
	t.Parallel()
	pages := map[page]func(*visitor){
		pagePriority: func(v *visitor) { v.choose(kiosktest.Certify) },
		pageMissing:  func(v *visitor) { v.press(screen.NoSlip) },
		pageHelp:     func(v *visitor) { v.press(screen.AskHelp) },
		pageCalled:   func(v *visitor) { v.press(screen.AskHelp); v.press(screen.CallOfficer) },
		pageRoll:     func(v *visitor) { v.press(screen.CheckPaper) },
		pageHome:     func(v *visitor) { v.press(screen.Speak, screen.Press{Language: kiosk.English}) },
		pageTicket:   func(v *visitor) { v.choose(kiosktest.Certify); v.press(screen.NoPrio); v.issue() },
		pageHold: func(v *visitor) {
			v.choose(kiosktest.Certify)
			v.press(screen.NoPrio)
			v.refuse(kiosk.CodePressAndHold)
		},
		pageSorry: func(v *visitor) {
			v.choose(kiosktest.Certify)
			v.press(screen.NoPrio)
			v.refuse(kiosk.CodeHallClosed)
		},
		pageLate: func(v *visitor) { v.snap.Services[0].MayNotBeServed = true; v.choose(kiosktest.Certify) },
	}
	for p, reach := range pages {
		v := newVisitor(t)
		reach(v)
		v.at(p)
		for range 12 {
			v.warned(20)
			v.wait(10 * time.Second)
			v.warned(10)
			v.wait(9 * time.Second)
			v.press(screen.MoreTime)
			v.at(p)
			if v.s.warned != 0 {
				t.Errorf("%s: still warns after more time was asked for", p)
			}
		}
		v.warned(20)
		v.wait(19 * time.Second)
		v.at(p)
		v.wait(time.Second)
		v.at(pageHome)
		if v.s.language != kiosk.Vietnamese || v.s.key == "key-1" {
			t.Errorf("%s: something of the visitor is left", p)
		}
		if _, ok := v.s.Next(); ok {
			t.Errorf("%s: a timer runs on the first page", p)
		}
	}
}

// warned waits until the page warns, and checks what it says.
func (v *visitor) warned(seconds int) {
	v.t.Helper()
	for v.s.warned == 0 {
		at, ok := v.s.Next()
		if !ok {
			v.t.Fatalf("%s never warns", v.s.page)
		}
		v.wait(at.Sub(v.now))
	}
	switch m := v.model().(type) {
	case screen.Idle:
		if m.Seconds != seconds {
			v.t.Errorf("%s: warns of %d seconds, want %d", v.s.page, m.Seconds, seconds)
		}
	case screen.Ticket:
		if m.Leaving != seconds {
			v.t.Errorf("%s: warns of %d seconds, want %d", v.s.page, m.Leaving, seconds)
		}
	default:
		v.t.Errorf("%s: the warning is a %T", v.s.page, m)
	}
}

// What a finger meant for the page below must not count on the warning.
func TestWarningCoversThePage(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.wait(41 * time.Second)
	if work := v.press(screen.NoPrio); work != nil {
		t.Error("a press under the warning took a number")
	}
	v.press(screen.GoHome)
	v.at(pageHome)
}

// On the page with the number the number stays in sight, and its tiles count.
func TestWarningLeavesTheNumberInSight(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.issue()
	v.wait(21 * time.Second)
	if m, ok := v.model().(screen.Ticket); !ok || m.Leaving != 20 || m.Number != "A001" {
		t.Errorf("%+v", v.model())
	}
	v.press(screen.Finish)
	v.at(pageHome)
}

// News about the paper starts the page's time anew.
func TestNewsOfPaperKeepsThePage(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.issue()
	v.wait(35 * time.Second)
	v.slip(kiosk.SlipUnprinted)
	v.wait(59 * time.Second)
	v.at(pageTicket)
	v.wait(2 * time.Second)
	v.at(pageHome)
}

// A printer that comes and goes says nothing new: the number of somebody who left must not stand
// for ever, and the page still warns 20 seconds ahead.
func TestFlutteringPrinterDoesNotKeepThePage(t *testing.T) {
	t.Parallel()
	for _, states := range [][]kiosk.SlipState{
		{kiosk.SlipRecorded, kiosk.SlipUnprinted},
		{kiosk.SlipUnprinted, kiosk.SlipRecorded, kiosk.SlipPrinted},
	} {
		v := newVisitor(t)
		v.choose(kiosktest.Certify)
		v.press(screen.NoPrio)
		v.issue()
		warned := time.Time{}
		for i := 0; v.s.page == pageTicket; i++ {
			if i > 300 {
				t.Fatalf("%v: the number stands for ever", states)
			}
			v.slip(states[i%len(states)])
			v.wait(time.Second)
			switch {
			case v.s.page != pageTicket:
			case v.s.warned == 0:
				warned = time.Time{}
			case warned.IsZero():
				warned = v.now
			}
		}
		if ahead := v.now.Sub(warned); ahead < 19*time.Second || warned.IsZero() { // seen once a second
			t.Errorf("%v: warned %v ahead", states, ahead)
		}
	}
}

// A clock that is set back while somebody stands there must not end or freeze the visit.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.choose(kiosktest.Certify)
	v.now = v.now.Add(-time.Hour)
	v.s.Tick(v.now)
	v.at(pagePriority)
	v.press(screen.NoPrio)
	v.at(pageBusy)
}

func TestDoubleTapOnASwitch(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.press(screen.Speak, screen.Press{Language: kiosk.English})
	v.wait(150 * time.Millisecond)
	v.press(screen.Speak, screen.Press{Language: kiosk.Vietnamese}) // stands where English stood
	if v.s.language != kiosk.English {
		t.Error("the second tap took the language back")
	}
	v.wait(time.Second)
	v.press(screen.Enlarge)
	v.press(screen.Enlarge)
	if !v.s.large {
		t.Error("the second tap took large text back")
	}
	if scene := v.s.Scene(v.snap, true, v.now); !scene.Large || scene.Language != kiosk.English {
		t.Errorf("scene %+v", scene)
	}
	v.press(screen.Speak, screen.Press{Language: "xx"})
	if v.s.language != kiosk.English {
		t.Error("an unknown language was taken")
	}
}

// After the end of a visit the session is as if nobody had been there.
func TestNothingPersonalIsLeft(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.press(screen.Speak, screen.Press{Language: kiosk.Chinese})
	v.wait(time.Second)
	v.press(screen.Enlarge)
	v.choose(kiosktest.Certify)
	v.press(screen.HavePrio)
	v.issue()
	v.press(screen.Pick, screen.Press{Number: "A001"})
	v.wait(time.Hour)
	fresh := NewSession("main", DefaultLimits(), func() string { return v.s.key })
	if !reflect.DeepEqual(v.s.visit, fresh.visit) {
		t.Errorf("left behind: %+v", v.s.visit)
	}
}
