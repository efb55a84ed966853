package boltstore

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// The audit log is the facts themselves. Each carries a hash over the hash of the fact before it,
// its own key and its own fields: SHA-256(before ‖ key ‖ fields). Who changes, removes, inserts
// or exchanges facts has to compute every later hash anew, and the last one stands elsewhere too:
// on the day's report and, through kiosk.LogSealed, at the province. A new epoch goes on with the
// same chain; a new database begins one after 32 zero bytes.
//
// The bucket chain holds three ends: the present one, written with every fact, so that facts cut
// off at the end are missed; that of the facts which were kept before version 2 of the database,
// which carry no hash of their own: the one over all of them was computed when the database was
// brought to that version; and that of the facts which were pruned, on which the first one follows
// that is still kept. The province holds those, with their hashes.

type chainHash = [sha256.Size]byte

// tagHash is the tag of a record's hash.
const tagHash = 8

// The names in the bucket chain.
const (
	chainHead   = "head"
	chainOld    = "old"
	chainPruned = "pruned"
)

// link returns the hash of a fact. The first two parts are of one length each, so that no two
// facts have the same bytes.
func link(before chainHash, key []byte, fields ...[]byte) chainHash {
	b := make([]byte, 0, 512)
	b = append(append(b, before[:]...), key...)
	for _, f := range fields {
		b = append(b, f...)
	}
	return sha256.Sum256(b)
}

// relink computes the hash of a fact from its value. kept is the hash that stands in it, nil
// where none does.
func relink(before chainHash, key, value []byte) (hash chainHash, kept []byte, err error) {
	r, err := unseal(key, value)
	if err != nil {
		return hash, nil, err
	}
	all := r.rest
	front, back := all, []byte(nil)
	for at := 0; r.next(); at = len(all) - len(r.rest) {
		if r.tag != tagHash {
			continue
		}
		if kept != nil {
			return hash, nil, errors.New("two hashes in a record")
		}
		kept, front, back = r.bytes(), all[:at], r.rest
	}
	if r.err != nil {
		return hash, nil, r.err
	}
	return link(before, key, front, back), kept, nil
}

func encodeEnd(key []byte, h kiosk.ChainHead) []byte {
	w := newFields(64)
	w.uint(1, uint64(h.Last.Epoch))
	w.uint(2, uint64(h.Last.Seq))
	w.uint(3, h.Facts)
	w.bytes(4, h.Hash[:])
	return seal(key, w)
}

func decodeEnd(key, value []byte) (kiosk.ChainHead, error) {
	var h kiosk.ChainHead
	r, err := unseal(key, value)
	if err != nil {
		return h, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			h.Last.Epoch = kiosk.Epoch(r.uint32())
		case 2:
			h.Last.Seq = kiosk.Seq(r.uint())
		case 3:
			h.Facts = r.uint()
		case 4:
			if b := r.bytes(); len(b) == len(h.Hash) {
				copy(h.Hash[:], b)
			} else if r.err == nil {
				r.err = fmt.Errorf("hash of %d bytes", len(b))
			}
		}
	}
	return h, r.err
}

// chainEnd returns an end of the chain, the beginning where there is none.
func chainEnd(tx *bbolt.Tx, name string) (kiosk.ChainHead, error) {
	v := tx.Bucket([]byte(bucketChain)).Get([]byte(name))
	if v == nil {
		return kiosk.ChainHead{}, nil
	}
	h, err := decodeEnd([]byte(name), v)
	if err != nil {
		return h, fmt.Errorf("chain %s: %w", name, err)
	}
	return h, nil
}

func putChainEnd(tx *bbolt.Tx, name string, h kiosk.ChainHead) error {
	return tx.Bucket([]byte(bucketChain)).Put([]byte(name), encodeEnd([]byte(name), h))
}

// tail is what the next fact follows.
type tail struct {
	last kiosk.Position  // of the last fact, or the beginning of the present epoch
	head kiosk.ChainHead // of all facts
	of   siteDay         // of the last fact that is kept, of any epoch
	out  outbox
}

func readTail(tx *bbolt.Tx) (t tail, err error) {
	if t.last, err = last(tx); err != nil {
		return t, err
	}
	if t.head, err = chainEnd(tx, chainHead); err != nil {
		return t, err
	}
	if t.out, err = readOutbox(tx, t.head); err != nil {
		return t, err
	}
	k, v := tx.Bucket([]byte(bucketFacts)).Cursor().Last()
	if k == nil {
		return t, nil
	}
	if t.of, err = recordDay(k, v); err != nil {
		return t, fmt.Errorf("record %x: %w", k, err)
	}
	return t, nil
}
