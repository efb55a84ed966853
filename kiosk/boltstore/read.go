package boltstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// Load implements [kiosk.Store].
func (s *Store) Load(ctx context.Context, site kiosk.SiteCode) (kiosk.Kept, error) {
	var k kiosk.Kept
	err := s.reading(ctx, func(h *handle) error {
		err := h.db.read(func(tx *bbolt.Tx) (err error) {
			if k, err = loadSite(tx, site); err == nil {
				k.Records, err = dayRecords(tx, siteDay{site, k.Day})
			}
			return err
		})
		k.LastNumbers = h.numbers.of(site)
		k.Replaced = h.replaced
		return err
	})
	if err != nil {
		return kiosk.Kept{}, fmt.Errorf("load site %q: %w", site, err)
	}
	return k, nil
}

// Records implements [kiosk.Store].
func (s *Store) Records(ctx context.Context, after kiosk.Position, n int) ([]kiosk.Record, error) {
	var out []kiosk.Record
	err := s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) error {
			c := tx.Bucket([]byte(bucketFacts)).Cursor()
			for k, v := behind(c, factKey(after)); k != nil && len(out) < n; k, v = c.Next() {
				r, err := decodeRecord(k, v)
				if err != nil {
					return fmt.Errorf("record %x: %w", k, err)
				}
				out = append(out, r)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return out, nil
}

// Tickets implements [kiosk.Store].
func (s *Store) Tickets(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) ([]kiosk.Ticket, error) {
	var out []kiosk.Ticket
	err := s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) (err error) {
			out, err = tickets(tx, site, day)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	return out, nil
}

// loadSite reads what is kept of a site, but for its facts and what the second file knows.
func loadSite(tx *bbolt.Tx, site kiosk.SiteCode) (k kiosk.Kept, err error) {
	if k.Last, err = last(tx); err != nil {
		return k, err
	}
	unknown, err := getMeta(tx, metaUnknown)
	if err != nil {
		return k, err
	}
	k.NumbersUnknown = unknown != 0
	if k.Box, k.Day, err = presentDay(tx, site); err != nil {
		return k, err
	}
	if k.Tickets, err = tickets(tx, site, k.Day); err != nil {
		return k, err
	}
	day := dayKey(site, k.Day)
	err = each(tx, bucketCounters, day, func(key, v []byte) error {
		c, err := decodeCounter(key, v)
		k.Counters = append(k.Counters, c)
		return err
	})
	if err != nil {
		return k, err
	}
	if v := tx.Bucket([]byte(bucketHalls)).Get(day); v != nil {
		if k.Hall, err = decodeHall(day, v); err != nil {
			return k, fmt.Errorf("hall of %q on %s: %w", site, k.Day, err)
		}
	}
	return k, nil
}

// presentDay returns what outlives days, and the day that a site works on.
func presentDay(tx *bbolt.Tx, site kiosk.SiteCode) (box kiosk.BoxRecord, day kiosk.Day, err error) {
	key := []byte(site)
	if v := tx.Bucket([]byte(bucketBoxes)).Get(key); v != nil {
		if box, err = decodeBox(key, v); err != nil {
			return box, 0, fmt.Errorf("box of %q: %w", site, err)
		}
	}
	if day = box.Day; day == 0 {
		day, err = newestDay(tx, site)
	}
	return box, day, err
}

// last returns the position of the last record, or the beginning of the present epoch.
func last(tx *bbolt.Tx) (kiosk.Position, error) {
	n, err := getMeta(tx, metaEpoch)
	if err != nil {
		return kiosk.Position{}, err
	}
	present := kiosk.Position{Epoch: kiosk.Epoch(n)}
	// Every fact may be gone by now: no place is taken twice for that.
	pruned, err := chainEnd(tx, chainPruned)
	if err != nil {
		return present, err
	}
	p := pruned.Last
	if k, _ := tx.Bucket([]byte(bucketFacts)).Cursor().Last(); k != nil {
		if p, err = parseFactKey(k); err != nil {
			return p, err
		}
	}
	switch {
	case p.Epoch > present.Epoch:
		return p, fmt.Errorf("fact of epoch %d in epoch %d", p.Epoch, present.Epoch)
	case p.Epoch < present.Epoch:
		return present, nil
	}
	return p, nil
}

// tickets returns a day's tickets in the order of their issue.
func tickets(tx *bbolt.Tx, site kiosk.SiteCode, day kiosk.Day) ([]kiosk.Ticket, error) {
	var out []kiosk.Ticket
	err := each(tx, bucketTickets, dayKey(site, day), func(key, v []byte) error {
		t, err := decodeTicket(key, v)
		out = append(out, t)
		return err
	})
	slices.SortStableFunc(out, func(a, b kiosk.Ticket) int { return cmp.Compare(a.Order, b.Order) })
	return out, err
}

// each calls do for every key with a prefix, in their order.
func each(tx *bbolt.Tx, bucket string, prefix []byte, do func(k, v []byte) error) error {
	c := tx.Bucket([]byte(bucket)).Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if err := do(k, v); err != nil {
			return fmt.Errorf("%s %x: %w", bucket, k, err)
		}
	}
	return nil
}

// newestDay returns the newest day of which a ticket, a counter or the hall is kept.
func newestDay(tx *bbolt.Tx, site kiosk.SiteCode) (kiosk.Day, error) {
	var newest kiosk.Day
	for _, name := range []string{bucketTickets, bucketCounters, bucketHalls} {
		k := below(tx.Bucket([]byte(name)).Cursor(), append([]byte(site), 1))
		if !bytes.HasPrefix(k, siteKey(site)) {
			continue
		}
		_, day, _, err := parseDayKey(k)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		newest = max(newest, day)
	}
	return newest, nil
}

// below returns the greatest key that is less than limit, or nil.
func below(c *bbolt.Cursor, limit []byte) []byte {
	k, _ := c.Seek(limit)
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	return k
}

// sites returns the sites of which anything is kept.
func sites(tx *bbolt.Tx) ([]kiosk.SiteCode, error) {
	found := map[kiosk.SiteCode]bool{}
	for _, name := range []string{bucketTickets, bucketCounters, bucketHalls, bucketLasts} {
		c := tx.Bucket([]byte(name)).Cursor()
		for k, _ := c.First(); k != nil; {
			site, _, _, err := parseDayKey(k)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			found[site] = true
			k, _ = c.Seek(append([]byte(site), 1))
		}
	}
	err := each(tx, bucketBoxes, nil, func(k, _ []byte) error {
		found[kiosk.SiteCode(k)] = true
		return nil
	})
	return slices.Sorted(maps.Keys(found)), err
}

// given returns the highest numbers of the last numbersDays days of every site, the oldest
// day first and the day that the site works on last: what the second file should know.
func given(tx *bbolt.Tx) ([]slot, error) {
	all, err := sites(tx)
	if err != nil {
		return nil, err
	}
	var out []slot
	for _, site := range all {
		of, err := givenAt(tx, site)
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	return out, nil
}

func givenAt(tx *bbolt.Tx, site kiosk.SiteCode) ([]slot, error) {
	var out []slot
	days := map[kiosk.Day]bool{}
	c := tx.Bucket([]byte(bucketTickets)).Cursor()
	for limit := append([]byte(site), 1); ; {
		k := below(c, limit)
		if !bytes.HasPrefix(k, siteKey(site)) {
			break
		}
		_, day, rest, err := parseDayKey(k)
		if err != nil {
			return nil, err
		}
		service, seq, err := parseTicketRest(rest)
		if err != nil {
			return nil, err
		}
		if days[day] = true; len(days) > numbersDays {
			break
		}
		out = append(out, slot{kind: slotNumber, site: site, day: day, service: service, seq: seq})
		limit = serviceKey(site, day, service)
	}
	err := each(tx, bucketLasts, siteKey(site), func(k, v []byte) error {
		_, day, rest, err := parseDayKey(k)
		if err != nil {
			return err
		}
		n, err := decodeNumber(k, v)
		out = append(out, slot{kind: slotNumber, site: site, day: day, service: kiosk.ServiceCode(rest), seq: uint32(n)})
		return err
	})
	if err != nil {
		return nil, err
	}
	_, day, err := presentDay(tx, site)
	present := func(s slot) int {
		if s.day == day {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b slot) int {
		return cmp.Or(cmp.Compare(present(a), present(b)), cmp.Compare(a.day, b.day))
	})
	return out, err
}
