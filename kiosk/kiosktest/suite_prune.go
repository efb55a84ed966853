package kiosktest

import (
	"context"
	"errors"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// The part of the suite that is about what may leave the store.

// work keeps a day of an office: a ticket, a counter, the hall, and the day as the present one.
func work(t *testing.T, s kiosk.Store, day kiosk.Day) *Clerk {
	t.Helper()
	c := NewClerk(t, s, Site, day)
	c.Commit(t, busy(c))
	return c
}

func testPrune(t *testing.T, p Place) {
	s := open(t, p)
	var ends []kiosk.Position
	days := []kiosk.Day{Monday, Monday.Add(1), Monday.Add(2), Monday.Add(3)}
	for _, day := range days {
		ends = append(ends, work(t, s, day).Last())
	}
	last, each := ends[3], len(busy(NewClerk(t, s, Site, Monday)).Records)
	records, chain := all(t, s), head(t, s)
	if n := prune(t, s, days[3].Add(9), 1000); n != 0 {
		t.Fatalf("%d facts were pruned that nobody holds", n)
	}
	settle(t, s, kiosk.Settled{Facts: ends[1].Next()}) // into the third day
	if n := prune(t, s, days[0], 1000); n != 0 {
		t.Fatalf("%d facts of days that are to stay were pruned", n)
	}
	// In bounded steps, whatever stands between them.
	for left := 2 * each; left > 0; left -= 3 {
		if n := prune(t, s, days[3].Add(9), 3); n != min(3, left) {
			t.Fatalf("%d facts pruned, want %d", n, min(3, left))
		}
		reopen(t, s)
		gone := 2*each - left + min(3, left)
		equal(t, "what is left", all(t, s), records[gone:])
		equal(t, "chain", verified(t, s), chain)
		equal(t, "pruned", waiting(t, s).Pruned, records[gone-1].Position)
		left := min(each, max(0, 2*each-gone))
		day, err := s.DayRecords(context.Background(), Site, days[1])
		if err != nil || len(day) != left {
			t.Fatalf("%d facts of the second day, %v, want %d", len(day), err, left)
		}
	}
	// The third day is not acknowledged whole.
	if n := prune(t, s, days[3].Add(9), 1000); n != 0 {
		t.Fatalf("%d facts of a day were pruned that is not acknowledged whole", n)
	}
	list, err := s.Days(context.Background(), Site)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "days", list, days[2:])
	for i, day := range days {
		equal(t, "tickets of "+day.String(), len(tickets(t, s, Site, day)), min(1, i/2))
	}
	// All of it is: the present day stays.
	settle(t, s, kiosk.Settled{Facts: last})
	if n := prune(t, s, days[3].Add(9), 1000); n != each {
		t.Errorf("%d facts pruned, want the %d of the third day", n, each)
	}
	was := Load(t, s, Site)
	if was.Day != days[3] || len(was.Tickets) != 1 || len(was.Records) != each || len(was.Counters) != 2 {
		t.Errorf("the present day: %+v", was)
	}
	equal(t, "backlog", waiting(t, s), kiosk.Backlog{Acked: last, Last: last, Pruned: ends[2]})
	equal(t, "outgoing from the beginning", len(outgoing(t, s, kiosk.Position{})), each)
	notSettled(t, s, kiosk.Settled{Facts: ends[0]}, kiosk.ErrSettledBack)
	reopen(t, s)
	equal(t, "present day after reopening", Load(t, s, Site), was)
	c := NewClerk(t, s, Site, days[3])
	c.Commit(t, busy(c))
	if h := verified(t, s); h != head(t, s) || h.Facts != uint64(5*each) {
		t.Errorf("chain goes on to %+v", h)
	}
}

// Every fact may leave: places go on behind them, and so does the chain.
func testPruneAll(t *testing.T, p Place) {
	s := p.Open(t)
	c := work(t, s, Monday)
	last, end := c.Last(), head(t, s)
	settle(t, s, kiosk.Settled{Facts: last})
	c.Commit(t, kiosk.Change{Site: Site, Box: &kiosk.BoxRecord{Day: Saturday}}) // a day without a fact
	if n := prune(t, s, Saturday, 1000); n != int(end.Facts) {
		t.Fatalf("%d of %d facts pruned", n, end.Facts)
	}
	p.Close(t, s)
	s = open(t, p)
	equal(t, "last", Load(t, s, Site).Last, last)
	equal(t, "head", verified(t, s), end)
	equal(t, "records", len(all(t, s)), 0)
	equal(t, "backlog", waiting(t, s), kiosk.Backlog{Acked: last, Last: last, Pruned: last})
	if list, err := s.Days(context.Background(), Site); err != nil || len(list) != 0 {
		t.Errorf("days: %v, %v", list, err)
	}
	// The date was turned back to a day that is gone: its numbers are known all the same.
	c = NewClerk(t, s, Site, Monday)
	ticket, ch := c.Issue(Certify, "A")
	c.Commit(t, ch)
	equal(t, "next place", c.Last(), last.Next())
	equal(t, "next number", ticket.Number, kiosk.Number("A002"))
	if day, err := s.DayRecords(context.Background(), Site, Monday); err != nil || len(day) != 1 {
		t.Errorf("facts of the day: %+v, %v", day, err)
	}
	equal(t, "chain", verified(t, s), head(t, s))
	// Whoever takes the first fact away that is left is found out.
	p.Forge(t, s, ForgeRemove, c.Last())
	_, err := s.VerifyChain(context.Background())
	var b *kiosk.ChainBreak
	if !errors.As(err, &b) || b.At != c.Last() {
		t.Errorf("a fact taken away: %v", err)
	}
}

// A day that comes again, because the date was turned back, leaves whole or not at all.
func testPruneDayTwice(t *testing.T, p Place) {
	s := open(t, p)
	work(t, s, Monday)
	first := work(t, s, Culture).Last()
	work(t, s, Monday)
	last := work(t, s, Saturday).Last()
	settle(t, s, kiosk.Settled{Facts: first})
	if n := prune(t, s, Saturday, 1000); n != 0 {
		t.Fatalf("%d facts pruned of a day that is not acknowledged whole", n)
	}
	settle(t, s, kiosk.Settled{Facts: last})
	for n := 1; n > 0; {
		n = prune(t, s, Saturday, 4)
		equal(t, "chain", verified(t, s), head(t, s))
		for _, day := range []kiosk.Day{Monday, Culture, Saturday} {
			if _, err := s.DayRecords(context.Background(), Site, day); err != nil {
				t.Fatalf("facts of %s: %v", day, err)
			}
		}
	}
	list, err := s.Days(context.Background(), Site)
	if err != nil || len(list) != 1 || list[0] != Saturday || len(tickets(t, s, Site, Monday)) != 0 {
		t.Errorf("days left: %v, %v", list, err)
	}
}

// Records of dossiers outlive their day, until they are forgotten and that is gone too.
func testPruneDossiers(t *testing.T, p Place) {
	s := open(t, p)
	c := work(t, s, Monday)
	kept, forgotten := c.Receive(Dossier(2, 1)), c.Receive(Dossier(1, 2))
	c.Commit(t, kept)
	c.Commit(t, forgotten)
	c = work(t, s, Culture)
	end := c.Facts(kiosk.DossierSettled{ID: Dossier(1, 2).ID, State: kiosk.DossierForgotten, Why: kiosk.ForgetSubject})
	record := forgotten.Dossiers[0]
	record.State, record.Dossier.Subject = kiosk.DossierForgotten, nil
	end.Dossiers, end.Dropped = []kiosk.DossierRecord{record}, []kiosk.BlobPlace{forgotten.Blobs[0].BlobPlace}
	c.Commit(t, end)
	c = work(t, s, Saturday)
	settle(t, s, kiosk.Settled{Facts: c.Last()})
	for prune(t, s, Culture, 1000) > 0 {
	}
	equal(t, "dossiers once their day is gone", dossiers(t, s, Site), []kiosk.DossierRecord{kept.Dossiers[0], record})
	equal(t, "blobs", pending(t, s), kept.Blobs)
	for prune(t, s, Saturday, 1000) > 0 {
	}
	equal(t, "dossiers once the forgetting is gone", dossiers(t, s, Site), kept.Dossiers)
	equal(t, "blobs", pending(t, s), kept.Blobs)
	if b := waiting(t, s); b.Blobs != 2 || b.OldestBlob.IsZero() {
		t.Errorf("backlog: %+v", b)
	}
}

func testOutboxCancelled(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	c.Commit(t, c.Receive(Dossier(1, 1)))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, out := s.Outgoing(ctx, kiosk.Position{}, 1)
	_, blobs := s.Pending(ctx, kiosk.BlobPlace{}, 1)
	_, _, blob := s.Blob(ctx, kiosk.BlobPlace{})
	_, list := s.Dossiers(ctx, Site, "", 1)
	_, _, one := s.Dossier(ctx, Site, Dossier(1, 1).ID)
	_, backlog := s.Waiting(ctx)
	_, pruned := s.Prune(ctx, Saturday, 1)
	for what, err := range map[string]error{
		"outgoing": out, "pending": blobs, "blob": blob, "dossiers": list, "dossier": one, "waiting": backlog,
		"prune": pruned, "settle": s.Settle(ctx, kiosk.Settled{Facts: c.Last()}),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", what, err)
		}
	}
	for _, n := range []int{0, -1} {
		out, err := s.Outgoing(context.Background(), kiosk.Position{}, n)
		blobs, err2 := s.Pending(context.Background(), kiosk.BlobPlace{}, n)
		list, err3 := s.Dossiers(context.Background(), Site, "", n)
		if err := errors.Join(err, err2, err3); err != nil || len(out)+len(blobs)+len(list) != 0 {
			t.Errorf("%d of each: %v, %v, %v, %v", n, out, blobs, list, err)
		}
	}
	equal(t, "backlog", waiting(t, s).Acked, kiosk.Position{})
}
