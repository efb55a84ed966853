package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// SyncFolder makes the names in a folder durable.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Lock locks a folder for whoever works in it alone, without waiting. The lock goes when what is
// returned is closed, or its process is killed. Where another has it the error wraps
// [syscall.EWOULDBLOCK].
func Lock(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(&fs.PathError{Op: "lock", Path: dir, Err: err}, f.Close())
	}
	return f, nil
}

// MakeFolder makes a folder for its owner alone, and those above it that are missing. One that is
// there is fine; its name is made durable all the same, because whoever has made it may not have
// come to that.
func MakeFolder(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := MakeFolder(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		var info fs.FileInfo
		if info, err = os.Stat(dir); err == nil && !info.IsDir() {
			err = &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
		}
	}
	if err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(dir))
}

// Rename gives a file or a folder another name in the same folder.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(to))
}

// Remove takes a file away. One that is not there is fine: an earlier try may have taken it and
// not have made that durable.
func Remove(path string) error {
	if err := remove(path); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(path))
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// maxSecret is how much of a file Destroy writes over, in bytes: keys are small.
const maxSecret = 64 << 10

// Destroy writes zeros over a secret, waits for the disk, and takes its name away. A disk that
// turns writes the zeros where the secret was. Flash does not: it writes them elsewhere and erases
// the old cells when it likes, so that somebody with the right tools may still find them. Nothing
// a program can do on an SD card is better than that; hence whatever lies in plain in a file is
// what a thief of the card has.
//
// The error wraps fs.ErrNotExist where there is no such file.
func Destroy(path string) error {
	f, err := openOver(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, min(info.Size(), maxSecret)), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return Remove(path)
}

// openOver opens a file for writing over it; 0400 is a fine mode of a key as well.
func openOver(path string) (*os.File, error) {
	const flags = os.O_WRONLY | syscall.O_NOFOLLOW
	f, err := os.OpenFile(path, flags, 0)
	if !errors.Is(err, fs.ErrPermission) {
		return f, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, err
	}
	return os.OpenFile(path, flags, 0)
}
