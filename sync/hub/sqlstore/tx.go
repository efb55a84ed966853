package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// tx is a transaction that writes. Its context is the one that it was begun under.
type tx struct {
	runner
	s   *Store
	ctx context.Context
}

// runner runs statements that it knows by heart once it has seen them.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// beginner begins transactions. end commits, or gives up where it is told not to keep anything.
type beginner interface {
	begin(ctx context.Context) (run runner, end func(keep bool) error, err error)
}

// errRaced means that another process has moved what this transaction builds on.
var errRaced = errors.New("another process was faster")

// tries bounds how often a transaction begins anew. Nobody is raced so often by chance.
const tries = 20

// update runs do in a transaction and commits it. After an error nothing is kept, unless the
// commit itself broke off: then nobody knows, and the same call again finds out.
func (s *Store) update(ctx context.Context, do func(*tx) error) error {
	for try := 1; ; try++ {
		err := s.once(ctx, do)
		if err == nil || ctx.Err() != nil || try == tries || !errors.Is(err, errRaced) && !s.dialect.again(err) {
			return err
		}
	}
}

func (s *Store) once(ctx context.Context, do func(*tx) error) error {
	run, end, err := s.writer.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = end(false) // what matters is why, be it a panic
		}
	}()
	if err := errors.Join(do(&tx{run, s, ctx}), ctx.Err()); err != nil {
		return err
	}
	done = true
	if err := end(true); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec runs one statement and returns how many rows it has touched.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) row(query string, args ...any) *sql.Row { return t.QueryRowContext(t.ctx, query, args...) }

func (t *tx) rows(each func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := t.QueryContext(t.ctx, query, args...)
	return scanAll(rows, err, each)
}

// query reads outside of a transaction that writes.
func (s *Store) query(ctx context.Context, each func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	return scanAll(rows, err, each)
}

func scanAll(rows *sql.Rows, err error, each func(scan func(...any) error) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// table is a statement that writes rows, with ROWS where they stand.
type table string

// columns is how many values a row has.
func (in table) columns() int {
	list, _, _ := strings.Cut(string(in), ")")
	return strings.Count(list, ",") + 1
}

// one is the statement for one row.
func (in table) one() string {
	return strings.Replace(string(in), "ROWS", "VALUES "+tuples(1, in.columns(), true), 1)
}

// insert writes rows, whose values stand one after another in args, and returns how many rows
// were touched.
func (t *tx) insert(in table, args []any) (touched int64, err error) {
	cols := in.columns()
	for len(args) > 0 {
		rows := rowsOf(len(args)/cols, min(maxRows, t.s.dialect.most/cols))
		n, err := t.exec(t.s.texts.of(in, rows, t.s.dialect.numbered), args[:rows*cols]...)
		if err != nil {
			return touched, err
		}
		touched, args = touched+n, args[rows*cols:]
	}
	return touched, nil
}

// maxRows bounds the rows of one statement. More gain nothing that can be measured.
const maxRows = 256

// rowsOf returns the largest power of two that is at most n and most: so there are few different
// statements, and the database knows them all by heart.
func rowsOf(n, most int) int {
	p := 1
	for p*2 <= min(n, most) {
		p *= 2
	}
	return p
}

// texts holds statements that were written before. There are a few dozen.
type texts struct {
	mu    sync.Mutex
	known map[textKey]string
}

type textKey struct {
	table
	rows int
}

func (x *texts) of(in table, rows int, numbered bool) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := textKey{in, rows}
	text, ok := x.known[key]
	if !ok {
		text = strings.Replace(string(in), "ROWS", "VALUES "+tuples(rows, in.columns(), numbered), 1)
		if x.known == nil {
			x.known = map[textKey]string{}
		}
		x.known[key] = text
	}
	return text
}

// tuples writes ($1,$2),($3,… or (?,?),(?,…
func tuples(rows, cols int, numbered bool) string {
	b := make([]byte, 0, 8*rows*cols)
	for i := range rows * cols {
		switch {
		case i%cols != 0:
			b = append(b, ',')
		case i > 0:
			b = append(b, "),("...)
		default:
			b = append(b, '(')
		}
		if numbered {
			b = strconv.AppendInt(append(b, '$'), int64(i+1), 10)
		} else {
			b = append(b, '?')
		}
	}
	return string(append(b, ')'))
}
