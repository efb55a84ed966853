package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// many begins transactions on any of several connections, each of which remembers the statements
// that it has seen: PostgreSQL's.
type many struct{ db *sql.DB }

func (m many) begin(ctx context.Context) (runner, func(bool) error, error) {
	t, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	return t, func(keep bool) error {
		if keep {
			return t.Commit()
		}
		return t.Rollback()
	}, nil
}

// single begins transactions on the one connection that writes: SQLite's. A transaction that has
// begun is not broken off by its context. It takes milliseconds, and a statement that came after
// a rollback in its back would be a transaction of its own.
type single struct {
	conn  *sql.Conn
	turn  chan struct{} // holds one token while nobody writes
	known map[string]*sql.Stmt
}

func newSingle(ctx context.Context, db *sql.DB) (*single, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &single{conn: conn, turn: make(chan struct{}, 1), known: map[string]*sql.Stmt{}}
	s.turn <- struct{}{}
	return s, nil
}

func (s *single) begin(ctx context.Context) (runner, func(bool) error, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	ctx = context.WithoutCancel(ctx)
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		s.turn <- struct{}{}
		return nil, nil, err
	}
	return (*byHeart)(s), func(keep bool) error {
		defer func() { s.turn <- struct{}{} }()
		if keep {
			_, err := s.conn.ExecContext(ctx, "COMMIT")
			if err == nil {
				return nil
			}
			_, undo := s.conn.ExecContext(ctx, "ROLLBACK")
			return errors.Join(err, undo)
		}
		_, err := s.conn.ExecContext(ctx, "ROLLBACK")
		return err
	}, nil
}

// stop waits for its turn and lets go of the connection.
func (s *single) stop() error {
	<-s.turn
	var err error
	for _, st := range s.known {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, s.conn.Close())
}

// byHeart runs statements of the transaction that has its turn.
type byHeart single

func (b *byHeart) get(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := b.known[query]; st != nil {
		return st, nil
	}
	st, err := b.conn.PrepareContext(ctx, query)
	if err == nil {
		b.known[query] = st
	}
	return st, err
}

func (b *byHeart) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	st, err := b.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (b *byHeart) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	st, err := b.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (b *byHeart) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	st, err := b.get(ctx, query)
	if err != nil {
		return b.conn.QueryRowContext(ctx, query, args...) // which tells the same error
	}
	return st.QueryRowContext(ctx, args...)
}
