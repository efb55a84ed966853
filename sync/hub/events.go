package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// events takes facts.
func (h *Hub) events(w http.ResponseWriter, r *http.Request, who Identity) error {
	began := time.Now()
	leave, err := h.entry.enter(who.Gateway)
	if err != nil {
		return err
	}
	b, done, err := h.readBatch(w, r)
	if err != nil {
		leave()
		return err
	}
	batch, refused := openBatch(b, who)
	// The batch leaves its places, not the request: whoever hangs up leaves the batch behind.
	ack, err := h.keep(r.Context(), batch, func() { done(); leave() })
	switch {
	case err != nil:
		return err
	case refused != nil:
		refused.Ack = ack
		return refused
	}
	h.metrics.acked(len(b), ack, time.Since(began))
	return answer(w, ack)
}

// keep makes a batch durable and returns the word for it. Of an empty batch it is the mark alone,
// if there is one. leave is called once nobody works on the batch any more, perhaps after keep has
// returned.
func (h *Hub) keep(ctx context.Context, batch Batch, leave func()) (*wire.Ack, error) {
	if len(batch.Events) == 0 {
		leave()
		return nil, nil
	}
	hasDossier := false
	for i := range batch.Events {
		if d := batch.Events[i].Dossier; d != nil {
			d.Gateway, hasDossier = batch.Gateway, true
		}
	}
	a, err := h.commits.commit(ctx, batch, leave)
	if gap, ok := errors.AsType[*Gap](err); ok {
		index := 0
		return nil, &wire.Problem{
			Status: http.StatusConflict, Code: wire.CodeGap, Title: "places are missing before the batch",
			Index: &index, Expected: uint64(gap.Expected), Ack: &wire.Ack{Mark: gap.Mark},
		}
	}
	switch {
	case errors.Is(err, ErrRevoked):
		return nil, revoked()
	case err != nil:
		return nil, err
	}
	if a.Odd > 0 || a.Forked {
		h.Log.Warn("facts put aside", LogGateway, batch.Gateway, LogAt, wire.EventID(a.Mark.Position()), "odd", a.Odd, "forked", a.Forked)
	}
	if hasDossier {
		h.watch.wake(batch.Gateway) // one without pages is complete already
	}
	return &wire.Ack{Mark: a.Mark, Accepted: a.Accepted, Replayed: a.Replayed, Quarantined: a.Odd, Forked: a.Forked}, nil
}

// revoked refuses what comes in the name of a gateway that has ended since its connection was let in.
func revoked() *wire.Problem {
	return &wire.Problem{Status: http.StatusForbidden, Code: wire.CodeRevoked, Title: "this gateway was revoked"}
}

// answer writes what was asked for.
func answer(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	head := w.Header()
	head.Set("Content-Type", wire.TypeJSON)
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b) // who has gone asks again
	return nil
}
