package wire

import (
	"context"
	"errors"
	"fmt"

	"github.com/motcua/gateway/kiosk"
)

// Subjects opens what a dossier's header says of the applicant. It fails with [kiosk.ErrGone]
// where that was forgotten or is damaged for good; after any other error it is asked again.
type Subjects interface {
	Subject(ctx context.Context, dossier kiosk.DossierID, sealed []byte) (*Subject, error)
}

// Send writes a fact as it goes to the province, by line or by stick, and there is always an event
// in its place: one that cannot be read or encoded any more goes as Unsendable, and a header whose
// applicant is gone goes without. lost is why, for the log. Only err means that there is no event:
// who applies cannot be opened just now, and the fact has to wait.
func Send(ctx context.Context, gateway GatewayID, o kiosk.Outgoing, open Subjects) (e Event, lost, err error) {
	if o.Broken != nil {
		return Unsendable(gateway, o, o.Broken), o.Broken, nil
	}
	var subject *Subject
	if d, ok := o.Fact.(kiosk.DossierReceived); ok && len(d.Dossier.Subject) > 0 {
		subject, err = open.Subject(ctx, d.Dossier.ID, d.Dossier.Subject)
		switch {
		case errors.Is(err, kiosk.ErrGone):
			subject, lost = nil, fmt.Errorf("who applies: %w", err)
		case err != nil:
			return Event{}, nil, fmt.Errorf("open who applies for %s: %w", d.Dossier.ID, err)
		}
	}
	e, err = Encode(gateway, o, subject)
	if err != nil {
		return Unsendable(gateway, o, err), err, nil
	}
	return e, lost, nil
}
