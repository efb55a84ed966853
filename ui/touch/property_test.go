package touch

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/screen"
)

// counter plays the office's part for random sessions: one number a key, answers late, wrong or
// never.
type counter struct {
	byKey   map[string]kiosk.Ticket
	asked   map[string]kiosk.IssueRequest // the first request that may have become a ticket
	pending []Work
}

func actions() []screen.Action {
	return []screen.Action{
		screen.Choose, screen.Speak, screen.Enlarge, screen.NextPage, screen.PrevPage, screen.HavePrio, screen.NoPrio,
		screen.TakeAnyway, screen.Hold, screen.NoSlip, screen.Pick, screen.HaveIt, screen.Finish, screen.AskHelp,
		screen.CallOfficer, screen.CheckPaper, screen.PaperGood, screen.PaperBad, screen.TryAgain, screen.MoreTime,
		screen.GoBack, screen.GoHome,
	}
}

// offered are the actions that lead on from a page; random ones alone would hardly get anywhere.
func offered(p page) []screen.Action {
	switch p {
	case pageHome:
		return []screen.Action{screen.Choose, screen.Choose, screen.Choose, screen.Speak, screen.NoSlip, screen.AskHelp}
	case pageLate:
		return []screen.Action{screen.TakeAnyway, screen.GoBack}
	case pagePriority:
		return []screen.Action{screen.HavePrio, screen.NoPrio, screen.GoBack}
	case pageHold:
		return []screen.Action{screen.Hold, screen.GoBack}
	case pageTicket:
		return []screen.Action{screen.Finish, screen.HaveIt, screen.Pick}
	case pageMissing:
		return []screen.Action{screen.Pick, screen.GoBack}
	case pageHelp:
		return []screen.Action{screen.CallOfficer, screen.GoBack}
	case pageSorry:
		return []screen.Action{screen.TryAgain, screen.AskHelp, screen.GoHome}
	}
	return actions()
}

// Any sequence of presses, waits and answers gives at most one ticket a key, never shows a
// visitor another visit's number, and always comes home by itself.
func TestAnySequence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		v := newVisitor(t)
		c := counter{byKey: map[string]kiosk.Ticket{}, asked: map[string]kiosk.IssueRequest{}}
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				v.wait(time.Duration(rapid.IntRange(0, 70).Draw(rt, "seconds")) * time.Second)
			case 1, 2:
				c.answer(rt, v)
			case 3:
				c.turnSlip(rt, v)
			default:
				c.press(rt, v)
			}
			c.check(rt, v)
		}
		v.wait(10 * time.Minute) // nobody touches the screen, nobody answers
		if v.s.page != pageHome || v.s.language != kiosk.Vietnamese || v.s.large {
			rt.Fatalf("left alone, the screen stays on %q", v.s.page)
		}
	})
}

func (c *counter) press(rt *rapid.T, v *visitor) {
	from := actions()
	if rapid.IntRange(0, 3).Draw(rt, "aim") > 0 {
		from = offered(v.s.page)
	}
	p := screen.Press{
		Do:       rapid.SampledFrom(from).Draw(rt, "press"),
		Service:  rapid.SampledFrom([]kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance, "no-such"}).Draw(rt, "service"),
		Language: rapid.SampledFrom(append(kiosk.Languages(), "xx")).Draw(rt, "language"),
		Number:   rapid.SampledFrom([]kiosk.Number{"A001", "A002", "Z999"}).Draw(rt, "number"),
	}
	for i := range v.snap.Services {
		v.snap.Services[i].MayNotBeServed = rapid.IntRange(0, 4).Draw(rt, "late") == 0
	}
	key := v.s.key
	for _, w := range v.s.Press(p, v.snap, v.now) {
		if issue, ok := w.(Issue); ok {
			if issue.Request.Key != key {
				rt.Fatalf("asked with key %q in the session of %q", issue.Request.Key, key)
			}
			if slices.ContainsFunc(c.pending, func(o Work) bool { i, ok := o.(Issue); return ok && i.Request.Key == key }) {
				rt.Fatalf("asked twice at once with key %q", key)
			}
			if _, ok := c.byKey[key]; ok && v.s.page != pageBusy {
				rt.Fatalf("asked again with key %q after its ticket was shown", key)
			}
		}
		c.pending = append(c.pending, w)
	}
}

// answer settles one pending work in one of the ways that an office can.
func (c *counter) answer(rt *rapid.T, v *visitor) {
	if len(c.pending) == 0 {
		return
	}
	w := c.pending[0]
	c.pending = c.pending[1:]
	a := Answer{Work: w}
	how := rapid.SampledFrom([]string{"done", "refused", "held", "failed", "done but lost"}).Draw(rt, "how")
	switch how {
	case "refused":
		a.Err = &kiosk.Refusal{Code: kiosk.CodeHallClosed}
	case "held":
		a.Err = &kiosk.Refusal{Code: kiosk.CodePressAndHold}
	case "failed", "done but lost":
		a.Err = errors.New("deadline")
	}
	if issue, ok := w.(Issue); ok && (how == "done" || how == "done but lost") {
		r := issue.Request
		if first, ok := c.asked[r.Key]; ok && first.Service != r.Service {
			rt.Fatalf("key %q asked for %s and then for %s", r.Key, first.Service, r.Service)
		}
		c.asked[r.Key] = r
		ticket, ok := c.byKey[r.Key]
		if !ok {
			ticket = ticketFor(r, uint32(len(v.snap.Tickets)+1), v.now)
			c.byKey[r.Key] = ticket
			v.keep(ticket)
		}
		if how == "done" {
			a.Ticket = ticket
		}
	}
	if again, ok := w.(Reprint); ok && a.Err == nil {
		a.Ticket, _ = v.snap.Ticket(again.Number)
	}
	v.s.Answer(a, v.snap, v.now)
}

func (c *counter) turnSlip(rt *rapid.T, v *visitor) {
	if len(v.snap.Tickets) == 0 {
		return
	}
	t := v.snap.Tickets[rapid.IntRange(0, len(v.snap.Tickets)-1).Draw(rt, "ticket")]
	t.Slip.State = rapid.SampledFrom([]kiosk.SlipState{kiosk.SlipSent, kiosk.SlipPrinted, kiosk.SlipUnprinted, kiosk.SlipWaived}).Draw(rt, "slip")
	v.keep(t)
	v.s.Look(v.snap, v.now)
}

// check holds what is true of every page.
func (c *counter) check(rt *rapid.T, v *visitor) {
	m, ok := v.model().(screen.Ticket)
	if !ok {
		return
	}
	mine, issued := c.byKey[v.s.key]
	if issued && m.Number == mine.Number {
		return
	}
	if !m.Again { // else chosen under "I did not get paper"
		rt.Fatalf("the session of key %q shows %s, which is not its own", v.s.key, m.Number)
	}
}
