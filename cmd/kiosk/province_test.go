package main

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// newProvince is a province over real files, of which nothing runs.
func newProvince(t *testing.T) *province {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bolt, err := boltstore.Open(t.Context(), boltstore.Options{Dir: dir})
	must(err)
	began := time.Now()
	office, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{
		Setup: kiosktest.Setup(), Store: bolt, Now: func() time.Time { return kiosktest.At(time.Since(began)) },
	})
	must(err)
	t.Cleanup(func() {
		if err := errors.Join(office.Close(t.Context()), bolt.Close()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	key, err := secret.OpenKey(dir)
	must(err)
	ring, err := secret.OpenRing(dir, key)
	must(err)
	log := slog.New(slog.DiscardHandler)
	pages, err := blobstore.Open(t.Context(), blobstore.Config{Dir: dir, Ring: ring, Now: func() kiosk.Day { return office.Snapshot().Day }, Log: log})
	must(err)
	enrolment, err := enrol.Open(enrol.Config{Dir: filepath.Join(dir, "line"), Sealer: key, Time: time.Now, Log: log})
	must(err)
	return &province{
		office: office, bolt: bolt, pages: pages, enrolment: enrolment, shelf: bolt.Shelf(shelfLine), state: dir, log: log,
		forgot: make(chan struct{}, 1),
	}
}

// file keeps a dossier of one page; the province holds it already if it is confirmed.
func (p *province) file(t *testing.T, confirmed bool) kiosk.Dossier {
	t.Helper()
	d := kiosk.Dossier{ID: kiosk.NewDossierID(p.office.Time()), Procedure: "2.000815"}
	b, err := p.pages.Put(t.Context(), d.ID, strings.NewReader("page of "+string(d.ID)))
	if err != nil {
		t.Fatal(err)
	}
	d.Pages = []kiosk.Page{{Component: "x", Hash: b.Hash, Size: b.Size, Media: "image/png"}}
	if _, err = p.office.ReceiveDossier(t.Context(), d, "test"); err == nil && confirmed {
		err = p.office.ConfirmDossier(t.Context(), d.ID, d.Manifest(), "x.y.z")
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (p *province) fault(code kiosk.FaultCode) bool {
	for _, f := range p.office.Snapshot().Faults {
		if f.Code == code {
			return true
		}
	}
	return false
}

// wrapping counts the keys that wrap dossiers' keys.
func (p *province) wrapping(t *testing.T) int {
	t.Helper()
	keys, err := fs.Glob(os.DirFS(p.state), "keys/*")
	if err != nil {
		t.Fatal(err)
	}
	return len(keys)
}

// A night forgets many dossiers and wraps those that live anew once.
func TestANightWrapsOnce(t *testing.T) {
	t.Parallel()
	p := newProvince(t)
	for range 4 {
		p.file(t, false)
	}
	for range 3 {
		p.file(t, true)
	}
	k := &uplink.Keeper{
		Outbox: p.bolt, Site: p.office.Setup().Site.Code, Forget: lineOffice{p.office, p}.ForgetDossier, Sure: func() bool { return true },
		Now: func() time.Time { return p.office.Time().Add(40 * 24 * time.Hour) }, Dossiers: 30, Log: p.log,
	}
	if _, err := k.Night(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(p.forgot) != 1 || !p.pages.NeedsRewrap() {
		t.Errorf("%d calls wait, keys to destroy: %v", len(p.forgot), p.pages.NeedsRewrap())
	}
	before := p.wrapping(t)
	p.rewrap(t.Context())
	if after := p.wrapping(t); before != 2 || after != 1 || p.pages.NeedsRewrap() {
		t.Errorf("%d wrapping keys, then %d", before, after)
	}
}

// One dossier's key that cannot be read stops no erasure, and the destruction of keys only until
// a person has seen to it.
func TestARottenKeyStopsNoErasure(t *testing.T) {
	t.Parallel()
	p := newProvince(t)
	rotten, d := p.file(t, false), p.file(t, true)
	path := filepath.Join(p.state, "blobs", string(rotten.ID), "key")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(good)
	bad[40] ^= 1
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (lineOffice{p.office, p}).ForgetDossier(t.Context(), d.ID, kiosk.ForgetSubject); err != nil {
		t.Errorf("not erased: %v", err)
	}
	p.rewrap(t.Context())
	if !p.fault(kiosk.FaultKeysKept) || p.wrapping(t) != 2 {
		t.Errorf("fault %v, %d wrapping keys", p.fault(kiosk.FaultKeysKept), p.wrapping(t))
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	p.rewrap(t.Context())
	if p.fault(kiosk.FaultKeysKept) || p.wrapping(t) != 1 {
		t.Errorf("mended: fault %v, %d wrapping keys", p.fault(kiosk.FaultKeysKept), p.wrapping(t))
	}
}

// The keys of a hub that the box is not enrolled at are nobody's: nothing is sealed for it.
func TestKeysOfAHubThatWasLeft(t *testing.T) {
	t.Parallel()
	p := newProvince(t)
	p.keepKeys("gw-0000000000000001", wire.Keys{Recipients: []string{"age1old"}})
	keys, err := p.hubKeys(t.Context())
	if err != nil || len(keys.Recipients) > 0 {
		t.Errorf("%v, %v", keys, err)
	}
}
