package sqlstore_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx := p.open(t), context.Background()
		one, two := wire.NewGatewayID(), wire.NewGatewayID()
		ids := []kiosk.DossierID{kiosk.NewDossierID(now), kiosk.NewDossierID(now), kiosk.NewDossierID(now)}
		appendOne(t, s, header(one, 1, 1, ids[0], mai, 2))
		appendOne(t, s, header(two, 1, 1, ids[1], mai, 2))
		appendOne(t, s, header(one, 1, 2, ids[2], &wire.Subject{Name: "Trần Văn Long", Number: "001080000001"}, 2))

		export, err := s.Export(ctx, mai.Number)
		if err != nil || len(export.Dossiers) != 2 || export.Dossiers[0].Applicant.Name != mai.Name || len(export.Dossiers[0].Pages) != 2 || len(export.Dossiers[0].Facts) != 1 {
			t.Errorf("export: %+v, %v", export, err)
		}
		_, err = s.Erase(ctx, "999999999999", "QĐ-17")
		wantError(t, "nobody", err, sqlstore.ErrNobody)
		if _, err := s.Erase(ctx, mai.Number, ""); err == nil {
			t.Error("erased without an order")
		}
		erased, err := s.Erase(ctx, mai.Number, "QĐ-17")
		if err != nil || len(erased.Dossiers) != 2 || erased.Aside != 0 {
			t.Fatalf("erased: %v, %v", erased, err)
		}
		for i, g := range []wire.GatewayID{one, two} {
			items := feedOf(t, s, g, 0)
			if len(items) != 1 || items[0].Kind != wire.FeedErase || !bytes.Contains(items[0].Data, []byte(ids[i])) || bytes.Contains(items[0].Data, []byte(mai.Number)) {
				t.Errorf("feed of %d: %+v", i, items)
			}
			f, err := s.Dossier(ctx, ids[i])
			if err != nil || f.Subject != nil || f.ErasedBy != "QĐ-17" || f.Erased.IsZero() {
				t.Errorf("dossier %d: %+v, %v", i, f, err)
			}
			_, err = s.Page(ctx, g, hub.PageKey{Dossier: ids[i], Hash: f.Header.Pages[0].Hash})
			wantError(t, "page of what was erased", err, hub.ErrErased)
			_, err = s.PageKept(ctx, g, hub.PageKey{Dossier: ids[i], Hash: f.Header.Pages[0].Hash}, sign)
			wantError(t, "page of what was erased", err, hub.ErrErased)
		}
		_, err = s.Export(ctx, mai.Number)
		wantError(t, "export", err, sqlstore.ErrNobody)
		// It does not come back with a header that is sent once more, from the line or from a stick.
		appendOne(t, s, header(two, 9, 1, ids[1], mai, 2))
		_, err = s.Export(ctx, mai.Number)
		wantError(t, "export after a replay", err, sqlstore.ErrNobody)
		f, err := s.Dossier(ctx, ids[2])
		if err != nil || f.Subject == nil || f.Subject.Name != "Trần Văn Long" {
			t.Errorf("another's dossier: %+v, %v", f, err)
		}
	})
}

// Nor does it come back with a header that claims the place of the one that was erased.
func TestEraseOutlastsAFork(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx := p.open(t), context.Background()
		g, id := wire.NewGatewayID(), kiosk.NewDossierID(now)
		appendOne(t, s, header(g, 1, 1, id, mai, 2))
		fork := func(life string) {
			b := header(g, 1, 1, id, mai, 2)
			b.Events[0].Chain = chain(life, 1)
			if a := appendOne(t, s, b); !a.Forked {
				t.Errorf("no fork: %+v", a)
			}
		}
		fork("b")
		if aside := quarantine(t, s, g); len(aside) != 1 || aside[0].Subject == nil {
			t.Fatalf("aside: %+v", aside)
		}
		if _, err := s.Erase(ctx, mai.Number, "QĐ-17"); err != nil {
			t.Fatal(err)
		}
		fork("c")
		aside := quarantine(t, s, g)
		if len(aside) != 2 {
			t.Fatalf("aside: %+v", aside)
		}
		kept := 0
		for _, v := range aside {
			if v.Subject != nil {
				t.Errorf("who was erased is back in %s", v.Chain)
			}
			if len(v.Event) > 0 {
				kept++
			}
		}
		equal(t, "forks of which the rest is kept", kept, 1)
	})
}

// What lies in quarantine is somebody's too.
func TestEraseInQuarantine(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx, g := p.open(t), context.Background(), wire.NewGatewayID()
		id := kiosk.NewDossierID(now)
		appendOne(t, s, facts(g, 1, "a", 1, 4))
		odd := func(seq kiosk.Seq, text string, who *wire.Subject) hub.Event {
			e := hub.Event{Seq: seq, Type: "vn.motcua.fact.of-tomorrow.v3", Chain: chain("a", seq), JSON: []byte(text), Odd: "unknown type"}
			if who != nil {
				e.Dossier = &hub.Dossier{Header: kiosk.Dossier{ID: id}, Site: site, Gateway: g, Subject: who}
			}
			return e
		}
		b := facts(g, 1, "a", 5, 8)
		b.Events = []hub.Event{
			odd(5, `{"data":{"subject":{"name":"Nguyễn Thị Mai","number":"034 190 012 345"}}}`, nil),
			odd(6, `{"data":{"who":["`+mai.Number+`"]}}`, nil), odd(7, `{}`, mai), odd(8, `{"data":{"number":"001080000001"}}`, nil),
		}
		appendOne(t, s, b)
		export, err := s.Export(ctx, mai.Number)
		if err != nil || len(export.Dossiers) != 1 || len(export.Aside) != 3 || export.Aside[1].Place != "1-6" || !bytes.Contains(export.Aside[1].Fact, []byte(mai.Number)) || export.Aside[2].Applicant.Name != mai.Name {
			t.Errorf("export: %+v, %v", export, err)
		}
		if erased, err := s.Erase(ctx, mai.Number, "QĐ-17"); err != nil || !slices.Equal(erased.Dossiers, []kiosk.DossierID{id}) || erased.Aside != 3 {
			t.Fatalf("erased %v, %v", erased, err)
		}
		aside := quarantine(t, s, g)
		if len(aside) != 4 {
			t.Fatalf("aside: %+v", aside)
		}
		for i, v := range aside {
			if other := i == 3; (len(v.Event) > 0) != other || v.Subject != nil {
				t.Errorf("aside %d: %s %v", i, v.Event, v.Subject)
			}
		}
		// Somebody of whom nothing is here but there.
		held, err := s.Held(ctx, "001080000001")
		if err != nil || len(held.Dossiers) != 0 || len(held.Aside) != 1 || held.Aside[0].Gateway != g {
			t.Errorf("held: %+v, %v", held, err)
		}
		if erased, err := s.Erase(ctx, "001080000001", "QĐ-18"); err != nil || len(erased.Dossiers) != 0 || erased.Aside != 1 || len(quarantine(t, s, g)[3].Event) != 0 {
			t.Errorf("erased %v, %v", erased, err)
		}
		_, err = s.Erase(ctx, mai.Number, "QĐ-17")
		wantError(t, "again", err, sqlstore.ErrNobody)
		_, err = s.Held(ctx, mai.Number)
		wantError(t, "held still", err, sqlstore.ErrNobody)
	})
}

// A number has letters where it is that of a passport, and people write them small and large.
func TestEraseWhateverTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx := p.open(t), context.Background()
		small := &wire.Subject{Name: "Mai", Number: "c1234567"}
		if err := small.Check(); err != nil {
			t.Fatal(err)
		}
		today, before := kiosk.NewDossierID(now), kiosk.NewDossierID(now)
		appendOne(t, s, header(wire.NewGatewayID(), 1, 1, today, small, 2))
		// A row of when numbers were hashed as they had come.
		appendOne(t, s, header(wire.NewGatewayID(), 1, 1, before, small, 2))
		key := p.keys.Derive("hub/person")
		h := hmac.New(sha256.New, key[:])
		h.Write([]byte(small.Number))
		sqlstore.Tamper(t, s, `UPDATE dossiers SET person = $1 WHERE dossier = $2`, h.Sum(nil), before)
		found, err := s.DossiersOf(ctx, "C123 4567")
		if err != nil || len(found) != 2 {
			t.Errorf("found %d, %v", len(found), err)
		}
		if erased, err := s.Erase(ctx, "C1234567", "QĐ-17"); err != nil || len(erased.Dossiers) != 2 {
			t.Errorf("erased %+v, %v", erased, err)
		}
	})
}

// There are applicants without a number, and what nobody understood may name them too.
func TestEraseDossier(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx, g := p.open(t), context.Background(), wire.NewGatewayID()
		id, other := kiosk.NewDossierID(now), kiosk.NewDossierID(now)
		nameless := &wire.Subject{Name: "Nguyễn Thị Mai"}
		appendOne(t, s, header(g, 1, 1, id, nameless, 2))
		appendOne(t, s, header(g, 1, 2, other, nameless, 2))
		odd := facts(g, 1, "a", 3, 3)
		odd.Events[0].Odd, odd.Events[0].JSON = "unknown type", []byte(`{"data":{"dossier":"`+string(id)+`","subject":"Nguyễn Thị Mai"}}`)
		appendOne(t, s, odd)
		erased, err := s.EraseDossier(ctx, id, "QĐ-17")
		if err != nil || !slices.Equal(erased.Dossiers, []kiosk.DossierID{id}) || erased.Aside != 1 {
			t.Errorf("erased %+v, %v", erased, err)
		}
		for _, f := range []kiosk.DossierID{id, other} {
			v, err := s.Dossier(ctx, f)
			if err != nil || (v.Subject == nil) != (f == id) || v.Erased.IsZero() == (f == id) {
				t.Errorf("%s: %+v, %v", f, v, err)
			}
		}
		if items := feedOf(t, s, g, 0); len(items) != 1 || items[0].Kind != wire.FeedErase || !bytes.Contains(items[0].Data, []byte(id)) {
			t.Errorf("feed: %+v", items)
		}
		_, err = s.EraseDossier(ctx, id, "QĐ-17")
		wantError(t, "again", err, sqlstore.ErrNobody)
		if _, err := s.EraseDossier(ctx, "nobody's", "QĐ-17"); err == nil {
			t.Error("erased what has no ID")
		}
	})
}

// What cannot be opened stands in nobody's way, and is told.
func TestASpoiltFactBlocksNoErasure(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, ctx, g := p.open(t), context.Background(), wire.NewGatewayID()
		odd := facts(g, 1, "a", 1, 1)
		odd.Events[0].Odd = "unknown type"
		appendOne(t, s, odd)
		appendOne(t, s, header(wire.NewGatewayID(), 1, 1, kiosk.NewDossierID(now), mai, 2))
		sqlstore.Tamper(t, s, `UPDATE quarantine SET data = $1`, []byte("spoilt"))
		if aside := quarantine(t, s, g); len(aside) != 1 || !aside[0].Spoilt {
			t.Errorf("aside: %+v", aside)
		}
		if export, err := s.Export(ctx, mai.Number); err != nil || len(export.Dossiers) != 1 || export.Spoilt != 1 {
			t.Errorf("export: %+v, %v", export, err)
		}
		if erased, err := s.Erase(ctx, mai.Number, "QĐ-17"); err != nil || len(erased.Dossiers) != 1 || erased.Spoilt != 1 {
			t.Errorf("erased %+v, %v", erased, err)
		}
		erased, err := s.Erase(ctx, mai.Number, "QĐ-17")
		wantError(t, "again", err, sqlstore.ErrNobody)
		equal(t, "and told again", erased.Spoilt, 1)
	})
}

// Somebody who reads keeps SQLite from writing over what was erased. It is done as soon as it can
// be: when the hub sweeps, or somebody asks to erase once more.
func TestWhatWasErasedIsWrittenOver(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(*sqlstore.Store) error{
		"swept": func(s *sqlstore.Store) error { return s.Forget(context.Background()) },
		"asked for once more": func(s *sqlstore.Store) error {
			if _, err := s.Erase(context.Background(), mai.Number, "QĐ-17"); !errors.Is(err, sqlstore.ErrNobody) {
				return err
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := sqlitePlace(t)
			s, ctx := p.open(t), context.Background()
			appendOne(t, s, header(wire.NewGatewayID(), 1, 1, kiosk.NewDossierID(now), mai, 2))
			reader := secondReader(t, p)
			var wrapped []byte
			if err := reader.QueryRow(`SELECT identity FROM dossiers`).Scan(&wrapped); err != nil {
				t.Fatal(err)
			}
			hurry, cancel := context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
			if erased, err := s.Erase(hurry, mai.Number, "QĐ-17"); err == nil || len(erased.Dossiers) != 1 {
				t.Fatalf("erased beside a reader: %+v, %v", erased, err)
			}
			if err := reader.Rollback(); err != nil {
				t.Fatal(err)
			}
			if err := again(s); err != nil {
				t.Error(err)
			}
			for _, name := range p.files(t) {
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(b, wrapped) {
					t.Errorf("%s holds the wrapped key still", filepath.Base(name))
				}
			}
		})
	}
}

// secondReader reads in the database's file for as long as the test likes.
func secondReader(t *testing.T, p place) *sql.Tx {
	t.Helper()
	for _, name := range p.files(t) {
		if filepath.Base(name) != "hub.db" {
			continue
		}
		db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("?", "%3F", "%", "%25").Replace(name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		tx, err := db.Begin()
		if err == nil {
			_, err = tx.Exec(`SELECT count(*) FROM dossiers`)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tx.Rollback() })
		return tx
	}
	t.Fatal("no file")
	return nil
}

// Pages of an erased dossier may come in requests that began before. They are removed again and
// again until none can be under way any more.
func TestErasedDossiersLinger(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		later := now
		s, ctx := p.openAt(t, func() time.Time { return later }), context.Background()
		ids := []kiosk.DossierID{kiosk.NewDossierID(now), kiosk.NewDossierID(now), kiosk.NewDossierID(now)}
		for i, id := range ids {
			appendOne(t, s, header(wire.NewGatewayID(), 1, kiosk.Seq(1), id, mai, i))
		}
		slices.Sort(ids)
		if _, err := s.Erase(ctx, mai.Number, "QĐ-17"); err != nil {
			t.Fatal(err)
		}
		sweep := func() (all []kiosk.DossierID) {
			for after := kiosk.DossierID(""); ; {
				few, err := s.Erased(ctx, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range few {
					if err := s.Removed(ctx, id); err != nil {
						t.Fatal(err)
					}
				}
				if all = append(all, few...); len(few) < 2 {
					return all
				}
				after = few[1]
			}
		}
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{0, 3}, {0, 3}, {hub.Lingering, 3}, {hub.Lingering + time.Hour, 3}, {hub.Lingering + 2*time.Hour, 0}} {
			later = now.Add(c.after)
			if got := sweep(); !slices.Equal(got, ids[:c.want]) {
				t.Errorf("after %v: %v", c.after, got)
			}
		}
	})
}
