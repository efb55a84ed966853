package kiosktest

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Place is where one store lies.
type Place struct {
	// Open opens what lies there. It is called again only after Close.
	Open func(t *testing.T) kiosk.Store
	// Close closes the store that Open gave.
	Close func(t *testing.T, s kiosk.Store)
	// Shelf gives a shelf of the store that Open gave.
	Shelf func(s kiosk.Store, name string) kiosk.Shelf
	// Forge does a forgery to the facts of that store. Its folder may end forged.
	Forge func(t *testing.T, s kiosk.Store, how Forgery, at kiosk.Position)
}

// StoreSuite runs everything that a [kiosk.Store] promises against stores that begin empty at
// new places. A store that needs a check after every test does it in t.Cleanup of newPlace.
func StoreSuite(t *testing.T, newPlace func(t *testing.T) Place) {
	for _, v := range []struct {
		name string
		run  func(t *testing.T, p Place)
	}{
		{"an unknown site is empty", testUnknownSite},
		{"what is committed is loaded", testLoad},
		{"every fact comes back", testFacts},
		{"a change is kept whole or not at all", testAllOrNothing},
		{"a gap is refused", testGaps},
		{"another site's values are refused", testForeign},
		{"a cancelled context keeps nothing", testCancelled},
		{"records page", testPaging},
		{"the newest day is loaded", testNewestDay},
		{"tickets come in the order of their issue", testTicketOrder},
		{"new values replace old ones whole", testReplace},
		{"last numbers only rise", testLastNumbers},
		{"sites are apart", testSites},
		{"what is returned is a copy", testCopies},
		{"reopening changes nothing", testReopen},
		{"readers do not wait for writers", testConcurrent},
		{"facts are found by their day", testDayRecords},
		{"the chain grows with every fact", testChain},
		{"a forgery is found", testForgery},
		{"an archive obeys its context", testArchiveCancelled},
		{"what the province holds is settled", testSettle},
		{"blobs wait until they are taken", testBlobs},
		{"dossiers and blobs are checked", testDossierChecks},
		{"an epoch is begun by hand", testEpoch},
		{"days that the province holds are pruned", testPrune},
		{"every fact may be pruned", testPruneAll},
		{"a day that comes again is pruned whole", testPruneDayTwice},
		{"dossiers outlive their day", testPruneDossiers},
		{"an outbox obeys its context", testOutboxCancelled},
		{"a shelf keeps what is put on it", testShelf},
		{"a shelf has bounds", testShelfBounds},
		{"a shelf is written whole or not at all", testShelfAllOrNothing},
		{"shelves outlive the process", testShelfReopen},
	} {
		t.Run(strings.ReplaceAll(v.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			v.run(t, newPlace(t))
		})
	}
}

// open opens a place for the length of a test.
func open(t *testing.T, p Place) kiosk.Store {
	t.Helper()
	s := p.Open(t)
	t.Cleanup(func() { p.Close(t, s) })
	return s
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func all(t testing.TB, s kiosk.Store) []kiosk.Record {
	t.Helper()
	r, err := s.Records(context.Background(), kiosk.Position{}, math.MaxInt)
	if err != nil {
		t.Fatalf("records: %v", err)
	}
	return r
}

func tickets(t testing.TB, s kiosk.Store, site kiosk.SiteCode, day kiosk.Day) []kiosk.Ticket {
	t.Helper()
	v, err := s.Tickets(context.Background(), site, day)
	if err != nil {
		t.Fatalf("tickets of %s: %v", day, err)
	}
	return v
}

func testUnknownSite(t *testing.T, p Place) {
	s := open(t, p)
	k := Load(t, s, "nowhere")
	if k.Day != 0 || len(k.Tickets)+len(k.Counters)+len(k.LastNumbers) != 0 || k.Replaced || k.NumbersUnknown {
		t.Errorf("load of a site that was never kept: %+v", k)
	}
	equal(t, "hall", k.Hall, kiosk.HallRecord{})
	equal(t, "box", k.Box, kiosk.BoxRecord{})
	if k.Last.Epoch == 0 || k.Last.Seq != 0 {
		t.Errorf("last = %+v: want the present epoch and no record", k.Last)
	}
	if got := all(t, s); len(got) != 0 {
		t.Errorf("records of an empty store: %v", got)
	}
	if got := tickets(t, s, "nowhere", Monday); len(got) != 0 {
		t.Errorf("tickets of an empty store: %v", got)
	}
}

// busy returns a change that touches everything.
func busy(c *Clerk) kiosk.Change {
	ticket, ch := c.Issue(Certify, "A")
	moved := c.Facts(
		kiosk.TicketMoved{Service: Certify, Number: ticket.Number, Verb: kiosk.VerbCall, State: kiosk.Called, Counter: Counter1, Why: kiosk.ReasonOrder},
		kiosk.TicketMoved{Service: Certify, Number: ticket.Number, Verb: kiosk.VerbServe, State: kiosk.Serving, Counter: Counter1},
		kiosk.TicketMoved{Service: Certify, Number: ticket.Number, Verb: kiosk.VerbFinish, State: kiosk.Served, Counter: Counter1},
		kiosk.SlipMoved{Service: Certify, Number: ticket.Number, State: kiosk.SlipSent},
	)
	ch.Records = append(ch.Records, moved.Records...)
	ticket.State, ticket.Counter, ticket.Calls = kiosk.Served, Counter1, 1
	ticket.CalledAt, ticket.ServedAt, ticket.EndedAt = c.Now, c.Now, c.Now
	ticket.Priority = kiosk.PriorityByCard
	ticket.Slip = kiosk.SlipRecord{State: kiosk.SlipSent, Sends: 1, Auto: 1, Copies: 2, SentAt: c.Now}
	ch.Tickets = []kiosk.Ticket{ticket}
	ch.Counters = []kiosk.CounterRecord{
		{Day: c.Day, Counter: Counter1, State: kiosk.CounterOpen, SincePriority: 1, Officer: "o7"},
		{Day: c.Day, Counter: Counter2, State: kiosk.CounterPaused, Until: c.Now.Add(time.Hour), Reason: "họp giao ban"},
	}
	ch.Hall = &kiosk.HallRecord{Day: c.Day, Hand: kiosk.HandOpen, Closed: true, Opened: true, HelpSince: c.Now, Sealed: true}
	ch.Box = &kiosk.BoxRecord{
		Day: c.Day, LastSeen: c.Now, Confirmed: c.Day, Unsure: 90 * time.Minute, PaperCheck: true,
		UnknownDay: c.Day, NumbersUnknown: []kiosk.ServiceCode{Civil, Guidance},
	}
	return ch
}

func testLoad(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	ch := busy(c)
	c.Commit(t, ch)
	k := Load(t, s, Site)
	equal(t, "last", k.Last, c.Last())
	equal(t, "day", k.Day, Monday)
	equal(t, "tickets", k.Tickets, ch.Tickets)
	equal(t, "counters", k.Counters, ch.Counters)
	equal(t, "hall", k.Hall, *ch.Hall)
	equal(t, "box", k.Box, *ch.Box)
	equal(t, "last numbers", k.LastNumbers, map[kiosk.Day]map[kiosk.ServiceCode]uint32{Monday: {Certify: 1}})
	equal(t, "records", all(t, s), ch.Records)
	equal(t, "records of load", k.Records, ch.Records)
}

// Facts returns one fact of each kind, with every field set.
func Facts() []kiosk.Fact {
	return []kiosk.Fact{
		kiosk.TicketIssued{Ticket: kiosk.Ticket{
			Site: Site, Day: Monday, Service: Civil, Seq: 1000, Number: "B1000", State: kiosk.Waiting,
			Language: kiosk.Chinese, Priority: kiosk.PriorityOfficer, Key: "k", Terminal: "main",
			Order: 1<<40 | 1, IssuedAt: At(0), TimeSure: true, Counter: Counter3, Calls: 3, CalledAt: At(time.Second),
			ServedAt: At(2 * time.Second), EndedAt: At(time.Hour),
			Slip:   kiosk.SlipRecord{State: kiosk.SlipPrinted, Sends: 2, Auto: 1, Copies: 1, SentAt: At(time.Minute)},
			SentTo: Certify, SentFor: Counter2, SentOrder: 1<<40 | 9, SentFirst: true, SentAt: At(20 * time.Minute),
			NotBefore: At(30 * time.Minute), Legs: 1, Moves: 7, CallOrder: 1<<40 | 8, Rating: kiosk.RatingGood,
		}},
		kiosk.TicketMoved{Service: Civil, Number: "B1000", Verb: kiosk.VerbCall, State: kiosk.Called, Counter: Counter3, Why: kiosk.ReasonLongestWait},
		kiosk.SlipMoved{Service: Civil, Number: "B1000", State: kiosk.SlipRecorded, Asked: true, ByCitizen: true},
		kiosk.HallMoved{Open: true, ByHand: true},
		kiosk.CounterMoved{Counter: Counter2, State: kiosk.CounterPaused, Until: At(2 * time.Hour), Reason: "đi họp", Officer: "o7"},
		kiosk.ClockConfirmed{Day: Monday, Was: 1970_01_01},
		kiosk.FaultMoved{Code: kiosk.FaultPaperOut, Raised: true, Hint: "put a roll in"},
		kiosk.PaperChecked{Asked: true, Readable: true},
		kiosk.NumbersConfirmed{Service: Civil, Last: 57},
		kiosk.HelpMoved{Waiting: true},
		kiosk.TicketSent{Service: Civil, Number: "B1000", Counter: Counter3, To: Certify, For: Counter2, Place: kiosk.PlaceAfter, After: At(10 * time.Minute)},
		kiosk.StepUndone{Service: Civil, Number: "B1000", Counter: Counter3, Verb: kiosk.VerbServe, Ticket: kiosk.Ticket{
			Site: Site, Day: Monday, Service: Civil, Seq: 1000, Number: "B1000", State: kiosk.Called, Counter: Counter3,
			Calls: 1, CalledAt: At(time.Second), Order: 1<<40 | 1, Moves: 2, SentAt: At(time.Minute), Legs: 1,
		}},
		kiosk.PriorityMoved{Service: Civil, Number: "B1000", Counter: Counter3, Was: kiosk.PriorityDeclared, Now: kiosk.PriorityOfficer},
		kiosk.TicketRated{Service: Civil, Number: "B1000", Counter: Counter3, Level: kiosk.RatingBad, Reason: kiosk.RatingWait},
		kiosk.OutageSeen{From: At(time.Hour), To: At(90 * time.Minute)},
		kiosk.StaffMoved{Officer: "o7", What: kiosk.StaffSignedIn, Counter: Counter3, Detail: "bảng 1"},
		kiosk.LogSealed{Day: Monday, At: kiosk.Position{Epoch: 1, Seq: 57}, Hash: strings.Repeat("0f", 32)},
		kiosk.DossierReceived{Dossier: Dossier(3, 1)},
		kiosk.DossierSettled{ID: Dossier(3, 1).ID, State: kiosk.DossierForgotten, Why: kiosk.ForgetOnTime, Manifest: kiosk.HashOf([]byte("manifest"))},
		kiosk.BlobMoved{Dossier: Dossier(3, 1).ID, Hash: kiosk.HashOf([]byte("page")), State: kiosk.BlobParked, Why: "hash-differs"},
		kiosk.EpochBegun{After: kiosk.Position{Epoch: 1, Seq: 57}, Mark: kiosk.Position{Epoch: 2, Seq: 3}, Why: kiosk.EpochOlder},
		kiosk.LineMoved{What: kiosk.LinePack, Detail: "lịch nghỉ 2027.1"},
	}
}

func testFacts(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	ch := c.Facts(Facts()...)
	ch.Records[0].Key, ch.Records[0].Late = "0192f3c8-7a", 47*time.Minute+11*time.Second
	zero := c.Facts(
		kiosk.TicketIssued{}, kiosk.TicketMoved{}, kiosk.SlipMoved{}, kiosk.HallMoved{}, kiosk.CounterMoved{},
		kiosk.ClockConfirmed{}, kiosk.FaultMoved{}, kiosk.PaperChecked{}, kiosk.NumbersConfirmed{Service: Civil}, kiosk.HelpMoved{},
		kiosk.TicketSent{}, kiosk.StepUndone{}, kiosk.PriorityMoved{}, kiosk.TicketRated{}, kiosk.OutageSeen{}, kiosk.StaffMoved{},
		kiosk.LogSealed{}, kiosk.DossierReceived{}, kiosk.DossierSettled{}, kiosk.BlobMoved{}, kiosk.EpochBegun{}, kiosk.LineMoved{},
	)
	// A number needs a service to be kept with; 0 is no number.
	zero.Records[0].Fact = kiosk.TicketIssued{Ticket: kiosk.Ticket{Site: Site, Day: Monday, Service: Civil}}
	for i := range zero.Records {
		// A box whose clock woke up in 1970 and tells nobody so.
		zero.Records[i].At, zero.Records[i].AtSure, zero.Records[i].By = time.Unix(0, 0).In(kiosk.ICT()), false, ""
	}
	c.Commit(t, ch)
	c.Commit(t, zero)
	equal(t, "records", all(t, s), append(ch.Records, zero.Records...))
	equal(t, "last numbers", Load(t, s, Site).LastNumbers, map[kiosk.Day]map[kiosk.ServiceCode]uint32{Monday: {Civil: 1000}})
}

func testAllOrNothing(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	c.Commit(t, busy(c))
	before, records := Load(t, s, Site), all(t, s)

	ch := busy(c)
	ch.Hall.Opened, ch.Box.PaperCheck = false, false
	ch.Counters[0].SincePriority = 3
	ch.Records[len(ch.Records)-1].Seq++ // everything before it is right
	c.Refuse(t, ch, "with a gap at its end")

	equal(t, "state after a refused change", Load(t, s, Site), before)
	equal(t, "records after a refused change", all(t, s), records)
}

func testGaps(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	c.Commit(t, c.Facts(Facts()[3]))
	for _, v := range []struct {
		why string
		pos kiosk.Position
	}{
		{"that leaves one out", kiosk.Position{Epoch: c.Last().Epoch, Seq: c.Last().Seq + 2}},
		{"at a place that is taken", c.Last()},
		{"of a later epoch", kiosk.Position{Epoch: c.Last().Epoch + 1, Seq: c.Last().Seq + 1}},
		{"of a later epoch, from its beginning", kiosk.Position{Epoch: c.Last().Epoch + 1, Seq: 1}},
		{"of no epoch", kiosk.Position{Seq: c.Last().Seq + 1}},
		{"at place 0", kiosk.Position{Epoch: c.Last().Epoch}},
		{"at the last place of all", kiosk.Position{Epoch: c.Last().Epoch, Seq: math.MaxUint64}},
	} {
		ch := c.Facts(Facts()[3])
		ch.Records[0].Position = v.pos
		c.Refuse(t, ch, v.why)
	}
	twice := c.Facts(Facts()[3], Facts()[9])
	twice.Records[1].Position = twice.Records[0].Position
	c.Refuse(t, twice, "with two facts at one place")
	// A change that was refused before a byte was written breaks nothing.
	c.Commit(t, c.Facts(Facts()[3]))
	if got := len(all(t, s)); got != 2 {
		t.Errorf("%d records, want 2", got)
	}
}

func testForeign(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	_, ch := c.Issue(Certify, "A")
	ch.Tickets[0].Site = "elsewhere"
	c.Refuse(t, ch, "with another site's ticket")
	ch = c.Facts(Facts()[3])
	ch.Records[0].Site = "elsewhere"
	c.Refuse(t, ch, "with another site's record")
	ch = c.Facts(nil)
	c.Refuse(t, ch, "with a record that says nothing")
	ch = c.Facts(Facts()[3])
	ch.Site, ch.Records[0].Site = "", ""
	c.Refuse(t, ch, "without a site")
	_, ch = c.Issue(Certify, "A")
	c.Commit(t, ch)
}

func testCancelled(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, ch := c.Issue(Certify, "A")
	if err := s.Commit(ctx, ch); err == nil {
		t.Error("commit with a cancelled context: done, want it refused")
	}
	if _, err := s.Load(ctx, Site); err == nil {
		t.Error("load with a cancelled context: done, want it refused")
	}
	if got := all(t, s); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
	c.Commit(t, ch)
}

func reopen(t testing.TB, s kiosk.Store) {
	t.Helper()
	if err := s.Reopen(context.Background()); err != nil {
		t.Fatalf("reopen: %v", err)
	}
}

func testReopen(t *testing.T, p Place) {
	s := p.Open(t)
	c := NewClerk(t, s, Site, Monday)
	for range 5 {
		c.Commit(t, busy(c))
	}
	want := Load(t, s, Site)
	reopen(t, s)
	equal(t, "state after Reopen", Load(t, s, Site), want)
	c.Commit(t, busy(c))
	want = Load(t, s, Site)
	records := all(t, s)
	p.Close(t, s)

	s = open(t, p)
	equal(t, "state after closing and opening", Load(t, s, Site), want)
	equal(t, "records after closing and opening", all(t, s), records)
	c = NewClerk(t, s, Site, Monday)
	c.Commit(t, busy(c))
	if got := slices.IsSortedFunc(all(t, s), func(a, b kiosk.Record) int { return int(int64(a.Order()) - int64(b.Order())) }); !got {
		t.Error("records do not rise")
	}
}
