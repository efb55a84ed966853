package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

var _ kiosk.Outbox = (*Store)(nil)

// Waiting implements [kiosk.Outbox]. It waits neither for the disk nor for a commit under way.
func (s *Store) Waiting(ctx context.Context) (kiosk.Backlog, error) {
	var b kiosk.Backlog
	err := s.reading(ctx, func(h *handle) error {
		b = h.now.Load().backlog()
		return nil
	})
	if err != nil {
		return kiosk.Backlog{}, fmt.Errorf("look at the outbox: %w", err)
	}
	return b, nil
}

// Outgoing implements [kiosk.Outbox].
func (s *Store) Outgoing(ctx context.Context, after kiosk.Position, n int) ([]kiosk.Outgoing, error) {
	var out []kiosk.Outgoing
	err := s.reading(ctx, func(h *handle) error {
		hash, err := h.hashOfOld(ctx, after)
		if err != nil {
			return err
		}
		return h.db.read(func(tx *bbolt.Tx) error {
			old, err := chainEnd(tx, chainOld)
			if err != nil {
				return err
			}
			c := tx.Bucket([]byte(bucketFacts)).Cursor()
			for k, v := behind(c, factKey(after)); k != nil && len(out) < n; k, v = c.Next() {
				at, err := parseFactKey(k)
				if err != nil {
					return err
				}
				o := outgoing(at, k, v)
				if !before(old.Last, at) {
					hash = link(hash, k, oldFields(v))
					o.Chain = hash
				}
				out = append(out, o)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read outgoing facts: %w", err)
	}
	return out, nil
}

// outgoing decodes a fact with the hash that is kept in it.
func outgoing(at kiosk.Position, key, value []byte) (o kiosk.Outgoing) {
	o.Position = at
	r, err := decodeRecord(key, value)
	if err != nil {
		o.Broken = err
		return o
	}
	o.Record = r
	o.Chain = hashIn(key, value)
	return o
}

// hashIn returns the hash that stands in a fact; zero where none does.
func hashIn(key, value []byte) (hash chainHash) {
	r, err := unseal(key, value)
	if err != nil {
		return hash
	}
	for r.next() {
		if r.tag == tagHash {
			return r.hash()
		}
	}
	return hash
}

// hashOfOld returns the hash at a fact that was kept before version 2 and so has none of its own,
// and any for other facts. Who reads on where it stopped reading does not begin again.
func (h *handle) hashOfOld(ctx context.Context, to kiosk.Position) (chainHash, error) {
	var at kiosk.ChainHead
	if p := h.walked.Load(); p != nil && !before(to, p.Last) {
		at = *p
	}
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return at.Hash, err
		}
		err := h.db.read(func(tx *bbolt.Tx) error {
			old, err := chainEnd(tx, chainOld)
			if err != nil {
				return err
			}
			pruned, err := chainEnd(tx, chainPruned)
			if err != nil {
				return err
			}
			if before(at.Last, pruned.Last) {
				at = pruned
			}
			done = !before(at.Last, old.Last) || !before(at.Last, to)
			if done {
				return nil
			}
			done = true
			c := tx.Bucket([]byte(bucketFacts)).Cursor()
			some := 0
			for k, v := behind(c, factKey(at.Last)); k != nil; k, v = c.Next() {
				here, err := parseFactKey(k)
				if err != nil || before(to, here) || before(old.Last, here) {
					return err
				}
				if some++; some > verifyAtOnce {
					done = false
					return nil
				}
				at = kiosk.ChainHead{Last: here, Facts: at.Facts + 1, Hash: link(at.Hash, k, oldFields(v))}
			}
			return nil
		})
		if err != nil {
			return at.Hash, err
		}
	}
	h.walked.Store(&at)
	return at.Hash, nil
}

// behind goes to the first key after one.
func behind(c *bbolt.Cursor, after []byte) (k, v []byte) {
	k, v = c.Seek(after)
	if bytes.Equal(k, after) {
		k, v = c.Next()
	}
	return k, v
}

// Pending implements [kiosk.Outbox].
func (s *Store) Pending(ctx context.Context, after kiosk.BlobPlace, n int) ([]kiosk.BlobRecord, error) {
	var out []kiosk.BlobRecord
	err := s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) error {
			c := tx.Bucket([]byte(bucketBlobs)).Cursor()
			k, v := c.First()
			if after != (kiosk.BlobPlace{}) {
				k, v = behind(c, blobKey(after))
			}
			for ; k != nil && len(out) < n; k, v = c.Next() {
				b, err := decodeBlob(k, v)
				if err != nil {
					return fmt.Errorf("blob %x: %w", k, err)
				}
				out = append(out, b)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read pending blobs: %w", err)
	}
	return out, nil
}

// Blob implements [kiosk.Outbox].
func (s *Store) Blob(ctx context.Context, place kiosk.BlobPlace) (b kiosk.BlobRecord, waits bool, err error) {
	err = s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) (err error) {
			key := blobKey(place)
			v := tx.Bucket([]byte(bucketBlobs)).Get(key)
			if waits = v != nil; waits {
				b, err = decodeBlob(key, v)
			}
			return err
		})
	})
	if err != nil {
		return kiosk.BlobRecord{}, false, fmt.Errorf("read blob: %w", err)
	}
	return b, waits, nil
}
