package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// File is a file in the making. It is written like any other and then given its name by Replace
// or Create. One goroutine at a time may use it.
type File struct{ *os.File }

// New begins a file in the folder dir, which must be on the disk of its later name. Its owner
// alone may read it. base is what its name begins with until then; what a kill has left of earlier
// tries with the same base is cleared away.
func New(dir, base string) (*File, error) {
	if err := tidyUp(dir, func(of string) bool { return of == base }); err != nil {
		return nil, err
	}
	for {
		f, err := os.CreateTemp(dir, base+mark+"*") // 0600
		if err != nil {
			return nil, err
		}
		// TidyUp may have been faster than the lock.
		if held(f) {
			return &File{f}, nil
		}
		if err := errors.Join(f.Close(), remove(f.Name())); err != nil {
			return nil, err
		}
	}
}

// held locks a file and reports whether it still has a name. A disk without locks has none to
// wait for.
func held(f *os.File) bool {
	if errors.Is(lock(f), syscall.EWOULDBLOCK) {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return true // whatever it is, the next write tells
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return !ok || s.Nlink > 0
}

// lock takes the lock of a file without waiting. It goes when the file is closed, or its process
// is killed.
func lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != syscall.EINTR {
			return err
		}
	}
}

// Replace gives the file its name, in the place of one that may be there.
func (f *File) Replace(path string) error {
	err := f.Sync()
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	// Closed only now: while it is open nobody takes it for a leftover.
	return errors.Join(f.Close(), SyncFolder(filepath.Dir(path)))
}

// Create gives the file a name that must be free. Where it is not, the error wraps fs.ErrExist and
// what is there is durable. The name is given by a hard link, because renaming would replace what
// somebody else has made meanwhile; a stick in FAT knows none, and there it is looked for first.
func (f *File) Create(path string) error { return f.create(path, os.Link) }

func (f *File) create(path string, link func(from, to string) error) error {
	err := f.Sync()
	if err == nil {
		err = link(f.Name(), path)
	}
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EOPNOTSUPP) {
		if _, e := os.Lstat(path); errors.Is(e, fs.ErrNotExist) {
			return f.Replace(path)
		}
		err = &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	return errors.Join(err, f.Drop(), SyncFolder(filepath.Dir(path)))
}

// Drop takes away a file that got no name, and closes it. After Replace or Create it does nothing,
// so that it can be deferred.
func (f *File) Drop() error {
	err := f.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	return errors.Join(err, remove(f.Name()))
}

// WriteFile gives a file these bytes and this mode, whatever was there.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	return write(path, data, mode, (*File).Replace)
}

// CreateFile is WriteFile for a name that must be free; [File.Create] says what is returned where
// it is not.
func CreateFile(path string, data []byte, mode fs.FileMode) error {
	return write(path, data, mode, (*File).Create)
}

func write(path string, data []byte, mode fs.FileMode, name func(*File, string) error) (err error) {
	f, err := New(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Drop()) }()
	if mode != 0o600 { // which it has; a stick in FAT takes no other
		if err := f.Chmod(mode); err != nil {
			return err
		}
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return name(f, path)
}
