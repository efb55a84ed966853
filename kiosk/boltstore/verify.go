package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// verifyAtOnce is how many facts one read transaction of VerifyChain looks at: a long reader
// stops the writer as soon as the map must grow.
const verifyAtOnce = 1000

// Head implements [kiosk.Archive]. It waits neither for the disk nor for a commit under way.
func (s *Store) Head(ctx context.Context) (kiosk.ChainHead, error) {
	var head kiosk.ChainHead
	err := s.reading(ctx, func(h *handle) error {
		head = h.now.Load().head
		return nil
	})
	if err != nil {
		return kiosk.ChainHead{}, fmt.Errorf("read the head of the audit log: %w", err)
	}
	return head, nil
}

// VerifyChain implements [kiosk.Archive]. Facts that are committed meanwhile are looked at too.
func (s *Store) VerifyChain(ctx context.Context) (kiosk.ChainHead, error) {
	v := &verifier{}
	for !v.done {
		err := s.reading(ctx, func(h *handle) error {
			if v.h != h { // reopened meanwhile: the database may be another one
				v = &verifier{h: h}
			}
			return h.db.read(v.some)
		})
		if err != nil {
			return kiosk.ChainHead{}, fmt.Errorf("verify the audit log: %w", err)
		}
	}
	if v.broken != nil {
		return v.at, v.broken
	}
	return v.at, nil
}

// verifier walks along the chain.
type verifier struct {
	h         *handle
	at        kiosk.ChainHead // as computed so far
	head, old kiosk.ChainHead // as kept
	broken    *kiosk.ChainBreak
	done      bool
}

func (v *verifier) fail(at kiosk.Position, why string) {
	v.broken, v.done = &kiosk.ChainBreak{At: at, Why: why}, true
}

const (
	whyMissing = "a fact is missing"
	whyChanged = "it is not what was written after the fact before it"
)

// some looks at the next verifyAtOnce facts and, where there are no more, at the end.
func (v *verifier) some(tx *bbolt.Tx) (err error) {
	if v.head, err = chainEnd(tx, chainHead); err != nil {
		return err
	}
	if v.old, err = chainEnd(tx, chainOld); err != nil {
		return err
	}
	pruned, err := chainEnd(tx, chainPruned)
	if err != nil {
		return err
	}
	if before(v.at.Last, pruned.Last) {
		v.at = pruned // at the beginning, or pruned meanwhile
	}
	c := tx.Bucket([]byte(bucketFacts)).Cursor()
	k, value := behind(c, factKey(v.at.Last))
	for range verifyAtOnce {
		if k == nil {
			v.end()
			return nil
		}
		at, err := parseFactKey(k)
		if err != nil {
			return err
		}
		if v.place(at); !v.done {
			v.fact(at, k, value)
		}
		if v.done {
			return nil
		}
		k, value = c.Next()
	}
	return nil
}

// place tells whether a fact may stand at a position, after the one before it.
func (v *verifier) place(at kiosk.Position) {
	was := v.at.Last
	switch {
	case at.Epoch == was.Epoch && at != was.Next():
		v.fail(was.Next(), whyMissing)
	case at.Epoch != was.Epoch && at.Seq != 1:
		v.fail(kiosk.Position{Epoch: at.Epoch, Seq: 1}, whyMissing)
	case before(was, v.old.Last) && before(v.old.Last, at):
		v.fail(was.Next(), whyMissing)
	case before(v.head.Last, at):
		v.fail(at, "it was not written by the store")
	}
}

func (v *verifier) fact(at kiosk.Position, key, value []byte) {
	hash, kept, err := relink(v.at.Hash, key, value)
	old := !before(v.old.Last, at)
	switch {
	case err != nil:
		v.fail(at, err.Error())
	case old && kept != nil, !old && !bytes.Equal(kept, hash[:]):
		v.fail(at, whyChanged)
	case at == v.old.Last && hash != v.old.Hash:
		v.fail(at, "it, or a fact before it, is not what it was when the facts were first chained")
	}
	if !v.done {
		v.at = kiosk.ChainHead{Last: at, Facts: v.at.Facts + 1, Hash: hash}
	}
}

// end holds the end against the one that is kept.
func (v *verifier) end() {
	switch v.done = true; {
	case v.at == v.head:
	case v.at.Facts == 0:
		v.fail(kiosk.Position{Epoch: v.head.Last.Epoch, Seq: 1}, whyMissing)
	case before(v.at.Last, v.head.Last):
		v.fail(v.at.Last.Next(), whyMissing)
	default:
		v.fail(v.at.Last, "the chain does not end where the store ended it")
	}
}
