package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/motcua/gateway/kiosk/durable"
)

// folder is the state folder, locked for this process. The lock is on the folder itself and
// not on kiosk.db, which may be set aside and replaced while it is held.
type folder struct {
	path string
	dir  *os.File
}

// lockRetry is the time between two attempts to get the lock.
const lockRetry = 50 * time.Millisecond

// lockFolder makes the folder if it is missing and locks it, waiting at most wait for another
// process to let go of it.
func lockFolder(ctx context.Context, path string, wait time.Duration) (*folder, error) {
	if path == "" {
		return nil, &Trouble{ErrNotFolder, `""`, hintNotFolder, nil}
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, classify(path, err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(lockRetry)
	defer tick.Stop()
	for {
		dir, err := durable.Lock(path)
		if err == nil {
			return &folder{path: path, dir: dir}, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, classify(path, err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, classify(path, err)
		}
	}
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// moved reports whether another folder lies at the path by now: a medium that was pulled and
// put in again.
func (f *folder) moved() bool {
	here, err := os.Stat(f.path)
	if err != nil {
		return true
	}
	ours, err := f.dir.Stat()
	return err != nil || !os.SameFile(here, ours)
}

// sync makes the names in the folder durable.
func (f *folder) sync() error {
	if err := f.dir.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", f.path, classify(f.path, err))
	}
	return nil
}

// setAside renames a damaged file to NAME.damaged-TIME and returns its new name. It never
// replaces a file.
func (f *folder) setAside(name string, now time.Time) (string, error) {
	stamp := name + ".damaged-" + now.UTC().Format("20060102T150405Z")
	for i := 1; ; i++ {
		to := stamp
		if i > 1 {
			to = fmt.Sprintf("%s-%d", stamp, i)
		}
		err := renameNew(f.file(name), f.file(to))
		if errors.Is(err, unix.EEXIST) && i < 1000 {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("set %s aside: %w", name, classify(f.file(name), err))
		}
		return to, f.sync()
	}
}

// renameNew renames a file to a name that must be free.
func renameNew(from, to string) error {
	err := ignoringInterrupts(func() error {
		return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	})
	if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	// A file system without that flag: a second name first, which fails if it is taken.
	if err := os.Link(from, to); err != nil {
		return err
	}
	return os.Remove(from)
}

// anySetAside reports whether a database was set aside here before.
func (f *folder) anySetAside() (bool, error) {
	names, err := f.names()
	if err != nil {
		return false, err
	}
	for _, n := range names {
		if ok, _ := filepath.Match(dbName+".damaged-*", n); ok {
			return true, nil
		}
	}
	return false, nil
}

func (f *folder) names() ([]string, error) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, classify(f.path, err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// replace writes a file under a name of its own, makes it durable, and gives it the name: who
// looks finds the old file or the new one, and never half of one. It is not package durable's way,
// because this folder is locked for one process, so that the name needs no digits, and is synced by
// the handle that was locked: another medium at the same path must not answer for it.
func (f *folder) replace(name string, data []byte) (err error) {
	tmp, final := f.file(name+tempSuffix), f.file(name)
	defer func() {
		if err != nil {
			err = fmt.Errorf("replace %s: %w", name, classify(final, err))
			_ = os.Remove(tmp)
		}
	}()
	out, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, final); err != nil {
		return err
	}
	return f.sync()
}

func (f *folder) unlock() error { return f.dir.Close() }

// ignoringInterrupts repeats a system call that a signal interrupted.
func ignoringInterrupts(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
