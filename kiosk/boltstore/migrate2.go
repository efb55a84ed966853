package boltstore

import (
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// chainFacts makes the buckets of version 2 and fills them from the facts that are kept: their
// stretches by day, and one hash over them all, on which the next fact follows.
//
// A fact that cannot be read any more stops nobody from updating: its bytes are chained as they
// are, and whoever reads that day, or verifies the chain, is told.
func chainFacts(tx *bbolt.Tx) error {
	for _, name := range []string{bucketDays, bucketChain, bucketShelves} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	var head kiosk.ChainHead
	var of siteDay
	err := each(tx, bucketFacts, nil, func(k, v []byte) error {
		at, err := parseFactKey(k)
		if err != nil {
			return err
		}
		head = kiosk.ChainHead{Last: at, Facts: head.Facts + 1, Hash: link(head.Hash, k, oldFields(v))}
		if here, err := recordDay(k, v); err == nil && (here != of || head.Facts == 1) {
			of = here
			return stretch(of, at).into(tx)
		}
		return nil
	})
	if err != nil || head.Facts == 0 {
		return err
	}
	if err := putChainEnd(tx, chainOld, head); err != nil {
		return err
	}
	return putChainEnd(tx, chainHead, head)
}

// oldFields returns the fields of a value without checking them.
func oldFields(value []byte) []byte {
	if n := len(value) - 4; n >= 1 {
		return value[1:n]
	}
	return value
}
