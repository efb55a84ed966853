package boltstore

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// outbox is what the province holds and what waits for it, as far as numbers go. It is kept up to
// date in memory with every write, so that nobody has to count.
type outbox struct {
	settled
	pruned kiosk.ChainHead // the end of what is no longer kept
	sent   uint64          // how many facts lie up to settled.acked, of all there ever were

	oldestFact time.Time // of those that wait
	blobs      int
	parked     int   // of those
	bytes      int64 // of the others
	oldestBlob time.Time
}

// settled is what the bucket outbox keeps.
type settled struct {
	acked kiosk.Position
	feed  uint64
	// prunedDays is the day up to which days were pruned: their numbers are in the second file
	// alone, and are not missed.
	prunedDays kiosk.Day
}

// outboxKey is the only key of the bucket outbox.
const outboxKey = "settled"

func encodeSettled(key []byte, s settled) []byte {
	w := newFields(32)
	w.position(1, s.acked)
	w.uint(3, s.feed)
	w.uint(4, uint64(s.prunedDays))
	return seal(key, w)
}

func decodeSettled(key, value []byte) (s settled, err error) {
	r, err := unseal(key, value)
	if err != nil {
		return s, err
	}
	for r.next() {
		switch r.tag {
		case 1, 2:
			r.position(1, &s.acked)
		case 3:
			s.feed = r.uint()
		case 4:
			s.prunedDays = r.day()
		}
	}
	return s, r.err
}

func putSettled(tx *bbolt.Tx, s settled) error {
	key := []byte(outboxKey)
	return tx.Bucket([]byte(bucketOutbox)).Put(key, encodeSettled(key, s))
}

// readOutbox counts what waits in a database whose facts end at head.
func readOutbox(tx *bbolt.Tx, head kiosk.ChainHead) (o outbox, err error) {
	key := []byte(outboxKey)
	if v := tx.Bucket([]byte(bucketOutbox)).Get(key); v != nil {
		if o.settled, err = decodeSettled(key, v); err != nil {
			return o, fmt.Errorf("outbox: %w", err)
		}
	}
	if o.pruned, err = chainEnd(tx, chainPruned); err != nil {
		return o, err
	}
	waiting, err := between(tx, o.acked, head.Last)
	if err != nil {
		return o, err
	}
	o.sent = head.Facts - min(waiting, head.Facts)
	o.oldestFact = oldestFact(tx, o.acked)
	err = each(tx, bucketBlobs, nil, func(k, v []byte) error {
		b, err := decodeBlob(k, v)
		o.count(b, 1)
		return err
	})
	if err == nil {
		o.oldestBlob, err = oldestBlob(tx)
	}
	return o, err
}

// between counts the facts after a position up to one that is kept, epoch by epoch: within each
// they are numbered from 1 without a gap.
func between(tx *bbolt.Tx, after, to kiosk.Position) (n uint64, err error) {
	c := tx.Bucket([]byte(bucketFacts)).Cursor()
	for after.Epoch < to.Epoch {
		next := factKey(kiosk.Position{Epoch: after.Epoch + 1})
		if k := below(c, next); k != nil {
			end, err := parseFactKey(k)
			if err != nil {
				return 0, err
			}
			if end.Epoch == after.Epoch && end.Seq > after.Seq {
				n += uint64(end.Seq - after.Seq)
			}
		}
		k, _ := c.Seek(next)
		if k == nil {
			return n, nil
		}
		if after, err = parseFactKey(k); err != nil {
			return 0, err
		}
		after.Seq = 0
	}
	if before(after, to) {
		n += uint64(to.Seq - after.Seq)
	}
	return n, nil
}

// oldestFact returns when the first fact after a position happened; zero where there is none, or
// where it cannot be read.
func oldestFact(tx *bbolt.Tx, after kiosk.Position) time.Time {
	k, v := behind(tx.Bucket([]byte(bucketFacts)).Cursor(), factKey(after))
	if k == nil {
		return time.Time{}
	}
	r, err := decodeRecord(k, v)
	if err != nil {
		return time.Time{}
	}
	return r.At
}

// oldestBlob returns when the first blob that is not parked was filed.
func oldestBlob(tx *bbolt.Tx) (time.Time, error) {
	c := tx.Bucket([]byte(bucketBlobs)).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		b, err := decodeBlob(k, v)
		if err != nil {
			return time.Time{}, fmt.Errorf("blob %x: %w", k, err)
		}
		if b.State != kiosk.BlobParked {
			return b.FiledAt, nil
		}
	}
	return time.Time{}, nil
}

// count takes a blob in (1) or out (-1).
func (o *outbox) count(b kiosk.BlobRecord, by int) {
	o.blobs += by
	if b.State == kiosk.BlobParked {
		o.parked += by
	} else {
		o.bytes += int64(by) * b.Size
	}
}

// move takes blobs away and puts others. Blobs that are not filed by a fact after a position only
// replace what is there: the province may have taken them while the office decided.
func (o *outbox) move(tx *bbolt.Tx, drops []kiosk.BlobPlace, puts []kiosk.BlobRecord, after kiosk.Position) error {
	if len(drops)+len(puts) == 0 {
		return nil
	}
	bucket := tx.Bucket([]byte(bucketBlobs))
	takeOut := func(key []byte) (found bool, err error) {
		v := bucket.Get(key)
		if v == nil {
			return false, nil
		}
		b, err := decodeBlob(key, v)
		if err != nil {
			return true, fmt.Errorf("blob %x: %w", key, err)
		}
		o.count(b, -1)
		return true, nil
	}
	for _, place := range drops {
		key := blobKey(place)
		found, err := takeOut(key)
		if err == nil && found {
			err = bucket.Delete(key)
		}
		if err != nil {
			return err
		}
	}
	for i := range puts {
		b := &puts[i]
		key := blobKey(b.BlobPlace)
		found, err := takeOut(key)
		if err != nil {
			return err
		}
		if !found && !before(after, b.Filed) {
			continue
		}
		if err := bucket.Put(key, encodeBlob(key, b)); err != nil {
			return err
		}
		o.count(*b, 1)
	}
	var err error
	o.oldestBlob, err = oldestBlob(tx)
	return err
}

// backlog tells what waits after t.
func (t *tail) backlog() kiosk.Backlog {
	o := &t.out
	return kiosk.Backlog{
		Acked: o.acked, Last: t.last, Feed: o.feed, Pruned: o.pruned.Last,
		Facts: t.head.Facts - min(o.sent, t.head.Facts), OldestFact: o.oldestFact,
		Blobs: o.blobs, BlobBytes: o.bytes, OldestBlob: o.oldestBlob, Parked: o.parked,
	}
}
