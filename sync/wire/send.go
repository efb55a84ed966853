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

// Parcel is facts that go to the province together.
type Parcel struct {
	Events []Event
	Full   bool  // more would go with them, were they not so many bytes already
	Waits  error // why the fact after them has to wait, and all behind it: nothing is skipped
}

// parcelEnvelope is about what an event takes beside its data, in bytes.
const parcelEnvelope = 300

// Gather writes the first of some facts as they go together: those of one epoch, and of about size
// bytes at the most, or one. lost is told of each that goes without what cannot be had any more.
func Gather(ctx context.Context, gateway GatewayID, out []kiosk.Outgoing, open Subjects, size int, lost func(kiosk.Position, error)) (p Parcel) {
	for _, o := range out {
		if o.Epoch != out[0].Epoch {
			break
		}
		event, without, err := Send(ctx, gateway, o, open)
		if err != nil {
			p.Waits = err
			break
		}
		if size -= len(event.Data) + parcelEnvelope; size < 0 && len(p.Events) > 0 {
			p.Full = true
			break
		}
		if without != nil {
			lost(o.Position, without)
		}
		p.Events = append(p.Events, event)
	}
	return p
}
