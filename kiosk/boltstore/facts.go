package boltstore

import (
	"fmt"

	"github.com/motcua/gateway/kiosk"
)

// encodeFact returns a fact's kind and its fields, without a version: they lie in the value of
// their record.
func encodeFact(f kiosk.Fact) (kind uint64, body []byte, err error) {
	w := make(fieldWriter, 0, 160)
	switch f := f.(type) {
	case kiosk.TicketIssued:
		kind = kindTicketIssued
		ticketFields(&w, &f.Ticket)
	case kiosk.TicketMoved:
		kind = kindTicketMoved
		text(&w, 1, f.Service)
		text(&w, 2, f.Number)
		text(&w, 3, f.Verb)
		text(&w, 4, f.State)
		text(&w, 5, f.Counter)
		text(&w, 6, f.Why)
	case kiosk.SlipMoved:
		kind = kindSlipMoved
		text(&w, 1, f.Service)
		text(&w, 2, f.Number)
		text(&w, 3, f.State)
		w.bool(4, f.Asked)
		w.bool(5, f.ByCitizen)
	case kiosk.HallMoved:
		kind = kindHallMoved
		w.bool(1, f.Open)
		w.bool(2, f.ByHand)
	case kiosk.CounterMoved:
		kind = kindCounterMoved
		text(&w, 1, f.Counter)
		text(&w, 2, f.State)
		w.time(3, f.Until)
		text(&w, 4, f.Reason)
		text(&w, 5, f.Officer)
	case kiosk.ClockConfirmed:
		kind = kindClockConfirmed
		w.uint(1, uint64(f.Day))
		w.uint(2, uint64(f.Was))
	case kiosk.FaultMoved:
		kind = kindFaultMoved
		text(&w, 1, f.Code)
		w.bool(2, f.Raised)
		text(&w, 3, f.Hint)
	case kiosk.PaperChecked:
		kind = kindPaperChecked
		w.bool(1, f.Asked)
		w.bool(2, f.Readable)
	case kiosk.NumbersConfirmed:
		kind = kindNumbersConfirmed
		text(&w, 1, f.Service)
		w.uint(2, uint64(f.Last))
	case kiosk.HelpMoved:
		kind = kindHelpMoved
		w.bool(1, f.Waiting)
	default:
		if kind = factSince2(&w, f); kind == 0 {
			return 0, nil, fmt.Errorf("no encoding for a fact of type %T", f)
		}
	}
	return kind, w, nil
}

func decodeFact(kind uint64, body []byte) (kiosk.Fact, error) {
	r := &fieldReader{rest: body}
	var f kiosk.Fact
	switch kind {
	case kindTicketIssued:
		t, err := readTicket(r)
		return kiosk.TicketIssued{Ticket: t}, err
	case kindTicketMoved:
		f = readTicketMoved(r)
	case kindSlipMoved:
		f = readSlipMoved(r)
	case kindHallMoved:
		v := readBools(r)
		f = kiosk.HallMoved{Open: v[0], ByHand: v[1]}
	case kindCounterMoved:
		f = readCounterMoved(r)
	case kindClockConfirmed:
		f = readClockConfirmed(r)
	case kindFaultMoved:
		f = readFaultMoved(r)
	case kindPaperChecked:
		v := readBools(r)
		f = kiosk.PaperChecked{Asked: v[0], Readable: v[1]}
	case kindNumbersConfirmed:
		f = readNumbersConfirmed(r)
	case kindHelpMoved:
		f = kiosk.HelpMoved{Waiting: readBools(r)[0]}
	default:
		if f = readFactSince2(kind, r); f == nil {
			return nil, fmt.Errorf("unknown kind")
		}
	}
	return f, r.err
}

// readBools reads facts that are nothing but fields 1 and 2, each true or false.
func readBools(r *fieldReader) (v [2]bool) {
	for r.next() {
		if r.tag == 1 || r.tag == 2 {
			v[r.tag-1] = r.bool()
		}
	}
	return v
}

func readTicketMoved(r *fieldReader) (f kiosk.TicketMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Number = kiosk.Number(r.string())
		case 3:
			f.Verb = kiosk.Verb(r.string())
		case 4:
			f.State = kiosk.TicketState(r.string())
		case 5:
			f.Counter = kiosk.CounterCode(r.string())
		case 6:
			f.Why = kiosk.CallReason(r.string())
		}
	}
	return f
}

func readSlipMoved(r *fieldReader) (f kiosk.SlipMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Number = kiosk.Number(r.string())
		case 3:
			f.State = kiosk.SlipState(r.string())
		case 4:
			f.Asked = r.bool()
		case 5:
			f.ByCitizen = r.bool()
		}
	}
	return f
}

func readCounterMoved(r *fieldReader) (f kiosk.CounterMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Counter = kiosk.CounterCode(r.string())
		case 2:
			f.State = kiosk.CounterState(r.string())
		case 3:
			f.Until = r.time()
		case 4:
			f.Reason = r.string()
		case 5:
			f.Officer = kiosk.OfficerCode(r.string())
		}
	}
	return f
}

func readClockConfirmed(r *fieldReader) (f kiosk.ClockConfirmed) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Day = r.day()
		case 2:
			f.Was = r.day()
		}
	}
	return f
}

func readFaultMoved(r *fieldReader) (f kiosk.FaultMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Code = kiosk.FaultCode(r.string())
		case 2:
			f.Raised = r.bool()
		case 3:
			f.Hint = r.string()
		}
	}
	return f
}

func readNumbersConfirmed(r *fieldReader) (f kiosk.NumbersConfirmed) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Last = r.uint32()
		}
	}
	return f
}
