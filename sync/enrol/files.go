package enrol

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/motcua/gateway/kiosk/durable"
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

// create gives a file its first bytes, unless another process has made it meanwhile: then theirs
// stays.
func create(path string, data []byte, mode fs.FileMode) error {
	if err := durable.CreateFile(path, data, mode); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
