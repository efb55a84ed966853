package uplink_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// held is what the hub has of a place.
type held struct{ chain, typ string }

// equal compares what the box has kept with what the hub holds, item by item: it reads the hub's
// database and files, and asks neither the line nor the hub.
func equal(t testing.TB, b *boxRig, h *hubRig) {
	t.Helper()
	ctx := context.Background()
	at := map[kiosk.Position]held{}
	for _, m := range must(h.store.Marks(ctx, gateway))(t) {
		for _, e := range h.eventsOf(t, m.Epoch) {
			at[e.at] = e.held
		}
	}
	own := must(b.store.Outgoing(ctx, kiosk.Position{}, 1_000_000))(t)
	var dossiers []kiosk.Dossier
	for _, o := range own {
		got, ok := at[o.Position]
		switch {
		case !ok:
			t.Errorf("the hub has nothing at %d-%d, a %T", o.Epoch, o.Seq, o.Fact)
		case got.chain != o.Chain.String():
			t.Errorf("the hub has another %s at %d-%d than a %T", got.typ, o.Epoch, o.Seq, o.Fact)
		}
		delete(at, o.Position)
		if d, ok := o.Fact.(kiosk.DossierReceived); ok {
			dossiers = append(dossiers, d.Dossier)
		}
	}
	for p, e := range at {
		t.Errorf("the hub has a %s at %d-%d, the box has nothing there", e.typ, p.Epoch, p.Seq)
	}
	for _, d := range dossiers {
		whole(t, b, h, d)
	}
}

// whole compares the pages of a dossier, byte for byte.
func whole(t testing.TB, b *boxRig, h *hubRig, d kiosk.Dossier) {
	t.Helper()
	filed := must(h.store.Dossier(context.Background(), d.ID))(t)
	if filed.Missing != 0 || filed.Complete.IsZero() || filed.Header.Manifest() != d.Manifest() || filed.Subject == nil {
		t.Errorf("dossier %s at the hub: %+v", d.ID, filed)
	}
	for i, p := range d.Pages {
		got, want := h.page(t, d.ID, p.Hash), b.page(d.ID, p.Hash)
		if b.fetch != nil {
			want = b.fetch(p.Hash)
		}
		if !bytes.Equal(got, want) || len(got) != int(p.Size) {
			t.Errorf("page %d of %s: %d bytes at the hub, %d here", i, d.ID, len(got), len(want))
		}
	}
}
