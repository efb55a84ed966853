package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is what differs between the databases.
type dialect struct {
	driver string // of database/sql
	// types writes a schema's types as the database names them.
	types *strings.Replacer
	// lock is a statement that keeps others from migrating until the transaction ends; empty: a
	// transaction that writes does so already.
	lock string
	// share at the end of a SELECT keeps its rows as they are until the transaction ends; empty: a
	// transaction that writes keeps everything so already.
	share string
	// forget makes the database let go of what was deleted.
	forget func(context.Context, *sql.DB) error
	// snapshot is a transaction that reads one state of the database.
	snapshot *sql.TxOptions
	// numbered is whether the parameters of many rows are $1, $2, … To SQLite these are names,
	// which it goes through from the first one on for each value that is bound: with 2,560 of them
	// that was half of the time of an insert.
	numbered bool
	// most is how many parameters a statement has room for.
	most int
	// again reports whether a transaction that failed so may simply be run once more.
	again func(error) bool
}

// sqliteDialect knows only one writer at a time, in all processes together.
func sqliteDialect() *dialect {
	return &dialect{
		driver: "sqlite",
		types:  strings.NewReplacer(),
		forget: func(ctx context.Context, db *sql.DB) error {
			var busy, pages, moved int
			err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
			if err == nil && busy != 0 {
				err = errors.New("somebody reads in it for long")
			}
			return err
		},
		most: 32766,
		// One that has begun to read goes on with what it has seen.
		snapshot: &sql.TxOptions{ReadOnly: true},
		again: func(err error) bool {
			e, ok := errors.AsType[*sqlite.Error](err)
			return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
		},
	}
}

// sqliteSource is how a file is opened. Deleted content is overwritten, because it may be a key;
// a commit is on the disk before it returns; a province's transactions fit into 64 MB of pages.
func sqliteSource(path string, write bool) string {
	q := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "cache_size(-65536)",
	}}
	if write {
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(ON)")
	}
	return (&url.URL{Scheme: "file", Opaque: escapePath(path), RawQuery: q.Encode()}).String()
}

// escapePath keeps a "?" or "%" in a folder's name from being read as part of the address.
func escapePath(path string) string {
	return strings.ReplaceAll(url.PathEscape(filepath.ToSlash(path)), "%2F", "/")
}

// postgresDialect compares texts byte by byte, as Go does, whatever the cluster's language is.
func postgresDialect() *dialect {
	return &dialect{
		driver:   "pgx",
		types:    strings.NewReplacer(" BLOB", " BYTEA", " TEXT", ` TEXT COLLATE "C"`),
		lock:     fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", migrationLock),
		share:    " FOR SHARE",
		numbered: true,
		most:     65535,
		forget: func(ctx context.Context, db *sql.DB) error {
			_, err := db.ExecContext(ctx, "VACUUM dossiers, quarantine")
			return err
		},
		snapshot: &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
		again: func(err error) bool {
			e, ok := errors.AsType[*pgconn.PgError](err)
			// Serialisation failure, deadlock: by their definition worth another try.
			return ok && (e.Code == "40001" || e.Code == "40P01")
		},
	}
}

// migrationLock is a number of our own among advisory locks: "mothub" in ASCII.
const migrationLock = 0x6d6f74687562
