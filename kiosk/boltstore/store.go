package boltstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// The files in the state folder.
const (
	dbName      = "kiosk.db"
	numbersName = "numbers"
	tempSuffix  = ".new" // of a file that is being made; left over after a power cut
)

// The keys under which the store logs.
const (
	LogPath  = "path"
	LogError = "err"
	LogEpoch = "epoch"
	LogStack = "stack"
)

// Options say where a store lies.
type Options struct {
	// Dir is the state folder. It is made if its parent can be written.
	Dir string
	Log *slog.Logger // nil: nothing is logged
	// Now names files that are set aside and begins epochs; nil: the wall clock. A clock that
	// is wrong does no harm.
	Now func() time.Time
	// Wait is how long another process may take to let go of the folder: a restart meets the
	// one before it. 0: two seconds.
	Wait time.Duration

	numbersRoom int // slots in a new second file; 0: numbersDefault
}

// Store keeps an office in a folder. It is safe for concurrent use.
type Store struct {
	log      *slog.Logger
	now      func() time.Time
	wait     time.Duration
	room     int
	unsynced bool

	commits sync.Mutex // held by whoever writes
	folder  *folder

	mu     sync.RWMutex // guards what follows; held for reading while h is used
	h      *handle      // nil while broken or closed
	why    error        // why it is broken
	undo   uint64       // the transaction that has to be taken back before anything else
	known  *numbers     // what the second file should say, while broken
	last   kiosk.Position
	closed bool
}

// handle is the two open files.
type handle struct {
	db       *database
	numbers  *numbersFile
	tail     tail                            // of the facts; guarded by Store.commits
	now      atomic.Pointer[tail]            // the same, for everybody
	walked   atomic.Pointer[kiosk.ChainHead] // how far hashOfOld has come
	replaced bool                            // a new database had to be begun
}

func newHandle(db *database, n *numbersFile, t tail) *handle {
	h := &handle{db: db, numbers: n}
	h.end(t)
	return h
}

// end takes note of where the facts end now.
func (h *handle) end(t tail) {
	h.tail = t
	h.now.Store(&t)
}

var _ kiosk.Store = (*Store)(nil)

// Open opens the store in a folder, making what is missing. Errors that a person can mend are
// a [*Trouble].
func Open(ctx context.Context, opt Options) (*Store, error) { return open(ctx, opt, false) }

// OpenUnsynced opens a store that never waits for the disk. It is there for the test that
// proves that a missing fdatasync is noticed, and for nothing else: a power cut loses what it
// acknowledged.
func OpenUnsynced(ctx context.Context, opt Options) (*Store, error) { return open(ctx, opt, true) }

func open(ctx context.Context, opt Options, unsynced bool) (*Store, error) {
	s := &Store{log: opt.Log, now: opt.Now, wait: opt.Wait, room: opt.numbersRoom, unsynced: unsynced}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.wait == 0 {
		s.wait = 2 * time.Second
	}
	if s.room == 0 {
		s.room = numbersDefault
	}
	var err error
	if s.folder, err = lockFolder(ctx, opt.Dir, s.wait); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if s.h, err = s.open(ctx, nil); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.folder.unlock())
	}
	return s, nil
}

// Reopen implements [kiosk.Store]. It does everything that Open does; what was committed before
// is found again, and a number that was written for a commit that failed is free again.
func (s *Store) Reopen(ctx context.Context) error {
	s.commits.Lock()
	defer s.commits.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.reopen(ctx); err != nil {
		s.why = err
		return fmt.Errorf("reopen store: %w", err)
	}
	return nil
}

func (s *Store) reopen(ctx context.Context) error {
	if s.closed {
		return os.ErrClosed
	}
	s.drop()
	trusted := s.known
	if s.folder.moved() {
		// Another medium: what lies there need not be what was written here.
		f, err := lockFolder(ctx, s.folder.path, s.wait)
		if err != nil {
			return err
		}
		_ = s.folder.unlock()
		s.folder, trusted, s.undo = f, nil, 0
	}
	if err := s.takeBack(); err != nil {
		return err
	}
	h, err := s.open(ctx, trusted)
	if err != nil {
		return err
	}
	s.h, s.why = h, nil
	return nil
}

// drop closes the files without a further write and remembers what they said.
func (s *Store) drop() {
	if s.h == nil {
		return
	}
	s.known, s.last = s.h.numbers.known, s.h.tail.last
	if err := s.h.close(); err != nil {
		s.log.Warn("closing failed", LogPath, s.folder.path, LogError, err)
	}
	s.h = nil
}

// Close closes the store. Further calls give os.ErrClosed; closing again does nothing.
func (s *Store) Close() error {
	s.commits.Lock()
	defer s.commits.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if h := s.h; h != nil {
		// A copy of the database that is put back while the kiosk is stopped is then noticed
		// even if no ticket was issued since it was made.
		if last := h.tail.last; h.numbers.err == nil && before(h.numbers.known.last, last) {
			err = h.numbers.append(last, []slot{{kind: slotPosition, at: last}})
		}
		err = errors.Join(err, h.close())
		s.h = nil
	}
	if err = errors.Join(err, s.folder.unlock()); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

func (h *handle) close() error { return errors.Join(h.numbers.close(), h.db.close()) }

// acquire returns the open files, which stay open until release.
func (s *Store) acquire() (*handle, error) {
	s.mu.RLock()
	switch {
	case s.closed:
		s.mu.RUnlock()
		return nil, os.ErrClosed
	case s.h == nil:
		why := s.why
		s.mu.RUnlock()
		return nil, fmt.Errorf("%w: %w", kiosk.ErrStoreBroken, why)
	}
	return s.h, nil
}

func (s *Store) release() { s.mu.RUnlock() }

func (s *Store) reading(ctx context.Context, read func(*handle) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h, err := s.acquire()
	if err != nil {
		return err
	}
	defer s.release()
	return read(h)
}

// read runs a read transaction. Nothing in it waits for a disk or a network, and whatever it
// finds wrong is wrong in the file.
func (d *database) read(read func(*bbolt.Tx) error) error {
	err := d.view(read)
	if err == nil || isDamage(err) {
		return err
	}
	return damage(d.path, err)
}

// cleanup removes what a power cut left of files in the making.
func (f *folder) cleanup() error {
	names, err := f.names()
	if err != nil {
		return err
	}
	for _, n := range names {
		if n == dbName+tempSuffix || n == numbersName+tempSuffix || strings.HasPrefix(n, backupPrefix) {
			if err := os.Remove(f.file(n)); err != nil {
				return classify(f.file(n), err)
			}
		}
	}
	return nil
}
