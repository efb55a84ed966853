package kiosk

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Reprint asks for the paper of a ticket again, with the same number and a reprint mark where
// a printer may have had it before. A citizen may ask SlipRules.Copies times, staff as often as
// they like. It refuses with CodeUnknownTicket, CodeWrongState and CodeCopyLimit.
func (o *Office) Reprint(ctx context.Context, n Number, byCitizen bool, by string) (Ticket, error) {
	return o.moveSlip(ctx, n, by, func(t Ticket) (SlipMoved, error) {
		if t.State.Final() {
			return SlipMoved{}, refuse(CodeWrongState, string(n), fmt.Sprintf("it is %s", t.State))
		}
		if byCitizen && t.Slip.Copies >= o.setup.Slips.Copies {
			return SlipMoved{}, refuse(CodeCopyLimit, string(n), "an officer can print it: kioskctl ticket reprint")
		}
		if byCitizen && t.Slip.State == SlipRecorded {
			return SlipMoved{}, errUnchanged // a second press: it is about to print anyway
		}
		return SlipMoved{State: SlipRecorded, Asked: true, ByCitizen: byCitizen}, nil
	})
}

// WaiveSlip says that the citizen has the number without paper: nothing prints by itself for
// this ticket any more. A slip that is out stays as it is.
func (o *Office) WaiveSlip(ctx context.Context, n Number, by string) (Ticket, error) {
	return o.moveSlip(ctx, n, by, func(t Ticket) (SlipMoved, error) {
		if t.Slip.State == SlipPrinted || t.Slip.State == SlipWaived {
			return SlipMoved{}, errUnchanged
		}
		return SlipMoved{State: SlipWaived, Asked: true, ByCitizen: true}, nil
	})
}

// stepSlip is a step of the gateway's own. It reports false where the ticket or its slip is no
// longer what Printing saw: a person was quicker, or it is another day's ticket.
func (o *Office) stepSlip(ctx context.Context, seen Ticket, to SlipState) (moved bool, err error) {
	_, err = o.moveSlip(ctx, seen.Number, byGateway, func(t Ticket) (SlipMoved, error) {
		if t.Order != seen.Order || t.Slip.State != seen.Slip.State {
			return SlipMoved{}, errUnchanged
		}
		moved = true
		return SlipMoved{State: to}, nil
	})
	var r *Refusal
	if errors.As(err, &r) && r.Code == CodeUnknownTicket {
		return false, nil
	}
	return moved, err
}

// errUnchanged says that a slip is already where it should be, or went elsewhere meanwhile.
var errUnchanged = errors.New("slip unchanged")

// moveSlip does one step of a ticket's paper; decide sees the ticket under the lock.
func (o *Office) moveSlip(ctx context.Context, n Number, by string, decide func(Ticket) (SlipMoved, error)) (Ticket, error) {
	now, err := o.begin(ctx)
	if err != nil {
		return Ticket{}, err
	}
	defer o.end()
	t, ok := o.day.ticket(n)
	if !ok {
		return Ticket{}, refuse(CodeUnknownTicket, string(n), "a number of today")
	}
	f, err := decide(t)
	if errors.Is(err, errUnchanged) {
		return t, nil
	}
	if err != nil {
		return Ticket{}, err
	}
	f.Service, f.Number = t.Service, n
	var c Change
	t = o.touch(&c, now, by, t, f)
	if err := o.commit(ctx, c); err != nil {
		return Ticket{}, err
	}
	return t, nil
}

// slipAge is how old a ticket is, and whether that is known.
func slipAge(t Ticket, now time.Time, sure bool) (time.Duration, bool) {
	if !sure || !t.TimeSure {
		return 0, false
	}
	return now.Sub(t.IssuedAt), true
}
