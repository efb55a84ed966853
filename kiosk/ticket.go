package kiosk

import (
	"fmt"
	"time"
)

// Number is what the citizen reads, hears and sees: the service's prefix and a sequence of
// at least three digits that begins anew each day, "A012". Past 999 it widens: "A1000".
type Number string

// FormatNumber returns the number of the seq-th ticket of a service.
func FormatNumber(prefix string, seq uint32) Number {
	return Number(fmt.Sprintf("%s%03d", prefix, seq))
}

// TicketState is where a ticket stands. The values are stable.
type TicketState string

// The states of a ticket. Final are Served, Cancelled and Lapsed.
const (
	Waiting   TicketState = "waiting"
	Called    TicketState = "called"
	Serving   TicketState = "serving"
	Held      TicketState = "held"      // set aside by an officer, to be resumed
	NoShow    TicketState = "no-show"   // called and not there; may be recycled until close
	Served    TicketState = "served"    // final
	Cancelled TicketState = "cancelled" // final
	Lapsed    TicketState = "lapsed"    // final: left over at close, our failure
)

// Final reports whether nothing can happen to the ticket any more.
func (s TicketState) Final() bool { return s == Served || s == Cancelled || s == Lapsed }

// Priority says that a ticket has priority and on whose word, never why: the reason may be
// health data (Law 91/2025/QH15).
type Priority string

// Whose word a priority is.
const (
	NoPriority       Priority = ""
	PriorityDeclared Priority = "declared" // by the citizen at the screen
	PriorityByCard   Priority = "card"     // by the birth date on the ID card
	PriorityOfficer  Priority = "officer"  // by an officer
)

// Valid reports whether p is a known priority class.
func (p Priority) Valid() bool {
	switch p {
	case NoPriority, PriorityDeclared, PriorityByCard, PriorityOfficer:
		return true
	}
	return false
}

// SlipState is how far the paper of a ticket has come.
type SlipState string

// The states of a slip. Sent means that the printer may have it: printing it again carries a
// reprint mark.
const (
	SlipRecorded  SlipState = "recorded"  // to be printed, not one byte sent
	SlipSent      SlipState = "sent"      // handed to the printer, not confirmed
	SlipPrinted   SlipState = "printed"   // the printer said so
	SlipUnprinted SlipState = "unprinted" // waits for a person under "slips not printed"
	SlipWaived    SlipState = "waived"    // the citizen has the number without paper
)

// SlipRecord is the state of a ticket's slip.
type SlipRecord struct {
	State SlipState
	// Sends counts how often the slip was handed to a printer. The next one carries a
	// reprint mark when it is not 0.
	Sends int
	// Auto counts those of Sends that nobody asked for, since somebody last did.
	Auto int
	// Copies counts how often the citizen asked for paper again.
	Copies int
	SentAt time.Time
}

// Ticket (số thứ tự) is a place in line.
type Ticket struct {
	Site     SiteCode
	Day      Day
	Service  ServiceCode
	Seq      uint32 // within service and day, from 1
	Number   Number
	State    TicketState
	Language Language
	Priority Priority
	// Key is the key of the press that made the ticket: the same key gives the same ticket.
	Key string
	// Terminal is the touchscreen or program that asked for it: "main".
	Terminal string
	// Order is the place of the fact that issued the ticket, [Position.Order]. Waiting is
	// ordered by it and never by the clock.
	Order uint64
	// IssuedAt and the other times are whole seconds; they are to be shown only if TimeSure.
	IssuedAt time.Time
	TimeSure bool
	Counter  CounterCode // that called it last
	Calls    int         // how often it was called, the first time included
	CalledAt time.Time
	ServedAt time.Time // when serving began
	EndedAt  time.Time // when it became final
	Slip     SlipRecord

	// What a transfer made of it. A ticket that was never sent on has none of these.
	SentTo    ServiceCode // whose queue it is in now; empty: that of Service
	SentFor   CounterCode // the only counter that may call it
	SentOrder uint64      // its place there in place of Order
	SentFirst bool        // before everybody of that queue who was not sent first
	SentAt    time.Time
	NotBefore time.Time // not to be called earlier; zero: at once
	// Legs counts the finished parts of the visit: one for each transfer.
	Legs int

	// Moves counts the facts about the ticket, its paper apart: who has seen the same count has
	// seen the same ticket.
	Moves int
	// CallOrder is the place of the fact that called it last, as Order is that of its issue.
	CallOrder uint64
	Rating    RatingLevel // empty: not rated
}

// Queue returns the service whose queue the ticket is in, or was in last.
func (t *Ticket) Queue() ServiceCode {
	if t.SentTo != "" {
		return t.SentTo
	}
	return t.Service
}

// QueuedAt returns when the present part of the visit began to wait.
func (t *Ticket) QueuedAt() time.Time {
	if t.Legs > 0 {
		return t.SentAt
	}
	return t.IssuedAt
}

// Before orders the tickets of a queue: who was sent to its head in the order of the transfers,
// then by the order of issue or of arrival.
func (t *Ticket) Before(other *Ticket) bool {
	if t.SentFirst != other.SentFirst {
		return t.SentFirst
	}
	return t.place() < other.place()
}

func (t *Ticket) place() uint64 {
	if t.SentOrder != 0 {
		return t.SentOrder
	}
	return t.Order
}

// Due reports whether the time has come that a transfer put a ticket off to. Where the clock shows a
// time before the transfer it was set back since, and nobody waits for an hour that is far away.
func (t *Ticket) Due(now time.Time) bool { return !now.Before(t.NotBefore) || now.Before(t.SentAt) }

// Active reports whether a counter has the ticket in hand.
func (t *Ticket) Active() bool { return t.State == Called || t.State == Serving }
