package door_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// A page comes in a request that began before its dossier was erased, and its process is killed
// before it can hear of it. Nobody can read what it has left, and nobody asks for it again: it does
// not lie there for ever.
func TestErasedWhileAPageCame(t *testing.T) {
	t.Parallel()
	dir, log, ctx, at := t.TempDir(), slog.New(slog.DiscardHandler), context.Background(), time.Now()
	store, err := sqlstore.OpenSQLite(ctx, filepath.Join(dir, "hub.db"), sqlstore.Config{Keys: secret.NewKey(), Now: func() time.Time { return at }, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	folder, err := files.Open(files.Options{Dir: filepath.Join(dir, "pages"), Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := sealed.New(folder)
	if err != nil {
		t.Fatal(err)
	}
	b, g, id := bytes.Repeat([]byte("x"), 1000), wire.NewGatewayID(), kiosk.NewDossierID(at)
	page := kiosk.Page{Hash: kiosk.HashOf(b), Size: 1000, Media: "image/png"}
	_, errs, err := store.Append(ctx, []hub.Batch{{Gateway: g, Site: lineSite, Epoch: 1, Events: []hub.Event{{
		Seq: 1, Type: wire.TypeDossierReceived, About: id, JSON: []byte("{}"),
		Dossier: &hub.Dossier{Header: kiosk.Dossier{ID: id, Procedure: "1", Pages: []kiosk.Page{page}}, Site: lineSite, Gateway: g, Subject: &wire.Subject{Number: "034190012345"}},
	}}}}, nil)
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Fatal(err)
	}
	key := hub.PageKey{Dossier: id, Hash: page.Hash}
	state, err := store.Page(ctx, g, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Erase(ctx, "034190012345", "QĐ-17"); err != nil {
		t.Fatal(err)
	}
	broom := &hub.Sweeper{Erasures: store, Feeds: store, Pages: pages, Now: func() time.Time { return at }, Log: log}
	sweep := func() {
		t.Helper()
		if err := broom.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	if err := pages.Finish(ctx, key, b, state); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Hour)
	sweep()
	err = fs.WalkDir(os.DirFS(dir), "pages", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is still there", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
