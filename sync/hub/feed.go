package hub

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// feedSource is the source of the feed's events.
const feedSource = "/hub"

// feed answers what there is for a gateway after a cursor, as soon as there is something.
func (h *Hub) feed(w http.ResponseWriter, r *http.Request, who Identity) error {
	after, err := strconv.ParseUint(r.URL.Query().Get("after"), 10, 63)
	if err != nil {
		return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "want after=N, the cursor of the last item"}
	}
	// First the wish to be woken, then the look: nothing falls between.
	wake, leave := h.watch.wait(who.Gateway, after)
	defer leave()
	batch, err := h.feedAfter(r.Context(), who.Gateway, after)
	if err == nil && len(batch.Events) == 0 {
		until := time.NewTimer(wire.FeedWait)
		defer until.Stop()
		select {
		case <-wake:
		case <-until.C:
		case <-r.Context().Done():
			return r.Context().Err()
		}
		batch, err = h.feedAfter(r.Context(), who.Gateway, after)
	}
	if err != nil {
		return err
	}
	return answer(w, batch)
}

// feedAfter reads what fits into one answer.
func (h *Hub) feedAfter(ctx context.Context, gateway wire.GatewayID, after uint64) (wire.FeedBatch, error) {
	items, newest, err := h.Store.Feed(ctx, gateway, after, wire.MaxFeedItems)
	if err != nil {
		return wire.FeedBatch{}, err
	}
	// A cursor that this hub has not given is answered with what it has: nothing.
	batch := wire.FeedBatch{Events: []wire.Event{}, Cursor: after}
	size := 0
	for _, v := range items {
		if size += len(v.Data); size > wire.MaxFeedBytes && len(batch.Events) > 0 {
			break
		}
		batch.Events = append(batch.Events, wire.Event{
			SpecVersion: wire.SpecVersion, ID: strconv.FormatUint(v.Cursor, 10), Source: feedSource, Type: v.Kind,
			Time: v.At.UTC().Format(time.RFC3339), ContentType: wire.TypeJSON, Data: v.Data,
		})
		batch.Cursor = v.Cursor
	}
	batch.More = batch.Cursor < newest
	return batch, nil
}

// Push puts an item into a gateway's feed and wakes it.
func (h *Hub) Push(ctx context.Context, gateway wire.GatewayID, kind string, data []byte) error {
	if _, err := h.Store.Push(ctx, gateway, kind, data); err != nil {
		return fmt.Errorf("push to %s: %w", gateway, err)
	}
	h.watch.wake(gateway)
	return nil
}
