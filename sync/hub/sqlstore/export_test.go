package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// SQLiteSource is how the hub's writer opens a file, for whoever is held against it.
func SQLiteSource(path string) string { return sqliteSource(path, true) }

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

// Held returns what lies in the events of a gateway's epoch, in order: the log's hash at each.
func Held(t testing.TB, s *Store, gateway wire.GatewayID, epoch kiosk.Epoch) (seqs []kiosk.Seq, chains []string) {
	t.Helper()
	err := s.query(context.Background(), func(scan func(...any) error) error {
		var seq kiosk.Seq
		var chain string
		err := scan(&seq, &chain)
		seqs, chains = append(seqs, seq), append(chains, chain)
		return err
	}, `SELECT seq, chain FROM events WHERE gateway = $1 AND epoch = $2 ORDER BY seq`, gateway, epoch)
	if err != nil {
		t.Fatal(err)
	}
	return seqs, chains
}

// Plans returns how SQLite finds the rows of each statement that the writer has seen, by statement.
func Plans(t *testing.T, s *Store) map[string]string {
	t.Helper()
	w := s.writer.(*single)
	<-w.turn
	defer func() { w.turn <- struct{}{} }()
	out := map[string]string{}
	for query := range w.known {
		if verb, _, _ := strings.Cut(strings.TrimSpace(query), " "); !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, verb) {
			continue // of the migration
		}
		args := make([]any, strings.Count(query, "?"))
		for strings.Contains(query, fmt.Sprintf("$%d", len(args)+1)) {
			args = append(args, nil)
		}
		rows, err := w.conn.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		err = scanAll(rows, err, func(scan func(...any) error) error {
			var step string
			err := scan(new(int), new(int), new(int), &step)
			out[query] += step + "\n"
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	return out
}
