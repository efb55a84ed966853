package boltstore

import (
	"encoding/binary"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// forge does a forgery to the facts of an open store, all checksums right.
func forge(t testing.TB, s *Store, how kiosktest.Forgery, at kiosk.Position) {
	t.Helper()
	err := s.h.db.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketFacts))
		key, next := factKey(at), factKey(at.Next())
		value := append([]byte{}, b.Get(key)...)
		hash := keptHash(t, b, at)
		r, err := decodeRecord(key, value)
		if err != nil {
			return err
		}
		r.By = kiosktest.Forger
		prev := at
		prev.Seq--
		switch how {
		case kiosktest.ForgeChange:
			value, _, err = encodeRecord(key, &r, chainHash{})
			if err != nil {
				return err
			}
			copy(value[len(value)-4-len(hash):], hash[:])
			return b.Put(key, resealed(key, value))
		case kiosktest.ForgeRehash:
			if value, _, err = encodeRecord(key, &r, keptHash(t, b, prev)); err != nil {
				return err
			}
			return b.Put(key, value)
		case kiosktest.ForgeRemove:
			return b.Delete(key)
		case kiosktest.ForgeSwap:
			other := append([]byte{}, b.Get(next)...)
			if err := b.Put(next, resealed(next, value)); err != nil {
				return err
			}
			return b.Put(key, resealed(key, other))
		case kiosktest.ForgeAppend:
			if value, _, err = encodeRecord(next, &r, hash); err != nil {
				return err
			}
			return b.Put(next, value)
		}
		t.Fatalf("no forgery %d", how)
		return nil
	})
	if err != nil {
		t.Fatalf("forge at %v: %v", at, err)
	}
}

func keptHash(t testing.TB, b *bbolt.Bucket, at kiosk.Position) (hash chainHash) {
	t.Helper()
	key := factKey(at)
	_, kept, err := relink(chainHash{}, key, b.Get(key))
	if err != nil {
		t.Fatal(err)
	}
	copy(hash[:], kept)
	return hash
}

// resealed puts the checksum of a value right.
func resealed(key, value []byte) []byte {
	v := append([]byte{}, value[:len(value)-4]...)
	return binary.BigEndian.AppendUint32(v, checksum(key, v))
}
