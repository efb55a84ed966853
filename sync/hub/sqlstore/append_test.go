package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

const (
	site = kiosk.SiteCode("H49-01")
	day  = kiosk.Day(20261126)
)

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// chain is a hash of the log that tells lives and places apart.
func chain(life string, seq kiosk.Seq) string {
	return kiosk.HashOf(fmt.Appendf(nil, "%s %d", life, seq)).String()
}

// facts are the facts from first to last of one life of a gateway, each a number of service S.
func facts(g wire.GatewayID, epoch kiosk.Epoch, life string, first, last kiosk.Seq) hub.Batch {
	b := hub.Batch{Gateway: g, Site: site, Epoch: epoch}
	for seq := first; seq <= last; seq++ {
		b.Events = append(b.Events, hub.Event{
			Seq: seq, Type: wire.TypePrefix + "ticket-issued.v1", Day: day, At: now, Chain: chain(life, seq),
			JSON:   fmt.Appendf(nil, `{"life":%q,"seq":%d}`, life, seq),
			Number: &hub.Number{Day: day, Service: "S", Seq: uint32(seq)},
			Tally:  &hub.Tally{Day: day, Service: "S", What: hub.TallyIssued, N: 1},
		})
	}
	return b
}

func sign(st wire.Statement) (string, error) {
	return fmt.Sprintf("signed %s %s %d %d", st.Dossier, st.Gateway, st.Pages, st.Bytes), nil
}

func appendAll(t *testing.T, s *sqlstore.Store, batches ...hub.Batch) ([]hub.Appended, []error) {
	t.Helper()
	answers, errs, err := s.Append(context.Background(), batches, sign)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	return answers, errs
}

func appendOne(t *testing.T, s *sqlstore.Store, b hub.Batch) hub.Appended {
	t.Helper()
	answers, errs := appendAll(t, s, b)
	if errs[0] != nil {
		t.Fatalf("append: %v", errs[0])
	}
	return answers[0]
}

func numbers(t *testing.T, s *sqlstore.Store) map[kiosk.ServiceCode]uint32 {
	t.Helper()
	v, err := s.Numbers(context.Background(), site, day)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func marks(t *testing.T, s *sqlstore.Store, g wire.GatewayID) []wire.Mark {
	t.Helper()
	v, err := s.Marks(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAppend(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		g := wire.NewGatewayID()
		equal(t, "marks of nobody", marks(t, s, g), []wire.Mark(nil))
		mark := func(seq kiosk.Seq) wire.Mark { return wire.Mark{Epoch: 7, Seq: seq, Chain: chain("a", seq)} }

		equal(t, "first", appendOne(t, s, facts(g, 7, "a", 1, 300)), hub.Appended{Mark: mark(300), Accepted: 300})
		equal(t, "replay", appendOne(t, s, facts(g, 7, "a", 200, 300)), hub.Appended{Mark: mark(300), Replayed: 101})
		equal(t, "half a replay", appendOne(t, s, facts(g, 7, "a", 299, 302)), hub.Appended{Mark: mark(302), Accepted: 2, Replayed: 2})
		equal(t, "numbers", numbers(t, s), map[kiosk.ServiceCode]uint32{"S": 302})

		// A gap of one is no trouble of the others, in one transaction with it.
		other := wire.NewGatewayID()
		answers, errs := appendAll(t, s, facts(g, 7, "a", 303, 303), facts(g, 7, "a", 305, 306), facts(other, 1, "b", 2, 2), facts(g, 7, "a", 303, 304), facts(other, 1, "b", 1, 1))
		equal(t, "before the gap", answers[0], hub.Appended{Mark: mark(303), Accepted: 1})
		gap, ok := errors.AsType[*hub.Gap](errs[1])
		if !ok || gap.Expected != 304 || gap.Mark != mark(303) {
			t.Errorf("gap: %+v", errs[1])
		}
		if gap, ok := errors.AsType[*hub.Gap](errs[2]); !ok || gap.Expected != 1 || gap.Mark != (wire.Mark{Epoch: 1}) {
			t.Errorf("gap at the beginning: %+v", errs[2])
		}
		equal(t, "behind the gap", answers[3], hub.Appended{Mark: mark(304), Accepted: 1, Replayed: 1})
		equal(t, "the other's", answers[4], hub.Appended{Mark: wire.Mark{Epoch: 1, Seq: 1, Chain: chain("b", 1)}, Accepted: 1})

		// Epochs are lines of their own.
		appendOne(t, s, facts(g, 9, "c", 1, 2))
		equal(t, "marks", marks(t, s, g), []wire.Mark{mark(304), {Epoch: 9, Seq: 2, Chain: chain("c", 2)}})

		// What was acknowledged is there when it is opened again.
		again := p.open(t)
		equal(t, "marks, opened again", marks(t, again, g), marks(t, s, g))
	})
}

func TestFork(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		g := wire.NewGatewayID()
		appendOne(t, s, facts(g, 1, "first", 1, 10))
		// The box was restored as it stood at 8, and goes on from there without knowing.
		got := appendOne(t, s, facts(g, 1, "restored", 9, 12))
		equal(t, "fork", got, hub.Appended{Mark: wire.Mark{Epoch: 1, Seq: 12, Chain: chain("restored", 12)}, Accepted: 2, Replayed: 2, Forked: true})
		// Its numbers are on paper all the same, and nothing was lost.
		equal(t, "numbers", numbers(t, s), map[kiosk.ServiceCode]uint32{"S": 12})
		aside := quarantine(t, s, g)
		if len(aside) != 2 || aside[0].Why != hub.OddFork || aside[0].At != (kiosk.Position{Epoch: 1, Seq: 9}) || !strings.Contains(string(aside[0].Event), "restored") {
			t.Errorf("aside: %+v", aside)
		}
		// Sent again, it is told the same and kept once.
		got = appendOne(t, s, facts(g, 1, "restored", 9, 12))
		equal(t, "fork again", got, hub.Appended{Mark: wire.Mark{Epoch: 1, Seq: 12, Chain: chain("restored", 12)}, Replayed: 4, Forked: true})
		equal(t, "aside again", len(quarantine(t, s, g)), 2)
		// The first life's own replay is none.
		equal(t, "first", appendOne(t, s, facts(g, 1, "first", 1, 10)).Forked, false)
	})
}

func quarantine(t *testing.T, s *sqlstore.Store, g wire.GatewayID) []hub.Aside {
	t.Helper()
	v, err := s.Quarantine(context.Background(), g, 100)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestQuarantine(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		g := wire.NewGatewayID()
		b := facts(g, 1, "a", 1, 3)
		b.Events[1] = hub.Event{Seq: 2, Type: "vn.motcua.fact.of-tomorrow.v3", Chain: chain("a", 2), JSON: []byte(`{"subject":{"name":"Nguyễn Thị Mai"}}`), Odd: "unknown type"}
		equal(t, "answer", appendOne(t, s, b), hub.Appended{Mark: wire.Mark{Epoch: 1, Seq: 3, Chain: chain("a", 3)}, Accepted: 3, Odd: 1})
		aside := quarantine(t, s, g)
		if len(aside) != 1 || aside[0].Why != "unknown type" || string(aside[0].Event) != `{"subject":{"name":"Nguyễn Thị Mai"}}` {
			t.Errorf("aside: %+v", aside)
		}
		equal(t, "replayed", appendOne(t, s, b).Replayed, 3)
		equal(t, "kept once", len(quarantine(t, s, g)), 1)
	})
}

func TestSealsAreHeldAgainstTheLog(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s := p.open(t)
		g := wire.NewGatewayID()
		seal := func(seq kiosk.Seq, at kiosk.Seq, hash string) hub.Event {
			return hub.Event{Seq: seq, Type: "vn.motcua.fact.log-sealed.v1", Day: day, Chain: chain("a", seq), JSON: []byte(`{}`),
				Seal: &hub.Seal{Day: day, At: kiosk.Position{Epoch: 1, Seq: at}, Hash: hash}}
		}
		appendOne(t, s, facts(g, 1, "a", 1, 3))
		b := facts(g, 1, "a", 4, 5)
		b.Events = append(b.Events, seal(6, 5, chain("a", 5)), seal(7, 2, chain("a", 2)), seal(8, 5, chain("rewritten", 5)), seal(9, 3, chain("rewritten", 3)), seal(10, 44, "of no fact that came"))
		appendOne(t, s, b)
		var found []kiosk.Seq
		for _, a := range quarantine(t, s, g) {
			if a.Why != hub.OddForged {
				t.Errorf("why: %q", a.Why)
			}
			found = append(found, a.At.Seq)
		}
		equal(t, "forged", found, []kiosk.Seq{8, 9})
	})
}

// Two processes take the same facts of the same gateways at once, in different orders.
func TestTwoProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		gateways := make([]wire.GatewayID, 6)
		for i := range gateways {
			gateways[i] = wire.NewGatewayID()
		}
		const rounds, each = 12, 5
		var wait sync.WaitGroup
		accepted := make([]int, 2)
		for process := range accepted {
			s := p.open(t)
			wait.Go(func() {
				for round := range kiosk.Seq(rounds) {
					var batches []hub.Batch
					for i := range gateways {
						g := gateways[i]
						if process == 1 {
							g = gateways[len(gateways)-1-i]
						}
						batches = append(batches, facts(g, 1, "a", round*each+1, (round+1)*each))
					}
					answers, errs, err := s.Append(context.Background(), batches, sign)
					if err != nil {
						t.Errorf("process %d, round %d: %v", process, round, err)
						return
					}
					for i := range answers {
						if errs[i] != nil {
							t.Errorf("process %d, round %d: %v", process, round, errs[i])
						}
						accepted[process] += answers[i].Accepted
					}
				}
			})
		}
		wait.Wait()
		equal(t, "accepted once", accepted[0]+accepted[1], len(gateways)*rounds*each)
		s := p.open(t)
		for _, g := range gateways {
			equal(t, "mark", marks(t, s, g), []wire.Mark{{Epoch: 1, Seq: rounds * each, Chain: chain("a", rounds*each)}})
		}
		counts, err := s.Counts(context.Background(), day, day)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "counted once", counts, []hub.Count{{Day: day, Site: site, Service: "S", What: hub.TallyIssued, N: len(gateways) * rounds * each}})
	})
}
