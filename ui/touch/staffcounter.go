package touch

import (
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
)

// counter is the page of one counter.
func (g staffScenery) counter() screen.Model {
	code := g.staff.counter
	c := kiosk.CounterStatus{}
	for _, s := range g.snap.Counters {
		if s.Counter.Code == code {
			c = s
		}
	}
	m := screen.Counter{Head: g.head, Name: g.w.Counter(string(code)), State: g.w.State(c.State), Note: g.note()}
	waits := g.snap.Waits(code)
	m.Waits = g.w.Waiting(len(waits))
	if len(waits) > 0 {
		m.Waits += " · " + g.w.WaitsNext(next(waits))
	}
	t, busy := g.snap.Ticket(c.Ticket)
	busy = busy && c.Ticket != ""
	if busy {
		m.Number, m.State = t.Number, g.or(g.w.Serving, g.w.Called, t.State == kiosk.Serving)
		m.About = g.about(t)
	} else {
		m.About = []string{g.w.Free}
	}
	if g.staff.asked == nil { // one press at a time
		m.Steps = g.steps(c, t, busy)
	}
	var undo []screen.Item
	if u := c.Undo; u.Number != "" && !g.now.After(u.Until) && g.staff.asked == nil {
		undo = append(undo, screen.Item{
			Press: screen.Press{Do: screen.Step, Verb: kiosk.VerbUndo, Counter: code, Number: u.Number, Hand: c.Ticket},
			Icon:  look.IconUndo, Name: g.w.Undo, Fact: g.w.UndoFact(string(u.Number), u.Verb),
		})
	}
	m.Ways = g.ways(undo...)
	return m
}

// about says what the number in hand is about: its service first, then what the officer has to
// know of the citizen.
func (g staffScenery) about(t kiosk.Ticket) []string {
	out := []string{g.named(t.Queue())}
	if t.Priority != kiosk.NoPriority {
		out = append(out, g.words.Ticket.Priority)
	}
	if s := g.w.Speaks(t.Language); s != "" {
		out = append(out, s)
	}
	return out
}

// steps are what can be done at a counter, what is likeliest first.
func (g staffScenery) steps(c kiosk.CounterStatus, t kiosk.Ticket, busy bool) []screen.Item {
	code := g.staff.counter
	step := func(v kiosk.Verb, kind look.Kind, icon look.Icon, name string) screen.Item {
		return screen.Item{
			Press: screen.Press{Do: screen.Step, Verb: v, Counter: code, Number: t.Number, Hand: c.Ticket, Moves: t.Moves},
			Kind:  kind, Icon: icon, Name: name,
		}
	}
	hold := step(kiosk.VerbHold, look.Plain, look.IconClock, g.w.Hold)
	switch {
	case busy && t.State == kiosk.Serving:
		return []screen.Item{step(kiosk.VerbFinish, look.Primary, look.IconCheck, g.w.Finish), hold}
	case busy:
		return []screen.Item{
			step(kiosk.VerbServe, look.Primary, look.IconPeople, g.w.Serve),
			step(kiosk.VerbRecall, look.Plain, look.IconVoice, g.w.Recall),
			step(kiosk.VerbFinish, look.Plain, look.IconCheck, g.w.Finish),
			hold,
			step(kiosk.VerbNoShow, look.Plain, look.IconAbsent, g.w.Absent),
		}
	case c.State == kiosk.CounterPaused:
		return []screen.Item{{Press: screen.Press{Do: screen.Reopen, Counter: code}, Kind: look.Primary, Icon: look.IconNext, Name: g.w.Reopen}}
	}
	call := step(kiosk.VerbCall, look.Primary, look.IconVoice, g.w.CallNext)
	steps := []screen.Item{call}
	if len(g.parked()) > 0 {
		steps = append(steps, screen.Item{Press: screen.Press{Do: screen.Parked}, Icon: look.IconClock, Name: g.w.Parked})
	}
	return steps
}

// parked lists the numbers that were set aside or not there, and that this counter may call.
func (g staffScenery) parked() []kiosk.Ticket {
	c, ok := g.snap.Setup.Counter(g.staff.counter)
	if !ok {
		return nil
	}
	var out []kiosk.Ticket
	for _, t := range g.snap.Tickets {
		if (t.State == kiosk.Held || t.State == kiosk.NoShow) && (t.SentFor == c.Code || c.Takes(t.Queue())) {
			out = append(out, t)
		}
	}
	return out
}

func (g staffScenery) parkedItems() []screen.Item {
	var out []screen.Item
	for _, t := range g.parked() {
		out = append(out, screen.Item{
			Press: screen.Press{Do: screen.Step, Verb: kiosk.VerbCall, Counter: g.staff.counter, Number: t.Number},
			Icon:  look.IconVoice, Name: string(t.Number), Fact: g.w.ParkedFact(t.State, g.named(t.Queue())),
		})
	}
	return out
}
