package secret

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The names in the state folder.
const (
	keyName = "box.key"
	newName = "box.key.new-*" // while it is written
)

// ErrKey means that the key's file is there and is not what it should be. It is never written
// anew: all that was sealed with the right one would be lost without a word.
var ErrKey = errors.New("not a usable box key")

// OpenKey returns the key of the box whose state folder is dir, from dir/box.key; on a new box it
// makes one. The file must be an ordinary one of 32 bytes that its owner alone can read (0600 or
// 0400). Where it is anything else the error wraps [ErrKey] and says what.
//
// This is the one place that knows where the key comes from: a chip or a passphrase gives a Key
// in another function and changes nothing for those who use it.
func OpenKey(dir string) (*Key, error) {
	path := filepath.Join(dir, keyName)
	k, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(dir, path); err != nil {
			return nil, fmt.Errorf("make the box key: %w", err)
		}
		k, err = readKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the box key: %w", err)
	}
	// A power cut may have left a second name of the key, or half of another one.
	if err := tidyUp(dir); err != nil {
		return nil, fmt.Errorf("tidy up beside the box key: %w", err)
	}
	return k, nil
}

func readKey(path string) (_ *Key, err error) {
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
	case info.Size() != keySize:
		return nil, bad(path, fmt.Sprintf("it has %d bytes, want %d", info.Size(), keySize))
	}
	var raw [keySize]byte
	if _, err := io.ReadFull(f, raw[:]); err != nil {
		return nil, err
	}
	if raw == [keySize]byte{} {
		return nil, bad(path, "it holds zeros, as after a power cut")
	}
	return &Key{func() [keySize]byte { return raw }}, nil
}

func bad(path, why string) error {
	return fmt.Errorf("%w: %s: %s; put the right one back", ErrKey, path, why)
}

// makeKey writes a fresh key: a temporary file, its fsync, its name, the folder's fsync. The name
// is given by a hard link and not by renaming, because that never replaces a key that somebody
// else made meanwhile.
func makeKey(dir, path string) error {
	fresh, err := writeKey(dir)
	if err == nil {
		err = os.Link(fresh, path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil // theirs is the key
	}
	if fresh != "" {
		err = errors.Join(err, remove(fresh))
	}
	return errors.Join(err, syncFolder(dir))
}

// writeKey writes a fresh key under a name of its own. The name is given also with an error,
// where there is a file.
func writeKey(dir string) (path string, err error) {
	var raw [keySize]byte
	_, _ = rand.Read(raw[:])              // never fails: it ends the program instead
	f, err := os.CreateTemp(dir, newName) // 0600
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(raw[:]); err != nil {
		return f.Name(), err
	}
	return f.Name(), f.Sync()
}

func tidyUp(dir string) error {
	left, err := fs.Glob(os.DirFS(dir), newName)
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
