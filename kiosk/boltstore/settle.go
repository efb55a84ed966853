package boltstore

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// Settle implements [kiosk.Outbox]. What is refused is refused before a byte is written, and what
// says nothing new costs no fsync.
func (s *Store) Settle(ctx context.Context, v kiosk.Settled) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	s.commits.Lock()
	defer s.commits.Unlock()
	err := s.rewrite(func(h *handle) (func(*bbolt.Tx, *tail) error, error) {
		o := h.tail.out
		var refusal error
		err := h.db.read(func(tx *bbolt.Tx) (err error) {
			refusal, err = o.settle(tx, v)
			return err
		})
		if err = errors.Join(refusal, err); err != nil || o.settled == h.tail.out.settled && len(v.Blobs) == 0 {
			return nil, err
		}
		return func(tx *bbolt.Tx, t *tail) error {
			t.out = o
			if err := t.out.move(tx, v.Blobs, nil, t.last); err != nil {
				return err
			}
			return putSettled(tx, o.settled)
		}, nil
	})
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}

// settle takes the province's word, but for the blobs. It may change o before it refuses.
func (o *outbox) settle(tx *bbolt.Tx, v kiosk.Settled) (refusal, err error) {
	if v.Feed != 0 && v.Feed < o.feed {
		return fmt.Errorf("feed at %d, kept at %d: %w", v.Feed, o.feed, kiosk.ErrSettledBack), nil
	}
	o.feed = max(o.feed, v.Feed)
	at := v.Facts
	switch {
	case at == (kiosk.Position{}) || at == o.acked:
		return nil, nil
	case before(at, o.acked):
		return fmt.Errorf("facts up to %d-%d, kept up to %d-%d: %w", at.Epoch, at.Seq, o.acked.Epoch, o.acked.Seq, kiosk.ErrSettledBack), nil
	case tx.Bucket([]byte(bucketFacts)).Get(factKey(at)) == nil:
		return fmt.Errorf("facts up to %d-%d, where none is: %w", at.Epoch, at.Seq, kiosk.ErrSettledTooMuch), nil
	}
	n, err := between(tx, o.acked, at)
	if err != nil {
		return nil, err
	}
	o.acked = at
	o.sent += n
	o.oldestFact = oldestFact(tx, at)
	return nil, nil
}

// rewrite changes what is kept beside the facts. plan looks what there is to do: nil where there
// is nothing. What it returns is done in one transaction, and t is what is so after it.
func (s *Store) rewrite(plan func(h *handle) (func(tx *bbolt.Tx, t *tail) error, error)) error {
	h, err := s.acquire()
	if err != nil {
		return err
	}
	do, err := plan(h)
	if err != nil || do == nil {
		s.release()
		return err
	}
	next := h.tail
	txid, err := h.db.write(func(tx *bbolt.Tx) error { return do(tx, &next) })
	s.release()
	if err != nil {
		return s.fail(err, txid)
	}
	h.end(next)
	return nil
}
