package lan

import (
	"context"
	"errors"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// hangUp is a browser that goes away in the middle of what it asked for: while the fact is kept,
// or while the shelf is written. Both heed the context, as those of the box do.
type hangUp struct {
	kiosk.Shelf
	leave func()
	facts []string
	full  bool
}

func (h *hangUp) RecordStaff(ctx context.Context, f kiosk.StaffMoved, _ string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	h.facts = append(h.facts, f.Detail)
	h.leave()
	return nil
}

func (h *hangUp) Write(ctx context.Context, items ...kiosk.Item) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if h.full {
		return errors.New("disk full")
	}
	h.leave()
	return h.Shelf.Write(context.WithoutCancel(ctx), items...)
}

func TestPairingIsWholeWhenABrowserHangsUp(t *testing.T) {
	t.Parallel()
	h := &hangUp{Shelf: kiosktest.NewMemory().Shelf("screens"), leave: func() {}}
	p, err := OpenPairing(t.Context(), PairingConfig{Shelf: h, Recorder: h})
	if err != nil {
		t.Fatal(err)
	}
	tv := &browser{b: &book{Pairing: p, t: t}, addr: "192.168.1.20"}
	asked := func() context.Context {
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		h.leave = cancel
		return ctx
	}
	s, err := p.Confirm(asked(), tv.digits(t, BoardScreen), "Ti vi", "", "staff/o1")
	if err != nil || len(p.List()) != 1 {
		t.Fatalf("a fact and no screen: %v", err)
	}
	if err := p.Forget(asked(), s.ID, "staff/o1"); err != nil || len(h.facts) != 2 || len(p.List()) != 0 {
		t.Errorf("taken away without a fact: %q, %v", h.facts, err)
	}
	// Who went away before that has asked for nothing.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Confirm(gone, tv.digits(t, BoardScreen), "Ti vi", "", "staff/o1"); !errors.Is(err, context.Canceled) || len(h.facts) != 2 {
		t.Errorf("%q, %v", h.facts, err)
	}
	// A fact that the disk has not followed has used its ID.
	h.full = true
	if _, err := p.Confirm(asked(), tv.digits(t, BoardScreen), "Ti vi", "", "staff/o1"); err == nil {
		t.Error("kept on a full disk")
	}
	h.full = false
	if s, err := p.Confirm(asked(), tv.digits(t, BoardScreen), "Ti vi", "", "staff/o1"); err != nil || s.ID != "s3" {
		t.Errorf("%+v, %v; s2 stands in a fact already", s, err)
	}
}
