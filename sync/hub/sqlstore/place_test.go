package sqlstore_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/hub/sqlstore/pgtest"
)

// cluster is the one PostgreSQL of this run of the tests.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	if where, err := hex.DecodeString(os.Getenv(childEnv)); err == nil && len(where) > 0 {
		fmt.Fprintln(os.Stderr, child(string(where)))
		os.Exit(1)
	}
	code := m.Run()
	cluster.Stop()
	os.Exit(code)
}

// now is when it is, for stores of tests.
var now = time.Date(2026, 11, 26, 9, 30, 0, 0, kiosk.ICT())

// place is a database that can be opened several times at once.
type place struct {
	open func(testing.TB) *sqlstore.Store
	// openAt opens it with another clock.
	openAt func(testing.TB, func() time.Time) *sqlstore.Store
	keys   *secret.Key
	// files are those of the database; only of SQLite.
	files func(testing.TB) []string
}

func config(keys *secret.Key) sqlstore.Config {
	return sqlstore.Config{Keys: keys, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
}

func sqlitePlace(t testing.TB) place {
	keys := secret.NewKey()
	path := filepath.Join(t.TempDir(), "a folder?%20", "hub.db") // a name that is no part of an address
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	files := func(t testing.TB) []string {
		names, err := filepath.Glob(path[:len(path)-len("hub.db")] + "hub.db*")
		if err != nil || len(names) == 0 {
			t.Fatalf("no files: %v", err)
		}
		return names
	}
	return newPlace(keys, files, func(c sqlstore.Config) (*sqlstore.Store, error) {
		return sqlstore.OpenSQLite(context.Background(), path, c)
	})
}

func postgresPlace(t testing.TB) place {
	keys := secret.NewKey()
	address := cluster.Database(t)
	return newPlace(keys, nil, func(c sqlstore.Config) (*sqlstore.Store, error) {
		return sqlstore.OpenPostgres(context.Background(), address, c)
	})
}

func newPlace(keys *secret.Key, files func(testing.TB) []string, open func(sqlstore.Config) (*sqlstore.Store, error)) place {
	return place{keys: keys, files: files, open: func(t testing.TB) *sqlstore.Store {
		s, err := open(config(keys))
		return opened(t, s, err)
	}, openAt: func(t testing.TB, clock func() time.Time) *sqlstore.Store {
		c := config(keys)
		c.Now = clock
		s, err := open(c)
		return opened(t, s, err)
	}}
}

func opened(t testing.TB, s *sqlstore.Store, err error) *sqlstore.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(*testing.T, place)) {
	t.Parallel()
	for name, make := range map[string]func(testing.TB) place{"sqlite": sqlitePlace, "postgres": postgresPlace} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, make(t))
		})
	}
}
