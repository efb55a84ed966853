package uplink_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/wire"
)

// order pushes the province's order to forget a dossier.
func (h *hubRig) order(t *testing.T, n int, id kiosk.DossierID) {
	t.Helper()
	data, err := json.Marshal(wire.SubjectErase{Order: fmt.Sprintf("QĐ %d", n), Dossiers: []kiosk.DossierID{id}})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Push(t.Context(), gateway, wire.FeedErase, data); err != nil {
		t.Fatal(err)
	}
}

// TestAnotherFeed: a hub that was put back to an older copy of itself gives cursors that the box has
// passed to new items. It takes them, whether the hub is behind it or beyond it by then, and what it
// has taken before does nothing once more.
func TestAnotherFeed(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]int{"behind": 1, "as far": 2, "beyond": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			b := newBox(t, kiosktest.NewMemory(), h.addr)
			b.cfg.Shelf = kiosktest.NewMemory().Shelf("line")
			forgotten := func(id kiosk.DossierID) func() bool {
				return func() bool {
					d, ok, err := b.store.Dossier(t.Context(), kiosktest.Site, id)
					return err == nil && ok && d.State == kiosk.DossierForgotten
				}
			}
			var all []kiosk.DossierID
			for range 2 + more + 1 {
				all = append(all, b.receive(t, 10_000).ID)
			}
			b.run(t)
			b.drained(t, patience)
			b.halt(t)
			h.kill()
			copied := t.TempDir()
			h.copyTo(t, copied)
			h.start(t)
			h.order(t, 0, all[0])
			h.order(t, 1, all[1])
			b.run(t)
			eventually(t, "the second order is done", forgotten(all[1]))
			b.halt(t)
			h.kill()

			copyFolder(t, copied, h.dir)
			h.start(t)
			for i := range more {
				h.order(t, 10+i, all[2+i])
			}
			b.run(t)
			for i := range more {
				eventually(t, "an order of the later hub is done", forgotten(all[2+i]))
			}
			if f := b.fault(kiosk.FaultHubDistrusted); !strings.Contains(f, "lost its feed") {
				t.Errorf("the office was told %q", f)
			}
			b.halt(t)
			b.run(t) // the new place is kept: nothing begins anew
			h.order(t, 98, all[0])
			h.order(t, 99, all[2+more])
			eventually(t, "the last order is done", forgotten(all[2+more]))
			b.halt(t)
			settled := map[kiosk.DossierID]int{}
			for _, r := range must(b.store.Records(t.Context(), kiosk.Position{}, 10_000))(t) {
				if f, ok := r.Fact.(kiosk.DossierSettled); ok && f.State == kiosk.DossierForgotten {
					settled[f.ID]++
				}
			}
			for id, n := range settled {
				if n != 1 {
					t.Errorf("%s was forgotten %d times", id, n)
				}
			}
			if n := strings.Count(b.log.String(), "begins anew"); n != 1 {
				t.Errorf("it began anew %d times", n)
			}
		})
	}
}

// TestAnOlderGatewayAsks: whoever names no item is told nothing of another feed, as ever.
func TestAnOlderGatewayAsks(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.order(t, 1, kiosktest.DossierID(kiosktest.At(0), 1))
	h.order(t, 2, kiosktest.DossierID(kiosktest.At(0), 2))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: id(h.addr).TLS}}
	t.Cleanup(client.CloseIdleConnections)
	ask := func(query string) (batch wire.FeedBatch) {
		a, err := client.Get("https://" + h.addr + wire.PathFeed + "?" + query)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		if err := json.NewDecoder(a.Body).Decode(&batch); err != nil {
			t.Fatal(err)
		}
		return batch
	}
	first := ask("after=0")
	if first.Anew || len(first.Events) != 2 || first.Cursor != 2 || first.Item == "" {
		t.Fatalf("from the beginning: %+v", first)
	}
	if got := ask("after=1"); got.Anew || len(got.Events) != 1 {
		t.Errorf("without a name: %+v", got)
	}
	if got := ask("after=1&item="); got.Anew || len(got.Events) != 1 {
		t.Errorf("with an empty one: %+v", got)
	}
	if got := ask("after=1&item=" + first.Item); !got.Anew || len(got.Events) != 0 || got.Cursor != 0 {
		t.Errorf("with the name of another item: %+v", got)
	}
	if got := ask("after=7&item="); !got.Anew || got.Cursor != 0 {
		t.Errorf("beyond the feed: %+v", got)
	}
}

// TestPrunedFeed: a box that stands before what the hub still keeps goes on where that begins, and
// nobody is alarmed.
func TestPrunedFeed(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for i := range 5 {
		h.order(t, i, kiosktest.DossierID(kiosktest.At(0), uint64(i)))
	}
	if err := h.store.FeedDone(t.Context(), gateway, 4); err != nil {
		t.Fatal(err)
	}
	if n, err := h.store.PruneFeeds(t.Context(), time.Now().Add(time.Hour), 100); err != nil || n != 3 {
		t.Fatalf("%d items went, %v", n, err)
	}
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	d := b.receive(t, 10_000)
	h.order(t, 6, d.ID)
	b.run(t)
	eventually(t, "the last order is done", func() bool {
		r, _, err := b.store.Dossier(t.Context(), kiosktest.Site, d.ID)
		return err == nil && r.State == kiosk.DossierForgotten
	})
	if f := b.fault(kiosk.FaultHubDistrusted); f != "" {
		t.Errorf("the office was told %q", f)
	}
	eventually(t, "the hub knows how far it is", func() bool {
		n, err := h.store.PruneFeeds(t.Context(), time.Now().Add(time.Hour), 100)
		return err == nil && n == 2 // 4 and 5; it stands at 6
	})
}
