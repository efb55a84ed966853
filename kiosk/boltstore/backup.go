package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// backupPrefix is what the names of spooled backups begin with, for the moment in which they
// have one.
const backupPrefix = ".spool-"

// WriteTo writes a copy of kiosk.db as of one moment to w and returns its length. To restore
// it, stop the kiosk and put it in the place of kiosk.db, leaving the second file as it is: the
// numbers go on after the ones that are out, and a new epoch begins.
//
// The copy is spooled into the state folder first, so that a slow w never holds a transaction
// open.
func (s *Store) WriteTo(ctx context.Context, w io.Writer) (n int64, err error) {
	spool, err := s.spool(ctx)
	if err != nil {
		return 0, fmt.Errorf("back up: %w", err)
	}
	n, err = io.Copy(&cancelledWriter{ctx: ctx, w: w}, spool)
	if err == nil {
		err = ctx.Err() // a short copy is one piece
	}
	if err = errors.Join(err, spool.Close()); err != nil {
		return n, fmt.Errorf("back up: %w", err)
	}
	return n, nil
}

// spool copies the database into a file without a name and returns it at its beginning.
func (s *Store) spool(ctx context.Context) (spool *os.File, err error) {
	err = s.reading(ctx, func(h *handle) error {
		spool, err = os.CreateTemp(s.folder.path, backupPrefix)
		if err != nil {
			return classify(s.folder.path, err)
		}
		if err := os.Remove(spool.Name()); err != nil {
			return classify(s.folder.path, err)
		}
		return h.db.view(func(tx *bbolt.Tx) error {
			w := &cancelledWriter{ctx: ctx, w: spool}
			_, err := tx.WriteTo(w)
			return classify(s.folder.path, errors.Join(err, w.err))
		})
	})
	if err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil && spool != nil {
		return nil, errors.Join(err, spool.Close())
	}
	return spool, err
}

// cancelledWriter stops between two pieces when the context is done.
type cancelledWriter struct {
	ctx context.Context
	w   io.Writer
	err error // the first: bbolt passes on its text alone
}

func (c *cancelledWriter) Write(p []byte) (n int, err error) {
	if err = c.ctx.Err(); err == nil {
		n, err = c.w.Write(p)
	}
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// Stats are the store's numbers for metrics.
type Stats struct {
	Bytes        int64 // length of kiosk.db; it never shrinks
	FreeBytes    int64 // of that, in pages that hold nothing
	NumbersSlots int   // slots of the second file that are used
	NumbersRoom  int   // slots that it has
}

// Stats returns the store's numbers. A broken store has none: it returns ErrStoreBroken.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	var st Stats
	err := s.reading(ctx, func(h *handle) error {
		info, err := os.Stat(h.db.path)
		if err != nil {
			return classify(h.db.path, err)
		}
		b := h.db.bolt.Stats()
		st.Bytes = info.Size()
		st.FreeBytes = int64(b.FreePageN+b.PendingPageN) * pageSize
		st.NumbersSlots, st.NumbersRoom = h.numbers.use()
		return nil
	})
	if err != nil {
		return Stats{}, fmt.Errorf("store stats: %w", err)
	}
	return st, nil
}
