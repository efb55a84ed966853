package enrol

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// maxFile bounds the files of this package, in bytes.
const maxFile = 64 << 10

// readSmall reads an ordinary file of at most maxFile bytes. A link could lead to a file that
// somebody else chose; a pipe could hold the start up.
func readSmall(path string) (data []byte, info fs.FileInfo, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, nil, fmt.Errorf("%s is a link; put the file itself there", path)
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is no ordinary file", path)
	}
	if data, err = io.ReadAll(io.LimitReader(f, maxFile+1)); err != nil {
		return nil, nil, err
	}
	if len(data) > maxFile {
		return nil, nil, fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	return data, info, nil
}

// replace gives a file new bytes: whoever looks, also after a power cut, finds the old ones or
// the new ones.
func replace(path string, data []byte, mode fs.FileMode) error {
	fresh, err := writeFresh(path, data, mode)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return errors.Join(err, remove(fresh))
	}
	return syncFolder(filepath.Dir(path))
}

// create gives a file its first bytes. The name is given by a hard link and not by renaming,
// because that never replaces what another process has made meanwhile: then theirs stays, and
// that is no error.
func create(path string, data []byte, mode fs.FileMode) error {
	fresh, err := writeFresh(path, data, mode)
	if err == nil {
		err = os.Link(fresh, path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, remove(fresh), syncFolder(filepath.Dir(path)))
}

// freshMark stands in the names of files that are being written.
const freshMark = ".new-"

// writeFresh writes bytes under a name of its own beside path. The name is given also with an
// error, where there is a file.
func writeFresh(path string, data []byte, mode fs.FileMode) (fresh string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+freshMark+"*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Chmod(mode); err != nil {
		return f.Name(), err
	}
	if _, err := f.Write(data); err != nil {
		return f.Name(), err
	}
	return f.Name(), f.Sync()
}

// sweep removes what a kill has left of files that were being written. Only who alone writes in
// the folder may call it.
func sweep(dir string) error {
	left, err := fs.Glob(os.DirFS(dir), "*"+freshMark+"*")
	for _, name := range left {
		err = errors.Join(err, remove(filepath.Join(dir, name)))
	}
	return err
}

func remove(path string) error {
	if path == "" {
		return nil
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func syncFolder(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

// makeFolder makes a folder for its owner alone, durable.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}
