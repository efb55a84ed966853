package boltstore

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// How the nouns of package kiosk lie in fields. Tags are never used twice for different
// things.

func encodeTicket(key []byte, t *kiosk.Ticket) []byte {
	w := newFields(192)
	ticketFields(&w, t)
	return seal(key, w)
}

func decodeTicket(key, value []byte) (kiosk.Ticket, error) {
	r, err := unseal(key, value)
	if err != nil {
		return kiosk.Ticket{}, err
	}
	return readTicket(&r)
}

func ticketFields(w *fieldWriter, t *kiosk.Ticket) {
	text(w, 1, t.Site)
	w.uint(2, uint64(t.Day))
	text(w, 3, t.Service)
	w.uint(4, uint64(t.Seq))
	text(w, 5, t.Number)
	text(w, 6, t.State)
	text(w, 7, t.Language)
	text(w, 8, t.Priority)
	text(w, 9, t.Key)
	text(w, 10, t.Terminal)
	w.uint(11, t.Order)
	w.time(12, t.IssuedAt)
	w.bool(13, t.TimeSure)
	text(w, 14, t.Counter)
	w.int(15, t.Calls)
	w.time(16, t.CalledAt)
	w.time(17, t.ServedAt)
	w.time(18, t.EndedAt)
	text(w, 19, t.Slip.State)
	w.int(20, t.Slip.Sends)
	w.int(21, t.Slip.Auto)
	w.int(22, t.Slip.Copies)
	w.time(23, t.Slip.SentAt)
	text(w, 24, t.SentTo)
	text(w, 25, t.SentFor)
	w.uint(26, t.SentOrder)
	w.bool(27, t.SentFirst)
	w.time(28, t.SentAt)
	w.time(29, t.NotBefore)
	w.int(30, t.Legs)
	w.int(31, t.Moves)
	w.uint(32, t.CallOrder)
	text(w, 33, t.Rating)
}

func readTicket(r *fieldReader) (kiosk.Ticket, error) {
	var t kiosk.Ticket
	for r.next() {
		switch r.tag {
		case 1:
			t.Site = kiosk.SiteCode(r.string())
		case 2:
			t.Day = r.day()
		case 3:
			t.Service = kiosk.ServiceCode(r.string())
		case 4:
			t.Seq = r.uint32()
		case 5:
			t.Number = kiosk.Number(r.string())
		case 6:
			t.State = kiosk.TicketState(r.string())
		case 7:
			t.Language = kiosk.Language(r.string())
		case 8:
			t.Priority = kiosk.Priority(r.string())
		case 9:
			t.Key = r.string()
		case 10:
			t.Terminal = r.string()
		case 11:
			t.Order = r.uint()
		case 12:
			t.IssuedAt = r.time()
		case 13:
			t.TimeSure = r.bool()
		case 14:
			t.Counter = kiosk.CounterCode(r.string())
		case 15:
			t.Calls = r.int()
		case 16:
			t.CalledAt = r.time()
		case 17:
			t.ServedAt = r.time()
		case 18:
			t.EndedAt = r.time()
		case 19:
			t.Slip.State = kiosk.SlipState(r.string())
		case 20:
			t.Slip.Sends = r.int()
		case 21:
			t.Slip.Auto = r.int()
		case 22:
			t.Slip.Copies = r.int()
		case 23:
			t.Slip.SentAt = r.time()
		default:
			readTicketSince2(&t, r)
		}
	}
	return t, r.err
}

// readTicketSince2 reads the fields that came with version 2 of the database.
func readTicketSince2(t *kiosk.Ticket, r *fieldReader) {
	switch r.tag {
	case 24:
		t.SentTo = kiosk.ServiceCode(r.string())
	case 25:
		t.SentFor = kiosk.CounterCode(r.string())
	case 26:
		t.SentOrder = r.uint()
	case 27:
		t.SentFirst = r.bool()
	case 28:
		t.SentAt = r.time()
	case 29:
		t.NotBefore = r.time()
	case 30:
		t.Legs = r.int()
	case 31:
		t.Moves = r.int()
	case 32:
		t.CallOrder = r.uint()
	case 33:
		t.Rating = kiosk.RatingLevel(r.string())
	}
}

func encodeCounter(key []byte, c *kiosk.CounterRecord) []byte {
	w := newFields(64)
	w.uint(1, uint64(c.Day))
	text(&w, 2, c.Counter)
	text(&w, 3, c.State)
	w.time(4, c.Until)
	text(&w, 5, c.Reason)
	w.int(6, c.SincePriority)
	text(&w, 7, c.Officer)
	return seal(key, w)
}

func decodeCounter(key, value []byte) (kiosk.CounterRecord, error) {
	var c kiosk.CounterRecord
	r, err := unseal(key, value)
	if err != nil {
		return c, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			c.Day = r.day()
		case 2:
			c.Counter = kiosk.CounterCode(r.string())
		case 3:
			c.State = kiosk.CounterState(r.string())
		case 4:
			c.Until = r.time()
		case 5:
			c.Reason = r.string()
		case 6:
			c.SincePriority = r.int()
		case 7:
			c.Officer = kiosk.OfficerCode(r.string())
		}
	}
	return c, r.err
}

func encodeHall(key []byte, h *kiosk.HallRecord) []byte {
	w := newFields(48)
	w.uint(1, uint64(h.Day))
	text(&w, 2, h.Hand)
	w.bool(3, h.Closed)
	w.bool(4, h.Opened)
	w.time(5, h.HelpSince)
	w.bool(6, h.Sealed)
	return seal(key, w)
}

func decodeHall(key, value []byte) (kiosk.HallRecord, error) {
	var h kiosk.HallRecord
	r, err := unseal(key, value)
	if err != nil {
		return h, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			h.Day = r.day()
		case 2:
			h.Hand = kiosk.HallHand(r.string())
		case 3:
			h.Closed = r.bool()
		case 4:
			h.Opened = r.bool()
		case 5:
			h.HelpSince = r.time()
		case 6:
			h.Sealed = r.bool()
		}
	}
	return h, r.err
}

func encodeBox(key []byte, b *kiosk.BoxRecord) []byte {
	w := newFields(64)
	w.uint(1, uint64(b.Day))
	w.time(2, b.LastSeen)
	w.uint(3, uint64(b.Confirmed))
	w.bool(4, b.PaperCheck)
	w.uint(5, uint64(b.UnknownDay))
	for _, s := range b.NumbersUnknown {
		w.bytes(6, []byte(s)) // one field for each, an empty code included
	}
	w.uint(7, uint64(max(0, b.Unsure/time.Second)))
	return seal(key, w)
}

func decodeBox(key, value []byte) (kiosk.BoxRecord, error) {
	var b kiosk.BoxRecord
	r, err := unseal(key, value)
	if err != nil {
		return b, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			b.Day = r.day()
		case 2:
			b.LastSeen = r.time()
		case 3:
			b.Confirmed = r.day()
		case 4:
			b.PaperCheck = r.bool()
		case 5:
			b.UnknownDay = r.day()
		case 6:
			b.NumbersUnknown = append(b.NumbersUnknown, kiosk.ServiceCode(r.string()))
		case 7:
			b.Unsure = time.Duration(r.uint32()) * time.Second
		}
	}
	return b, r.err
}
