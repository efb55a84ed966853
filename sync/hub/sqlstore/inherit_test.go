package sqlstore_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// A spare box that was restored from a backup sends what its forerunner had sent: nothing arrives
// twice, the forerunner's dossiers are its own, and the feed goes on where it ended.
func TestAnHeir(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(testing.TB) place{"sqlite": sqlitePlace, "postgres": postgresPlace} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := make(t).open(t)
			old, heir, other := wire.NewGatewayID(), wire.NewGatewayID(), wire.NewGatewayID()
			enrolAs(t, s, old, "coto", 1, false)
			enrolAs(t, s, other, "vandon", 2, false)
			facts := func(gateway wire.GatewayID, chain string, from, to int) hub.Appended {
				b := hub.Batch{Gateway: gateway, Site: "coto", Epoch: 7}
				for i := from; i <= to; i++ {
					b.Events = append(b.Events, hub.Event{
						Seq: kiosk.Seq(i), Type: wire.TypeTicketIssued, Day: 20261126, At: now, Chain: chain, JSON: []byte(`{}`),
						Tally: &hub.Tally{Day: 20261126, Service: "a", What: hub.TallyIssued, N: 1},
					})
				}
				a, errs, err := s.Append(t.Context(), []hub.Batch{b}, nil)
				if err != nil || errs[0] != nil {
					t.Fatal(err, errs)
				}
				return a[0]
			}
			facts(old, "c", 1, 30)
			if _, err := s.Push(t.Context(), old, wire.FeedNotice, []byte(`{}`)); err != nil {
				t.Fatal(err)
			}
			enrolAs(t, s, old, "coto", 1, true) // revoked
			enrolAs(t, s, heir, "coto", 3, false)
			for gateway, want := range map[wire.GatewayID]bool{heir: true, other: false} {
				site := kiosk.SiteCode("coto")
				if gateway == other {
					site = "vandon"
				}
				if is, err := s.Heir(t.Context(), gateway, site); err != nil || is != want {
					t.Errorf("%s is an heir: %v, %v", gateway, is, err)
				}
			}
			if _, err := s.Health(t.Context(), heir, []byte(`{}`), ""); err != nil {
				t.Fatal(err)
			}
			if is, err := s.Heir(t.Context(), heir, "coto"); err != nil || is {
				t.Errorf("a gateway that speaks is an heir still: %v", err)
			}
			marks, err := s.Marks(t.Context(), heir)
			if err != nil || len(marks) != 1 || marks[0].Seq != 30 {
				t.Fatalf("the heir's marks are %+v, %v", marks, err)
			}
			if a := facts(heir, "c", 20, 33); a.Replayed != 11 || a.Accepted != 3 || a.Forked {
				t.Errorf("the heir's facts: %+v", a)
			}
			counts, err := s.Counts(t.Context(), 20261126, 20261126)
			if err != nil || len(counts) != 1 || counts[0].N != 33 {
				t.Errorf("counted %+v, %v", counts, err)
			}
			if items, head, err := s.Feed(t.Context(), heir, 0, 10); err != nil || len(items) != 1 || head != 1 {
				t.Errorf("the heir's feed: %+v, %d, %v", items, head, err)
			}
			if marks, err := s.Marks(t.Context(), other); err != nil || len(marks) != 0 {
				t.Errorf("another site's gateway has %+v, %v", marks, err)
			}
			// A new box whose clock had not been set may have begun in the epoch of its forerunner. Its
			// facts are others, and none is taken for one that is here.
			if a := facts(heir, "d", 28, 34); a.Replayed != 6 || a.Accepted != 1 || !a.Forked {
				t.Errorf("facts in the places of others: %+v", a)
			}
			if aside, err := s.Quarantine(t.Context(), heir, 100); err != nil || len(aside) != 6 {
				t.Errorf("aside %+v, %v", aside, err)
			}
			// Whoever puts the same gateway once more inherits nothing anew.
			enrolAs(t, s, heir, "coto", 3, false)
		})
	}
}

// enrolAs puts a gateway, made at a minute.
func enrolAs(t *testing.T, s interface{ Enrolment() enrol.Store }, id wire.GatewayID, site kiosk.SiteCode, minute int, revoked bool) {
	t.Helper()
	g := enrol.Gateway{ID: id, Site: site, By: "test", Made: now.Add(time.Duration(minute) * time.Minute), Serial: "00", Certificate: []byte{1}}
	if revoked {
		g.Revoked, g.RevokedBy = now.Add(time.Hour), "test"
	}
	if err := s.Enrolment().Update(t.Context(), func(tx enrol.Tx) error { return tx.PutGateway(g) }); err != nil {
		t.Fatal(err)
	}
}
