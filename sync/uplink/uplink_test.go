package uplink_test

import (
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
)

// TestOneDay: facts, tickets and dossiers arrive, each once, and the hub's word for a dossier
// comes back.
func TestOneDay(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	b.ticket(t)
	first := b.receive(t, 60_000, 1, 300_000)
	b.run(t)
	b.drained(t, patience)
	b.ticket(t)
	empty := b.receive(t)
	b.drained(t, patience)
	eventually(t, "both dossiers are confirmed", func() bool {
		for _, d := range []string{string(first.ID), string(empty.ID)} {
			r, ok, err := b.store.Dossier(t.Context(), kiosktest.Site, kiosk.DossierID(d))
			if err != nil || !ok || r.Statement == "" {
				return false
			}
		}
		return true
	})
	b.drained(t, patience)
	equal(t, b, h)
	eventually(t, "the bytes are counted", func() bool { return b.state(t).Acked >= 360_001 })
	if s := b.state(t); s.Phase != uplink.PhaseUp || s.Sent < s.Acked || s.Contact.IsZero() {
		t.Errorf("the line: %+v", s)
	}
	if k := b.keys.Load(); k == nil || len(k.Recipients) != 1 {
		t.Errorf("the hub's keys: %+v", k)
	}
}
