package touch

import (
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// staffScenery makes the models of staff mode.
type staffScenery struct {
	scenery
	w    words.StaffMode
	head screen.Head
}

// staffMode is the present page of staff mode.
func (b scenery) staffMode(head screen.Head) screen.Model {
	g := staffScenery{b, words.InStaffMode(), head}
	if b.page == pagePIN {
		return g.pin()
	}
	g.head.Site = g.w.Head(string(b.staff.officer))
	switch b.page {
	case pageCounter:
		return g.counter()
	case pageParked:
		return screen.List{
			Head: g.head, Title: g.w.ParkedTitle, Say: g.or(g.w.ParkedWhy, g.w.ParkedNone, len(g.parked()) > 0),
			Items: g.parkedItems(), Page: b.turned, Note: g.note(), Ways: g.ways(),
		}
	case pageSlips:
		return g.slips()
	case pageSlipsPrefix:
		return screen.List{Head: g.head, Title: g.w.Prefix, Items: b.letters(printable), Page: b.turned, Ways: g.ways()}
	case pageSlipsNumber:
		return g.slipNumber()
	case pageHall:
		return g.hall()
	case pageShut:
		yes := screen.Item{Press: screen.Press{Do: screen.CloseHall}, Icon: look.IconWarning, Name: g.w.CloseYes}
		return screen.Ask{
			Head: g.head, Icon: look.IconWarning, Title: g.w.CloseSure, Say: []string{g.w.Lapse(g.unfinished())},
			Choices: []screen.Item{yes}, Ways: g.ways(),
		}
	case pageStaffRoll:
		return screen.Roll{Head: g.head}
	}
	return g.counters()
}

func (g staffScenery) or(yes, no string, is bool) string {
	if is {
		return yes
	}
	return no
}

// pin is the pad for a PIN.
func (g staffScenery) pin() screen.Model {
	m := screen.Pad{
		Head: g.head, Title: g.w.PIN, Say: g.w.PINAsk, PIN: true, Dots: len(g.staff.typed),
		Enter: g.w.In, Erase: g.w.Erase, Ways: []screen.Item{g.backItem()},
	}
	switch {
	case g.staff.asked != nil:
		m.Say = g.w.Checking
	case g.staff.lock > 0:
		return screen.Ask{
			Head: g.head, Icon: look.IconClock, Title: g.w.Locked(time.Duration(g.staff.lock) * time.Second),
			Say: []string{g.w.LockedWhy}, Ways: m.Ways,
		}
	case g.staff.note.lost:
		m.Note.Text = g.words.Refusal("")
	case refused(g.staff.note.err) == kiosk.CodeLocked: // the lock is over
	case refused(g.staff.note.err) == kiosk.CodeSignIn:
		m.Note.Text = g.w.WrongPIN
	case g.staff.note.err != nil:
		m.Note.Text = g.words.Refused(g.staff.note.err)
		if refused(g.staff.note.err) == kiosk.CodeKeyLocked {
			m.Say = "" // no PIN will do; the address needs the room
		}
	}
	return m
}

// note says what became of the last press, and while nothing did, the gravest fault.
func (g staffScenery) note() screen.Note {
	n := g.staff.note
	switch {
	case g.staff.asked != nil:
		return screen.Note{Text: g.w.Working, Good: true}
	case n.lost:
		return screen.Note{Text: g.w.Failed}
	case n.err != nil:
		return screen.Note{Text: g.words.Refused(n.err)}
	case n.done != nil:
		return screen.Note{Text: g.done(n), Good: true}
	}
	return screen.Note{}
}

func (g staffScenery) done(n note) string {
	switch w := n.done.(type) {
	case Move:
		return g.w.Done(w.Step.Verb, string(n.number))
	case Reprint:
		return string(n.number) + ": " + g.w.Reprinted
	case Reopen:
		return g.w.Reopened
	case MoveHall:
		return g.or(g.w.Opened, g.w.Closed, w.Open)
	case AnswerHelp:
		return g.w.Answered
	}
	return g.w.Judged
}

// ways are back, the repetition of what was lost, and the way out.
func (g staffScenery) ways(more ...screen.Item) []screen.Item {
	ways := []screen.Item{g.backItem()}
	if g.page == pageCounters {
		ways = nil
	}
	if g.staff.failed != nil && g.staff.asked == nil {
		ways = append(ways, screen.Item{Press: screen.Press{Do: screen.TryAgain}, Kind: look.Primary, Icon: look.IconUndo, Name: g.w.Repeat})
	}
	ways = append(ways, more...)
	return append(ways, screen.Item{Press: screen.Press{Do: screen.StaffOut}, Kind: look.Done, Icon: look.IconCheck, Name: g.w.SignOut})
}

// counters is the first page of staff mode.
func (g staffScenery) counters() screen.Model {
	m := screen.List{Head: g.head, Title: g.w.Counters, Note: g.note(), Page: g.turned}
	if m.Note.Text == "" {
		m.Note = g.standing()
	}
	g.sayLine(&m)
	var more []screen.Item
	if g.snap.PaperCheck {
		more = append(more, screen.Item{Press: screen.Press{Do: screen.CheckPaper}, Icon: look.IconPrinter, Name: g.w.Paper})
	}
	if g.staff.role == kiosk.RoleTechnician {
		m.Title, m.Ways = g.w.Technician, g.ways(more...)
		return m
	}
	for i := range g.snap.Counters {
		c := &g.snap.Counters[i]
		m.Items = append(m.Items, screen.Item{
			Press: screen.Press{Do: screen.Serve, Counter: c.Counter.Code}, Name: g.w.Counter(string(c.Counter.Code)), Fact: g.fact(c),
		})
	}
	if !g.snap.HelpSince.IsZero() {
		more = append(more, screen.Item{Press: screen.Press{Do: screen.HelpDone}, Icon: look.IconHelp, Name: g.w.HelpDone})
	}
	slips := screen.Item{Press: screen.Press{Do: screen.Slips}, Icon: look.IconNoPaper, Name: g.w.Slips}
	if n := len(g.snap.Unprinted()); n > 0 {
		slips.Name = fmt.Sprintf("%s (%d)", slips.Name, n)
	}
	more = append(more, slips)
	if g.staff.role == kiosk.RoleLead {
		more = append(more, screen.Item{Press: screen.Press{Do: screen.Hall}, Icon: look.IconClock, Name: g.w.Hall})
	}
	m.Ways = g.ways(more...)
	return m
}

// standing is what an officer should know before pressing anything: who needs help here, and the
// gravest fault.
func (g staffScenery) standing() screen.Note {
	if !g.snap.HelpSince.IsZero() {
		return screen.Note{Text: g.w.HelpWaits}
	}
	for _, f := range g.snap.Faults {
		if f.Severity != kiosk.SeverityHint && (f.Code != kiosk.FaultLineDown || g.line == nil) {
			return screen.Note{Text: g.words.Fault(f.Code)}
		}
	}
	return screen.Note{}
}

// sayLine says how the line to the province stands: loud while it is not well and nothing else is
// to be said, else calmly beneath the title. It says more than the fault of a line that is down.
func (g staffScenery) sayLine(m *screen.List) {
	if g.line == nil {
		return
	}
	says, well := g.line.Says(g.now)
	stands := screen.Note{Text: says, Short: g.line.Short(g.now), Good: well}
	if !well && m.Note.Text == "" {
		m.Note = stands
		return
	}
	m.Stands = stands
}

// fact says on a counter's tile whom it has in hand, or how it stands and how many wait for it.
func (g staffScenery) fact(c *kiosk.CounterStatus) string {
	if t, ok := g.snap.Ticket(c.Ticket); ok && c.Ticket != "" {
		return g.w.InHand(string(t.Number), t.State)
	}
	waiting := g.w.Waiting(len(g.snap.Waits(c.Counter.Code)))
	if c.State == kiosk.CounterOpen {
		return waiting
	}
	return g.w.State(c.State) + " · " + waiting
}

// unfinished counts the numbers that would lapse with the close of the day.
func (g staffScenery) unfinished() (n int) {
	for i := range g.snap.Tickets {
		if !g.snap.Tickets[i].State.Final() {
			n++
		}
	}
	return n
}

// hall is the page on which a lead opens and closes.
func (g staffScenery) hall() screen.Model {
	m := screen.Ask{Head: g.head, Icon: look.IconClock, Title: g.w.HallOpen, Note: g.note(), Ways: g.ways()}
	hall := g.snap.Hall
	if hall.Phase != kiosk.HallOpen {
		m.Title, m.Say = g.w.HallShut, []string{g.words.Shut(hall.Reason)}
		m.Choices = append(m.Choices, screen.Item{Press: screen.Press{Do: screen.OpenHall}, Kind: look.Primary, Icon: look.IconCheck, Name: g.w.Open})
	}
	if hall.Reason != kiosk.ClosedByHand {
		m.Choices = append(m.Choices, screen.Item{Press: screen.Press{Do: screen.ShutHall}, Icon: look.IconClock, Name: g.w.Close})
	}
	return m
}

// slips lists the numbers whose paper did not come out.
func (g staffScenery) slips() screen.Model {
	list := g.snap.Unprinted()
	other := screen.Item{Press: screen.Press{Do: screen.OtherSlip}, Icon: look.IconPrinter, Name: g.w.OtherNumber}
	m := screen.List{Head: g.head, Title: g.w.SlipsTitle, Say: g.or(g.w.SlipsWhy, g.w.SlipNone, len(list) > 0), Note: g.note(), Page: g.turned, Ways: g.ways(other)}
	for i := range list {
		m.Items = append(m.Items, screen.Item{
			Press: screen.Press{Do: screen.Pick, Number: list[i].Number}, Icon: look.IconSlip,
			Name: string(list[i].Number), Fact: g.named(list[i].Queue()),
		})
	}
	return m
}

func (g staffScenery) slipNumber() screen.Model {
	m := screen.Pad{
		Head: g.head, Title: g.w.Number, Typed: g.staff.prefix + g.staff.typed,
		Enter: g.w.Next, Erase: g.w.Erase, Ways: g.ways(),
	}
	switch g.staff.wrong {
	case "":
	case kiosk.CodeUnknownTicket:
		m.Note.Text = g.w.NotToday
	default:
		m.Note.Text = g.w.Over
	}
	return m
}

// next lists the first numbers that wait for a counter.
func next(waits []kiosk.Ticket) string {
	var out []string
	for _, t := range waits[:min(3, len(waits))] {
		out = append(out, string(t.Number))
	}
	return strings.Join(out, ", ")
}
