package kiosktest

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The part of the suite that is about what the province holds, and what waits for it.

func waiting(t testing.TB, s kiosk.Outbox) kiosk.Backlog {
	t.Helper()
	b, err := s.Waiting(context.Background())
	if err != nil {
		t.Fatalf("waiting: %v", err)
	}
	return b
}

func settle(t testing.TB, s kiosk.Outbox, v kiosk.Settled) {
	t.Helper()
	if err := s.Settle(context.Background(), v); err != nil {
		t.Fatalf("settle %+v: %v", v, err)
	}
}

// notSettled settles what has to be refused, and sees that it changes nothing.
func notSettled(t testing.TB, s kiosk.Outbox, v kiosk.Settled, want error) {
	t.Helper()
	was, blobs := waiting(t, s), pending(t, s)
	if err := s.Settle(context.Background(), v); !errors.Is(err, want) {
		t.Errorf("settle %+v: %v, want %v", v, err, want)
	}
	equal(t, "backlog after a refusal", waiting(t, s), was)
	equal(t, "blobs after a refusal", pending(t, s), blobs)
}

func pending(t testing.TB, s kiosk.Outbox) []kiosk.BlobRecord {
	t.Helper()
	out, err := s.Pending(context.Background(), kiosk.BlobPlace{}, math.MaxInt)
	if err != nil {
		t.Fatalf("pending: %v", err)
	}
	return out
}

func outgoing(t testing.TB, s kiosk.Outbox, after kiosk.Position) []kiosk.Outgoing {
	t.Helper()
	out, err := s.Outgoing(context.Background(), after, math.MaxInt)
	if err != nil {
		t.Fatalf("outgoing: %v", err)
	}
	return out
}

func prune(t testing.TB, s kiosk.Outbox, before kiosk.Day, n int) int {
	t.Helper()
	n, err := s.Prune(context.Background(), before, n)
	if err != nil {
		t.Fatalf("prune: %v", err)
	}
	return n
}

func dossiers(t testing.TB, s kiosk.Outbox, site kiosk.SiteCode) []kiosk.DossierRecord {
	t.Helper()
	out, err := s.Dossiers(context.Background(), site, "", math.MaxInt)
	if err != nil {
		t.Fatalf("dossiers: %v", err)
	}
	return out
}

func testSettle(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	equal(t, "an empty outbox", waiting(t, s), kiosk.Backlog{Last: c.Last()})
	none := kiosk.Position{Epoch: c.Last().Epoch, Seq: 1}
	notSettled(t, s, kiosk.Settled{Facts: none}, kiosk.ErrSettledTooMuch)
	c.Commit(t, c.Facts(Facts()[3], Facts()[9]))
	c.Now = c.Now.Add(time.Minute)
	c.Commit(t, c.Facts(Facts()[3], Facts()[9], Facts()[3]))
	at := func(seq kiosk.Seq) kiosk.Position { return kiosk.Position{Epoch: c.Last().Epoch, Seq: seq} }
	equal(t, "everything waits", waiting(t, s), kiosk.Backlog{Last: at(5), Facts: 5, OldestFact: At(0)})
	out := outgoing(t, s, kiosk.Position{})
	if len(out) != 5 || out[4].Chain != kiosk.Hash(head(t, s).Hash) || out[0].Chain == out[1].Chain || out[0].Chain == (kiosk.Hash{}) {
		t.Errorf("outgoing: %+v", out)
	}
	for i, r := range all(t, s) {
		equal(t, "outgoing fact", out[i].Record, r)
	}

	settle(t, s, kiosk.Settled{}) // says nothing
	settle(t, s, kiosk.Settled{Facts: at(2), Feed: 9})
	want := kiosk.Backlog{Acked: at(2), Last: at(5), Feed: 9, Facts: 3, OldestFact: At(time.Minute)}
	equal(t, "after two facts", waiting(t, s), want)
	settle(t, s, kiosk.Settled{Facts: at(2), Feed: 9}) // says it again
	equal(t, "said again", waiting(t, s), want)
	equal(t, "what is left to go", outgoing(t, s, at(2)), out[2:])

	notSettled(t, s, kiosk.Settled{Facts: at(6)}, kiosk.ErrSettledTooMuch)
	notSettled(t, s, kiosk.Settled{Facts: at(6), Feed: 10}, kiosk.ErrSettledTooMuch)
	notSettled(t, s, kiosk.Settled{Facts: at(math.MaxUint64)}, kiosk.ErrSettledTooMuch)
	notSettled(t, s, kiosk.Settled{Facts: kiosk.Position{Epoch: math.MaxUint32, Seq: 1}}, kiosk.ErrSettledTooMuch)
	notSettled(t, s, kiosk.Settled{Facts: kiosk.Position{Epoch: at(1).Epoch + 1}}, kiosk.ErrSettledTooMuch)
	notSettled(t, s, kiosk.Settled{Facts: at(1)}, kiosk.ErrSettledBack)
	notSettled(t, s, kiosk.Settled{Facts: at(0)}, kiosk.ErrSettledBack)
	notSettled(t, s, kiosk.Settled{Facts: at(3), Feed: 8}, kiosk.ErrSettledBack)

	reopen(t, s)
	equal(t, "after reopening", waiting(t, s), want)
	settle(t, s, kiosk.Settled{Facts: at(5)})
	equal(t, "nothing waits", waiting(t, s), kiosk.Backlog{Acked: at(5), Last: at(5), Feed: 9})
	c.Now = c.Now.Add(time.Hour)
	c.Commit(t, c.Facts(Facts()[3]))
	equal(t, "something new waits", waiting(t, s), kiosk.Backlog{Acked: at(5), Last: at(6), Feed: 9, Facts: 1, OldestFact: c.Now})
}

func testBlobs(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	one, two := Dossier(3, 1), Dossier(2, 2)
	one.Pages = append(one.Pages, one.Pages[0]) // the same page twice is one blob
	first := c.Receive(one)
	c.Commit(t, first)
	c.Now = c.Now.Add(time.Minute)
	second := c.Receive(two)
	c.Commit(t, second)
	equal(t, "blobs", pending(t, s), append(first.Blobs[:3:3], second.Blobs...))
	equal(t, "dossiers", dossiers(t, s, Site), append(first.Dossiers[:1:1], second.Dossiers...))
	equal(t, "another site's dossiers", dossiers(t, s, "elsewhere"), []kiosk.DossierRecord(nil))
	size := func(blobs ...kiosk.BlobRecord) (n int64) {
		for _, b := range blobs {
			n += b.Size
		}
		return n
	}
	want := kiosk.Backlog{Last: c.Last(), Facts: 2, OldestFact: At(0), Blobs: 5, BlobBytes: size(pending(t, s)...), OldestBlob: At(0)}
	equal(t, "backlog", waiting(t, s), want)
	if page, err := s.Pending(context.Background(), first.Blobs[1].BlobPlace, 2); err != nil || len(page) != 2 || page[0] != first.Blobs[2] || page[1] != second.Blobs[0] {
		t.Errorf("a page of blobs: %+v, %v", page, err)
	}
	if list, err := s.Dossiers(context.Background(), Site, one.ID, 5); err != nil || len(list) != 1 || list[0].Dossier.ID != two.ID {
		t.Errorf("dossiers after the first: %+v, %v", list, err)
	}
	if d, ok, err := s.Dossier(context.Background(), Site, two.ID); err != nil || !ok || d.At != second.Records[0].Position {
		t.Errorf("dossier: %+v, %v, %v", d, ok, err)
	}
	if d, ok, err := s.Dossier(context.Background(), "elsewhere", two.ID); err != nil || ok {
		t.Errorf("another site's dossier: %+v, %v", d, err)
	}

	// Parked: it comes along with its reason, and its bytes are not waited for.
	parked := first.Blobs[0]
	parked.State, parked.Why = kiosk.BlobParked, "hash-differs"
	ch := c.Facts(kiosk.BlobMoved{Dossier: one.ID, Hash: parked.Hash, State: parked.State, Why: parked.Why})
	ch.Blobs = []kiosk.BlobRecord{parked}
	c.Commit(t, ch)
	want.Last, want.Facts, want.Parked, want.BlobBytes = c.Last(), 3, 1, want.BlobBytes-parked.Size
	equal(t, "backlog with a parked one", waiting(t, s), want)
	if b, ok, err := s.Blob(context.Background(), parked.BlobPlace); err != nil || !ok || b != parked {
		t.Errorf("parked blob: %+v, %v, %v", b, ok, err)
	}

	// The province takes the others of the first dossier, and one that never waited.
	none := kiosk.BlobPlace{Filed: c.Last(), Index: 7}
	settle(t, s, kiosk.Settled{Blobs: []kiosk.BlobPlace{first.Blobs[1].BlobPlace, first.Blobs[2].BlobPlace, none}})
	want.Blobs, want.BlobBytes, want.OldestBlob = 3, size(second.Blobs...), c.Now
	equal(t, "backlog after two pages", waiting(t, s), want)
	// A blob that it has taken while the office decided to park it does not come back.
	late := first.Blobs[1]
	late.State = kiosk.BlobParked
	ch = c.Facts(Facts()[3])
	ch.Blobs = []kiosk.BlobRecord{late}
	c.Commit(t, ch)
	if _, ok, err := s.Blob(context.Background(), late.BlobPlace); err != nil || ok {
		t.Errorf("a blob that was taken came back, %v", err)
	}
	reopen(t, s)
	want.Last, want.Facts = c.Last(), 4
	equal(t, "backlog after reopening", waiting(t, s), want)

	// A person lets the parked one go; the second dossier is dropped.
	parked.State, parked.Why = kiosk.BlobPending, ""
	ch = c.Facts(kiosk.BlobMoved{Dossier: one.ID, Hash: parked.Hash, State: parked.State})
	ch.Blobs = []kiosk.BlobRecord{parked}
	ch.Dropped = []kiosk.BlobPlace{second.Blobs[0].BlobPlace, second.Blobs[1].BlobPlace, none}
	c.Commit(t, ch)
	equal(t, "what waits", pending(t, s), []kiosk.BlobRecord{parked})
	equal(t, "backlog", waiting(t, s), kiosk.Backlog{Last: c.Last(), Facts: 5, OldestFact: At(0), Blobs: 1, BlobBytes: parked.Size, OldestBlob: At(0)})
	settle(t, s, kiosk.Settled{Facts: c.Last(), Blobs: []kiosk.BlobPlace{parked.BlobPlace}})
	equal(t, "nothing waits", waiting(t, s), kiosk.Backlog{Acked: c.Last(), Last: c.Last()})
}

func testDossierChecks(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	for why, spoil := range map[string]func(*kiosk.Change){
		"a dossier without an ID":     func(ch *kiosk.Change) { ch.Dossiers[0].Dossier.ID = "" },
		"a dossier of no state":       func(ch *kiosk.Change) { ch.Dossiers[0].State = "" },
		"a dossier filed nowhere":     func(ch *kiosk.Change) { ch.Dossiers[0].At = kiosk.Position{} },
		"a dossier filed in future":   func(ch *kiosk.Change) { ch.Dossiers[0].At.Seq += 5 },
		"too many pages":              func(ch *kiosk.Change) { ch.Dossiers[0].Dossier.Pages = make([]kiosk.Page, kiosk.MaxPages+1) },
		"a blob of no state":          func(ch *kiosk.Change) { ch.Blobs[0].State = "" },
		"a blob of nothing":           func(ch *kiosk.Change) { ch.Blobs[0].Size = 0 },
		"a blob without a hash":       func(ch *kiosk.Change) { ch.Blobs[0].Hash = kiosk.Hash{} },
		"a blob of no dossier":        func(ch *kiosk.Change) { ch.Blobs[0].Dossier = "../etc" },
		"a blob filed in future":      func(ch *kiosk.Change) { ch.Blobs[0].Filed.Seq++ },
		"a blob beyond the last page": func(ch *kiosk.Change) { ch.Blobs[0].Index = kiosk.MaxPages },
	} {
		ch := c.Receive(Dossier(2, 1))
		spoil(&ch)
		c.Refuse(t, ch, "with "+why)
	}
	equal(t, "dossiers", dossiers(t, s, Site), []kiosk.DossierRecord(nil))
	equal(t, "blobs", pending(t, s), []kiosk.BlobRecord(nil))
	equal(t, "backlog", waiting(t, s), kiosk.Backlog{Last: c.Last()})
	c.Commit(t, c.Receive(Dossier(2, 1)))
}

func testEpoch(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	c.Commit(t, c.Facts(Facts()[3], Facts()[9], Facts()[3]))
	was := c.Last()
	settle(t, s, kiosk.Settled{Facts: kiosk.Position{Epoch: was.Epoch, Seq: 1}})
	for why, pos := range map[string]kiosk.Position{
		"the same epoch": {Epoch: was.Epoch, Seq: 1}, "an earlier epoch": {Epoch: was.Epoch - 1, Seq: 1},
		"its second place": {Epoch: was.Epoch + 1, Seq: 2}, "an epoch beyond the last": {Epoch: kiosk.MaxEpoch + 1, Seq: 1},
	} {
		ch := c.BeginEpoch(pos.Epoch)
		ch.Records[0].Position = pos
		c.Refuse(t, ch, "that begins an epoch at "+why)
	}
	empty := c.BeginEpoch(was.Epoch + 1)
	empty.Records = nil
	c.Refuse(t, empty, "that begins an epoch without a fact")

	ch := c.BeginEpoch(was.Epoch + 7)
	more := c.Facts(Facts()[9])
	ch.Records = append(ch.Records, more.Records...)
	c.Commit(t, ch)
	_, ch = c.Issue(Certify, "A")
	c.Commit(t, ch)
	equal(t, "last", Load(t, s, Site).Last, kiosk.Position{Epoch: was.Epoch + 7, Seq: 3})
	if b := waiting(t, s); b.Facts != 5 || b.Last != c.Last() {
		t.Errorf("backlog over two epochs: %+v", b)
	}
	if head := verified(t, s); head.Facts != 6 || head.Last != c.Last() {
		t.Errorf("chain over two epochs: %+v", head)
	}
	// What the earlier epoch never had cannot be acknowledged, now or later.
	notSettled(t, s, kiosk.Settled{Facts: was.Next()}, kiosk.ErrSettledTooMuch)
	notSettled(t, s, kiosk.Settled{Facts: kiosk.Position{Epoch: was.Epoch + 3, Seq: 1}}, kiosk.ErrSettledTooMuch)
	settle(t, s, kiosk.Settled{Facts: was})
	equal(t, "one epoch is held", waiting(t, s).Facts, uint64(3))
	settle(t, s, kiosk.Settled{Facts: kiosk.Position{Epoch: was.Epoch + 7, Seq: 2}})
	equal(t, "and two facts of the next", waiting(t, s).Facts, uint64(1))
	notSettled(t, s, kiosk.Settled{Facts: was}, kiosk.ErrSettledBack)
	reopen(t, s)
	equal(t, "after reopening", waiting(t, s).Facts, uint64(1))
	equal(t, "last", Load(t, s, Site).Last, c.Last())
	_, ch = c.Issue(Certify, "A")
	c.Commit(t, ch)
}
