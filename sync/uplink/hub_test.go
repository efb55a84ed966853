package uplink_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// TestHubRestarts: killed at any moment and started again, the hub gets everything once.
func TestHubRestarts(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	b.run(t)
	for range 4 {
		b.receive(t, 200_000, 80_000)
		b.ticket(t)
		pass(t.Context(), 150*time.Millisecond)
		h.kill()
		b.ticket(t)
		h.start(t)
	}
	b.drained(t, patience)
	equal(t, b, h)
}

// TestHubLoses: a hub that comes back as it was some time ago gets again what it has lost, facts
// and pages, and the office is told.
func TestHubLoses(t *testing.T) {
	t.Parallel()
	for name, everything := range map[string]bool{"an older copy": false, "everything": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			copied := t.TempDir()
			b := newBox(t, kiosktest.NewMemory(), h.addr)
			if everything {
				h.kill()
				h.copyTo(t, copied)
				h.start(t)
			}
			b.run(t)
			b.receive(t, 50_000)
			b.ticket(t)
			b.drained(t, patience)
			if !everything {
				b.halt(t)
				h.kill()
				h.copyTo(t, copied)
				h.start(t)
				b.run(t)
			}
			b.ticket(t)
			b.receive(t, 120_000, 40_000)
			b.drained(t, patience)
			h.kill()
			copyFolder(t, copied, h.dir)
			h.start(t)
			b.ticket(t)
			b.drained(t, patience)
			if f := b.fault(kiosk.FaultHubDistrusted); !strings.Contains(f, "lost") {
				t.Errorf("the office was told %q", f)
			}
			eventually(t, "the pages are there again", func() bool {
				own := must(b.store.Outgoing(t.Context(), kiosk.Position{}, 1000))(t)
				for _, o := range own {
					if d, ok := o.Fact.(kiosk.DossierReceived); ok {
						if filed, err := h.store.Dossier(t.Context(), d.Dossier.ID); err != nil || filed.Missing > 0 {
							return false
						}
					}
				}
				return true
			})
			eventually(t, "every fact is there", func() bool { return b.state(t).Backlog.Facts == 0 })
			b.halt(t)
			equal(t, b, h)
		})
	}
}

// TestHubLosesPruned: what is kept nowhere any more goes as missing, and the rest goes.
func TestHubLosesPruned(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	store := kiosktest.NewMemory()
	old := kiosktest.NewClerk(t, store, kiosktest.Site, kiosktest.Monday.Add(-40))
	for range 5 {
		_, change := old.Issue(kiosktest.Certify, "A")
		old.Commit(t, change)
	}
	b := newBox(t, store, h.addr)
	b.ticket(t)
	b.run(t)
	b.drained(t, patience)
	b.halt(t)
	pruned, err := store.Prune(t.Context(), kiosktest.Monday, 100)
	if pruned < 5 || err != nil {
		t.Fatalf("%d pruned, %v", pruned, err)
	}
	h.kill()
	copyFolder(t, t.TempDir(), h.dir)
	h.start(t)
	b.ticket(t)
	b.run(t)
	b.drained(t, patience)
	eventually(t, "every place is there", func() bool {
		m := must(h.store.Marks(t.Context(), gateway))(t)
		return len(m) == 1 && m[0].Position() == b.Last()
	})
	if aside := must(h.store.Quarantine(t.Context(), gateway, 100))(t); len(aside) != pruned {
		t.Errorf("%d are missing at the hub, %d were pruned", len(aside), pruned)
	}
	if f := b.fault(kiosk.FaultHubDistrusted); !strings.Contains(f, "no longer kept here") {
		t.Errorf("the office was told %q", f)
	}
}

// TestRestored: a box that was put back to an older copy begins an epoch, gives no number twice,
// and what it had done in between is kept aside at the hub.
func TestRestored(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	was := kiosktest.NewMemory()
	first := newBox(t, was, h.addr)
	for range 3 {
		first.ticket(t)
	}
	first.run(t)
	first.drained(t, patience)
	first.halt(t)
	// The copy has never seen what came after its birth: the same places, other facts.
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	b.fact(t, "while nobody knew")
	b.run(t)
	eventually(t, "an epoch was begun", func() bool { return b.Last().Epoch > first.Last().Epoch })
	b.drained(t, patience)
	if asked := b.Snapshot().NumbersAsked; !slices.Contains(asked, kiosk.NumberAsked{Service: kiosktest.Certify, Known: 3}) {
		t.Errorf("the office asks for %+v", asked)
	}
	if err := b.ConfirmNumber(t.Context(), kiosktest.Certify, 0, "lead"); err != nil { // who has not seen any paper
		t.Fatal(err)
	}
	if next := b.ticket(t); next.Seq != 4 {
		t.Errorf("after A%03d the hall sees %s", 3, next.Number)
	}
	b.drained(t, patience)
	if m := must(h.store.Marks(t.Context(), gateway))(t); len(m) != 2 || m[1].Position() != b.Last() {
		t.Errorf("marks %+v, the box is at %+v", m, b.Last())
	}
	if aside := must(h.store.Quarantine(t.Context(), gateway, 100))(t); len(aside) == 0 {
		t.Error("what was done in between is nowhere")
	}
}

// TestCutOffBeforeItDied: a box gives numbers on the line, then without it, and dies. The one that
// takes its place from an older copy gives none of them again, and no person has to know how many
// there were.
func TestCutOffBeforeItDied(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	first := newBox(t, kiosktest.NewMemory(), h.addr)
	seen := map[kiosk.Number]bool{}
	give := func(b *boxRig, n int) {
		for range n {
			v := b.ticket(t)
			if seen[v.Number] {
				t.Errorf("the hall sees %s twice", v.Number)
			}
			seen[v.Number] = true
		}
	}
	give(first, 3)
	first.run(t)
	first.drained(t, patience)
	first.halt(t) // the cable
	give(first, 5)

	b := newBox(t, kiosktest.NewMemory(), h.addr)
	b.fact(t, "while nobody knew")
	b.run(t)
	eventually(t, "an epoch was begun", func() bool { return b.Last().Epoch > first.Last().Epoch })
	b.drained(t, patience)
	snap := b.Snapshot()
	i := slices.Index(snap.NumbersAsked, kiosk.NumberAsked{Service: kiosktest.Certify, Known: 3})
	if i < 0 || b.office.fault(kiosk.FaultLineDown) != "" {
		t.Fatalf("the office asks for %+v", snap.NumbersAsked)
	}
	if v, err := b.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify, By: "test"}); err == nil {
		t.Errorf("it gave %s, on the hub's word alone", v.Number)
	}
	b.halt(t)
	b.run(t) // another connection settles nothing either
	b.drained(t, patience)
	if got := b.Snapshot().NumbersAsked; !slices.Equal(got, snap.NumbersAsked) {
		t.Errorf("then it asks for %+v", got)
	}
	if err := b.ConfirmNumber(t.Context(), kiosktest.Certify, snap.Jump(snap.NumbersAsked[i], b.Time()), "lead"); err != nil {
		t.Fatal(err)
	}
	give(b, 5)
	b.drained(t, patience)
	numbers, err := h.store.Numbers(t.Context(), kiosktest.Site, kiosktest.Monday)
	if err != nil || numbers[kiosktest.Certify] != 205 {
		t.Errorf("the hub knows of %v, %v", numbers, err)
	}
}

// TestRetryAfter: a hub that asks for patience is left alone for so long, on the same connection.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	b.run(t)
	b.ticket(t)
	b.drained(t, patience)
	h.refuse.Store(&wire.Problem{Status: 503, Code: wire.CodeBusy, Title: "many are here", RetryAfter: 2 * time.Second})
	before := h.events.Load()
	b.ticket(t)
	eventually(t, "it was refused", func() bool { return h.events.Load() > before })
	refused, asked := time.Now(), h.events.Load()
	h.refuse.Store(nil)
	b.ticket(t)
	b.drained(t, patience)
	eventually(t, "it was asked again", func() bool { return h.events.Load() > asked })
	if waited := time.Since(refused); waited < 1900*time.Millisecond {
		t.Errorf("asked to wait for 2 s, it waited for %v", waited)
	}
	equal(t, b, h)
}

// TestRefused: a box that the hub will have nothing of says so, keeps everything, and goes on when
// it may again.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []wire.Code{wire.CodeRevoked, wire.CodeUnknown, "superseded", "foreign-authority"} {
		h := newHub(t)
		b := newBox(t, kiosktest.NewMemory(), h.addr)
		h.refuse.Store(&wire.Problem{Status: 403, Code: code, Title: "declared lost"})
		b.ticket(t)
		b.run(t)
		eventually(t, "it knows", func() bool { return b.state(t).Phase == uplink.PhaseRefused })
		if b.fault(kiosk.FaultGatewayRevoked) == "" {
			t.Errorf("%s: no fault", code)
		}
		h.refuse.Store(nil)
		b.identity.set(id(h.addr), true) // enrolled once more
		b.drained(t, patience)
		if f := b.fault(kiosk.FaultGatewayRevoked); f != "" {
			t.Errorf("%s: still %s", code, f)
		}
		b.halt(t)
	}
}

// TestExpired: a certificate that has ended is renewed, and not asked for without a pause.
func TestExpired(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	h.refuse.Store(&wire.Problem{Status: 403, Code: wire.CodeExpired, Title: "renew it"})
	b.run(t)
	eventually(t, "it was renewed", func() bool { return b.renewed.Load() > 0 })
	// The new certificate is no reason to hurry where the hub goes on refusing.
	<-time.After(2 * time.Second)
	if n := b.renewed.Load(); n > 3 {
		t.Errorf("renewed %d times in two seconds", n)
	}
	h.refuse.Store(nil)
	b.ticket(t)
	b.drained(t, patience)
}

// TestLeft: what was wrong between a box and a hub is over when the box leaves it.
func TestLeft(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	h.refuse.Store(&wire.Problem{Status: 403, Code: wire.CodeRevoked, Title: "declared lost"})
	b.run(t)
	eventually(t, "it is refused", func() bool { return b.state(t).Phase == uplink.PhaseRefused })
	b.identity.set(uplink.Identity{}, false)
	eventually(t, "it has left", func() bool { return b.fault(kiosk.FaultNotEnrolled) != "" })
	if f := b.fault(kiosk.FaultGatewayRevoked); f != "" {
		t.Errorf("after leaving: %q", f)
	}
}

// TestUnenrolled: without an enrolment nothing is tried; with another one the connection ends.
func TestUnenrolled(t *testing.T) {
	t.Parallel()
	h, other := newHub(t), newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	b.identity.set(uplink.Identity{}, false)
	b.run(t)
	eventually(t, "it says so", func() bool { return b.fault(kiosk.FaultNotEnrolled) != "" })
	b.identity.set(id(h.addr), true)
	b.ticket(t)
	b.drained(t, patience)
	b.identity.set(id(other.addr), true)
	b.ticket(t)
	eventually(t, "the other hub has it", func() bool {
		m := must(other.store.Marks(context.Background(), gateway))(t)
		return len(m) == 1 && m[0].Position() == b.Last()
	})
}

// TestPoison: pages that can never go are parked with their reason, and the others go.
func TestPoison(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	var damaged atomic.Int64
	h.kill()
	gone := b.header(40_000, 30_000)
	altered := b.header(20_000)
	b.cabinet.mu.Lock()
	delete(b.cabinet.pages[gone.ID], gone.Pages[0].Hash)
	b.cabinet.pages[altered.ID][altered.Pages[0].Hash] = make([]byte, 20_000) // what arrives is something else
	b.cabinet.mu.Unlock()
	for _, d := range []kiosk.Dossier{gone, altered} {
		if _, err := b.ReceiveDossier(t.Context(), d, "test"); err != nil {
			t.Fatal(err)
		}
	}
	good := b.receive(t, 50_000)
	h.asked = func(r *http.Request) {
		if strings.Contains(r.URL.Path, altered.Pages[0].Hash.String()) && r.Header.Get("Upload-Offset") == "0" {
			damaged.Add(1)
		}
	}
	h.start(t)
	b.run(t)
	b.drained(t, patience)
	eventually(t, "the good one is whole", func() bool {
		f, err := h.store.Dossier(t.Context(), good.ID)
		return err == nil && f.Missing == 0
	})
	why := map[kiosk.Hash]string{}
	for _, p := range must(b.store.Pending(t.Context(), kiosk.BlobPlace{}, 10))(t) {
		if p.State == kiosk.BlobParked {
			why[p.Hash] = p.Why
		}
	}
	if len(why) != 2 || why[gone.Pages[0].Hash] != "gone-here" || why[altered.Pages[0].Hash] != "altered-on-way" {
		t.Errorf("parked: %v", why)
	}
	if n := damaged.Load(); n != 3 {
		t.Errorf("what arrives as something else was tried %d times", n)
	}
	whole(t, b, h, good)
	if _, err := b.ReleaseBlobs(t.Context(), "test"); err != nil { // a person lets them go once more
		t.Fatal(err)
	}
	eventually(t, "they were tried again", func() bool { return damaged.Load() > 3 })
}

// TestHeaderFirst: no page of a dossier goes before the hub has its header.
func TestHeaderFirst(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	locked := errors.New("no passphrase yet")
	b.locked = locked
	b.receive(t, 30_000)
	b.run(t)
	eventually(t, "it says what holds it up", func() bool { return strings.Contains(b.state(t).Trouble, locked.Error()) })
	if n := b.opened.Load(); n != 0 {
		t.Errorf("%d pages were opened before their header has gone", n)
	}
	b.cabinet.mu.Lock()
	b.locked = nil
	b.cabinet.mu.Unlock()
	b.ticket(t) // wakes it
	b.drained(t, patience)
	equal(t, b, h)
}

// TestWindow: outside the office's hours, and beyond its bytes, pages wait and facts go.
func TestWindow(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]uplink.Window{
		"hours": {From: 22 * 60, To: 6 * 60}, // it is eight in the morning
		"bytes": {PerDay: 1_000_000},
	} {
		h := newHub(t)
		b := newBox(t, kiosktest.NewMemory(), h.addr)
		b.cfg.Window = w
		shelf := kiosktest.NewMemory().Shelf("line")
		b.cfg.Shelf = shelf
		if name == "bytes" {
			b.receive(t, 600_000, 600_000)
		}
		b.run(t)
		if name == "bytes" {
			eventually(t, "the bytes are used up", func() bool { return !b.state(t).PagesFrom.IsZero() })
			b.halt(t)
			b.run(t) // and are remembered
		}
		d := b.receive(t, 10_000)
		eventually(t, "the header is there", func() bool {
			_, err := h.store.Dossier(t.Context(), d.ID)
			return err == nil
		})
		eventually(t, "the facts are all there", func() bool { return b.state(t).Backlog.Facts == 0 })
		s := b.state(t)
		if s.Backlog.Blobs == 0 || s.PagesFrom.Before(b.Time()) {
			t.Errorf("%s: %+v", name, s)
		}
		if _, ok := s.Expected(); ok {
			t.Errorf("%s: it says how long it takes", name)
		}
		if n := h.durable(t, d.ID, d.Pages[0]); n != 0 {
			t.Errorf("%s: %d bytes of a page came", name, n)
		}
		b.halt(t)
	}
}
