package kiosk

import (
	"fmt"
	"slices"
	"time"
)

// planSend ends the present part of a visit and begins the next one: in the queue of another
// service, at a chosen counter, or both.
func (o *Office) planSend(c *Change, now time.Time, s Step, t Ticket) (Ticket, error) {
	if from := []TicketState{Waiting, Called, Serving, Held, NoShow}; !slices.Contains(from, t.State) {
		return t, wrongState(t, VerbSend, from)
	}
	f := TicketSent{Service: t.Service, Number: t.Number, Counter: s.Counter, To: s.To, For: s.For, Place: s.Place}
	if f.Counter == "" && t.Active() {
		f.Counter = t.Counter
	}
	if f.To == "" {
		f.To = t.Queue()
	}
	if _, ok := o.setup.Service(f.To); !ok {
		return t, refuse(CodeUnknownService, string(f.To), "one of "+o.serviceCodes())
	}
	if f.For != "" {
		if _, err := o.counter(f.For); err != nil {
			return t, err
		}
	}
	switch s.Place {
	case PlaceFirst, PlaceLast:
	case PlaceAfter:
		if s.After < time.Minute || s.After > maxAfter {
			return t, refuse(CodeBadTime, s.After.String(), fmt.Sprintf("1 minute to %s", maxAfter))
		}
		f.After = now.Add(s.After.Truncate(time.Second))
	default:
		return t, refuse(CodeBadPlace, string(s.Place), "first, last or after")
	}
	return o.touch(c, now, s.By, t, f), nil
}
