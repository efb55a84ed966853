package kiosktest

import (
	"context"
	"errors"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// The part of the suite that is about the past: the facts of a day, and the chain of all facts.

// archive returns a store's other side.
func archive(t *testing.T, s kiosk.Store) kiosk.Archive {
	t.Helper()
	a, ok := s.(kiosk.Archive)
	if !ok {
		t.Fatalf("%T is no archive", s)
	}
	return a
}

func dayRecords(t *testing.T, s kiosk.Store, site kiosk.SiteCode, day kiosk.Day) []kiosk.Record {
	t.Helper()
	v, err := archive(t, s).DayRecords(context.Background(), site, day)
	if err != nil {
		t.Fatalf("records of %q on %s: %v", site, day, err)
	}
	return v
}

func days(t *testing.T, s kiosk.Store, site kiosk.SiteCode) []kiosk.Day {
	t.Helper()
	v, err := archive(t, s).Days(context.Background(), site)
	if err != nil {
		t.Fatalf("days of %q: %v", site, err)
	}
	return v
}

func head(t *testing.T, s kiosk.Store) kiosk.ChainHead {
	t.Helper()
	h, err := archive(t, s).Head(context.Background())
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	return h
}

// verified verifies the chain and returns its head, which has to be the one that is known.
func verified(t *testing.T, s kiosk.Store) kiosk.ChainHead {
	t.Helper()
	h, err := archive(t, s).VerifyChain(context.Background())
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	equal(t, "verified head", h, head(t, s))
	return h
}

func testDayRecords(t *testing.T, p Place) {
	s := open(t, p)
	if v := days(t, s, Site); v != nil {
		t.Errorf("days of an empty store: %v", v)
	}
	type key struct {
		site kiosk.SiteCode
		day  kiosk.Day
	}
	want := map[key][]kiosk.Record{}
	// Two sites beside each other, days that come again: an officer confirmed an earlier date.
	for _, v := range []key{
		{Site, Saturday}, {Site, Monday}, {"thu-2", Monday}, {Site, Monday}, {Site, Saturday}, {"thu-2", Sunday}, {Site, Culture},
	} {
		c := NewClerk(t, s, v.site, v.day)
		for range 3 {
			ch := c.Facts(Facts()[3], Facts()[9])
			c.Commit(t, ch)
			want[v] = append(want[v], ch.Records...)
		}
	}
	// One change over midnight.
	c := NewClerk(t, s, Site, Culture)
	ch := c.Facts(Facts()[3], Facts()[9], Facts()[3])
	ch.Records[1].Day, ch.Records[2].Day = Saturday, Sunday
	c.Commit(t, ch)
	for _, r := range ch.Records {
		want[key{Site, r.Day}] = append(want[key{Site, r.Day}], r)
	}
	look := func() {
		t.Helper()
		for _, site := range []kiosk.SiteCode{Site, "thu-2", "thu-"} {
			for _, day := range []kiosk.Day{0, Monday, Culture, Saturday, Sunday} {
				equal(t, "records of "+string(site)+" on "+day.String(), dayRecords(t, s, site, day), want[key{site, day}])
			}
		}
		equal(t, "days", days(t, s, Site), []kiosk.Day{Monday, Culture, Saturday, Sunday})
		equal(t, "days of the other site", days(t, s, "thu-2"), []kiosk.Day{Monday, Sunday})
		equal(t, "days of no site", days(t, s, "thu-"), []kiosk.Day(nil))
	}
	look()
	reopen(t, s)
	look()
	// The day goes on where it was before the reopening.
	c = NewClerk(t, s, Site, Sunday)
	ch = c.Facts(Facts()[3])
	ch.Hall = &kiosk.HallRecord{Day: Sunday}
	c.Commit(t, ch)
	want[key{Site, Sunday}] = append(want[key{Site, Sunday}], ch.Records...)
	look()
	equal(t, "records of load", Load(t, s, Site).Records, want[key{Site, Sunday}])
	dayRecords(t, s, Site, Sunday)[0].By = "changed"
	look()
}

func testChain(t *testing.T, p Place) {
	s := open(t, p)
	equal(t, "head of an empty store", verified(t, s), kiosk.ChainHead{})
	c := NewClerk(t, s, Site, Monday)
	seen := map[[32]byte]bool{{}: true}
	facts := uint64(0)
	grown := func(by int) {
		t.Helper()
		facts += uint64(by)
		h := verified(t, s)
		if h.Last != c.Last() || h.Facts != facts || seen[h.Hash] != (by == 0) {
			t.Errorf("head %+v after %d more facts, want %d facts up to %v and a hash of its own", h, by, facts, c.Last())
		}
		seen[h.Hash] = true
	}
	for range 4 {
		c.Commit(t, c.Facts(Facts()...))
		grown(len(Facts()))
		// The same fact again is another link.
		c.Commit(t, c.Facts(Facts()[3]))
		grown(1)
	}
	c.Commit(t, kiosk.Change{Site: Site, Hall: &kiosk.HallRecord{Day: Monday}})
	grown(0)
	reopen(t, s)
	grown(0)
	ch := c.Facts(Facts()[3])
	ch.Records[0].Seq++
	c.Refuse(t, ch, "with a gap")
	grown(0)
	c.Commit(t, c.Facts(Facts()[3], Facts()[3]))
	grown(2)
}

func testForgery(t *testing.T, p Place) {
	s := p.Open(t)
	t.Cleanup(func() { p.Close(t, s) })
	c := NewClerk(t, s, Site, Monday)
	for range 3 {
		c.Commit(t, c.Facts(Facts()...))
	}
	broken := func(what string, how Forgery, at, want kiosk.Position) {
		t.Helper()
		p.Forge(t, s, how, at)
		_, err := archive(t, s).VerifyChain(context.Background())
		var b *kiosk.ChainBreak
		if !errors.As(err, &b) || b.At != want || b.Why == "" {
			t.Errorf("%s at %v: %v, want a break at %v", what, at, err, want)
		}
	}
	// From the last fact to the first: each break lies before the one that was made before it.
	last := c.Last()
	at := func(back kiosk.Seq) kiosk.Position { return kiosk.Position{Epoch: last.Epoch, Seq: last.Seq - back} }
	broken("a fact put behind the last one", ForgeAppend, last, last.Next())
	broken("a fact changed, its hash too", ForgeRehash, at(2), at(1))
	broken("two facts exchanged", ForgeSwap, at(5), at(5))
	broken("a fact taken away", ForgeRemove, at(8), at(8))
	broken("a fact changed", ForgeChange, at(11), at(11))
	broken("the first fact taken away", ForgeRemove, kiosk.Position{Epoch: last.Epoch, Seq: 1}, kiosk.Position{Epoch: last.Epoch, Seq: 1})
}

func testArchiveCancelled(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	c.Commit(t, c.Facts(Facts()...))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := archive(t, s)
	_, day := a.DayRecords(ctx, Site, Monday)
	_, list := a.Days(ctx, Site)
	_, end := a.Head(ctx)
	_, chain := a.VerifyChain(ctx)
	_, read := p.Shelf(s, "shelf").Read(ctx, "")
	write := p.Shelf(s, "shelf").Write(ctx, kiosk.Item{Key: "k", Value: []byte("v")})
	for what, err := range map[string]error{
		"day's records": day, "days": list, "head": end, "verify": chain, "read shelf": read, "write shelf": write,
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", what, err)
		}
	}
	if got := shelved(t, p.Shelf(s, "shelf"), ""); got != nil {
		t.Errorf("kept %v", got)
	}
}
