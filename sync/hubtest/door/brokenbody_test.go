package door_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// A body that stops on its way, on a line that stalls or at a machine that is too busy to read it,
// says nothing of the events in it: the gateway is asked to come again. Were it told that its batch
// is none, it would give up a fact that stands alone in it.
func TestStalledBodyIsNotTheFactsFault(t *testing.T) {
	t.Parallel()
	l, g := newLineRig(t, hub.Limits{Idle: 100 * time.Millisecond}, nil), wire.NewGatewayID()
	whole, err := wire.AppendBatch(nil, l.issued(g, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	defer w.Close()
	done := make(chan *wire.Problem, 1)
	go func() { done <- l.do(g, http.MethodPost, wire.PathEvents, batchHead, r, nil) }()
	if _, err := w.Write(whole[:len(whole)/2]); err != nil {
		t.Fatal(err)
	}
	if p := <-done; p == nil || p.Code != wire.CodeBusy || p.Status != http.StatusRequestTimeout || p.RetryAfter <= 0 || p.Index != nil {
		t.Errorf("a body that stalls: %+v", p)
	}
	if ack, p := l.send(g, l.issued(g, 1, 1)...); p != nil || ack.Accepted != 1 {
		t.Errorf("once more: %+v, %v", ack, p)
	}
}
