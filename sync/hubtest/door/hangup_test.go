package door_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// A gateway that hangs up leaves its batch behind, and the batch its place: otherwise one gateway
// would fill the queue of all by hanging up again and again.
func TestHangingUpLeavesThePlaceTaken(t *testing.T) {
	t.Parallel()
	open, held := make(chan struct{}), make(chan struct{}, 100)
	l := newLineRig(t, hub.Limits{Each: 1, Patience: 50 * time.Millisecond}, func(s hub.Store) hub.Store {
		return &faultyStore{s, func([]hub.Batch) error { held <- struct{}{}; <-open; return nil }}
	})
	g := wire.NewGatewayID()
	send := func(ctx context.Context) (status int) {
		b, err := wire.AppendBatch(nil, l.issued(g, 1, 1))
		if err != nil {
			t.Error(err)
			return 0
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+wire.PathEvents, bytes.NewReader(b))
		if err != nil {
			t.Error(err)
			return 0
		}
		r.Header = batchHead.Clone()
		r.Header.Set("X-Test-Gateway", string(g))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0 // hung up
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	ctx, hangUp := context.WithCancel(t.Context())
	first := make(chan int, 1)
	go func() { first <- send(ctx) }()
	<-held
	hangUp()
	<-first
	for range 10 { // the hub may notice a little later that nobody is there any more
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		status := send(ctx)
		cancel()
		if status != http.StatusTooManyRequests {
			t.Errorf("beside the batch that was left behind: %d", status)
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	close(open)
	for until := time.Now().Add(10 * time.Second); send(t.Context()) != http.StatusOK; {
		if time.Now().After(until) {
			t.Fatal("the place is never left")
		}
		<-time.After(10 * time.Millisecond)
	}
}
