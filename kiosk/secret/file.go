package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// newSuffix is what the name of a file goes on with while it is written.
const newSuffix = ".new-*"

// readSecret reads a file of exactly so many bytes that its owner alone can read (0600 or 0400).
// Where it is anything else the error wraps [ErrKey] and says what.
func readSecret(path string, size int) (_ []byte, err error) {
	// A link could lead to a file that somebody else chose; a pipe could hold the start up.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, bad(path, "it is a link")
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return nil, bad(path, "it is no ordinary file")
	case mode.Perm() != 0o600 && mode.Perm() != 0o400:
		return nil, bad(path, fmt.Sprintf("its mode is %04o, want 0600", mode.Perm()))
	case info.Size() != int64(size):
		return nil, bad(path, fmt.Sprintf("it has %d bytes, want %d", info.Size(), size))
	}
	b := make([]byte, size)
	_, err = io.ReadFull(f, b)
	return b, err
}

func bad(path, why string) error {
	return fmt.Errorf("%w: %s: %s; put the right one back", ErrKey, path, why)
}

// writeNew writes a file that is not there: a temporary one, its fsync, its name, the folder's
// fsync. The name is given by a hard link and not by renaming, because that never replaces what
// somebody else made meanwhile: then the error is fs.ErrExist, and theirs is durable.
func writeNew(dir, name string, data []byte) error {
	fresh, err := writeTemp(dir, name, data)
	if err == nil {
		err = os.Link(fresh, filepath.Join(dir, name))
	}
	if fresh != "" {
		err = errors.Join(err, remove(fresh))
	}
	return errors.Join(err, syncFolder(dir))
}

// replace puts a file in the place of one that is there: who looks finds the old one or the new
// one, also after a power cut, and never half of one.
func replace(dir, name string, data []byte) error {
	fresh, err := writeTemp(dir, name, data)
	if err == nil {
		err = os.Rename(fresh, filepath.Join(dir, name))
	}
	if err != nil {
		if fresh != "" {
			err = errors.Join(err, remove(fresh))
		}
		return err
	}
	return syncFolder(dir)
}

// writeTemp writes a file under a name of its own. The name is given also with an error, where
// there is a file.
func writeTemp(dir, name string, data []byte) (path string, err error) {
	f, err := os.CreateTemp(dir, name+newSuffix) // 0600
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(data); err != nil {
		return f.Name(), err
	}
	return f.Name(), f.Sync()
}

// destroy writes zeros over a file, waits for the disk, and takes its name away. A disk that
// turns writes the zeros where the secret was. Flash does not: it writes them elsewhere and erases
// the old cells when it likes, so that somebody with the right tools may still find them. Nothing
// a program can do on an SD card is better than that; hence whatever lies in plain in a file is
// what a thief of the card has.
func destroy(path string) error {
	if err := os.Chmod(path, 0o600); err != nil { // 0400 is a fine key as well
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, info.Size()), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return errors.Join(remove(path), syncFolder(filepath.Dir(path)))
}

// tidyUp removes what a power cut left of files in the making whose names begin with prefix.
func tidyUp(dir, prefix string) error {
	left, err := fs.Glob(os.DirFS(dir), prefix+newSuffix)
	for _, name := range left {
		err = errors.Join(err, remove(filepath.Join(dir, name)))
	}
	return err
}

func remove(path string) error {
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

// exists reports whether there is anything under a name.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
