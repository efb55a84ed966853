package hub_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// ending is a store in which every gateway ends while its facts are on their way.
type ending struct{ hub.Store }

func (ending) Append(_ context.Context, batches []hub.Batch, _ hub.SignFunc) ([]hub.Appended, []error, error) {
	errs := make([]error, len(batches))
	for i := range errs {
		errs[i] = hub.ErrRevoked
	}
	return make([]hub.Appended, len(batches)), errs, nil
}

// A gateway that ended after its connection was let in hears the same as one that knocks later: its
// uplink takes that for a matter of persons.
func TestRevokedMeanwhile(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: ending{}, Signer: wire.NewSigner(private), Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	g := wire.NewGatewayID()
	e, err := wire.Encode(g, kiosk.Outgoing{Record: kiosk.Record{
		Position: kiosk.Position{Epoch: 1, Seq: 1}, Site: "coto", Fact: kiosk.SlipMoved{Service: "S", Number: "A001", State: kiosk.SlipSent},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := wire.AppendBatch(nil, []wire.Event{e})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Facts(ctx, g, "coto", b)
	if p, ok := errors.AsType[*wire.Problem](err); !ok || p.Code != wire.CodeRevoked || p.Status != http.StatusForbidden || p.Ack != nil {
		t.Errorf("the batch: %v", err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
