package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// feed answers what there is for a gateway after a cursor, as soon as there is something.
func (h *Hub) feed(w http.ResponseWriter, r *http.Request, who Identity) error {
	after, err := strconv.ParseUint(r.URL.Query().Get("after"), 10, 63)
	if err != nil {
		return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "want after=N, the cursor of the last item"}
	}
	at := standing{after: after, item: r.URL.Query().Get("item"), named: r.URL.Query().Has("item")}
	// First the wish to be woken, then the look: nothing falls between.
	wake, leave := h.watch.wait(who.Gateway, after)
	defer leave()
	batch, err := h.feedAfter(r.Context(), who.Gateway, at)
	if err == nil && len(batch.Events) == 0 && !batch.Anew {
		until := time.NewTimer(wire.FeedWait)
		defer until.Stop()
		select {
		case <-wake:
		case <-until.C:
		case <-r.Context().Done():
			return r.Context().Err()
		}
		batch, err = h.feedAfter(r.Context(), who.Gateway, at)
	}
	if err != nil {
		return err
	}
	return answer(w, batch)
}

// standing is where a gateway stands in its feed.
type standing struct {
	after uint64
	item  string // the name of the item there; empty: it does not know it
	named bool   // it is of a version that knows of names
}

// feedAfter reads what fits into one answer.
func (h *Hub) feedAfter(ctx context.Context, gateway wire.GatewayID, at standing) (wire.FeedBatch, error) {
	// With the item before: it is the one that the gateway stands at, or this is another feed.
	items, newest, err := h.Store.Feed(ctx, gateway, at.after-min(at.after, 1), wire.MaxFeedItems+1)
	if err != nil {
		return wire.FeedBatch{}, err
	}
	// A cursor that this hub has not given is answered with what it has: nothing.
	batch := wire.FeedBatch{Events: []wire.Event{}, Cursor: at.after}
	another := at.after > newest
	if len(items) > 0 && items[0].Cursor == at.after {
		batch.Item = nameOf(items[0])
		another = at.item != "" && at.item != batch.Item
		items = items[1:]
	}
	if len(items) > 0 && items[0].Cursor > at.after+1 {
		another = true // what came between is not kept any more
	}
	if another && at.named {
		return h.anew(ctx, gateway)
	}
	if !another {
		if err := h.Store.FeedDone(ctx, gateway, at.after); err != nil {
			return wire.FeedBatch{}, err
		}
	}
	size := 0
	for _, v := range items[:min(len(items), wire.MaxFeedItems)] {
		if size += len(v.Data); size > wire.MaxFeedBytes && len(batch.Events) > 0 {
			break
		}
		batch.Events = append(batch.Events, wire.Event{
			SpecVersion: wire.SpecVersion, ID: strconv.FormatUint(v.Cursor, 10), Source: wire.SourceHub, Type: v.Kind,
			Time: v.At.UTC().Format(time.RFC3339), ContentType: wire.TypeJSON, Data: v.Data,
		})
		batch.Cursor, batch.Item = v.Cursor, nameOf(v)
	}
	batch.More = batch.Cursor < newest
	return batch, nil
}

// anew answers that a gateway has to go on where this feed begins.
func (h *Hub) anew(ctx context.Context, gateway wire.GatewayID) (wire.FeedBatch, error) {
	first, newest, err := h.Store.Feed(ctx, gateway, 0, 1)
	if err != nil {
		return wire.FeedBatch{}, err
	}
	batch := wire.FeedBatch{Events: []wire.Event{}, Cursor: newest, Anew: true}
	if len(first) > 0 {
		batch.Cursor = first[0].Cursor - 1
	}
	batch.More = batch.Cursor < newest
	return batch, nil
}

// nameOf names an item by all that it is. A hub that was put back makes its items later than the
// ones that it has lost, so that even the same word has another name.
func nameOf(v FeedItem) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %d %s\n", v.Cursor, v.At.Unix(), v.Kind)
	sum.Write(v.Data)
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// Push puts an item into a gateway's feed and wakes it.
func (h *Hub) Push(ctx context.Context, gateway wire.GatewayID, kind string, data []byte) error {
	if _, err := h.Store.Push(ctx, gateway, kind, data); err != nil {
		return fmt.Errorf("push to %s: %w", gateway, err)
	}
	h.watch.wake(gateway)
	return nil
}
