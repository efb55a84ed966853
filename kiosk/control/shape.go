package control

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// shape turns the office's nouns into what travels. Its slices are never nil: an empty list is [].

func shapeHall(h kiosk.HallStatus) Hall {
	return Hall{
		Phase: string(h.Phase), Reason: string(h.Reason), Name: h.Name.In(kiosk.Vietnamese),
		OpensAt: local(h.OpensAt), LastTicket: local(h.LastTicketAt), ClosesAt: local(h.ClosesAt),
	}
}

func shapeServices(s *kiosk.Snapshot) []Service {
	out := make([]Service, 0, len(s.Services))
	for _, v := range s.Services {
		w := Service{
			Code: string(v.Service.Code), Name: v.Service.Name.In(kiosk.Vietnamese), Names: map[kiosk.Language]string{},
			Prefix: v.Service.Prefix, Guidance: v.Service.Guidance,
			Waiting: v.Waiting, Counters: texts(v.Counters), MayNotBeServed: v.MayNotBeServed,
		}
		for l, name := range v.Service.Name {
			w.Names[l] = name
		}
		if r := v.Expected; r != nil {
			w.Expected = &Expected{LowMinutes: minutes(r.Low), HighMinutes: minutes(r.High), Measured: r.Measured}
		}
		out = append(out, w)
	}
	return out
}

func shapeTickets(tickets []kiosk.Ticket) []Ticket {
	out := make([]Ticket, 0, len(tickets))
	for _, t := range tickets {
		out = append(out, shapeTicket(t))
	}
	return out
}

func shapeTicket(t kiosk.Ticket) Ticket {
	return Ticket{
		Number: string(t.Number), Service: string(t.Service), State: string(t.State),
		IssuedAt: local(t.IssuedAt), TimeSure: t.TimeSure, Day: t.Day.String(),
		Language: string(t.Language), Priority: string(t.Priority), Terminal: t.Terminal,
		Counter: string(t.Counter), Calls: t.Calls,
		CalledAt: local(t.CalledAt), ServedAt: local(t.ServedAt), EndedAt: local(t.EndedAt),
		Slip: string(t.Slip.State), Sends: t.Slip.Sends,
		Queue: string(t.Queue()), For: string(t.SentFor), NotBefore: local(t.NotBefore), Legs: t.Legs, Rating: string(t.Rating),
	}
}

func shapeCounters(s *kiosk.Snapshot) []Counter {
	out := make([]Counter, 0, len(s.Counters))
	for _, c := range s.Counters {
		out = append(out, Counter{
			Code: string(c.Counter.Code), State: string(c.State), Serves: texts(c.Counter.Serves),
			Ticket: string(c.Ticket), Until: local(c.Until), Reason: c.Reason,
			Officer: string(c.Officer),
		})
	}
	return out
}

func shapeCall(c kiosk.Call) Call {
	out := Call{
		Ticket: shapeTicket(c.Ticket), Why: string(c.Why), Rule: string(c.Rule), SincePriority: c.SincePriority,
		Explain: make([]Candidate, 0, len(c.Explain)),
	}
	for _, v := range c.Explain {
		out.Explain = append(out.Explain, Candidate{
			Number: string(v.Number), Service: string(v.Service), Priority: v.Priority,
			WaitedSeconds: int(v.Waited / time.Second), Overdue: v.Overdue, Sent: v.Sent, Chosen: v.Chosen,
		})
	}
	return out
}

func shapeSlip(n kiosk.Number, s kiosk.Slip) Slip {
	out := Slip{Number: string(n), Lines: make([]Line, 0, len(s.Lines))}
	for _, l := range s.Lines {
		out.Lines = append(out.Lines, Line{Role: string(l.Role), Text: l.Text})
	}
	return out
}

func shapeFacts(records []kiosk.Record) []Fact {
	out := make([]Fact, 0, len(records))
	for _, r := range records {
		f := Fact{
			Epoch: uint32(r.Epoch), Seq: uint64(r.Seq), Day: r.Day.String(),
			At: local(r.At), AtSure: r.AtSure, By: r.By,
		}
		f.Kind, f.Subject, f.What = tell(r.Fact)
		out = append(out, f)
	}
	return out
}

// tell says what a fact is, what it is about and what happened.
func tell(f kiosk.Fact) (kind, subject, what string) {
	switch f := f.(type) {
	case kiosk.TicketIssued:
		return "ticket-issued", string(f.Ticket.Number), string(f.Ticket.Service)
	case kiosk.TicketMoved:
		return "ticket-moved", string(f.Number), fmt.Sprintf("%s: %s", f.Verb, f.State)
	case kiosk.SlipMoved:
		return "slip-moved", string(f.Number), string(f.State)
	case kiosk.HallMoved:
		return "hall-moved", "", either(f.Open, "open", "closed")
	case kiosk.CounterMoved:
		return "counter-moved", string(f.Counter), string(f.State)
	case kiosk.ClockConfirmed:
		return "clock-confirmed", f.Day.String(), "was " + f.Was.String()
	case kiosk.FaultMoved:
		return "fault-moved", string(f.Code), either(f.Raised, "raised", "cleared")
	case kiosk.PaperChecked:
		return "paper-checked", "", either(f.Asked, "asked", either(f.Readable, "readable", "not readable"))
	case kiosk.NumbersConfirmed:
		return "numbers-confirmed", string(f.Service), fmt.Sprint(f.Last)
	case kiosk.HelpMoved:
		return "help-moved", "", either(f.Waiting, "asked", "answered")
	case kiosk.TicketSent:
		return "ticket-sent", string(f.Number), fmt.Sprintf("to %s %s, %s", f.To, f.For, f.Place)
	case kiosk.StepUndone:
		return "step-undone", string(f.Number), string(f.Verb)
	case kiosk.PriorityMoved:
		return "priority-moved", string(f.Number), either(f.Now == kiosk.NoPriority, "lowered", "raised")
	case kiosk.TicketRated:
		return "ticket-rated", string(f.Number), string(f.Level)
	case kiosk.OutageSeen:
		return "outage-seen", "", local(f.From).Format("15:04:05") + " to " + local(f.To).Format("15:04:05")
	case kiosk.StaffMoved:
		return "staff-moved", string(f.Officer), string(f.What)
	case kiosk.LogSealed:
		return "log-sealed", f.Day.String(), f.Hash
	case kiosk.DossierReceived:
		return "dossier-received", string(f.Dossier.ID), fmt.Sprintf("%s, %d pages", f.Dossier.Procedure, len(f.Dossier.Pages))
	case kiosk.DossierSettled:
		return "dossier-settled", string(f.ID), string(f.State)
	case kiosk.BlobMoved:
		return "blob-moved", string(f.Dossier), string(f.State)
	case kiosk.EpochBegun:
		return "epoch-begun", position(f.After), string(f.Why)
	case kiosk.LineMoved:
		return "line-moved", f.Detail, string(f.What)
	}
	return fmt.Sprintf("%T", f), "", ""
}

func position(p kiosk.Position) string { return fmt.Sprintf("%d-%d", p.Epoch, p.Seq) }

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// local returns t at UTC+7; the zero time stays zero.
func local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(kiosk.ICT())
}

// minutes rounds up: nobody is served earlier than promised.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
