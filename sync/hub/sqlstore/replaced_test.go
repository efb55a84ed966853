package sqlstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// A box is replaced at one hub process while another takes its facts, and the last page of its
// dossier. Its heir then sends all of them again, out of a backup. Whatever the old box was told
// is there, and everything is there once.
func TestReplacedWhileItSends(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		door, office := p.open(t), p.open(t)
		for round := range 16 {
			r := replacement{site: kiosk.SiteCode(fmt.Sprintf("R-%02d", round)), old: wire.NewGatewayID(), heir: wire.NewGatewayID()}
			enrolAs(t, office, r.old, r.site, 1, false)
			r.race(t, door, office, round%4)
			r.settle(t, door)
			if t.Failed() {
				t.Fatalf("in round %d", round)
			}
		}
	})
}

// replacement is a site that gets another box.
type replacement struct {
	site      kiosk.SiteCode
	old, heir wire.GatewayID
	dossier   kiosk.Dossier
	told      kiosk.Seq // how far the old box was told that its facts are durable
	complete  bool      // it was told so of the dossier
}

// facts are some of the site's facts, the first of which is a dossier's header.
func (r *replacement) facts(from wire.GatewayID, first, last kiosk.Seq) hub.Batch {
	b := facts(from, 7, "a", first, last)
	b.Site = r.site
	if first == 1 {
		b.Events[0].About = r.dossier.ID
		b.Events[0].Dossier = &hub.Dossier{Header: r.dossier, Site: r.site, Gateway: from, Day: day, At: now}
	}
	return b
}

const (
	replacedFacts = 400
	replacedBatch = 4
)

// race replaces the box after some of its batches, each of which its door acknowledges or refuses.
func (r *replacement) race(t *testing.T, door, office *sqlstore.Store, after int) {
	t.Helper()
	page := kiosk.Page{Hash: kiosk.HashOf([]byte(r.site)), Size: 5, Media: "image/png"}
	r.dossier = kiosk.Dossier{ID: kiosk.NewDossierID(now), Pages: []kiosk.Page{page}}
	begin := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for first := kiosk.Seq(1); first < replacedFacts; first += replacedBatch {
			if first == 1+replacedBatch*kiosk.Seq(1+after) {
				close(begin)
			}
			last := first + replacedBatch - 1
			_, errs, err := door.Append(t.Context(), []hub.Batch{r.facts(r.old, first, last)}, sign)
			switch {
			case err != nil:
				t.Errorf("append: %v", err)
				return
			case errors.Is(errs[0], hub.ErrRevoked):
				return
			case errs[0] != nil:
				t.Errorf("append: %v", errs[0])
				return
			}
			r.told = last
		}
	})
	all.Go(func() {
		<-begin
		var err error
		r.complete, err = door.PageKept(t.Context(), r.old, hub.PageKey{Dossier: r.dossier.ID, Hash: page.Hash}, sign)
		if err != nil && !errors.Is(err, hub.ErrRevoked) {
			t.Errorf("page: %v", err)
		}
	})
	all.Go(func() {
		<-begin
		err := office.Enrolment().Update(t.Context(), func(tx enrol.Tx) error {
			g, err := tx.Gateway(r.old)
			if err != nil {
				return err
			}
			g.Revoked, g.RevokedBy = now.Add(time.Hour), "test"
			if err := tx.PutGateway(g); err != nil {
				return err
			}
			return tx.PutGateway(enrol.Gateway{ID: r.heir, Site: r.site, By: "test", Made: now.Add(2 * time.Minute), Serial: "01", Certificate: []byte{1}})
		})
		if err != nil {
			t.Errorf("replace: %v", err)
		}
	})
	all.Wait()
}

// settle lets the heir send everything, and holds what is there against what was told.
func (r *replacement) settle(t *testing.T, door *sqlstore.Store) {
	t.Helper()
	had := marks(t, door, r.heir)
	if len(had) != 1 || had[0].Seq != r.told {
		t.Errorf("the old box was told %d, the heir's marks are %+v", r.told, had)
	}
	if a := appendOne(t, door, r.facts(r.heir, 1, replacedFacts)); a.Replayed != int(r.told) || a.Forked {
		t.Errorf("of %d facts that were told of, the heir's are %+v", r.told, a)
	}
	times := map[kiosk.Seq]int{}
	for _, g := range []wire.GatewayID{r.old, r.heir} {
		seqs, _ := sqlstore.Held(t, door, g, 7)
		for _, seq := range seqs {
			times[seq]++
		}
	}
	for seq := kiosk.Seq(1); seq <= replacedFacts; seq++ {
		if times[seq] != 1 {
			t.Errorf("fact %d stands there %d times", seq, times[seq])
		}
	}
	if !r.complete {
		complete, err := door.PageKept(t.Context(), r.heir, hub.PageKey{Dossier: r.dossier.ID, Hash: r.dossier.Pages[0].Hash}, sign)
		if err != nil || !complete {
			t.Errorf("the heir's page: %t, %v", complete, err)
		}
	}
	if items, _, err := door.Feed(t.Context(), r.heir, 0, 10); err != nil || len(items) != 1 || items[0].Kind != wire.FeedDossier {
		t.Errorf("the heir is told %+v, %v", items, err)
	}
}

// What comes in the name of a box that has ended is refused, beside others in one transaction that
// are not.
func TestRevoked(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		ended, living, stranger := wire.NewGatewayID(), wire.NewGatewayID(), wire.NewGatewayID()
		enrolAs(t, s, ended, "E", 1, true)
		enrolAs(t, s, living, "L", 1, false)
		answers, errs := appendAll(t, s, facts(ended, 1, "a", 1, 2), facts(living, 1, "b", 1, 2), facts(ended, 2, "a", 1, 1), facts(stranger, 1, "c", 1, 2))
		for i, want := range []error{hub.ErrRevoked, nil, hub.ErrRevoked, nil} {
			if !errors.Is(errs[i], want) {
				t.Errorf("batch %d: %v, want %v", i, errs[i], want)
			}
			if want != nil {
				equal(t, "an answer", answers[i], hub.Appended{})
			}
		}
		equal(t, "marks", marks(t, s, ended), []wire.Mark(nil))
		if _, err := s.PageKept(t.Context(), ended, hub.PageKey{Dossier: kiosk.NewDossierID(now)}, sign); !errors.Is(err, hub.ErrRevoked) {
			t.Errorf("a page: %v", err)
		}
	})
}
