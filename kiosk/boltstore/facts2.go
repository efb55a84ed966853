package boltstore

import "github.com/motcua/gateway/kiosk"

// The facts that came with version 2 of the database: what officers do with a visit beyond
// calling it, and the audit log.

// factSince2 writes the fields of a fact and returns its kind, 0 for one that it does not know.
func factSince2(w *fieldWriter, f kiosk.Fact) (kind uint64) {
	switch f := f.(type) {
	case kiosk.TicketSent:
		text(w, 1, f.Service)
		text(w, 2, f.Number)
		text(w, 3, f.Counter)
		text(w, 4, f.To)
		text(w, 5, f.For)
		text(w, 6, f.Place)
		w.time(7, f.After)
		return kindTicketSent
	case kiosk.StepUndone:
		text(w, 1, f.Service)
		text(w, 2, f.Number)
		text(w, 3, f.Counter)
		text(w, 4, f.Verb)
		ticket := make(fieldWriter, 0, 192)
		ticketFields(&ticket, &f.Ticket)
		w.bytes(5, ticket)
		return kindStepUndone
	case kiosk.PriorityMoved:
		text(w, 1, f.Service)
		text(w, 2, f.Number)
		text(w, 3, f.Counter)
		text(w, 4, f.Was)
		text(w, 5, f.Now)
		return kindPriorityMoved
	case kiosk.TicketRated:
		text(w, 1, f.Service)
		text(w, 2, f.Number)
		text(w, 3, f.Counter)
		text(w, 4, f.Level)
		text(w, 5, f.Reason)
		return kindTicketRated
	case kiosk.OutageSeen:
		w.time(1, f.From)
		w.time(2, f.To)
		return kindOutageSeen
	case kiosk.StaffMoved:
		text(w, 1, f.Officer)
		text(w, 2, f.What)
		text(w, 3, f.Counter)
		text(w, 4, f.Detail)
		return kindStaffMoved
	case kiosk.LogSealed:
		w.uint(1, uint64(f.Day))
		w.uint(2, uint64(f.At.Epoch))
		w.uint(3, uint64(f.At.Seq))
		text(w, 4, f.Hash)
		return kindLogSealed
	}
	return factSince3(w, f)
}

// readFactSince2 returns nil for a kind that it does not know.
func readFactSince2(kind uint64, r *fieldReader) kiosk.Fact {
	switch kind {
	case kindTicketSent:
		return readTicketSent(r)
	case kindStepUndone:
		return readStepUndone(r)
	case kindPriorityMoved:
		return readPriorityMoved(r)
	case kindTicketRated:
		return readTicketRated(r)
	case kindOutageSeen:
		return readOutageSeen(r)
	case kindStaffMoved:
		return readStaffMoved(r)
	case kindLogSealed:
		return readLogSealed(r)
	}
	return readFactSince3(kind, r)
}

func readTicketSent(r *fieldReader) (f kiosk.TicketSent) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Number = kiosk.Number(r.string())
		case 3:
			f.Counter = kiosk.CounterCode(r.string())
		case 4:
			f.To = kiosk.ServiceCode(r.string())
		case 5:
			f.For = kiosk.CounterCode(r.string())
		case 6:
			f.Place = kiosk.Place(r.string())
		case 7:
			f.After = r.time()
		}
	}
	return f
}

func readStepUndone(r *fieldReader) (f kiosk.StepUndone) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Number = kiosk.Number(r.string())
		case 3:
			f.Counter = kiosk.CounterCode(r.string())
		case 4:
			f.Verb = kiosk.Verb(r.string())
		case 5:
			ticket := &fieldReader{rest: r.bytes()}
			var err error
			if f.Ticket, err = readTicket(ticket); err != nil && r.err == nil {
				r.err = err
			}
		}
	}
	return f
}

func readPriorityMoved(r *fieldReader) (f kiosk.PriorityMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Number = kiosk.Number(r.string())
		case 3:
			f.Counter = kiosk.CounterCode(r.string())
		case 4:
			f.Was = kiosk.Priority(r.string())
		case 5:
			f.Now = kiosk.Priority(r.string())
		}
	}
	return f
}

func readTicketRated(r *fieldReader) (f kiosk.TicketRated) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Service = kiosk.ServiceCode(r.string())
		case 2:
			f.Number = kiosk.Number(r.string())
		case 3:
			f.Counter = kiosk.CounterCode(r.string())
		case 4:
			f.Level = kiosk.RatingLevel(r.string())
		case 5:
			f.Reason = kiosk.RatingReason(r.string())
		}
	}
	return f
}

func readOutageSeen(r *fieldReader) (f kiosk.OutageSeen) {
	for r.next() {
		switch r.tag {
		case 1:
			f.From = r.time()
		case 2:
			f.To = r.time()
		}
	}
	return f
}

func readStaffMoved(r *fieldReader) (f kiosk.StaffMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Officer = kiosk.OfficerCode(r.string())
		case 2:
			f.What = kiosk.StaffEvent(r.string())
		case 3:
			f.Counter = kiosk.CounterCode(r.string())
		case 4:
			f.Detail = r.string()
		}
	}
	return f
}

func readLogSealed(r *fieldReader) (f kiosk.LogSealed) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Day = r.day()
		case 2:
			f.At.Epoch = kiosk.Epoch(r.uint32())
		case 3:
			f.At.Seq = kiosk.Seq(r.uint())
		case 4:
			f.Hash = r.string()
		}
	}
	return f
}
