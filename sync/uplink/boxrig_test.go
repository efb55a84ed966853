package uplink_test

import (
	"context"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// boxRig is a gateway.
type boxRig struct {
	*identity
	*office
	*cabinet
	store kiosk.Store
	cfg   uplink.Config
	line  *uplink.Uplink
	keys  atomic.Pointer[wire.Keys]
	stop  context.CancelFunc
	ran   chan error
	log   *kiosktest.Journal
	seed  uint64
	fetch func(kiosk.Hash) []byte // of pages that are not in the cabinet; may be nil
}

// newBox makes a gateway over a store that reaches its hub at an address.
func newBox(t testing.TB, store kiosk.Store, addr string) *boxRig {
	t.Helper()
	began := time.Now()
	real, err := kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: kiosktest.Setup(), Store: store, Now: func() time.Time { return kiosktest.At(time.Since(began)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return boxOver(t, store, real, addr)
}

// boxOver makes a gateway over an office.
func boxOver(t testing.TB, store kiosk.Store, real *kiosk.Office, addr string) *boxRig {
	t.Helper()
	b := &boxRig{
		store: store, cabinet: &cabinet{}, log: &kiosktest.Journal{},
		office:   &office{Office: real, store: store, packs: make(chan wire.Pack, 1), raised: map[kiosk.FaultCode]string{}},
		identity: &identity{changed: make(chan struct{}), ok: true, id: id(addr)},
	}
	b.cfg = uplink.Config{
		Enrolment: b.identity, Office: b.office, Outbox: store, Pages: b.cabinet,
		Health: func() wire.Health { return wire.Health{Site: kiosktest.Site} },
		Keys:   func(_ wire.GatewayID, k wire.Keys) { b.keys.Store(&k) },
		Log:    slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	t.Cleanup(func() {
		b.halt(t)
		if t.Failed() {
			said := b.log.String()
			t.Logf("the box's log:\n%s", said[max(0, len(said)-4000):])
		}
	})
	return b
}

// run begins to use the line.
func (b *boxRig) run(t testing.TB) {
	t.Helper()
	var err error
	if b.line, err = uplink.New(b.cfg); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	b.stop, b.ran = stop, ran
	go func() { ran <- b.line.Run(ctx) }()
}

// halt ends that in order.
func (b *boxRig) halt(t testing.TB) {
	if b.stop == nil {
		return
	}
	b.stop()
	if err := <-b.ran; err != nil {
		t.Errorf("the line ended with %v", err)
	}
	b.stop = nil
}

// fact makes a fact and returns its place.
func (b *boxRig) fact(t testing.TB, detail string) kiosk.Position {
	t.Helper()
	if err := b.RecordLine(context.Background(), kiosk.LineMoved{Detail: detail}, "test"); err != nil {
		t.Fatal(err)
	}
	return b.Last()
}

// ticket issues a number.
func (b *boxRig) ticket(t testing.TB) kiosk.Ticket {
	t.Helper()
	v, err := b.IssueTicket(context.Background(), kiosk.IssueRequest{Service: kiosktest.Certify, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// scan is a page of n bytes that nothing packs.
func (b *boxRig) scan(n int) []byte {
	b.seed++
	r := mathrand.NewChaCha8([32]byte{byte(b.seed), byte(b.seed >> 8), byte(b.seed >> 16), 7})
	p := make([]byte, n)
	_, _ = r.Read(p)
	return p
}

// receive files a dossier of pages of some sizes.
func (b *boxRig) receive(t testing.TB, sizes ...int) kiosk.Dossier {
	t.Helper()
	d := b.header(sizes...)
	if _, err := b.ReceiveDossier(context.Background(), d, "test"); err != nil {
		t.Fatal(err)
	}
	return d
}

// header makes a dossier whose pages lie in the cabinet.
func (b *boxRig) header(sizes ...int) kiosk.Dossier {
	d := kiosk.Dossier{ID: kiosk.NewDossierID(b.Time()), Procedure: "2.000815", Counter: kiosktest.Counter3, Subject: []byte("sealed")}
	for _, n := range sizes {
		p := b.scan(n)
		b.put(d.ID, p)
		d.Pages = append(d.Pages, kiosk.Page{Component: "don", Hash: kiosk.HashOf(p), Size: int64(n), Media: "image/jpeg"})
	}
	return d
}

// state returns how the line is.
func (b *boxRig) state(t testing.TB) uplink.State {
	t.Helper()
	s, err := b.line.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// drained waits until the hub holds everything, as the box's own disk has it.
func (b *boxRig) drained(t testing.TB, within time.Duration) {
	t.Helper()
	var last kiosk.Backlog
	waitFor(t, within, func() string { return fmt.Sprintf("the box is not drained: %+v", last) }, func() bool {
		var err error
		if last, err = b.store.Waiting(context.Background()); err != nil {
			t.Fatal(err)
		}
		return last.Facts == 0 && last.Blobs == last.Parked
	})
}
