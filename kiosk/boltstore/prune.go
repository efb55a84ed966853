package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// pruneMost bounds one transaction of Prune: the hall waits for it.
const pruneMost = 2000

// Prune implements [kiosk.Outbox]. The chain begins after it with the hash of the last fact that
// went, as with a fact; see chain.go.
func (s *Store) Prune(ctx context.Context, before kiosk.Day, n int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	s.commits.Lock()
	defer s.commits.Unlock()
	var went int
	err := s.rewrite(func(h *handle) (func(*bbolt.Tx, *tail) error, error) {
		p := &pruning{t: &h.tail, before: before, days: map[siteDay]bool{}}
		if err := h.db.read(func(tx *bbolt.Tx) error { return p.plan(tx, min(n, pruneMost)) }); err != nil || len(p.facts) == 0 {
			return nil, err
		}
		went = len(p.facts)
		return p.do, nil
	})
	if err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	return went, nil
}

// pruning is what one transaction of Prune does.
type pruning struct {
	t         *tail
	before    kiosk.Day
	next      siteDay          // of the first fact that is not acknowledged
	days      map[siteDay]bool // of the facts that were looked at: whether it goes
	facts     [][]byte         // the keys of those that go
	dossiers  [][]byte         // the keys of those that were forgotten in them
	end       kiosk.ChainHead  // at the last of them
	unsettled bool             // next is a fact
}

// plan looks at the oldest facts until one has to stay. One that cannot be read goes with a later
// one only: nobody knows whether its day is over.
func (p *pruning) plan(tx *bbolt.Tx, most int) error {
	old, err := chainEnd(tx, chainOld)
	if err != nil {
		return err
	}
	c := tx.Bucket([]byte(bucketFacts)).Cursor()
	if k, v := behind(c, factKey(p.t.out.acked)); k != nil {
		p.unsettled = true
		if p.next, err = recordDay(k, v); err != nil {
			p.next = p.t.of // it may be of the last day that there is
		}
	}
	at, keys, gone := p.t.out.pruned, [][]byte(nil), 0
	var dossiers [][]byte
	for k, v := c.First(); k != nil && len(keys) < most; k, v = c.Next() {
		here, err := parseFactKey(k)
		if err != nil {
			return err
		}
		if before(p.t.out.acked, here) {
			break
		}
		at = kiosk.ChainHead{Last: here, Facts: at.Facts + 1, Hash: link(at.Hash, k, oldFields(v))}
		if before(old.Last, here) {
			at.Hash = hashIn(k, v)
		}
		keys = append(keys, bytes.Clone(k))
		r, err := decodeRecord(k, v)
		if err != nil {
			continue
		}
		goes, err := p.goes(tx, siteDay{r.Site, r.Day})
		if err != nil {
			return err
		}
		if !goes {
			break
		}
		if f, ok := r.Fact.(kiosk.DossierSettled); ok && f.State == kiosk.DossierForgotten {
			dossiers = append(dossiers, dossierKey(r.Site, f.ID))
		}
		p.end, gone = at, len(keys)
	}
	p.facts, p.dossiers = keys[:gone], dossiers
	return nil
}

// goes reports whether the facts of a day may go.
func (p *pruning) goes(tx *bbolt.Tx, of siteDay) (bool, error) {
	if goes, known := p.days[of]; known {
		return goes, nil
	}
	goes := of.day < p.before && (!p.unsettled || of != p.next)
	if goes {
		_, present, err := presentDay(tx, of.site)
		if err != nil {
			return false, err
		}
		goes = of.day != present
	}
	if goes {
		// Its last stretch begins after what is acknowledged: the day came again.
		key := stretchKey(siteDay{of.site, of.day + 1}, kiosk.Position{})
		k := below(tx.Bucket([]byte(bucketDays)).Cursor(), key)
		if bytes.HasPrefix(k, dayKey(of.site, of.day)) {
			_, at, err := parseStretchKey(k)
			if err != nil {
				return false, err
			}
			goes = !before(p.t.out.acked, at)
		}
	}
	p.days[of] = goes
	return goes, nil
}

// do takes away what was planned.
func (p *pruning) do(tx *bbolt.Tx, t *tail) error {
	facts := tx.Bucket([]byte(bucketFacts))
	for _, k := range p.facts {
		if err := facts.Delete(k); err != nil {
			return err
		}
	}
	if err := p.stretches(tx); err != nil {
		return err
	}
	for _, key := range p.dossiers {
		d, kept, err := dossier(tx, key)
		if err == nil && kept && d.State == kiosk.DossierForgotten {
			err = tx.Bucket([]byte(bucketDossiers)).Delete(key)
		}
		if err != nil {
			return err
		}
	}
	t.out.pruned = p.end
	t.out.prunedDays = max(t.out.prunedDays, p.before)
	if p.end.Last == t.head.Last {
		t.of = siteDay{} // a next fact of that day begins a stretch
	}
	return errors.Join(putChainEnd(tx, chainPruned, p.end), putSettled(tx, t.out.settled))
}

// stretches takes the stretches of the facts that went away and, where it was a day's last one,
// what is kept of that day. One that is cut begins with the first fact that is left.
func (p *pruning) stretches(tx *bbolt.Tx) error {
	first, v := tx.Bucket([]byte(bucketFacts)).Cursor().First()
	var left siteDay
	var at kiosk.Position
	if first != nil {
		var err error
		if at, err = parseFactKey(first); err != nil {
			return err
		}
		if left, err = recordDay(first, v); err != nil {
			left = siteDay{}
		}
	}
	for of, goes := range p.days {
		if !goes {
			continue
		}
		err := deleteEach(tx, bucketDays, dayKey(of.site, of.day), func(k []byte) (bool, error) {
			_, begins, err := parseStretchKey(k)
			return !before(p.end.Last, begins), err
		})
		if err != nil {
			return err
		}
		if of == left {
			if err := stretch(of, at).into(tx); err != nil {
				return err
			}
		}
		if err := p.day(tx, of); err != nil {
			return err
		}
	}
	return nil
}

// day takes away what is kept of a day that has no facts any more.
func (p *pruning) day(tx *bbolt.Tx, of siteDay) error {
	day := dayKey(of.site, of.day)
	if k, _ := tx.Bucket([]byte(bucketDays)).Cursor().Seek(day); bytes.HasPrefix(k, day) {
		return nil
	}
	for _, bucket := range []string{bucketTickets, bucketCounters, bucketHalls, bucketLasts} {
		if err := deleteEach(tx, bucket, day, func([]byte) (bool, error) { return true, nil }); err != nil {
			return err
		}
	}
	return nil
}

// deleteEach deletes the keys with a prefix of which goes says so.
func deleteEach(tx *bbolt.Tx, bucket string, prefix []byte, goes func(k []byte) (bool, error)) error {
	var keys [][]byte // a cursor may skip some where it deletes
	err := each(tx, bucket, prefix, func(k, _ []byte) error {
		yes, err := goes(k)
		if yes {
			keys = append(keys, bytes.Clone(k))
		}
		return err
	})
	for _, k := range keys {
		err = errors.Join(err, tx.Bucket([]byte(bucket)).Delete(k))
	}
	return err
}
