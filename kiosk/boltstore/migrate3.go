package boltstore

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// makeOutbox makes the buckets of version 3. Nothing is acknowledged yet: every fact that is kept
// waits for the province.
func makeOutbox(tx *bbolt.Tx) error {
	for _, name := range []string{bucketDossiers, bucketBlobs, bucketOutbox} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	return nil
}
