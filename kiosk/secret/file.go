package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

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

// exists reports whether there is anything under a name.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
