package hub

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// openBatch reads a batch and checks its envelopes. Where something is wrong, the batch is what
// stands before it, perhaps nothing, and the refusal names the first bad event.
func openBatch(b []byte, who Identity) (Batch, *wire.Problem) {
	batch := Batch{Gateway: who.Gateway, Site: who.Site}
	events, bad, err := wire.ParseBatch(b)
	if err == nil && len(events) == 0 {
		return batch, at(0, notBatch(http.StatusBadRequest, "no event is in it"))
	}
	batch.Events = make([]Event, 0, len(events))
	written := make([]byte, 0, len(b)) // what is kept of a batch is about what came
	for i := range events {
		p, refused := place(&events[i], who, batch)
		if refused != nil {
			return batch, at(i, refused)
		}
		batch.Epoch = p.Epoch
		var e Event
		written, e = readEvent(written, events[i], p, who.Site)
		batch.Events = append(batch.Events, e)
	}
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return batch, at(bad, tooLarge())
	case err != nil:
		return batch, at(bad, notBatch(http.StatusBadRequest, err.Error()))
	}
	return batch, nil
}

func at(index int, p *wire.Problem) *wire.Problem {
	p.Index = &index
	return p
}

// place checks an event's envelope against who sent it and against what stands before it.
func place(e *wire.Event, who Identity, before Batch) (kiosk.Position, *wire.Problem) {
	if e.Source != who.Gateway.Source() {
		return kiosk.Position{}, &wire.Problem{
			Status: http.StatusForbidden, Code: wire.CodeIdentity, Title: "an event of another source",
			Detail: fmt.Sprintf("this connection is %s's", who.Gateway.Source()),
		}
	}
	p, err := wire.ParseEventID(e.ID)
	if err != nil {
		return p, notBatch(http.StatusBadRequest, err.Error())
	}
	if n := len(before.Events); n > 0 {
		switch want := before.Events[n-1].Seq + 1; {
		case p.Epoch != before.Epoch:
			return p, notBatch(http.StatusBadRequest, "events of two epochs: want one batch for each")
		case p.Seq > want:
			return p, &wire.Problem{
				Status: http.StatusConflict, Code: wire.CodeGap, Title: "places are missing within the batch", Expected: uint64(want),
			}
		case p.Seq < want:
			return p, notBatch(http.StatusBadRequest, "events out of order")
		}
	}
	return p, nil
}
