package kiosk

import "context"

// Rate keeps a citizen's word on a visit that was served today. It refuses with
// CodeUnknownTicket, CodeWrongState before the visit is over, CodeRatedAlready and CodeBadRating.
func (o *Office) Rate(ctx context.Context, n Number, level RatingLevel, reason RatingReason, by string) (Ticket, error) {
	if !level.Valid() || !reason.Valid() || reason != "" && level != RatingBad {
		return Ticket{}, refuse(CodeBadRating, string(level), "very-good, good, or bad with a reason of the list")
	}
	now, err := o.begin(ctx)
	if err != nil {
		return Ticket{}, err
	}
	defer o.end()
	t, ok := o.day.ticket(n)
	switch {
	case !ok:
		return Ticket{}, refuse(CodeUnknownTicket, string(n), "a number of today")
	case t.State != Served:
		return Ticket{}, refuse(CodeWrongState, string(n), "it is "+string(t.State))
	case t.Rating != "":
		return Ticket{}, refuse(CodeRatedAlready, string(n), "")
	}
	var c Change
	t = o.touch(&c, now, by, t, TicketRated{Service: t.Service, Number: n, Counter: t.Counter, Level: level, Reason: reason})
	return t, o.commit(ctx, c)
}
