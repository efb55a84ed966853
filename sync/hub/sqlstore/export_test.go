package sqlstore

import (
	"context"
	"testing"
)

// Tamper does to a database what somebody with its password may do.
func Tamper(t *testing.T, s *Store, query string, args ...any) {
	t.Helper()
	err := s.update(context.Background(), func(t *tx) error {
		_, err := t.exec(query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
