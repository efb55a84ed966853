package touch

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// newOfficer is a visitor who has signed in.
func newOfficer(t *testing.T, role kiosk.Role) *visitor {
	t.Helper()
	v := newVisitor(t)
	v.s.OfferStaff()
	for i := range v.snap.Setup.Counters {
		v.snap.Counters = append(v.snap.Counters, kiosk.CounterStatus{Counter: &v.snap.Setup.Counters[i], State: kiosk.CounterOpen})
	}
	v.typePIN("246810")
	v.answer(Answer{Officer: "o7", Role: role})
	v.at(pageCounters)
	v.wait(time.Second)
	return v
}

// typePIN goes from the first page to a PIN that is being checked.
func (v *visitor) typePIN(pin string) {
	v.t.Helper()
	if v.s.page != pagePIN {
		v.press(screen.AskHelp)
		v.press(screen.StaffIn)
	}
	v.at(pagePIN)
	for _, d := range pin {
		v.press(screen.Digit, screen.Press{Text: string(d)})
	}
	v.press(screen.Enter)
}

// answer answers the last work.
func (v *visitor) answer(a Answer) {
	v.t.Helper()
	a.Work = v.work[len(v.work)-1]
	v.s.Answer(a, v.snap, v.now)
}

// pressItem presses the tile of that name on the present page, as it stands there.
func (v *visitor) pressItem(name string) []Work {
	v.t.Helper()
	var items []screen.Item
	switch m := v.model().(type) {
	case screen.List:
		items = append(m.Items, m.Ways...)
	case screen.Ask:
		items = append(m.Choices, m.Ways...)
	case screen.Counter:
		items = append(m.Steps, m.Ways...)
	case screen.Pad:
		items = m.Ways
	}
	var names []string
	for _, i := range items {
		if i.Name == name {
			work := v.s.Press(i.Press, v.snap, v.now)
			v.work = append(v.work, work...)
			return work
		}
		names = append(names, i.Name)
	}
	v.t.Fatalf("no tile %q on %q: %q", name, v.s.page, names)
	return nil
}

// hand puts a ticket into a counter's hand.
func (v *visitor) hand(code kiosk.CounterCode, t kiosk.Ticket) {
	v.keep(t)
	for i := range v.snap.Counters {
		if v.snap.Counters[i].Counter.Code == code {
			v.snap.Counters[i].Ticket = ""
			if t.Active() {
				v.snap.Counters[i].Ticket = t.Number
			}
		}
	}
}
