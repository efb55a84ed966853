package sqlstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

var mai = &wire.Subject{Name: "Nguyễn Thị Mai", Number: "034190012345"}

// header is a batch of one dossier at a place. The last page is the first one again.
func header(g wire.GatewayID, epoch kiosk.Epoch, seq kiosk.Seq, id kiosk.DossierID, who *wire.Subject, pages int) hub.Batch {
	d := kiosk.Dossier{ID: id, Procedure: "2.000815", Code: kiosk.DossierCode("H49.22-" + string(id[20:])), Counter: "3", Officer: "o2", Ticket: "A012"}
	for i := range pages {
		d.Pages = append(d.Pages, kiosk.Page{Component: "don", Hash: kiosk.HashOf(fmt.Append(nil, id, i%max(1, pages-1))), Size: 1000 + int64(i%max(1, pages-1)), Media: "image/jpeg"})
	}
	return hub.Batch{Gateway: g, Site: site, Epoch: epoch, Events: []hub.Event{{
		Seq: seq, Type: wire.TypePrefix + "dossier-received.v1", Day: day, At: now, Chain: chain("a", seq), About: id,
		JSON: fmt.Appendf(nil, `{"dossier":%q}`, id), Dossier: &hub.Dossier{Header: d, Site: site, Gateway: g, Day: day, At: now, Subject: who},
	}}}
}

func feedOf(t *testing.T, s *sqlstore.Store, g wire.GatewayID, after uint64) []hub.FeedItem {
	t.Helper()
	items, newest, err := s.Feed(context.Background(), g, after, 100)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(items); n > 0 && items[n-1].Cursor != newest {
		t.Errorf("newest is %d, the last item %d", newest, items[n-1].Cursor)
	}
	return items
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestDossier(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx := p.open(t), context.Background()
		g, id := wire.NewGatewayID(), kiosk.NewDossierID(now)
		b := header(g, 1, 1, id, mai, 4)
		pages := b.Events[0].Dossier.Header.Blobs()
		key := func(i int) hub.PageKey { return hub.PageKey{Dossier: id, Hash: pages[i].Hash} }

		_, err := s.Page(ctx, g, key(0))
		wantError(t, "page before its header", err, hub.ErrHeaderFirst)
		appendOne(t, s, b)
		_, err = s.Page(ctx, wire.NewGatewayID(), key(0))
		wantError(t, "another gateway's", err, hub.ErrHeaderFirst)
		_, err = s.Page(ctx, g, hub.PageKey{Dossier: id, Hash: kiosk.HashOf(nil)})
		wantError(t, "page that no header names", err, hub.ErrNotNamed)
		state, err := s.Page(ctx, g, key(1))
		if err != nil || state.Size != pages[1].Size || state.Kept {
			t.Fatalf("page: %+v, %v", state, err)
		}
		if x, err := age.ParseX25519Identity(state.Identity); err != nil || x.Recipient().String() != state.Recipient {
			t.Errorf("the key is no pair: %v", err)
		}

		// Three distinct pages of four; each may be said to be kept again.
		for i := range pages {
			for range 2 {
				complete, err := s.PageKept(ctx, g, key(i), sign)
				if err != nil || complete != (i == len(pages)-1) {
					t.Errorf("page %d: complete %t, %v", i, complete, err)
				}
			}
		}
		if state, err = s.Page(ctx, g, key(1)); err != nil || !state.Kept {
			t.Errorf("kept page: %+v, %v", state, err)
		}
		items := feedOf(t, s, g, 0)
		if len(items) != 1 || items[0].Kind != wire.FeedDossier || items[0].Cursor != 1 {
			t.Fatalf("feed: %+v", items)
		}
		var word wire.DossierComplete
		if err := json.Unmarshal(items[0].Data, &word); err != nil {
			t.Fatal(err)
		}
		equal(t, "statement", word.Statement, fmt.Sprintf("signed %s %s 4 4003", id, g))

		f, err := s.Dossier(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "header", f.Header, b.Events[0].Dossier.Header)
		equal(t, "applicant", *f.Subject, *mai)
		equal(t, "complete", f.Complete.Unix(), now.Unix())
		_, err = s.Dossier(ctx, "")
		wantError(t, "dossier without a name", err, hub.ErrNotFound)
		history, err := s.History(ctx, id)
		if err != nil || len(history) != 1 || string(history[0].JSON) != string(b.Events[0].JSON) {
			t.Errorf("history: %+v, %v", history, err)
		}
		coded, err := s.Coded(ctx, b.Events[0].Dossier.Header.Code)
		if err != nil || len(coded) != 1 || coded[0].Header.ID != id {
			t.Errorf("found by code: %+v, %v", coded, err)
		}
		if coded, err = s.Coded(ctx, ""); err != nil || len(coded) != 0 {
			t.Errorf("found by no code: %+v, %v", coded, err)
		}
		found, err := s.DossiersOf(ctx, "034190 012345")
		if err != nil || len(found) != 1 || found[0].Header.ID != id {
			t.Errorf("found by number: %+v, %v", found, err)
		}
	})
}

// A code is a gateway's word. It neither leads from one dossier's ID to another one, nor hides those
// that bore it before.
func TestACodeIsNobodysID(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx := p.open(t), context.Background()
		a, b := wire.NewGatewayID(), wire.NewGatewayID()
		id, asID, asCode := kiosk.NewDossierID(now), kiosk.NewDossierID(now), kiosk.NewDossierID(now)
		first := header(a, 1, 1, id, mai, 2)
		appendOne(t, s, first)
		code := first.Events[0].Dossier.Header.Code
		claim := func(seq kiosk.Seq, evil kiosk.DossierID, code kiosk.DossierCode) {
			v := header(b, 1, seq, evil, &wire.Subject{Name: "Trần Văn Long", Number: "001080000001"}, 2)
			v.Site = "H49-99"
			d := v.Events[0].Dossier
			d.Site, d.Header.Code, d.At = "H49-99", code, now.AddDate(100, 0, 0)
			if err := d.Header.Check(); err != nil {
				t.Fatal(err)
			}
			appendOne(t, s, v)
		}
		claim(1, asID, kiosk.DossierCode(id))
		claim(2, asCode, code)

		f, err := s.Dossier(ctx, id)
		if err != nil || f.Header.ID != id {
			t.Errorf("by ID: %s of %s, %v", f.Header.ID, f.Site, err)
		}
		e, err := s.Export(ctx, mai.Number)
		if err != nil || len(e.Dossiers) != 1 || e.Dossiers[0].Dossier != id || e.Dossiers[0].Applicant.Name != mai.Name {
			t.Errorf("export: %+v, %v", e, err)
		}
		found, err := s.Coded(ctx, code)
		if err != nil || len(found) != 2 || !slices.ContainsFunc(found, func(f hub.Filed) bool { return f.Header.ID == id }) {
			t.Errorf("by code: %+v, %v", found, err)
		}
	})
}

// A box goes on for a lost one of its site: the header comes again, and the word goes to who asks now.
func TestDossierOfALostBox(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx := p.open(t), context.Background()
		lost, spare, stranger := wire.NewGatewayID(), wire.NewGatewayID(), wire.NewGatewayID()
		whole, half := kiosk.NewDossierID(now), kiosk.NewDossierID(now)
		appendOne(t, s, header(lost, 1, 1, whole, mai, 0))
		half1 := header(lost, 1, 2, half, mai, 1)
		appendOne(t, s, half1)
		equal(t, "the lost box was told", len(feedOf(t, s, lost, 0)), 1)

		elsewhere := header(stranger, 1, 1, half, nil, 1)
		elsewhere.Site, elsewhere.Events[0].Dossier.Site = "H01-09", "H01-09"
		appendOne(t, s, elsewhere)
		page := hub.PageKey{Dossier: half, Hash: half1.Events[0].Dossier.Header.Pages[0].Hash}
		_, err := s.Page(ctx, stranger, page)
		wantError(t, "a box of another site", err, hub.ErrHeaderFirst)

		appendOne(t, s, header(spare, 5, 1, whole, mai, 0))
		appendOne(t, s, header(spare, 5, 2, half, mai, 1))
		if complete, err := s.PageKept(ctx, spare, page, sign); err != nil || !complete {
			t.Errorf("page by the spare box: %t, %v", complete, err)
		}
		equal(t, "the spare box was told of both", len(feedOf(t, s, spare, 0)), 2)
	})
}

func TestFeedIsNumberedWithoutGaps(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx, g := context.Background(), wire.NewGatewayID()
		const each = 15
		done := make(chan error, 3)
		for range cap(done) {
			s := p.open(t)
			go func() {
				for range each {
					if _, err := s.Push(ctx, g, wire.FeedNotice, []byte(`{}`)); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		// A reader that follows sees every cursor once, in order, while they are made.
		s, at := p.open(t), uint64(0)
		for running := cap(done); running > 0 || at < each*uint64(cap(done)); {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				running--
			default:
			}
			for _, v := range feedOf(t, s, g, at) {
				if v.Cursor != at+1 {
					t.Fatalf("item %d after %d", v.Cursor, at)
				}
				at = v.Cursor
			}
		}
		newest, err := s.Cursors(ctx, []wire.GatewayID{g, wire.NewGatewayID()})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "cursors", newest, map[wire.GatewayID]uint64{g: each * uint64(cap(done))})
	})
}

// Names and numbers are in no file of the database, and what was erased not even sealed.
func TestNothingInTheClear(t *testing.T) {
	t.Parallel()
	p := sqlitePlace(t)
	s, g, id := p.open(t), wire.NewGatewayID(), kiosk.NewDossierID(now)
	appendOne(t, s, header(g, 1, 1, id, mai, 1))
	odd := facts(g, 1, "a", 2, 2)
	odd.Events[0].Odd, odd.Events[0].JSON = "unknown type", []byte(`{"name":"Nguyễn Thị Mai","number":"034190012345"}`)
	appendOne(t, s, odd)
	state, err := s.Page(context.Background(), g, hub.PageKey{Dossier: id, Hash: kiosk.HashOf(fmt.Append(nil, id, 0))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Erase(context.Background(), mai.Number, "QĐ-17"); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.files(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{mai.Name, mai.Number, state.Identity, state.Recipient} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s holds %.8s…", filepath.Base(name), secret)
			}
		}
	}
}
