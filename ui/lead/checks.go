package lead

import (
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// checks are paper, devices, clock, line and faults, in words.
func (p *Pages) checks(snap *kiosk.Snapshot) []check {
	c := p.w.Card
	out := []check{p.paper(snap.Printer), p.printer(snap.Printer)}
	if p.o.Boards != nil {
		out = append(out, p.boardCheck())
	}
	clock := check{Name: c.Clock, Says: c.ClockSure, Good: true}
	if !snap.Clock.Sure {
		clock.Says, clock.Good = c.ClockUnsure, false
	}
	out = append(out, clock, p.link())
	if len(snap.Faults) == 0 {
		return append(out, check{Name: c.Faults, Says: c.NoFault, Good: true})
	}
	for _, f := range snap.Faults {
		if f.Code == kiosk.FaultLineDown && p.o.Link != nil {
			continue // the line's own row says it, and more
		}
		out = append(out, check{Name: c.Faults, Says: p.office.Fault(f.Code), Quiet: f.Severity == kiosk.SeverityHint})
	}
	return out
}

func (p *Pages) paper(s kiosk.PrinterStatus) check {
	c := check{Name: p.w.Card.Paper}
	switch s.Paper {
	case kiosk.PaperOK:
		c.Says, c.Good = p.w.Card.PaperOK, true
	case kiosk.PaperLow:
		c.Says = p.w.Card.PaperLow
	case kiosk.PaperOut:
		c.Says = p.w.Card.PaperOut
	default:
		c.Says, c.Quiet = p.w.Card.PaperUnknown, true
	}
	return c
}

func (p *Pages) printer(s kiosk.PrinterStatus) check {
	c := check{Name: p.w.Card.Devices}
	switch s.State {
	case kiosk.DeviceReady:
		c.Says, c.Good = p.w.Card.PrinterReady, true
	case kiosk.DeviceFaulty:
		c.Says = p.w.Card.PrinterFaulty
	default:
		c.Says = p.w.Card.PrinterAbsent
	}
	return c
}

func (p *Pages) boardCheck() check {
	screens, alive := p.o.Boards.List(), 0
	now := p.o.Office.Time()
	for _, v := range screens {
		if here(v, now) {
			alive++
		}
	}
	return check{Name: p.w.Nav.Boards, Says: p.w.Card.Boards(alive, len(screens)), Good: alive == len(screens) && alive > 0, Quiet: len(screens) == 0}
}

func (p *Pages) link() check {
	state := words.LineState{}
	if p.o.Link != nil {
		state = p.o.Link()
	}
	c := check{Name: p.w.Card.Link, Quiet: !state.Wanted}
	c.Says, c.Good = state.Says(p.o.Office.Time())
	c.Good = c.Good && state.Wanted
	return c
}
