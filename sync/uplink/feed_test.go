package uplink_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// unable is an office that cannot forget until it is mended.
type unable struct {
	*office
	mended atomic.Bool
	asked  atomic.Int64
}

var _ uplink.Office = (*unable)(nil)

func (u *unable) ForgetDossier(ctx context.Context, id kiosk.DossierID, why kiosk.ForgetReason) error {
	u.asked.Add(1)
	if !u.mended.Load() {
		return errors.New("the disk is full")
	}
	return u.office.ForgetDossier(ctx, id, why)
}

// TestAnItemWaits: what cannot be done now holds up the feed behind it and nothing else, and is
// done once it can be.
func TestAnItemWaits(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	o := &unable{office: b.office}
	b.cfg.Office = o
	l.push(wire.FeedErase, wire.SubjectErase{Order: "1/QĐ", Dossiers: []kiosk.DossierID{kiosktest.DossierID(time.Now(), 7)}})
	d := b.receive(t, 10_000)
	st := wire.Statement{Gateway: gateway, Site: kiosktest.Site, Dossier: d.ID, Manifest: d.Manifest(), Pages: 1, Bytes: 10_000, At: time.Now()}
	l.push(wire.FeedDossier, wire.DossierComplete{Dossier: d.ID, Statement: must(l.signer.Sign(st))(t)})
	b.run(t)
	eventually(t, "it was tried again", func() bool { return o.asked.Load() > 1 })
	b.ticket(t)
	b.drained(t, patience)
	if s := b.state(t); s.Phase != uplink.PhaseUp || strings.Contains(b.log.String(), "line down") {
		t.Errorf("the line is %s: %s", s.Phase, b.log)
	}
	o.mended.Store(true)
	eventually(t, "the item behind it was done", func() bool {
		r, ok, err := b.store.Dossier(t.Context(), kiosktest.Site, d.ID)
		return err == nil && ok && r.State == kiosk.DossierConfirmed
	})
}

// TestEraseOfNothing: what is not the ID of a dossier is passed over, and the others are forgotten.
func TestEraseOfNothing(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	d := b.receive(t, 10_000)
	l.push(wire.FeedErase, wire.SubjectErase{Order: "1/QĐ", Dossiers: []kiosk.DossierID{"../../x", d.ID}})
	b.run(t)
	eventually(t, "the other one is forgotten", func() bool {
		r, ok, err := b.store.Dossier(t.Context(), kiosktest.Site, d.ID)
		return err == nil && ok && r.State == kiosk.DossierForgotten
	})
	eventually(t, "the fault is raised", func() bool { return strings.Contains(b.fault(kiosk.FaultHubDistrusted), `"../../x" forgotten`) })
}

// TestManyEpochs: a box that was put back more often than anybody will is still served.
func TestManyEpochs(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	marks := wire.Marks{Marks: []wire.Mark{}}
	for e := range 1000 {
		marks.Marks = append(marks.Marks, wire.Mark{Epoch: kiosk.Epoch(e + 2), Seq: 100_000, Chain: strings.Repeat("ab", 32)})
	}
	l.lie("GET "+wire.PathMarks, func(w http.ResponseWriter, _ *liar) { say(w, marks) })
	b.run(t)
	eventually(t, "it is up", func() bool { return b.state(t).Phase == uplink.PhaseUp })
	if f := b.fault(kiosk.FaultHubDistrusted); f != "" {
		t.Errorf("the hub is not believed: %s", f)
	}
}

// TestHeaderWithoutEnd: an answer's header is not taken into memory whatever its size; the
// connection ends instead, and nothing is believed.
func TestHeaderWithoutEnd(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	l.lie("POST "+wire.PathEvents, func(w http.ResponseWriter, l *liar) {
		w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
		say(w, wire.Ack{Mark: l.mark()})
	})
	b.ticket(t)
	b.run(t)
	eventually(t, "the connection has ended", func() bool { return strings.Contains(b.log.String(), "line down") })
	if w, err := b.store.Waiting(t.Context()); err != nil || w.Facts == 0 {
		t.Errorf("acknowledged by it: %+v, %v", w, err)
	}
}

// TestTheStickWasQuicker: the hub's word comes by the stick while the line gathers its own, and the
// line goes on.
func TestTheStickWasQuicker(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	b.run(t)
	b.ticket(t)
	b.drained(t, patience)
	one := b.fact(t, "one")
	eventually(t, "the hub has the fact", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.seq >= one.Seq })
	l.lie("POST "+wire.PathEvents, func(w http.ResponseWriter, _ *liar) {
		wire.WriteProblem(w, &wire.Problem{Status: 503, Code: wire.CodeBusy, RetryAfter: 2 * time.Second})
	})
	two := b.fact(t, "two")
	if err := b.store.Settle(t.Context(), kiosk.Settled{Facts: two}); err != nil { // as ferry.Box.Accept does it
		t.Fatal(err)
	}
	d := b.receive(t, 10_000)
	l.mu.Lock()
	delete(l.lies, "POST "+wire.PathEvents)
	l.mu.Unlock()
	eventually(t, "the page is with the hub", func() bool {
		w, err := b.store.Waiting(t.Context())
		return err == nil && w.Blobs == 0
	})
	if log := b.log.String(); strings.Contains(log, "line down") {
		t.Errorf("with %s, the line fell: %s", d.ID, log)
	}
}
