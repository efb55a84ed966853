package wire

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// ticket (số thứ tự) is a place in line, whole.
type ticket struct {
	Site     kiosk.SiteCode    `json:"site"`
	Day      day               `json:"day"`
	Service  kiosk.ServiceCode `json:"service"`
	Seq      uint32            `json:"seq"` // within service and day, from 1
	Number   kiosk.Number      `json:"number"`
	State    kiosk.TicketState `json:"state"`
	Language kiosk.Language    `json:"language,omitempty"` // ISO 639-1
	Priority kiosk.Priority    `json:"priority,omitempty"` // on whose word, never why
	Key      string            `json:"key,omitempty"`      // of the press that made it
	Terminal string            `json:"terminal,omitempty"` // the touchscreen or program that asked
	Order    place             `json:"order,omitzero"`     // of the fact that issued it
	IssuedAt time.Time         `json:"issued_at,omitzero"`
	TimeSure bool              `json:"time_sure,omitempty"` // the times are worth something
	Counter  kiosk.CounterCode `json:"counter,omitempty"`   // that called it last
	Calls    int               `json:"calls,omitempty"`
	CalledAt time.Time         `json:"called_at,omitzero"`
	ServedAt time.Time         `json:"served_at,omitzero"` // when serving began
	EndedAt  time.Time         `json:"ended_at,omitzero"`
	Slip     slip              `json:"slip,omitzero"`

	SentTo    kiosk.ServiceCode `json:"sent_to,omitempty"`
	SentFor   kiosk.CounterCode `json:"sent_for,omitempty"`
	SentOrder place             `json:"sent_order,omitzero"` // its place there in place of order
	SentFirst bool              `json:"sent_first,omitempty"`
	SentAt    time.Time         `json:"sent_at,omitzero"`
	NotBefore time.Time         `json:"not_before,omitzero"`
	Legs      int               `json:"legs,omitempty"` // finished parts of the visit

	Moves     int               `json:"moves,omitempty"` // facts about it so far, paper apart
	CallOrder place             `json:"call_order,omitzero"`
	Rating    kiosk.RatingLevel `json:"rating,omitempty"`
}

// slip is the state of a ticket's paper.
type slip struct {
	State  kiosk.SlipState `json:"state,omitempty"`
	Sends  int             `json:"sends,omitempty"`  // how often it went to a printer
	Auto   int             `json:"auto,omitempty"`   // of these, unasked since somebody last asked
	Copies int             `json:"copies,omitempty"` // asked for by the citizen
	SentAt time.Time       `json:"sent_at,omitzero"`
}

func ticketOf(t *kiosk.Ticket) ticket {
	return ticket{
		Site: t.Site, Day: day(t.Day), Service: t.Service, Seq: t.Seq, Number: t.Number, State: t.State,
		Language: t.Language, Priority: t.Priority, Key: t.Key, Terminal: t.Terminal, Order: place(t.Order),
		IssuedAt: t.IssuedAt, TimeSure: t.TimeSure, Counter: t.Counter, Calls: t.Calls, CalledAt: t.CalledAt,
		ServedAt: t.ServedAt, EndedAt: t.EndedAt, Slip: slip(t.Slip),
		SentTo: t.SentTo, SentFor: t.SentFor, SentOrder: place(t.SentOrder), SentFirst: t.SentFirst,
		SentAt: t.SentAt, NotBefore: t.NotBefore, Legs: t.Legs,
		Moves: t.Moves, CallOrder: place(t.CallOrder), Rating: t.Rating,
	}
}

func (t *ticket) ticket() kiosk.Ticket {
	return kiosk.Ticket{
		Site: t.Site, Day: kiosk.Day(t.Day), Service: t.Service, Seq: t.Seq, Number: t.Number, State: t.State,
		Language: t.Language, Priority: t.Priority, Key: t.Key, Terminal: t.Terminal, Order: uint64(t.Order),
		IssuedAt: t.IssuedAt, TimeSure: t.TimeSure, Counter: t.Counter, Calls: t.Calls, CalledAt: t.CalledAt,
		ServedAt: t.ServedAt, EndedAt: t.EndedAt, Slip: kiosk.SlipRecord(t.Slip),
		SentTo: t.SentTo, SentFor: t.SentFor, SentOrder: uint64(t.SentOrder), SentFirst: t.SentFirst,
		SentAt: t.SentAt, NotBefore: t.NotBefore, Legs: t.Legs,
		Moves: t.Moves, CallOrder: uint64(t.CallOrder), Rating: t.Rating,
	}
}

func (t *ticket) check(c *checks) {
	needed(c, "ticket.site", t.Site)
	c.that(kiosk.Day(t.Day).Valid(), "ticket.day", "YYYY-MM-DD")
	needed(c, "ticket.service", t.Service)
	c.that(t.Seq > 0, "ticket.seq", "a number from 1")
	needed(c, "ticket.number", t.Number)
	needed(c, "ticket.state", t.State)
	code(c, "ticket.language", t.Language)
	code(c, "ticket.priority", t.Priority)
	code(c, "ticket.key", t.Key)
	code(c, "ticket.terminal", t.Terminal)
	code(c, "ticket.counter", t.Counter)
	code(c, "ticket.sent_to", t.SentTo)
	code(c, "ticket.sent_for", t.SentFor)
	code(c, "ticket.rating", t.Rating)
	code(c, "ticket.slip.state", t.Slip.State)
	count(c, "ticket.calls", t.Calls)
	count(c, "ticket.legs", t.Legs)
	count(c, "ticket.moves", t.Moves)
	count(c, "ticket.slip.sends", t.Slip.Sends)
	count(c, "ticket.slip.auto", t.Slip.Auto)
	count(c, "ticket.slip.copies", t.Slip.Copies)
	moment(c, "ticket.issued_at", &t.IssuedAt)
	moment(c, "ticket.called_at", &t.CalledAt)
	moment(c, "ticket.served_at", &t.ServedAt)
	moment(c, "ticket.ended_at", &t.EndedAt)
	moment(c, "ticket.sent_at", &t.SentAt)
	moment(c, "ticket.not_before", &t.NotBefore)
	moment(c, "ticket.slip.sent_at", &t.Slip.SentAt)
}
