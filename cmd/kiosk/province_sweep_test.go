package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
)

// Pages whose dossier never came go after a while; those that a dossier names stay, and so do those
// that a lost database may have named.
func TestSweeper(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, err := secret.OpenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.OpenRing(dir, key)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := blobstore.Open(t.Context(), blobstore.Config{Dir: dir, Ring: ring, Now: func() kiosk.Day { return kiosktest.Monday }, Reserve: 1})
	if err != nil {
		t.Fatal(err)
	}
	store := kiosktest.NewMemory()
	c := kiosktest.NewClerk(t, store, kiosktest.Site, kiosktest.Monday)
	now := time.Now()
	s := &sweeper{site: kiosktest.Site, pages: pages, known: store, shelf: store.Shelf(shelfLine), last: c.Last, now: func() time.Time { return now }}
	sweep := func(want int) {
		t.Helper()
		if n, err := s.sweep(t.Context()); n != want || err != nil {
			t.Errorf("%d swept, %v; want %d", n, err, want)
		}
	}
	put := func() kiosk.Dossier {
		t.Helper()
		d := kiosktest.Dossier(0, uint64(now.UnixNano()))
		d.ID = kiosk.NewDossierID(now.Add(time.Second))
		blob, err := pages.Put(t.Context(), d.ID, bytes.NewReader([]byte(d.ID)))
		if err != nil {
			t.Fatal(err)
		}
		d.Pages = []kiosk.Page{{Component: "ban-chinh", Hash: blob.Hash, Size: blob.Size, Media: "image/jpeg"}}
		return d
	}
	sweep(0) // the first night of this database
	put()    // and then the program is killed
	filed, forgotten := put(), put()
	for _, d := range []kiosk.Dossier{filed, forgotten} {
		ch := c.Receive(d)
		if d.ID == forgotten.ID { // and a scan came too late
			ch.Blobs, ch.Dossiers[0].State = nil, kiosk.DossierForgotten
		}
		c.Commit(t, ch)
	}
	sweep(0)
	now = now.Add(orphanAge + time.Hour)
	sweep(2)
	if err := pages.Verify(t.Context(), filed.ID, filed.Pages[0].Hash); err != nil {
		t.Error(err)
	}

	now = time.Now()
	lost := put()
	c.Commit(t, c.BeginEpoch(c.Last().Epoch+1)) // the database was put back from a backup
	now = now.Add(orphanAge + time.Hour)
	sweep(0)
	if err := pages.Verify(t.Context(), lost.ID, lost.Pages[0].Hash); err != nil {
		t.Error(err)
	}
}
