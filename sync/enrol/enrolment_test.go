package enrol_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

func TestEnrolRenewLeave(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := newBox(t, coTo)
	if s := b.Status(); s.Enrolled || s.Trouble != nil {
		t.Errorf("a new box: %+v", s)
	}
	changed := b.Changed()
	code := h.code(t, coTo, "")
	s, err := b.Enrol(t.Context(), strings.TrimPrefix(h.url, "https://"), strings.ToLower(code))
	if err != nil {
		t.Fatal(err)
	}
	<-changed
	if !s.Gateway.Valid() || s.Site != coTo || s.Hub != h.url || s.Until.Sub(s.From) != 90*24*time.Hour+time.Hour {
		t.Errorf("enrolled as %+v", s)
	}
	b.works(t, h)
	b.again(t)
	if b.Status() != s {
		t.Errorf("after a restart: %+v, want %+v", b.Status(), s)
	}
	b.works(t, h)
	// The same code again changes nothing, also without the hub; another one is refused.
	if again, err := b.Enrol(t.Context(), "https://127.0.0.1:1", code); err != nil || again != s {
		t.Errorf("the same code again: %v %+v", err, again)
	}
	_, err = b.Enrol(t.Context(), h.url, enrol.NewCode(nil).Reveal())
	wantCode(t, err, enrol.CodeEnrolled)

	old := b.leaf(t)
	key := b.pair(t).PrivateKey.(*ecdsa.PrivateKey)
	changed = b.Changed()
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-changed
	if fresh := b.leaf(t); serialOf(fresh) == serialOf(old) || key.PublicKey.Equal(fresh.PublicKey) {
		t.Error("renewing changed neither certificate nor key")
	}
	if key.Curve != elliptic.P256() {
		t.Error("another curve")
	}
	b.works(t, h)
	b.again(t)
	b.works(t, h)
	if got := files(t, b.c.Dir); got != "gateway.key line.json" {
		t.Errorf("the folder holds %s", got)
	}

	if err := b.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, b.c.Dir); got != "" {
		t.Errorf("left behind: %s", got)
	}
	if s := b.Status(); s.Enrolled {
		t.Errorf("after leaving: %+v", s)
	}
	wantCode(t, b.Renew(t.Context()), enrol.CodeNotEnrolled)
	for _, j := range []string{h.journal.String(), b.journal.String()} {
		if strings.Contains(j, code[:9]) {
			t.Errorf("the code is in the log: %s", j)
		}
	}
}

// The key lies on the disk sealed, and never in the note.
func TestKeyIsSealed(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	for _, name := range strings.Fields(files(t, b.c.Dir)) {
		data, err := os.ReadFile(filepath.Join(b.c.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "PRIVATE") {
			t.Errorf("%s holds a plain key", name)
		}
		if info, _ := os.Stat(filepath.Join(b.c.Dir, name)); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
	}
	// Another box's key opens nothing; the box starts and says so.
	b.c.Sealer = openKey(t, t.TempDir())
	b.again(t)
	wantCode(t, b.Status().Trouble, enrol.CodeDamaged)
	if _, ok := b.ClientTLS(); ok {
		t.Error("there is TLS without a key")
	}
	_, err := b.Enrol(t.Context(), h.url, enrol.NewCode(nil).Reveal())
	wantCode(t, err, enrol.CodeDamaged)
	if err := b.Leave(t.Context()); err != nil || b.Status().Trouble != nil {
		t.Errorf("leaving: %v, then %v", err, b.Status().Trouble)
	}
}

func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	for name, damage := range map[string]func(dir string) error{
		"note cut":     func(dir string) error { return os.Truncate(filepath.Join(dir, "line.json"), 200) },
		"note emptied": func(dir string) error { return os.Truncate(filepath.Join(dir, "line.json"), 0) },
		"note of another version": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "line.json"), []byte(`{"version":2}`), 0o600)
		},
		"key cut":  func(dir string) error { return os.Truncate(filepath.Join(dir, "gateway.key"), 20) },
		"key gone": func(dir string) error { return os.Remove(filepath.Join(dir, "gateway.key")) },
	} {
		b := newBox(t, "")
		site := siteOf(name)
		if _, err := b.Enrol(t.Context(), h.url, h.code(t, site, "")); err != nil {
			t.Fatal(err)
		}
		if err := damage(b.c.Dir); err != nil {
			t.Fatal(err)
		}
		b.again(t)
		if s := b.Status(); s.Enrolled || enrol.CodeOf(s.Trouble) != enrol.CodeDamaged {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// The answer is lost as often as the line likes; the box is one gateway with one certificate.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := newBox(t, coTo)
	code := h.code(t, coTo, "")
	h.swallow.Store(3)
	for range 3 {
		_, err := b.Enrol(t.Context(), h.url, code)
		wantCode(t, err, enrol.CodeUnreachable)
		b.again(t)
	}
	first := h.living(t)
	if _, err := b.Enrol(t.Context(), h.url, code); err != nil {
		t.Fatal(err)
	}
	if now := h.living(t); len(now) != 1 || now[0].Serial != first[0].Serial || now[0].Serial != serialOf(b.leaf(t)) {
		t.Errorf("gateways %+v, the box has %s", now, serialOf(b.leaf(t)))
	}
	b.works(t, h)

	// The same for renewals, months apart: by the certificate that it has the box gets on.
	h.swallow.Store(3)
	serials := map[string]bool{}
	for range 3 {
		wantCode(t, b.Renew(t.Context()), enrol.CodeUnreachable)
		serials[h.living(t)[0].Serial] = true
		b.again(t)
		b.works(t, h)
		h.clock.pass(20 * 24 * time.Hour)
		b.clock.pass(20 * 24 * time.Hour)
	}
	if len(serials) != 1 {
		t.Errorf("%d certificates for one renewal", len(serials))
	}
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.works(t, h)
}

func TestRenewLongAfterTheEnd(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	h.clock.pass(400 * 24 * time.Hour)
	b.clock.pass(400 * 24 * time.Hour)
	if _, code := who(t, b.client(t), h.url); code != wire.CodeExpired {
		t.Errorf("an ended certificate: %q", code)
	}
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.works(t, h)
	// And after an answer that was lost a year ago.
	h.swallow.Store(1)
	wantCode(t, b.Renew(t.Context()), enrol.CodeUnreachable)
	h.clock.pass(400 * 24 * time.Hour)
	b.clock.pass(400 * 24 * time.Hour)
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.works(t, h)
	if until := b.Status().Until; until.Before(h.clock.now()) {
		t.Errorf("the new certificate ended %s", until)
	}
}

// A copy of the box is found as soon as both are used: whoever is behind is refused.
func TestCopyOfTheBox(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	thief := *b
	thief.c.Dir = filepath.Join(t.TempDir(), "line")
	if err := os.CopyFS(thief.c.Dir, os.DirFS(b.c.Dir)); err != nil {
		t.Fatal(err)
	}
	(&thief).again(t)
	if err := thief.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	// While the new one was not used nothing is certain, and the box goes on.
	b.works(t, h)
	thief.works(t, h)
	wantCode(t, b.Renew(t.Context()), enrol.CodeSuperseded)
	b.works(t, h) // for an hour more: it may be its own connection from before
	h.clock.pass(time.Hour + time.Second)
	if _, code := who(t, b.client(t), h.url); code != enrol.CodeSuperseded {
		t.Errorf("the box that was left behind: %q", code)
	}
	if !strings.Contains(h.journal.String(), "level=WARN") || enrol.CodeOf(b.Status().Trouble) != enrol.CodeSuperseded {
		t.Errorf("nobody hears of it: %s; %v", h.journal, b.Status().Trouble)
	}
}

func TestOneGatewayForASite(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	early := h.code(t, coTo, "")
	b := enrolled(t, h, coTo) // its code has ended the early one
	_, err := newBox(t, coTo).Enrol(t.Context(), h.url, early)
	wantCode(t, err, enrol.CodeClaimExpired)

	first := b.Status().Gateway
	_, _, err = h.NewClaim(t.Context(), enrol.Order{Site: coTo, By: byNga})
	wantCode(t, err, enrol.CodeSiteTaken)
	_, _, err = h.NewClaim(t.Context(), enrol.Order{Site: coTo, By: byNga, Replaces: wire.NewGatewayID()})
	wantCode(t, err, enrol.CodeSiteTaken)
	_, _, err = h.NewClaim(t.Context(), enrol.Order{Site: vanDon, By: byNga, Replaces: first})
	wantCode(t, err, enrol.CodeUnknownGateway)
	_, _, err = h.NewClaim(t.Context(), enrol.Order{Site: "Cô Tô", By: byNga})
	wantCode(t, err, enrol.CodeBadSite)

	// Replacing ends the old one when the code is redeemed, and not before.
	code := h.code(t, coTo, first)
	b.works(t, h)
	spare := newBox(t, coTo)
	if _, err := spare.Enrol(t.Context(), h.url, code); err != nil {
		t.Fatal(err)
	}
	if _, code := who(t, b.client(t), h.url); code != wire.CodeRevoked {
		t.Errorf("the replaced box: %q", code)
	}
	wantCode(t, b.Renew(t.Context()), wire.CodeRevoked)
	spare.works(t, h)
	if living := h.living(t); len(living) != 1 || living[0].ID != spare.Status().Gateway {
		t.Errorf("living: %+v", living)
	}
	old, err := h.Gateway(t.Context(), first)
	if err != nil || !strings.Contains(old.Why, string(spare.Status().Gateway)) || old.RevokedBy != byNga {
		t.Errorf("the replaced one: %v %+v", err, old)
	}
}

// A site that was taken while the code lay in its envelope is refused when it is redeemed.
func TestSiteTakenWhileTheCodeWaits(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	code := h.code(t, coTo, b.Status().Gateway)
	if _, err := h.Revoke(t.Context(), b.Status().Gateway, "stolen", byNga); err != nil {
		t.Fatal(err)
	}
	// Another gateway came there without ending the code: an older hub's database was restored.
	g := h.living(t)
	if len(g) != 0 {
		t.Fatalf("living: %+v", g)
	}
	other := enrol.Gateway{ID: wire.NewGatewayID(), Site: coTo, Made: h.clock.now().UTC(), Serial: "x"}
	if err := h.store.Update(t.Context(), func(tx enrol.Tx) error { return tx.PutGateway(other) }); err != nil {
		t.Fatal(err)
	}
	_, err := newBox(t, coTo).Enrol(t.Context(), h.url, code)
	wantCode(t, err, enrol.CodeSiteTaken)
}

func TestCodeForAnotherSiteIsNotUsedUp(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	code := h.code(t, vanDon, "")
	_, err := newBox(t, coTo).Enrol(t.Context(), h.url, code)
	wantCode(t, err, enrol.CodeOtherSite)
	if _, err := newBox(t, vanDon).Enrol(t.Context(), h.url, code); err != nil {
		t.Error(err)
	}
}

func TestClaimsEnd(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	code := h.code(t, coTo, "")
	h.clock.pass(72*time.Hour - time.Second)
	b := newBox(t, coTo)
	h.swallow.Store(1)
	_, err := b.Enrol(t.Context(), h.url, code)
	wantCode(t, err, enrol.CodeUnreachable)
	h.clock.pass(time.Second) // too late for the second try as well
	_, err = b.Enrol(t.Context(), h.url, code)
	wantCode(t, err, enrol.CodeClaimExpired)
	late := h.code(t, vanDon, "")
	h.clock.pass(72 * time.Hour)
	_, err = newBox(t, vanDon).Enrol(t.Context(), h.url, late)
	wantCode(t, err, enrol.CodeClaimExpired)
}

// Two boxes with one code at the same moment, at two hub processes: exactly one wins.
func TestTwoBoxesOneCode(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(c *enrol.RegistrarConfig) { c.Limits.Wrong = enrol.Rate{Each: 1000, All: 1000} })
	c := h.c
	var err error
	if c.Authority, err = enrol.OpenAuthority(h.dir, h.clock.now()); err != nil {
		t.Fatal(err)
	}
	second, err := enrol.NewRegistrar(c)
	if err != nil {
		t.Fatal(err)
	}
	urls := []string{h.url, h.open(t, second)}
	for round := range 5 {
		site := siteOf(string(rune('a' + round)))
		code := h.code(t, site, "")
		boxes := make([]*testBox, 6)
		errs := make([]error, len(boxes))
		var all sync.WaitGroup
		for i := range boxes {
			boxes[i] = newBox(t, site)
			all.Go(func() { _, errs[i] = boxes[i].Enrol(t.Context(), urls[i%2], code) })
		}
		all.Wait()
		won := 0
		for i, err := range errs {
			if err != nil {
				wantCode(t, err, enrol.CodeClaimUsed)
				continue
			}
			won++
			boxes[i].works(t, h)
		}
		if won != 1 {
			t.Errorf("%d boxes won", won)
		}
	}
	if !strings.Contains(h.journal.String(), "second box") {
		t.Error("nobody hears of the second box")
	}
}
