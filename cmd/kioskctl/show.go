package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
)

// What a person sees. Nothing here is promised to scripts: they take -json.

func showStatus(_ *session, s control.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.Office)
	var t table
	t.row("site", s.Site)
	t.row("day", s.Day+", "+clockLine(s))
	t.row("hall", hallLine(s.Hall))
	t.row("waiting", fmt.Sprintf("%d of %s today", s.Waiting, count(s.Tickets, "ticket")))
	for _, d := range s.Devices {
		t.row(d.Name, deviceLine(d))
	}
	if !s.HelpSince.IsZero() {
		t.row("help", "somebody waits at the screen since "+hm(s.HelpSince)+"; kioskctl help done")
	}
	if s.PaperCheck {
		t.row("paper", "can the test slip be read? kioskctl paper yes|no")
	}
	for _, v := range s.NumbersAsked {
		t.row("numbers", fmt.Sprintf("what is the last one on paper of %s (%d or more)? kioskctl numbers confirm %s LAST; without any paper: jump, to %d", v.Service, v.Known, v.Service, v.Jump))
	}
	if len(s.Unprinted) > 0 {
		t.row("slips", "not printed: "+strings.Join(s.Unprinted, " ")+"; kioskctl ticket reprint NUMBER")
	}
	t.row("web", s.Web)
	if s.LAN != "" {
		t.row("network", s.LAN)
		t.row("certificate", s.Fingerprint)
	}
	t.row("program", s.Version)
	b.WriteString(t.String() + "\n" + showServices(nil, s.Services) + "\n" + showCounters(s.Counters))
	if len(s.Faults) > 0 {
		b.WriteString("\n" + showFaults(nil, s.Faults))
	}
	return b.String()
}

func clockLine(s control.Status) string {
	if s.Clock.Sure {
		return hm(s.Now)
	}
	return "the clock is unsure (" + s.Clock.Reason + "); kioskctl clock confirm DATE"
}

func hallLine(h control.Hall) string {
	s := h.Phase
	if h.Reason != "" {
		s += " (" + h.Reason + ")"
	}
	if h.Name != "" {
		s += ", " + h.Name
	}
	if !h.OpensAt.IsZero() {
		s += ", opens " + when(h.OpensAt)
	} else if !h.LastTicket.IsZero() {
		s += ", last ticket " + hm(h.LastTicket) + ", closes " + hm(h.ClosesAt)
	}
	return s
}

func showHall(_ *session, h control.Hall) string { return "hall " + hallLine(h) + "\n" }

func showServices(_ *session, list []control.Service) string {
	var t table
	t.row("SERVICE", "PREFIX", "NAME", "WAITING", "EXPECTED", "COUNTERS")
	for _, s := range list {
		expected := "–"
		if e := s.Expected; e != nil {
			expected = fmt.Sprintf("%d–%d min", e.LowMinutes, e.HighMinutes)
			if e.HighMinutes == 0 {
				expected = "now"
			}
			if e.Measured {
				expected += " (measured)"
			}
			if s.MayNotBeServed {
				expected += ", maybe not today"
			}
		}
		t.row(s.Code, s.Prefix, s.Name, fmt.Sprint(s.Waiting), expected, orDash(strings.Join(s.Counters, " ")))
	}
	return t.String()
}

func showTickets(_ *session, list []control.Ticket) string {
	if len(list) == 0 {
		return "no tickets today\n"
	}
	var t table
	t.row("NUMBER", "SERVICE", "STATE", "ISSUED", "COUNTER", "PRIORITY", "LANG", "SLIP")
	for _, v := range list {
		t.row(v.Number, v.Service, v.State, issuedAt(v), orDash(v.Counter), orDash(v.Priority), v.Language, v.Slip)
	}
	return t.String()
}

func showTicket(_ *session, v control.Ticket) string {
	line := fmt.Sprintf("%s  %s  %s", v.Number, v.State, v.Service)
	if v.Counter != "" {
		line += "  counter " + v.Counter
	}
	return line + "  slip " + v.Slip + "\n"
}

func showCall(s *session, c control.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  to counter %s: %s\n", c.Ticket.Number, c.Ticket.Counter, why(c))
	if !s.explain {
		return b.String()
	}
	var t table
	t.row("", "NUMBER", "SERVICE", "WAITED", "PRIORITY", "LONGEST-WAIT")
	for _, v := range c.Explain {
		mark := ""
		if v.Chosen {
			mark = "→"
		}
		t.row(mark, v.Number, v.Service, waited(v.WaitedSeconds), mark01(v.Priority), mark01(v.Overdue))
	}
	fmt.Fprintf(&b, "\nThe rule is %s; this counter's last priority ticket was %s ago, or it has had none.\n", c.Rule, count(c.SincePriority, "call"))
	return b.String() + t.String()
}

func why(c control.Call) string {
	switch kiosk.CallReason(c.Why) {
	case kiosk.ReasonLongestWait:
		return "it waited longer than anybody should"
	case kiosk.ReasonPriority:
		return "it has priority, and it was priority's turn"
	}
	return "it was issued first"
}

func showSlip(_ *session, s control.Slip) string {
	var b strings.Builder
	for _, l := range s.Lines {
		switch kiosk.LineRole(l.Role) {
		case kiosk.LineRule:
			b.WriteString(strings.Repeat("─", 32) + "\n")
		case kiosk.LineQR:
			for i, part := range strings.Split(l.Text, "\n") {
				b.WriteString([]string{"[QR] ", "     "}[min(i, 1)] + part + "\n")
			}
		default:
			b.WriteString(l.Text + "\n")
		}
	}
	return b.String()
}

func showCounters(list []control.Counter) string {
	var t table
	t.row("COUNTER", "STATE", "TICKET", "SERVES")
	for _, c := range list {
		t.row(c.Code, counterState(c), orDash(c.Ticket), strings.Join(c.Serves, " "))
	}
	return t.String()
}

func showCounter(_ *session, c control.Counter) string {
	return fmt.Sprintf("counter %s  %s\n", c.Code, counterState(c))
}

func counterState(c control.Counter) string {
	s := c.State
	if !c.Until.IsZero() {
		s += " until " + hm(c.Until)
	}
	if c.Reason != "" {
		s += " (" + c.Reason + ")"
	}
	return s
}

func showDevices(_ *session, list []control.Device) string {
	if len(list) == 0 {
		return "no devices\n"
	}
	var t table
	t.row("DEVICE", "KIND", "PORT", "STATE")
	for _, d := range list {
		t.row(d.Name, d.Kind, orDash(d.Port), deviceLine(d))
	}
	s := t.String()
	for _, d := range list {
		if len(d.Kinds) > 0 {
			s += "\nThe " + d.Name + " may be one of: " + strings.Join(d.Kinds, ", ") + "\n"
		}
	}
	return s
}

func showDevice(_ *session, d control.Device) string {
	return d.Name + "  done, " + deviceLine(d) + "\n"
}

func deviceLine(d control.Device) string {
	s := d.State
	if d.Code != "" {
		s += " (" + d.Code + ")"
	}
	if d.Paper != "" && d.Paper != string(kiosk.PaperUnknown) {
		s += ", paper " + d.Paper
	}
	if d.Hint != "" {
		s += ": " + d.Hint
	}
	return s
}

func showPaper(_ *session, s control.Status) string {
	if s.PaperCheck {
		return "slips wait until a test slip can be read: turn the roll, then kioskctl device test printer\n"
	}
	return "slips count again: no test slip waits to be read\n"
}

func showFaults(_ *session, list []control.Fault) string {
	if len(list) == 0 {
		return "no faults\n"
	}
	var t table
	t.row("FAULT", "SEVERITY", "SINCE", "WHAT IT MEANS")
	for _, f := range list {
		t.row(f.Code, f.Severity, when(f.Since), f.Message)
		if f.Hint != "" {
			t.row("", "", "", f.Hint)
		}
	}
	return t.String()
}

func showFacts(list []control.Fact) string {
	if len(list) == 0 {
		return "nothing waits\n"
	}
	var t table
	t.row("PLACE", "WHEN", "FACT", "ABOUT", "WHAT", "BY")
	for _, f := range list {
		at := f.Day + " " + hm(f.At)
		if !f.AtSure {
			at = f.Day + " ?"
		}
		t.row(fmt.Sprintf("%d-%d", f.Epoch, f.Seq), at, f.Kind, orDash(f.Subject), orDash(f.What), f.By)
	}
	return t.String()
}

func issuedAt(t control.Ticket) string {
	if !t.TimeSure {
		return "?"
	}
	return hm(t.IssuedAt)
}

func hm(t time.Time) string { return kiosk.MinuteOf(t).String() }

// when writes a time with its date.
func when(t time.Time) string { return kiosk.DayOf(t).String() + " " + hm(t) }

func waited(seconds int) string { return fmt.Sprintf("%d min", seconds/60) }

func mark01(yes bool) string {
	if yes {
		return "yes"
	}
	return "–"
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
