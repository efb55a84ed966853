package kiosktest

import (
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The part of the suite that is about a site's days: which one is loaded, and what of it.

func testNewestDay(t *testing.T, p Place) {
	s := open(t, p)
	for _, day := range []kiosk.Day{Saturday, Monday, Culture} {
		c := NewClerk(t, s, Site, day)
		_, ch := c.Issue(Certify, "A")
		c.Commit(t, ch)
	}
	k := Load(t, s, Site)
	equal(t, "day", k.Day, Saturday)
	equal(t, "tickets", k.Tickets, tickets(t, s, Site, Saturday))

	hall := kiosk.HallRecord{Day: Sunday, Opened: true}
	c := NewClerk(t, s, Site, Sunday)
	c.Commit(t, kiosk.Change{Site: Site, Hall: &hall})
	k = Load(t, s, Site)
	equal(t, "day with nothing but a hall", k.Day, Sunday)
	equal(t, "its hall", k.Hall, hall)
	if len(k.Tickets) != 0 {
		t.Errorf("tickets of a day without any: %v", k.Tickets)
	}
	counter := kiosk.CounterRecord{Day: Sunday.Add(1), Counter: Counter1, State: kiosk.CounterOpen}
	c.Commit(t, kiosk.Change{Site: Site, Counters: []kiosk.CounterRecord{counter}})
	k = Load(t, s, Site)
	equal(t, "day with nothing but a counter", k.Day, Sunday.Add(1))
	equal(t, "its counters", k.Counters, []kiosk.CounterRecord{counter})
	equal(t, "its hall", k.Hall, kiosk.HallRecord{})

	// An officer confirmed a date that lies before days already kept.
	c.Commit(t, kiosk.Change{Site: Site, Box: &kiosk.BoxRecord{Day: Monday}})
	k = Load(t, s, Site)
	equal(t, "day of the box", k.Day, Monday)
	equal(t, "its tickets", k.Tickets, tickets(t, s, Site, Monday))
	if len(k.Tickets) != 1 || len(k.LastNumbers) != 3 {
		t.Errorf("%d tickets and the numbers of %d days, want 1 and 3", len(k.Tickets), len(k.LastNumbers))
	}
}

func testTicketOrder(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	var want []kiosk.Ticket
	for i := range 60 {
		service, prefix := Guidance, "C"
		switch {
		case i%5 == 1:
			service, prefix = Civil, "B"
		case i%3 == 0:
			service, prefix = Certify, "A"
		}
		ticket, ch := c.Issue(service, prefix)
		c.Commit(t, ch)
		want = append(want, ticket)
	}
	equal(t, "tickets", tickets(t, s, Site, Monday), want)
	equal(t, "tickets of load", Load(t, s, Site).Tickets, want)
	equal(t, "tickets of replay", kiosk.Replay(all(t, s)), want)
}

func testReplace(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	ch := busy(c)
	c.Commit(t, ch)

	ticket := ch.Tickets[0]
	ticket.Key, ticket.Counter, ticket.EndedAt, ticket.Slip = "", "", time.Time{}, kiosk.SlipRecord{}
	counter := kiosk.CounterRecord{Day: Monday, Counter: Counter2}
	hall := kiosk.HallRecord{Day: Monday}
	box := kiosk.BoxRecord{Day: Monday}
	c.Commit(t, kiosk.Change{Site: Site, Tickets: []kiosk.Ticket{ticket}, Counters: []kiosk.CounterRecord{counter}, Hall: &hall, Box: &box})

	k := Load(t, s, Site)
	equal(t, "tickets", k.Tickets, []kiosk.Ticket{ticket})
	equal(t, "counters", k.Counters, []kiosk.CounterRecord{ch.Counters[0], counter})
	equal(t, "hall", k.Hall, hall)
	equal(t, "box", k.Box, box)

	c.Commit(t, c.Facts(Facts()[9]))
	after := Load(t, s, Site)
	equal(t, "hall after a change that leaves it", after.Hall, hall)
	equal(t, "box after a change that leaves it", after.Box, box)
}

func testLastNumbers(t *testing.T, p Place) {
	s := open(t, p)
	for _, day := range []kiosk.Day{Monday, Saturday} {
		c := NewClerk(t, s, Site, day)
		for i := range 12 {
			_, ch := c.Issue(Certify, "A")
			c.Commit(t, ch)
			if i%4 == 0 {
				_, ch = c.Issue(Civil, "B")
				c.Commit(t, ch)
			}
		}
	}
	want := map[kiosk.Day]map[kiosk.ServiceCode]uint32{
		Monday: {Certify: 12, Civil: 3}, Saturday: {Certify: 12, Civil: 3},
	}
	equal(t, "last numbers", Load(t, s, Site).LastNumbers, want)

	// A person read 40 from the paper of one service and, wrongly, 5 from another's.
	c := NewClerk(t, s, Site, Saturday)
	c.Commit(t, c.Facts(kiosk.NumbersConfirmed{Service: Guidance, Last: 40}, kiosk.NumbersConfirmed{Service: Certify, Last: 5}))
	want[Saturday][Guidance] = 40
	equal(t, "last numbers after a person's word", Load(t, s, Site).LastNumbers, want)
	reopen(t, s)
	equal(t, "last numbers after reopening", Load(t, s, Site).LastNumbers, want)
}

func testSites(t *testing.T, p Place) {
	s := open(t, p)
	sites := []kiosk.SiteCode{"a", "a-1", "aa", "A", kiosk.SiteCode(strings.Repeat("z", 32))}
	want := map[kiosk.SiteCode]kiosk.Kept{}
	for _, site := range sites {
		c := NewClerk(t, s, site, Monday)
		ch := busy(c)
		ch.Box.Confirmed = 0
		ch.Counters[0].Reason = string(site)
		c.Commit(t, ch)
		want[site] = Load(t, s, site)
	}
	for _, site := range sites {
		k, w := Load(t, s, site), want[site]
		w.Last = k.Last // facts of all sites stand in one order
		equal(t, "site "+string(site), k, w)
		if len(k.Tickets) != 1 || k.Tickets[0].Site != site || k.Counters[0].Reason != string(site) {
			t.Errorf("site %q has %+v", site, k)
		}
	}
	if got, want := len(kiosk.Replay(all(t, s))), len(sites); got != want {
		t.Errorf("replay gives %d tickets, want %d", got, want)
	}
}
