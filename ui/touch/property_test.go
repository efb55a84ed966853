package touch

import (
	"errors"
	"slices"
	"strconv"
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

	signedIn map[string]bool       // keys of PINs that were right
	steps    map[string]kiosk.Step // by key: a key is one step
}

func actions() []screen.Action {
	return []screen.Action{
		screen.Choose, screen.Speak, screen.Enlarge, screen.NextPage, screen.PrevPage, screen.HavePrio, screen.NoPrio,
		screen.TakeAnyway, screen.Hold, screen.NoSlip, screen.Pick, screen.HaveIt, screen.Finish, screen.AskHelp,
		screen.CallOfficer, screen.CheckPaper, screen.PaperGood, screen.PaperBad, screen.TryAgain, screen.MoreTime,
		screen.GoBack, screen.GoHome,
		screen.Rate, screen.Prefix, screen.Digit, screen.Erase, screen.Enter, screen.RateLevel, screen.RateWhy,
		screen.StaffIn, screen.StaffOut, screen.Serve, screen.Step, screen.Reopen, screen.Parked, screen.Slips,
		screen.OtherSlip, screen.Hall, screen.OpenHall, screen.ShutHall, screen.CloseHall, screen.HelpDone,
	}
}

// offered are the actions that lead on from a page; random ones alone would hardly get anywhere.
func offered(p page) []screen.Action {
	switch p {
	case pageHome:
		return []screen.Action{screen.Choose, screen.Choose, screen.Choose, screen.Speak, screen.NoSlip, screen.AskHelp, screen.AskHelp, screen.Rate}
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
		return []screen.Action{screen.CallOfficer, screen.GoBack, screen.StaffIn, screen.StaffIn}
	case pagePIN:
		return []screen.Action{screen.Digit, screen.Enter, screen.Enter}
	case pageCounters:
		return []screen.Action{screen.Serve, screen.Serve, screen.Slips, screen.Hall, screen.HelpDone, screen.CheckPaper}
	case pageCounter, pageParked:
		return []screen.Action{screen.Step, screen.Step, screen.Reopen, screen.Parked, screen.TryAgain}
	case pageSlips, pageSlipsPrefix, pageSlipsNumber:
		return []screen.Action{screen.OtherSlip, screen.Prefix, screen.Digit, screen.Enter, screen.Pick}
	case pageHall, pageShut:
		return []screen.Action{screen.OpenHall, screen.ShutHall, screen.CloseHall}
	case pageRatePrefix, pageRateNumber, pageRateLevel, pageRateWhy:
		return []screen.Action{screen.Prefix, screen.Digit, screen.Enter, screen.RateLevel, screen.RateWhy}
	case pageSorry:
		return []screen.Action{screen.TryAgain, screen.AskHelp, screen.GoHome}
	}
	return actions()
}

// Any sequence of presses, waits and answers gives at most one ticket a key, never shows a
// visitor another visit's number, opens staff mode to a right PIN only, takes no number there,
// and always comes home by itself.
func TestAnySequence(t *testing.T) {
	t.Parallel()
	for i := range 10 { // a hundred sequences each
		t.Run(strconv.Itoa(i), func(t *testing.T) { anySequence(t) })
	}
}

func anySequence(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := newVisitor(t)
		v.s.OfferStaff()
		v.snap.PaperCheck = rapid.Bool().Draw(rt, "paper")
		for i := range v.snap.Setup.Counters {
			v.snap.Counters = append(v.snap.Counters, kiosk.CounterStatus{Counter: &v.snap.Setup.Counters[i], State: kiosk.CounterOpen})
		}
		for i := range rapid.IntRange(0, 3).Draw(rt, "tickets of others") {
			x := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify, Key: "other", Terminal: "main"}, uint32(i+1), v.now)
			if i == 1 {
				x.Number = "B002"
			}
			x.State = rapid.SampledFrom([]kiosk.TicketState{kiosk.Waiting, kiosk.Served}).Draw(rt, "its state")
			v.keep(x)
		}
		c := counter{
			byKey: map[string]kiosk.Ticket{}, asked: map[string]kiosk.IssueRequest{},
			signedIn: map[string]bool{}, steps: map[string]kiosk.Step{},
		}
		for range rapid.IntRange(20, 200).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				v.wait(time.Duration(rapid.IntRange(0, 70).Draw(rt, "seconds")) * time.Second)
			case 1, 2:
				c.answer(rt, v)
			case 3:
				c.turnSlip(rt, v)
			case 4:
				c.enter(rt, v)
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
		Text:     rapid.SampledFrom([]string{"1", "2", "A", "Z", "x", "good", "bad", "wait", ""}).Draw(rt, "text"),
		Counter:  rapid.SampledFrom([]kiosk.CounterCode{"1", "2", "9"}).Draw(rt, "counter"),
		Verb:     rapid.SampledFrom([]kiosk.Verb{kiosk.VerbCall, kiosk.VerbFinish, kiosk.VerbUndo, kiosk.VerbCancel, kiosk.VerbLapse}).Draw(rt, "verb"),
	}
	if tiles := onPage(v.model()); len(tiles) > 0 && rapid.IntRange(0, 4).Draw(rt, "tile") > 0 {
		p = rapid.SampledFrom(tiles).Draw(rt, "of the page")
	}
	began := v.s.page
	for i := range v.snap.Services {
		v.snap.Services[i].MayNotBeServed = rapid.IntRange(0, 4).Draw(rt, "late") == 0
	}
	key := v.s.key
	for _, w := range v.s.Press(p, v.snap, v.now) {
		c.checkStaff(rt, began, w)
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

// onPage are the presses of the tiles on a page of staff mode or of a rating.
func onPage(m screen.Model) (out []screen.Press) {
	var items []screen.Item
	switch m := m.(type) {
	case screen.List:
		items = append(m.Items, m.Ways...)
	case screen.Ask:
		items = append(m.Choices, m.Ways...)
	case screen.Counter:
		items = append(m.Steps, m.Ways...)
	case screen.Pad:
		items = m.Ways
		out = []screen.Press{{Do: screen.Digit, Text: "1"}, {Do: screen.Digit, Text: "2"}, {Do: screen.Erase}, {Do: screen.Enter}, {Do: screen.Enter}}
	}
	for _, i := range items {
		if i.Press.Do != screen.StaffOut && i.Press.Do != screen.GoBack || len(items) < 3 {
			out = append(out, i.Press)
		}
	}
	return out
}

// enter lets an officer in who is at the first page, with a PIN that is right.
func (c *counter) enter(rt *rapid.T, v *visitor) {
	if v.s.page != pageHome || v.s.warned > 0 || !rapid.Bool().Draw(rt, "officer") {
		return
	}
	for _, p := range []screen.Press{{Do: screen.AskHelp}, {Do: screen.StaffIn}, {Do: screen.Digit, Text: "1"}, {Do: screen.Enter}} {
		for _, w := range v.s.Press(p, v.snap, v.now) {
			pin := w.(CheckPIN)
			c.signedIn[pin.Key] = true
			v.s.Answer(Answer{Work: pin, Officer: "o7", Role: rapid.SampledFrom([]kiosk.Role{kiosk.RoleOfficer, kiosk.RoleLead}).Draw(rt, "role")}, v.snap, v.now)
		}
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
	if w, ok := w.(CheckPIN); ok {
		if how == "refused" {
			a.Err = &kiosk.Refusal{Code: kiosk.CodeLocked, Hint: "90"}
		}
		if a.Err == nil {
			a.Officer, a.Role = "o7", rapid.SampledFrom([]kiosk.Role{kiosk.RoleOfficer, kiosk.RoleLead, kiosk.RoleTechnician}).Draw(rt, "role")
			c.signedIn[w.Key] = true
		}
	}
	v.s.Answer(a, v.snap, v.now)
}

func (c *counter) turnSlip(rt *rapid.T, v *visitor) {
	if len(v.snap.Tickets) == 0 {
		return
	}
	t := v.snap.Tickets[rapid.IntRange(0, len(v.snap.Tickets)-1).Draw(rt, "ticket")]
	t.State = rapid.SampledFrom([]kiosk.TicketState{kiosk.Waiting, kiosk.Held, kiosk.Called, kiosk.Serving, kiosk.Served}).Draw(rt, "state")
	t.Moves++
	hands := slices.Clone(v.snap.Counters)
	for i := range hands {
		if hands[i].Ticket == t.Number {
			hands[i].Ticket = ""
		}
		if t.Active() && i == 0 {
			hands[i].Ticket = t.Number
		}
	}
	t.Slip.State = rapid.SampledFrom([]kiosk.SlipState{kiosk.SlipSent, kiosk.SlipPrinted, kiosk.SlipUnprinted, kiosk.SlipWaived}).Draw(rt, "slip")
	v.keep(t)
	v.snap.Counters = hands
	v.s.Look(v.snap, v.now)
}

// checkStaff holds what is true of every work: an officer's press never takes a number, a
// citizen's never moves one, and a key is one step for ever.
func (c *counter) checkStaff(rt *rapid.T, began page, w Work) {
	by := ""
	switch w := w.(type) {
	case Issue:
		if began.staff() || began == pagePIN {
			rt.Fatalf("a press on %q takes a number", began)
		}
		return
	case Move:
		if old, ok := c.steps[w.Step.Key]; ok && (old.Verb != w.Step.Verb || old.Number != w.Step.Number || old.Counter != w.Step.Counter) {
			rt.Fatalf("key %q was %+v and is %+v", w.Step.Key, old, w.Step)
		}
		c.steps[w.Step.Key] = w.Step
		if by = w.Step.By; w.Step.Verb == kiosk.VerbCancel || w.Step.Verb == kiosk.VerbLapse || w.Step.Seen == nil {
			rt.Fatalf("the screen made the step %+v", w.Step)
		}
	case MoveHall:
		by = w.By
	case AnswerHelp:
		by = w.By
	case Reopen:
		by = w.By
	case Reprint:
		if by = w.By; by == "" {
			return
		}
	default:
		return
	}
	if by != "staff/o7" || !began.staff() {
		rt.Fatalf("%T by %q from page %q", w, by, began)
	}
}

// check holds what is true of every page.
func (c *counter) check(rt *rapid.T, v *visitor) {
	if v.s.page.staff() != (v.s.staff.officer != "") || v.s.page.staff() && len(c.signedIn) == 0 {
		rt.Fatalf("on %q with officer %q after %d right PINs", v.s.page, v.s.staff.officer, len(c.signedIn))
	}
	v.model() // every page can be drawn
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
