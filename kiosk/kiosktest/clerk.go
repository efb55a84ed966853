package kiosktest

import (
	"context"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Clerk forms changes by hand, with positions that follow what the store keeps. Not safe for
// concurrent use.
type Clerk struct {
	Store kiosk.Store
	Site  kiosk.SiteCode
	Day   kiosk.Day
	Now   time.Time
	last  kiosk.Position
	seq   map[numberKey]uint32
}

// NewClerk returns a clerk of a site on a day, who goes on after what the store keeps.
func NewClerk(t testing.TB, s kiosk.Store, site kiosk.SiteCode, day kiosk.Day) *Clerk {
	t.Helper()
	c := &Clerk{Store: s, Site: site, Day: day, Now: day.At(8 * 60)}
	c.adopt(Load(t, s, site))
	return c
}

// adopt goes on after what is kept.
func (c *Clerk) adopt(k kiosk.Kept) {
	c.last, c.seq = k.Last, map[numberKey]uint32{}
	for day, of := range k.LastNumbers {
		for service, n := range of {
			c.seq[numberKey{dayKey{c.Site, day}, service}] = n
		}
	}
}

// Load loads a site; failing to is the test's end.
func Load(t testing.TB, s kiosk.Store, site kiosk.SiteCode) kiosk.Kept {
	t.Helper()
	k, err := s.Load(context.Background(), site)
	if err != nil {
		t.Fatalf("load %q: %v", site, err)
	}
	return k
}

// Last returns the position of the last record that was formed.
func (c *Clerk) Last() kiosk.Position { return c.last }

// Facts forms a change of facts alone.
func (c *Clerk) Facts(facts ...kiosk.Fact) kiosk.Change {
	ch := kiosk.Change{Site: c.Site}
	for _, f := range facts {
		c.last = c.last.Next()
		ch.Records = append(ch.Records, kiosk.Record{
			Position: c.last, Site: c.Site, Day: c.Day, At: c.Now, AtSure: true, By: "touch/main", Fact: f,
		})
	}
	return ch
}

// Issue forms the birth of a service's next ticket.
func (c *Clerk) Issue(service kiosk.ServiceCode, prefix string) (kiosk.Ticket, kiosk.Change) {
	k := numberKey{dayKey{c.Site, c.Day}, service}
	c.seq[k]++
	t := kiosk.Ticket{
		Site: c.Site, Day: c.Day, Service: service, Seq: c.seq[k], Number: kiosk.FormatNumber(prefix, c.seq[k]),
		State: kiosk.Waiting, Language: kiosk.Vietnamese, Key: "0192f3c8-" + string(kiosk.FormatNumber(prefix, c.seq[k])),
		Terminal: "main", Order: c.last.Next().Order(), IssuedAt: c.Now, TimeSure: true,
		Slip: kiosk.SlipRecord{State: kiosk.SlipRecorded},
	}
	ch := c.Facts(kiosk.TicketIssued{Ticket: t})
	ch.Tickets = []kiosk.Ticket{t}
	return t, ch
}

// Receive forms the receipt of a dossier, its blobs pending.
func (c *Clerk) Receive(d kiosk.Dossier) kiosk.Change {
	ch := c.Facts(kiosk.DossierReceived{Dossier: d})
	ch.Dossiers = []kiosk.DossierRecord{{Dossier: d, Day: c.Day, State: kiosk.DossierFiled, At: c.last}}
	for i, p := range d.Blobs() {
		ch.Blobs = append(ch.Blobs, kiosk.BlobRecord{
			BlobPlace: kiosk.BlobPlace{Filed: c.last, Index: uint32(i)},
			Dossier:   d.ID, Hash: p.Hash, Size: p.Size, State: kiosk.BlobPending, FiledAt: c.Now,
		})
	}
	return ch
}

// BeginEpoch forms the first fact of an epoch.
func (c *Clerk) BeginEpoch(e kiosk.Epoch) kiosk.Change {
	was := c.last
	c.last = kiosk.Position{Epoch: e}
	ch := c.Facts(kiosk.EpochBegun{After: was, Why: kiosk.EpochRestored})
	ch.NewEpoch = true
	return ch
}

// Commit commits a change; failing to is the test's end.
func (c *Clerk) Commit(t testing.TB, ch kiosk.Change) {
	t.Helper()
	if err := c.Store.Commit(context.Background(), ch); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// Refuse commits a change that has to be refused, and forgets that its facts were formed.
func (c *Clerk) Refuse(t testing.TB, ch kiosk.Change, why string) {
	t.Helper()
	before := Load(t, c.Store, c.Site)
	if err := c.Store.Commit(context.Background(), ch); err == nil {
		t.Fatalf("commit %s: done, want it refused", why)
	}
	c.adopt(before)
}
