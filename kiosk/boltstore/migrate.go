package boltstore

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// migration takes a database from the version before it to version to. It is one transaction,
// with the new version number in it.
type migration struct {
	to   uint64
	what string
	run  func(tx *bbolt.Tx) error
}

// migrations lists all of them in their order. What has been released is never changed; a new
// one comes with a golden file of the version before it.
func migrations() []migration {
	return []migration{
		{1, "make the first buckets", makeBuckets},
		{2, "chain the facts, find them by day, make shelves", chainFacts},
		{3, "make room for dossiers and for what the province holds", makeOutbox},
	}
}

func makeBuckets(tx *bbolt.Tx) error {
	for _, name := range []string{bucketMeta, bucketFacts, bucketTickets, bucketCounters, bucketHalls, bucketBoxes, bucketLasts} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	return nil
}

// migrate takes the steps that a database of version have lacks.
func (d *database) migrate(have uint64, steps []migration) error {
	for _, m := range steps {
		if m.to <= have {
			continue
		}
		err := d.update(func(tx *bbolt.Tx) error {
			if err := m.run(tx); err != nil {
				return err
			}
			return putMeta(tx, metaVersion, m.to)
		})
		if err != nil {
			return fmt.Errorf("migrate to version %d (%s): %w", m.to, m.what, classify(d.path, err))
		}
	}
	return nil
}

// version returns the version of a database, 0 for one without any bucket.
func version(tx *bbolt.Tx) (uint64, error) {
	if k, _ := tx.Cursor().First(); k == nil {
		return 0, nil
	}
	v, err := getMeta(tx, metaVersion)
	if err == nil && v == 0 {
		err = errors.New("database has no version")
	}
	return v, err
}

// getMeta returns a number of the bucket meta, 0 where it is missing.
func getMeta(tx *bbolt.Tx, name string) (uint64, error) {
	b := tx.Bucket([]byte(bucketMeta))
	if b == nil {
		return 0, errors.New("bucket meta is missing")
	}
	v := b.Get([]byte(name))
	if v == nil {
		return 0, nil
	}
	n, err := decodeNumber([]byte(name), v)
	if err != nil {
		return 0, fmt.Errorf("meta %s: %w", name, err)
	}
	return n, nil
}

func putMeta(tx *bbolt.Tx, name string, v uint64) error {
	return tx.Bucket([]byte(bucketMeta)).Put([]byte(name), encodeNumber([]byte(name), v))
}
