package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/motcua/gateway/sync/hub"
)

// Keys seal what the database must not show. A Key of kiosk/secret is one: the hub's key lies in
// a file of its own, and whoever has only the database, or only the file, has nothing.
type Keys interface {
	Seal(purpose string, plain, aad []byte) []byte
	Open(purpose string, sealed, aad []byte) ([]byte, error)
	Derive(purpose string) [32]byte
}

// Config is what a Store needs.
type Config struct {
	Keys Keys
	Now  func() time.Time
	Log  *slog.Logger
}

// Store is a [hub.Store] in a database.
type Store struct {
	Config
	dialect *dialect
	writer  beginner
	read    *sql.DB
	texts   texts
	close   func() error
}

var _ hub.Store = (*Store)(nil)

// readers is how many may read a SQLite file at once; writers, how many transactions a process
// has in PostgreSQL: the committer's, and pages and feeds beside it.
const (
	readers = 4
	writers = 16
)

// OpenSQLite opens the database file, and makes one where none is. Nobody else on the machine may
// read it.
func OpenSQLite(ctx context.Context, path string, c Config) (*Store, error) {
	if err := ours(path); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	d := sqliteDialect()
	write, err := sql.Open(d.driver, sqliteSource(path, true))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	one, err := newSingle(ctx, write)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, errors.Join(err, write.Close()))
	}
	read, err := sql.Open(d.driver, sqliteSource(path, false))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, errors.Join(err, one.stop(), write.Close()))
	}
	read.SetMaxOpenConns(readers)
	return open(ctx, &Store{Config: c, dialect: d, writer: one, read: read, close: func() error {
		return errors.Join(one.stop(), write.Close(), read.Close())
	}})
}

// ours makes a database's files its owner's alone. SQLite gives the ones beside it the permissions
// that the first one has when it makes them. One that is there is never opened here: closing it
// would let go of the locks that this process has on it.
func ours(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// OpenPostgres opens a database by its address, "postgres://…" or "host=… dbname=…".
func OpenPostgres(ctx context.Context, address string, c Config) (*Store, error) {
	d := postgresDialect()
	db, err := sql.Open(d.driver, address)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(writers)
	db.SetMaxIdleConns(writers)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return open(ctx, &Store{Config: c, dialect: d, writer: many{db}, read: db, close: db.Close})
}

func open(ctx context.Context, s *Store) (*Store, error) {
	s.close = sync.OnceValue(s.close)
	steps, err := migrations()
	if err == nil {
		err = s.migrate(ctx, steps)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close lets go of the database. It may be called again.
func (s *Store) Close() error { return s.close() }
