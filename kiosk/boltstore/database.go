package boltstore

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
	"golang.org/x/sys/unix"
)

// database is an open kiosk.db.
type database struct {
	bolt *bbolt.DB
	file *os.File // bbolt's own
	path string
	// poisoned is true after a panic in bbolt: it may hold its locks for ever.
	poisoned atomic.Bool
}

const (
	// mapSize is how much of the file is mapped at once: address space, not memory. A map that
	// never has to grow never waits for a reader. 256 MiB are more than two years of an
	// office, and a map that does grow waits for readers of microseconds.
	mapSize = 256 << 20
	// leavesChecked bounds what is read at every start: 8 MiB of leaves, a month of an office,
	// take a Pi's SD card a fifth of a second. Branches are always read, all of them
	// (BenchmarkOpen, all in the cache: a start takes 2 ms after a day and 23 ms after a thousand,
	// when tx.Check alone takes 115 ms).
	leavesChecked = 8 << 20 / pageSize
	factsFill     = 0.9 // facts only ever come at the end: no room is needed between them
)

// openDatabase checks and opens an existing kiosk.db, or makes the file at path.
func openDatabase(path string, wait time.Duration, unsynced bool) (d *database, err error) {
	d = &database{path: path}
	opt := &bbolt.Options{
		Timeout:         wait,
		PageSize:        pageSize, // a Pi 5's kernel has pages of 16 KiB: four times the bytes of each commit
		InitialMmapSize: mapSize,
		FreelistType:    bbolt.FreelistMapType,
		NoSync:          unsynced,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			d.file = f
			return f, err
		},
	}
	err = d.guard(func() (err error) {
		d.bolt, err = bbolt.Open(path, 0o600, opt)
		return err
	})
	if err == nil {
		return d, nil
	}
	if d.poisoned.Load() {
		d.abandon()
	}
	if isDamage(err) || errors.Is(err, bolterrors.ErrInvalid) || errors.Is(err, bolterrors.ErrChecksum) || errors.Is(err, bolterrors.ErrVersionMismatch) {
		return nil, damage(path, err)
	}
	return nil, fmt.Errorf("open database: %w", classify(path, err))
}

// checkDatabase looks at the pages of a kiosk.db before bbolt maps them. empty is true for a
// file without a single byte that is not zero: a power cut came before its first page.
func checkDatabase(path string, size int64) (empty bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, classify(path, err)
	}
	defer f.Close()
	// Best effort: without it the same pages are read one by one.
	_ = unix.Fadvise(int(f.Fd()), 0, min(size, leavesChecked*pageSize), unix.FADV_WILLNEED)
	if size <= 16*pageSize {
		b := make([]byte, size)
		if _, err := f.ReadAt(b, 0); err != nil {
			return false, ioDamage(path, err)
		}
		if allZero(b) {
			return true, nil
		}
	}
	if err := checkPages(f, size, leavesChecked); err != nil {
		return false, damage(path, err)
	}
	return false, nil
}

// guard runs what calls bbolt. A panic of it, or a page that the medium cannot read (SIGBUS in
// the memory map), becomes an error.
func (d *database) guard(call func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			d.poisoned.Store(true)
			err = damage(d.path, &panicked{v, debug.Stack()})
		}
	}()
	return call()
}

func isDamage(err error) bool { return errors.Is(err, ErrDamaged) }

func (d *database) view(read func(*bbolt.Tx) error) error {
	return d.guard(func() error { return d.bolt.View(read) })
}

func (d *database) update(write func(*bbolt.Tx) error) error {
	return d.guard(func() error { return d.bolt.Update(write) })
}

func (d *database) close() error {
	if d.poisoned.Load() {
		d.abandon()
		return nil
	}
	if err := d.bolt.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// abandon lets go of the file without bbolt, which might wait for itself. The map stays; the
// lock has to be taken off by hand, because the map holds on to the open file.
func (d *database) abandon() {
	if d.file != nil {
		_ = unix.Flock(int(d.file.Fd()), unix.LOCK_UN)
		_ = d.file.Close()
	}
}
