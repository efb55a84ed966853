package enrol_test

import (
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
)

// Clocks of the box: 1970, and ten years ahead.
func TestClocksOfTheBox(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	past := newBox(t, coTo)
	past.clock.pass(-time.Duration(past.clock.now().Unix()) * time.Second)
	if _, err := past.Enrol(t.Context(), h.url, h.code(t, coTo, "")); err != nil {
		t.Fatal(err)
	}
	past.works(t, h)
	if err := past.Renew(t.Context()); err != nil {
		t.Error(err)
	}

	ahead := newBox(t, vanDon)
	ahead.clock.pass(10 * 365 * 24 * time.Hour)
	code := h.code(t, vanDon, "")
	_, err := ahead.Enrol(t.Context(), h.url, code)
	wantCode(t, err, enrol.CodeClock)
	if err == nil || !strings.Contains(err.Error(), "2036-02-28") {
		t.Errorf("it does not name the dates: %v", err)
	}
	ahead.clock.pass(-10 * 365 * 24 * time.Hour) // an officer has confirmed the date
	if _, err := ahead.Enrol(t.Context(), h.url, code); err != nil {
		t.Fatal(err)
	}
	ahead.clock.pass(10 * 365 * 24 * time.Hour)
	wantCode(t, ahead.Renew(t.Context()), enrol.CodeClock)
	ahead.clock.pass(-10 * 365 * 24 * time.Hour)
	ahead.works(t, h)
}

// The hub's own certificate is made anew in time, and gateways do not notice.
func TestHubsCertificateIsRenewed(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	first := serverCert(t, h).Leaf
	for range 6 {
		h.clock.pass(20 * 24 * time.Hour)
		b.clock.pass(20 * 24 * time.Hour)
		if err := b.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.works(t, h)
	if now := serverCert(t, h).Leaf; now.Equal(first) || now.NotAfter.Before(h.clock.now()) {
		t.Errorf("the hub shows a certificate until %s", now.NotAfter)
	}
	if _, err := enrol.NewRegistrar(enrol.RegistrarConfig{Authority: h.c.Authority, Store: h.store}); err == nil {
		t.Error("a hub without a name")
	}
}
