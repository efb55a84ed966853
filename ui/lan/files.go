package lan

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxFile bounds a certificate's or key's file, in bytes.
const maxFile = 64 << 10

// readSmall reads a file of at most maxFile bytes.
func readSmall(name string) (data []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if data, err = io.ReadAll(io.LimitReader(f, maxFile+1)); err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: more than %d bytes", filepath.Base(name), maxFile)
	}
	return data, nil
}

// replace gives a file new bytes, for its owner alone: whoever looks, also after a power cut,
// finds the old ones or the new ones.
func replace(name string, data []byte) (err error) {
	tmp := name + ".tmp"
	defer func() {
		if err != nil {
			_ = os.Remove(tmp)
		}
	}()
	// An old temporary file might belong to others or be open to them.
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
