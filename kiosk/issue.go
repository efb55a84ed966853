package kiosk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// IssueRequest is a press on a service.
type IssueRequest struct {
	Service  ServiceCode
	Language Language // empty: Vietnamese
	Priority Priority
	// Key makes a press one ticket: the same key gives the same ticket, whatever else is asked
	// with it. 1 to 64 printable ASCII characters, or empty where every call is to be a ticket.
	Key string
	// Terminal is the touchscreen; its presses are counted against holding. Empty: a program.
	Terminal string
	// Held says that the press was held, as CodePressAndHold asks.
	Held bool
	By   string
}

// IssueTicket takes the next number of the service for today, durably; only then does anybody
// see it. Paper is not its business: a printing failure never takes a number back.
//
// It refuses with CodeUnknownService, CodeUnknownLanguage, CodeBadPriority, CodeBadKey,
// CodeHallClosed, CodeLastTicket, CodePressAndHold, CodeNumbersUnknown and CodeStoreFailed.
func (o *Office) IssueTicket(ctx context.Context, req IssueRequest) (Ticket, error) {
	service, err := o.checkIssue(&req)
	if err != nil {
		return Ticket{}, err
	}
	now, err := o.begin(ctx)
	if err != nil {
		return Ticket{}, err
	}
	defer o.end()

	if i, ok := o.day.byKey[req.Key]; ok && req.Key != "" {
		return o.day.tickets[i], nil
	}
	if err := o.mayIssue(req, now); err != nil {
		return Ticket{}, err
	}
	seq, number := o.day.nextNumber(service)
	if seq == 0 {
		return Ticket{}, refuse(CodeStoreFailed, string(service.Code), "4,294,967,295 numbers in a day")
	}
	var c Change
	t := o.touch(&c, now, req.By, Ticket{}, TicketIssued{Ticket{
		Site: o.setup.Site.Code, Day: o.day.day, Service: service.Code, Seq: seq,
		Number: number, State: Waiting, Language: req.Language,
		Priority: req.Priority, Key: req.Key, Terminal: req.Terminal,
		IssuedAt: now, TimeSure: o.clock.sure(), Slip: SlipRecord{State: SlipRecorded},
	}})
	if service.Guidance {
		o.askHelp(&c, now, req.By)
	}
	if err := o.commit(ctx, c); err != nil {
		return Ticket{}, err
	}
	o.presses.add(req.Terminal, o.clock.at)
	o.log.Info("ticket issued", LogTicket, t.Number, LogBy, req.By)
	return t, nil
}

// checkIssue checks what does not depend on the office's state.
func (o *Office) checkIssue(req *IssueRequest) (*Service, error) {
	service, ok := o.setup.Service(req.Service)
	if !ok {
		return nil, refuse(CodeUnknownService, string(req.Service), "one of "+o.serviceCodes())
	}
	if req.Language == "" {
		req.Language = Vietnamese
	}
	if !req.Language.Valid() {
		return nil, refuse(CodeUnknownLanguage, string(req.Language), "one of vi, en, zh")
	}
	if !req.Priority.Valid() {
		return nil, refuse(CodeBadPriority, string(req.Priority), "one of declared, card, officer, or none")
	}
	return service, checkKey(req.Key)
}

// mayIssue checks what does.
func (o *Office) mayIssue(req IssueRequest, now time.Time) error {
	hall := o.setup.hall(now, o.day.hall, o.clock.sure())
	switch {
	case hall.Phase == HallOpen:
	case hall.Reason == ClosedLast:
		return refuse(CodeLastTicket, string(hall.Reason), "a lead may open the hall by hand")
	default:
		return refuse(CodeHallClosed, string(hall.Reason), "a lead may open the hall by hand")
	}
	if o.asks(req.Service) {
		return refuse(CodeNumbersUnknown, string(req.Service), "confirm the last number on paper: kioskctl numbers confirm "+string(req.Service)+" LAST")
	}
	if req.Terminal != "" && !req.Held && o.presses.count(req.Terminal, o.clock.at) >= o.setup.Queue.HoldAfter {
		return refuse(CodePressAndHold, req.Terminal, fmt.Sprintf("more than %d tickets within a minute", o.setup.Queue.HoldAfter))
	}
	return nil
}

func (o *Office) serviceCodes() string { return listed(o.setup.ServiceCodes()) }

// listed writes codes as a hint names them: "a, b, c".
func listed[C ~string](codes []C) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = string(c)
	}
	return strings.Join(out, ", ")
}

// pressLog counts the tickets that each terminal gave within the last minute. It forgets with
// the power, as a person at the screen does.
type pressLog struct{ at map[string][]time.Duration }

func (p *pressLog) add(terminal string, at time.Duration) {
	if terminal == "" {
		return
	}
	if p.at == nil {
		p.at = map[string][]time.Duration{}
	}
	p.count(terminal, at)
	p.at[terminal] = append(p.at[terminal], at)
}

func (p *pressLog) count(terminal string, at time.Duration) int {
	if p.at == nil {
		return 0
	}
	p.at[terminal] = slices.DeleteFunc(p.at[terminal], func(t time.Duration) bool { return at-t >= time.Minute })
	return len(p.at[terminal])
}
