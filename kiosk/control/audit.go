package control

import (
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Audit is the state of the audit log.
type Audit struct {
	Facts uint64 `json:"facts"` // that the hash covers; those that were pruned included
	Epoch uint32 `json:"epoch"`
	Seq   uint64 `json:"seq"`  // of the last one
	Hash  string `json:"hash"` // that covers it and all before it
}

// AuditLine is a fact with everything that it says. Fields that the kind does not have are left
// out; a checker needs no other source to count a day again.
type AuditLine struct {
	Epoch  uint32    `json:"epoch"`
	Seq    uint64    `json:"seq"`
	Day    string    `json:"day"`
	At     time.Time `json:"at"`
	AtSure bool      `json:"at_sure"`
	By     string    `json:"by"`
	Key    string    `json:"key,omitempty"`
	Late   int64     `json:"late_s,omitempty"` // how long before At it was pressed, in seconds
	Kind   string    `json:"kind"`

	Number   string `json:"number,omitempty"`
	Service  string `json:"service,omitempty"` // of the number
	Counter  string `json:"counter,omitempty"`
	Verb     string `json:"verb,omitempty"`
	State    string `json:"state,omitempty"` // after it; of a ticket, a slip, a counter
	Why      string `json:"why,omitempty"`
	Language string `json:"language,omitempty"`
	Priority string `json:"priority,omitempty"`
	Was      string `json:"was,omitempty"` // a priority, a date, a place
	To       string `json:"to,omitempty"`  // a service
	For      string `json:"for,omitempty"` // a counter
	Place    string `json:"place,omitempty"`
	Officer  string `json:"officer,omitempty"`
	What     string `json:"what,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Level    string `json:"level,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Hash     string `json:"hash,omitempty"`
	// Of a dossier; Hash is that of its manifest, or of a page.
	Dossier   string `json:"dossier,omitempty"`
	Procedure string `json:"procedure,omitempty"`
	Pages     int    `json:"pages,omitempty"`

	Yes  bool   `json:"yes,omitempty"` // open, raised, asked, readable, waiting
	Last uint32 `json:"last,omitempty"`

	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Before is the ticket as an undone step has left it.
	Before *Ticket `json:"before,omitempty"`
}

// audit computes the audit log's chain again.
func (s *Server) audit(r *http.Request) (any, error) {
	head, err := s.Office.VerifyLog(r.Context())
	if b, ok := errors.AsType[*kiosk.ChainBreak](err); ok {
		return nil, &Problem{Status: http.StatusConflict, Code: "audit-broken", Reason: s.AuditBroken, Hint: b.Error()}
	}
	if err != nil {
		return nil, err
	}
	return Audit{Facts: head.Facts, Epoch: uint32(head.Last.Epoch), Seq: uint64(head.Last.Seq), Hash: hex.EncodeToString(head.Hash[:])}, nil
}

// days lists the days that have facts.
func (s *Server) days(r *http.Request) (any, error) {
	days, err := s.Office.Days(r.Context())
	if err != nil {
		return nil, err
	}
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = d.String()
	}
	return out, nil
}

// report answers with the report of a day, as package kiosk/report shapes it, with its officers one
// by one or without.
func (s *Server) report(officers bool) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		day, err := s.day(r)
		if err != nil {
			return nil, err
		}
		return s.Report(r.Context(), day, officers)
	}
}

// auditDay returns the facts of one day whole.
func (s *Server) auditDay(r *http.Request) (any, error) {
	day, err := s.day(r)
	if err != nil {
		return nil, err
	}
	records, err := s.Office.DayRecords(r.Context(), day)
	if err != nil {
		return nil, err
	}
	out := make([]AuditLine, 0, len(records))
	for i := range records {
		out = append(out, AuditOf(&records[i]))
	}
	return out, nil
}

// day reads the day of a request's path; "today" is the office's.
func (s *Server) day(r *http.Request) (kiosk.Day, error) {
	text := r.PathValue("day")
	if text == "today" {
		return s.Office.Snapshot().Day, nil
	}
	day, err := kiosk.ParseDay(text)
	if err != nil {
		return 0, &kiosk.Refusal{Code: kiosk.CodeClockDate, Subject: text, Hint: "a date YYYY-MM-DD, or today"}
	}
	return day, nil
}

// AuditOf returns a fact as the audit log is exported.
func AuditOf(r *kiosk.Record) AuditLine {
	l := AuditLine{
		Epoch: uint32(r.Epoch), Seq: uint64(r.Seq), Day: r.Day.String(),
		At: local(r.At), AtSure: r.AtSure, By: r.By, Key: r.Key, Late: int64(r.Late / time.Second),
	}
	l.Kind, _, _ = tell(r.Fact)
	switch f := r.Fact.(type) {
	case kiosk.TicketIssued:
		t := &f.Ticket
		l.Number, l.Service, l.Language, l.Priority, l.State = string(t.Number), string(t.Service), string(t.Language), string(t.Priority), string(t.State)
	case kiosk.TicketMoved:
		l.Number, l.Service, l.Counter = string(f.Number), string(f.Service), string(f.Counter)
		l.Verb, l.State, l.Why = string(f.Verb), string(f.State), string(f.Why)
	case kiosk.TicketSent:
		l.Number, l.Service, l.Counter = string(f.Number), string(f.Service), string(f.Counter)
		l.To, l.For, l.Place, l.Until = string(f.To), string(f.For), string(f.Place), local(f.After)
	case kiosk.StepUndone:
		before := shapeTicket(f.Ticket)
		l.Number, l.Service, l.Counter, l.Verb, l.Before = string(f.Number), string(f.Service), string(f.Counter), string(f.Verb), &before
	case kiosk.PriorityMoved:
		l.Number, l.Service, l.Counter, l.Was, l.Priority = string(f.Number), string(f.Service), string(f.Counter), string(f.Was), string(f.Now)
	case kiosk.TicketRated:
		l.Number, l.Service, l.Counter, l.Level, l.Reason = string(f.Number), string(f.Service), string(f.Counter), string(f.Level), string(f.Reason)
	case kiosk.SlipMoved:
		l.Number, l.Service, l.State, l.Yes = string(f.Number), string(f.Service), string(f.State), f.Asked
	case kiosk.CounterMoved:
		l.Counter, l.State, l.Until, l.Reason, l.Officer = string(f.Counter), string(f.State), local(f.Until), f.Reason, string(f.Officer)
	case kiosk.HallMoved:
		l.Yes, l.What = f.Open, either(f.ByHand, "by-hand", "")
	case kiosk.OutageSeen:
		l.From, l.Until = local(f.From), local(f.To)
	case kiosk.StaffMoved:
		l.Officer, l.What, l.Counter, l.Detail = string(f.Officer), string(f.What), string(f.Counter), f.Detail
	case kiosk.LogSealed:
		l.What, l.Hash, l.Detail = f.Day.String(), f.Hash, position(f.At)
	case kiosk.DossierReceived:
		d := &f.Dossier
		manifest := d.Manifest()
		l.Dossier, l.Procedure, l.Pages, l.Hash = string(d.ID), string(d.Procedure), len(d.Pages), manifest.String()
		l.Number, l.Counter, l.Officer = string(d.Ticket), string(d.Counter), string(d.Officer)
	case kiosk.DossierSettled:
		l.Dossier, l.State, l.Why = string(f.ID), string(f.State), string(f.Why)
		if f.Manifest != (kiosk.Hash{}) {
			l.Hash = f.Manifest.String()
		}
	case kiosk.BlobMoved:
		l.Dossier, l.Hash, l.State, l.Why = string(f.Dossier), f.Hash.String(), string(f.State), f.Why
	case kiosk.EpochBegun:
		l.Was, l.Detail, l.Why = position(f.After), position(f.Mark), string(f.Why)
	case kiosk.LineMoved:
		l.What, l.Detail = string(f.What), f.Detail
	case kiosk.FaultMoved:
		l.What, l.Yes, l.Detail = string(f.Code), f.Raised, f.Hint
	case kiosk.ClockConfirmed:
		l.What, l.Was = f.Day.String(), f.Was.String()
	case kiosk.PaperChecked:
		l.Yes, l.What = f.Readable, either(f.Asked, "asked", "answered")
	case kiosk.NumbersConfirmed:
		l.Service, l.Last = string(f.Service), f.Last
	case kiosk.HelpMoved:
		l.Yes = f.Waiting
	}
	return l
}
