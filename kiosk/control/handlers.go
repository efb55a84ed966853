package control

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
)

func (s *Server) status(*http.Request) (any, error) { return s.statusNow(), nil }

func (s *Server) statusNow() Status {
	at := s.Office.Time() // before the snapshot: a clock found to have jumped is in it
	now := s.Office.Snapshot()
	out := Status{
		Office: now.Setup.Name.In(kiosk.Vietnamese), Site: string(now.Setup.Site.Code), Version: s.Version, Web: s.Web,
		Day: now.Day.String(), Now: local(at),
		Clock:   ClockNow{Sure: now.Clock.Sure, Reason: string(now.Clock.Reason)},
		Hall:    shapeHall(now.Hall),
		Tickets: len(now.Tickets), Services: shapeServices(now), Counters: shapeCounters(now),
		Devices: s.allDevices(), Faults: s.shapeFaults(now), Unprinted: []string{},
		PaperCheck: now.PaperCheck, HelpSince: local(now.HelpSince), NumbersAsked: []NumberAsked{},
	}
	for _, v := range now.NumbersAsked {
		out.NumbersAsked = append(out.NumbersAsked, NumberAsked{Service: string(v.Service), Known: v.Known, Jump: now.Jump(v, at)})
	}
	if s.LAN != nil {
		out.LAN, out.Fingerprint = s.LAN()
	}
	for _, v := range now.Services {
		out.Waiting += v.Waiting
	}
	for _, t := range now.Unprinted() {
		out.Unprinted = append(out.Unprinted, string(t.Number))
	}
	return out
}

func (s *Server) services(*http.Request) (any, error) {
	return shapeServices(s.Office.Snapshot()), nil
}

func (s *Server) tickets(*http.Request) (any, error) {
	return shapeTickets(s.Office.Snapshot().Tickets), nil
}

func (s *Server) issue(r *http.Request) (any, error) {
	var in Issue
	if err := read(r, &in); err != nil {
		return nil, err
	}
	t, err := s.Office.IssueTicket(r.Context(), kiosk.IssueRequest{
		Service: s.serviceCode(in.Service), Language: kiosk.Language(in.Language),
		Priority: kiosk.Priority(in.Priority), Key: in.Key, By: by,
	})
	if err != nil {
		return nil, err
	}
	return shapeTicket(t), nil
}

// serviceCode accepts a service's prefix in place of its code.
func (s *Server) serviceCode(given string) kiosk.ServiceCode {
	services := s.Office.Setup().Services
	if i := slices.IndexFunc(services, func(v kiosk.Service) bool { return v.Prefix == given }); i >= 0 {
		return services[i].Code
	}
	return kiosk.ServiceCode(given)
}

func (s *Server) find(r *http.Request) (kiosk.Ticket, *kiosk.Snapshot, error) {
	now, n := s.Office.Snapshot(), kiosk.Number(r.PathValue("number"))
	t, ok := now.Ticket(n)
	if !ok {
		return t, now, &kiosk.Refusal{Code: kiosk.CodeUnknownTicket, Subject: string(n), Hint: "a number of today"}
	}
	return t, now, nil
}

func (s *Server) ticket(r *http.Request) (any, error) {
	t, _, err := s.find(r)
	if err != nil {
		return nil, err
	}
	return shapeTicket(t), nil
}

func (s *Server) slip(r *http.Request) (any, error) {
	t, now, err := s.find(r)
	if err != nil {
		return nil, err
	}
	return shapeSlip(t.Number, s.Slip(t, now, t.Slip.Sends > 0)), nil
}

func (s *Server) move(r *http.Request) (any, error) {
	number, verb := kiosk.Number(r.PathValue("number")), r.PathValue("verb")
	var t kiosk.Ticket
	var err error
	switch verb {
	case "reprint":
		t, err = s.Office.Reprint(r.Context(), number, false, by)
	case "recall", "serve", "finish", "noshow", "hold", "resume", "return", "cancel":
		t, err = s.Office.Move(r.Context(), kiosk.Verb(verb), number, by)
	case "raise", "lower":
		t, err = s.step(r, kiosk.Step{Verb: kiosk.Verb(verb), Number: number})
	case "send":
		t, err = s.send(r, number)
	default:
		err = noVerb(verb, "recall, serve, finish, noshow, hold, resume, return, cancel, raise, lower, send or reprint")
	}
	if err != nil {
		return nil, err
	}
	return shapeTicket(t), nil
}

// step makes a step as kioskctl, at the counter that has the ticket where none is given.
func (s *Server) step(r *http.Request, step kiosk.Step) (kiosk.Ticket, error) {
	step.By = by
	out, err := s.Office.Step(r.Context(), step)
	return out.Ticket, err
}

func (s *Server) send(r *http.Request, number kiosk.Number) (kiosk.Ticket, error) {
	var in Send
	if err := read(r, &in); err != nil {
		return kiosk.Ticket{}, err
	}
	return s.step(r, kiosk.Step{
		Verb: kiosk.VerbSend, Number: number, To: s.serviceCode(in.To), For: kiosk.CounterCode(in.For),
		Place: kiosk.Place(in.Place), After: time.Duration(in.Minutes) * time.Minute,
	})
}

// call calls the next one to a counter, or the number in the body.
func (s *Server) call(r *http.Request, code kiosk.CounterCode) (any, error) {
	var in Choose
	if r.ContentLength != 0 {
		if err := read(r, &in); err != nil {
			return nil, err
		}
	}
	if in.Number == "" {
		call, err := s.Office.CallNext(r.Context(), code, by)
		if err != nil {
			return nil, err
		}
		return shapeCall(call), nil
	}
	t, err := s.step(r, kiosk.Step{Verb: kiosk.VerbCall, Counter: code, Number: kiosk.Number(in.Number)})
	if err != nil {
		return nil, err
	}
	return Call{Ticket: shapeTicket(t), Why: string(kiosk.ReasonChosen), Explain: []Candidate{}}, nil
}

// undo takes a counter's last step back.
func (s *Server) undo(r *http.Request, code kiosk.CounterCode) (any, error) {
	t, err := s.step(r, kiosk.Step{Verb: kiosk.VerbUndo, Counter: code})
	if err != nil {
		return nil, err
	}
	return shapeTicket(t), nil
}

func noVerb(verb, want string) error {
	return &Problem{Status: http.StatusNotFound, Code: "no-such-verb", Reason: "there is no such verb", Subject: verb, Hint: want}
}

func (s *Server) counters(*http.Request) (any, error) {
	return shapeCounters(s.Office.Snapshot()), nil
}

func (s *Server) counter(r *http.Request) (any, error) {
	code, verb := kiosk.CounterCode(r.PathValue("code")), r.PathValue("verb")
	var err error
	switch verb {
	case "call":
		return s.call(r, code)
	case "undo":
		return s.undo(r, code)
	case "absent":
		err = s.Office.AbsentCounter(r.Context(), code, by)
	case "open":
		err = s.Office.OpenCounter(r.Context(), code, by)
	case "close":
		err = s.Office.CloseCounter(r.Context(), code, by)
	case "resume":
		err = s.Office.ResumeCounter(r.Context(), code, by)
	case "pause":
		err = s.pause(r, code)
	default:
		err = noVerb(verb, "call, undo, open, close, pause, resume or absent")
	}
	if err != nil {
		return nil, err
	}
	counters := shapeCounters(s.Office.Snapshot())
	i := slices.IndexFunc(counters, func(c Counter) bool { return c.Code == string(code) })
	return counters[i], nil
}

func (s *Server) pause(r *http.Request, code kiosk.CounterCode) error {
	var in Pause
	if err := read(r, &in); err != nil {
		return err
	}
	var until time.Time
	if in.Until != "" {
		m, err := kiosk.ParseMinute(in.Until)
		if err != nil {
			return &kiosk.Refusal{Code: kiosk.CodeBadTime, Subject: in.Until, Hint: "a time later today, HH:MM"}
		}
		// Of the clock's own date: while that is unsure the office's day may be another one.
		until = kiosk.DayOf(s.Office.Snapshot().At).At(m)
	}
	return s.Office.PauseCounter(r.Context(), code, until, in.Reason, by)
}

func (s *Server) hall(r *http.Request) (any, error) {
	var err error
	switch verb := r.PathValue("verb"); verb {
	case "open":
		err = s.Office.OpenHall(r.Context(), by)
	case "close":
		err = s.Office.CloseHall(r.Context(), by)
	default:
		err = noVerb(verb, "open or close")
	}
	if err != nil {
		return nil, err
	}
	return shapeHall(s.Office.Snapshot().Hall), nil
}

func (s *Server) devices(*http.Request) (any, error) { return s.allDevices(), nil }

func (s *Server) allDevices() []Device {
	if all := s.Devices.Devices(); all != nil {
		return all
	}
	return []Device{}
}

func (s *Server) test(r *http.Request) (any, error) {
	name := r.PathValue("name")
	all := s.allDevices()
	i := slices.IndexFunc(all, func(d Device) bool { return d.Name == name })
	err := s.Devices.Test(r.Context(), name)
	switch {
	case errors.Is(err, ErrNoDevice) || i < 0:
		names := ""
		for _, d := range all {
			names += " " + d.Name
		}
		return nil, &Problem{Status: http.StatusNotFound, Code: "unknown-device", Reason: "there is no such device", Subject: name, Hint: "one of" + names}
	case err != nil:
		return nil, &Problem{Status: http.StatusConflict, Code: "device-test-failed", Reason: "the device did not pass its test", Subject: name, Hint: err.Error()}
	}
	return s.allDevices()[i], nil
}

func (s *Server) paper(r *http.Request) (any, error) {
	var in Paper
	if err := read(r, &in); err != nil {
		return nil, err
	}
	return s.then(s.Office.ConfirmPaper(r.Context(), in.Readable, by))
}

func (s *Server) numbers(r *http.Request) (any, error) {
	var in Numbers
	if err := read(r, &in); err != nil {
		return nil, err
	}
	code, last := s.serviceCode(in.Service), in.Last
	if in.Jump {
		now := s.Office.Snapshot()
		i := slices.IndexFunc(now.NumbersAsked, func(v kiosk.NumberAsked) bool { return v.Service == code })
		if i < 0 {
			return nil, &kiosk.Refusal{Code: kiosk.CodeNotAsked, Subject: in.Service, Hint: "its numbers are known"}
		}
		last = now.Jump(now.NumbersAsked[i], s.Office.Time())
	}
	return s.then(s.Office.ConfirmNumber(r.Context(), code, last, by))
}

func (s *Server) help(r *http.Request) (any, error) {
	return s.then(s.Office.AnswerHelp(r.Context(), by))
}

func (s *Server) clock(r *http.Request) (any, error) {
	var in Clock
	if err := read(r, &in); err != nil {
		return nil, err
	}
	day, err := kiosk.ParseDay(in.Date)
	if err != nil {
		return nil, &kiosk.Refusal{Code: kiosk.CodeClockDate, Subject: in.Date, Hint: "a date YYYY-MM-DD"}
	}
	return s.then(s.Office.ConfirmClock(r.Context(), day, by))
}

// then answers with the office as it is after a verb.
func (s *Server) then(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s.statusNow(), nil
}

func (s *Server) faults(*http.Request) (any, error) {
	return s.shapeFaults(s.Office.Snapshot()), nil
}

func (s *Server) shapeFaults(now *kiosk.Snapshot) []Fault {
	out := make([]Fault, 0, len(now.Faults))
	for _, f := range now.Faults {
		out = append(out, Fault{
			Code: string(f.Code), Severity: string(f.Severity), Since: local(f.Since),
			Message: s.FaultSentence(f.Code), Hint: f.Hint,
		})
	}
	return out
}

// outbox lists the facts that the province has not acknowledged, or those after a place.
func (s *Server) outbox(r *http.Request) (any, error) {
	q := r.URL.Query()
	number := func(name string, bits int) (n uint64, err error) {
		if v := q.Get(name); v != "" {
			if n, err = strconv.ParseUint(v, 10, bits); err != nil {
				err = &Problem{Status: http.StatusBadRequest, Code: "bad-request", Reason: name + " is not a number", Hint: err.Error()}
			}
		}
		return n, err
	}
	epoch, err := number("epoch", 32)
	if err != nil {
		return nil, err
	}
	seq, err := number("seq", 64)
	if err != nil {
		return nil, err
	}
	after := kiosk.Position{Epoch: kiosk.Epoch(epoch), Seq: kiosk.Seq(seq)}
	if q.Get("epoch") == "" && q.Get("seq") == "" {
		if after, err = s.Acked(r.Context()); err != nil {
			return nil, err
		}
	}
	records, err := s.Office.Records(r.Context(), after, OutboxPage)
	if err != nil {
		return nil, err
	}
	return shapeFacts(records), nil
}
