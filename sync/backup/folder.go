package backup

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// giveToOwner gives a file to the owner of its folder.
func giveToOwner(f *os.File, dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) == os.Geteuid() {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}

// setAside renames a file or a folder, and returns the name that it has now; none where it is not
// there. It never takes the place of one that was set aside before: by a clock that stands still
// two restores have one second. The folder is locked, so that a name that is free stays so.
func setAside(dir, name, end string) (string, error) {
	to := name + end
	for i := 2; ; i++ {
		_, err := os.Lstat(filepath.Join(dir, to))
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			return "", err
		}
		to = fmt.Sprintf("%s%s-%d", name, end, i)
	}
	err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, to))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return to, err
}

// same reports whether two small files are there with the same bytes.
func same(a, b string) (bool, error) {
	one, err := os.ReadFile(a)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	other, err := os.ReadFile(b)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return bytes.Equal(one, other), err
}
