package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed schema/*.sql
var schema embed.FS

// ErrNewer means that a later program has written the database.
var ErrNewer = errors.New("the database is of a newer version than this program")

// migrations returns the steps from one version to the next, in their order.
func migrations() ([]string, error) {
	names, err := fs.Glob(schema, "schema/*.sql") // sorted
	var out []string
	for i, name := range names {
		if want := fmt.Sprintf("schema/%04d.sql", i+1); name != want {
			return nil, fmt.Errorf("schema %s: want %s", name, want)
		}
		b, err := schema.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out = append(out, string(b))
	}
	return out, err
}

// migrate brings the database to the version of this program, each step in a transaction of its
// own. Several processes may start at once: one does it, the others find it done.
func (s *Store) migrate(ctx context.Context, steps []string) error {
	for done := false; !done; {
		err := s.update(ctx, func(t *tx) (err error) {
			done, err = t.migrateOnce(steps)
			return err
		})
		if err != nil {
			return fmt.Errorf("migrate database: %w", err)
		}
	}
	return nil
}

// migrateOnce takes one step, if one is missing.
func (t *tx) migrateOnce(steps []string) (done bool, err error) {
	if t.s.dialect.lock != "" {
		if _, err := t.ExecContext(t.ctx, t.s.dialect.lock); err != nil {
			return false, err
		}
	}
	if _, err := t.ExecContext(t.ctx, `CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)`); err != nil {
		return false, err
	}
	var have sql.NullInt64
	if err := t.QueryRowContext(t.ctx, `SELECT max(version) FROM schema_version`).Scan(&have); err != nil {
		return false, err
	}
	v := int(have.Int64)
	if v > len(steps) {
		return false, fmt.Errorf("%w: %d, and this program knows %d", ErrNewer, v, len(steps))
	}
	if v == len(steps) {
		return true, nil
	}
	for _, text := range statements(steps[v]) {
		if _, err := t.ExecContext(t.ctx, t.s.dialect.types.Replace(text)); err != nil {
			return false, fmt.Errorf("step %d: %w", v+1, err)
		}
	}
	_, err = t.ExecContext(t.ctx, `INSERT INTO schema_version (version) VALUES ($1)`, v+1)
	return false, err
}

// statements takes a file apart: each ends with a semicolon at the end of a line. Comments go.
func statements(file string) []string {
	var b strings.Builder
	for line := range strings.Lines(file) {
		code, _, comment := strings.Cut(line, "--")
		b.WriteString(code)
		if comment {
			b.WriteByte('\n')
		}
	}
	var out []string
	for text := range strings.SplitSeq(b.String(), ";\n") {
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, text)
		}
	}
	return out
}
