package boltstore

import (
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// verifyFacts is how many of the newest facts are decoded at every opening.
const verifyFacts = 256

// verify reads what the office will read: the present day of each site with its facts, the newest
// facts, the end of the chain, the stretches of all days, and the shelves. Whether the chain is
// whole is VerifyChain's business: a forged log is no reason to take the office its database.
func verify(tx *bbolt.Tx) error {
	for _, name := range buckets() {
		if tx.Bucket([]byte(name)) == nil {
			return fmt.Errorf("bucket %s is missing", name)
		}
	}
	all, err := sites(tx)
	if err != nil {
		return err
	}
	for _, site := range all {
		k, err := loadSite(tx, site)
		if err != nil {
			return err
		}
		if _, err := dayRecords(tx, siteDay{site, k.Day}); err != nil {
			return err
		}
	}
	if err := verifyNewest(tx); err != nil {
		return err
	}
	if _, err := readTail(tx); err != nil {
		return err
	}
	if _, err := chainEnd(tx, chainOld); err != nil {
		return err
	}
	if err := each(tx, bucketDays, nil, verifyStretch); err != nil {
		return err
	}
	return each(tx, bucketShelves, nil, func(k, v []byte) error {
		_, err := unseal(k, v)
		return err
	})
}

func verifyStretch(k, v []byte) error {
	if _, _, err := parseStretchKey(k); err != nil {
		return err
	}
	_, err := unseal(k, v)
	return err
}

// verifyNewest decodes the newest facts and looks for the stretches that begin among them.
func verifyNewest(tx *bbolt.Tx) error {
	c := tx.Bucket([]byte(bucketFacts)).Cursor()
	var later kiosk.Record // the fact behind the one at hand
	n := 0
	for k, v := c.Last(); k != nil && n < verifyFacts; k, v = c.Prev() {
		r, err := decodeRecord(k, v)
		if err != nil {
			return fmt.Errorf("record %x: %w", k, err)
		}
		if of := (siteDay{later.Site, later.Day}); n > 0 && of != (siteDay{r.Site, r.Day}) {
			if tx.Bucket([]byte(bucketDays)).Get(stretchKey(of, later.Position)) == nil {
				return fmt.Errorf("the facts of %s from %d-%d on cannot be found by their day", of.day, later.Epoch, later.Seq)
			}
		}
		later = r
		n++
	}
	return nil
}
