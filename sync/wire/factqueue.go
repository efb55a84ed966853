package wire

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The data of what happens to tickets.

// ticketIssued is the birth of a ticket, with all that it was born with.
type ticketIssued struct {
	Ticket ticket `json:"ticket"`
}

func (d *ticketIssued) check(c *checks)  { d.Ticket.check(c) }
func (d *ticketIssued) fact() kiosk.Fact { return kiosk.TicketIssued{Ticket: d.Ticket.ticket()} }
func (d *ticketIssued) about() string    { return string(d.Ticket.Number) }

// ticketMoved is a verb done to a ticket.
type ticketMoved struct {
	Service kiosk.ServiceCode `json:"service"`
	Number  kiosk.Number      `json:"number"`
	Verb    kiosk.Verb        `json:"verb"`
	State   kiosk.TicketState `json:"state"` // after it
	Counter kiosk.CounterCode `json:"counter,omitempty"`
	Why     kiosk.CallReason  `json:"why,omitempty"` // of a call: why this ticket was the next one
}

func (d *ticketMoved) check(c *checks) {
	needed(c, "service", d.Service)
	needed(c, "number", d.Number)
	needed(c, "verb", d.Verb)
	needed(c, "state", d.State)
	code(c, "counter", d.Counter)
	code(c, "why", d.Why)
}
func (d *ticketMoved) fact() kiosk.Fact { return kiosk.TicketMoved(*d) }
func (d *ticketMoved) about() string    { return string(d.Number) }

func (d *ticketMoved) text(name string) *string {
	switch name {
	case "service":
		return (*string)(&d.Service)
	case "number":
		return (*string)(&d.Number)
	case "verb":
		return (*string)(&d.Verb)
	case "state":
		return (*string)(&d.State)
	case "counter":
		return (*string)(&d.Counter)
	case "why":
		return (*string)(&d.Why)
	}
	return nil
}

// slipMoved is a step of a ticket's paper.
type slipMoved struct {
	Service   kiosk.ServiceCode `json:"service"`
	Number    kiosk.Number      `json:"number"`
	State     kiosk.SlipState   `json:"state"`
	Asked     bool              `json:"asked,omitempty"`      // by a person
	ByCitizen bool              `json:"by_citizen,omitempty"` // that person was the citizen
}

func (d *slipMoved) check(c *checks) {
	needed(c, "service", d.Service)
	needed(c, "number", d.Number)
	needed(c, "state", d.State)
}
func (d *slipMoved) fact() kiosk.Fact { return kiosk.SlipMoved(*d) }
func (d *slipMoved) about() string    { return string(d.Number) }

func (d *slipMoved) text(name string) *string {
	switch name {
	case "service":
		return (*string)(&d.Service)
	case "number":
		return (*string)(&d.Number)
	case "state":
		return (*string)(&d.State)
	}
	return nil
}

// ticketSent is a transfer to the queue of a service, to a counter, or both.
type ticketSent struct {
	Service kiosk.ServiceCode `json:"service"` // of the number
	Number  kiosk.Number      `json:"number"`
	Counter kiosk.CounterCode `json:"counter,omitempty"` // that sent it
	To      kiosk.ServiceCode `json:"to,omitempty"`      // whose queue it joins
	For     kiosk.CounterCode `json:"for,omitempty"`     // the only counter that may call it
	Place   kiosk.Place       `json:"place"`             // first, last or after
	After   time.Time         `json:"after,omitzero"`    // when it is due
}

func (d *ticketSent) check(c *checks) {
	needed(c, "service", d.Service)
	needed(c, "number", d.Number)
	code(c, "counter", d.Counter)
	code(c, "to", d.To)
	code(c, "for", d.For)
	code(c, "place", d.Place)
	moment(c, "after", &d.After)
}
func (d *ticketSent) fact() kiosk.Fact { return kiosk.TicketSent(*d) }
func (d *ticketSent) about() string    { return string(d.Number) }

// stepUndone takes the last step with a ticket back.
type stepUndone struct {
	Service kiosk.ServiceCode `json:"service"`
	Number  kiosk.Number      `json:"number"`
	Counter kiosk.CounterCode `json:"counter,omitempty"`
	Verb    kiosk.Verb        `json:"verb"`   // what is undone
	Ticket  ticket            `json:"ticket"` // as it stood before that step
}

func (d *stepUndone) check(c *checks) {
	needed(c, "service", d.Service)
	needed(c, "number", d.Number)
	code(c, "counter", d.Counter)
	needed(c, "verb", d.Verb)
	d.Ticket.check(c)
}

func (d *stepUndone) fact() kiosk.Fact {
	return kiosk.StepUndone{Service: d.Service, Number: d.Number, Counter: d.Counter, Verb: d.Verb, Ticket: d.Ticket.ticket()}
}
func (d *stepUndone) about() string { return string(d.Number) }

// priorityMoved is an officer's word for or against the priority of a ticket.
type priorityMoved struct {
	Service kiosk.ServiceCode `json:"service"`
	Number  kiosk.Number      `json:"number"`
	Counter kiosk.CounterCode `json:"counter,omitempty"`
	Was     kiosk.Priority    `json:"was,omitempty"`
	Now     kiosk.Priority    `json:"now,omitempty"`
}

func (d *priorityMoved) check(c *checks) {
	needed(c, "service", d.Service)
	needed(c, "number", d.Number)
	code(c, "counter", d.Counter)
	code(c, "was", d.Was)
	code(c, "now", d.Now)
}
func (d *priorityMoved) fact() kiosk.Fact { return kiosk.PriorityMoved(*d) }
func (d *priorityMoved) about() string    { return string(d.Number) }

// ticketRated is the citizen's word on a visit, once a ticket.
type ticketRated struct {
	Service kiosk.ServiceCode  `json:"service"`
	Number  kiosk.Number       `json:"number"`
	Counter kiosk.CounterCode  `json:"counter,omitempty"` // that finished it
	Level   kiosk.RatingLevel  `json:"level"`             // very-good, good or bad
	Reason  kiosk.RatingReason `json:"reason,omitempty"`  // of a bad one
}

func (d *ticketRated) check(c *checks) {
	needed(c, "service", d.Service)
	needed(c, "number", d.Number)
	code(c, "counter", d.Counter)
	needed(c, "level", d.Level)
	code(c, "reason", d.Reason)
}
func (d *ticketRated) fact() kiosk.Fact { return kiosk.TicketRated(*d) }
func (d *ticketRated) about() string    { return string(d.Number) }
