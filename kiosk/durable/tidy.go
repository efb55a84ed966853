package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// mark stands between the name that a file will have and the digits that tell two writers apart.
const mark = ".new-"

// TidyUp removes what a kill has left of files in the making in dir whose names-to-be match a
// pattern of [filepath.Match]. Those whose writer lives stay. A folder that is not there is tidy.
func TidyUp(dir, pattern string) error {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return fmt.Errorf("tidy up %s: %w", dir, err)
	}
	return tidyUp(dir, func(of string) bool {
		ok, _ := filepath.Match(pattern, of)
		return ok
	})
}

func tidyUp(dir string, ours func(of string) bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if of, ok := inMaking(e.Name()); ok && e.Type().IsRegular() && ours(of) {
			err = errors.Join(err, drop(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// inMaking returns the name that a file will have.
func inMaking(name string) (of string, ok bool) {
	i := strings.LastIndex(name, mark)
	if i < 0 {
		return "", false
	}
	digits := name[i+len(mark):]
	return name[:i], digits != "" && strings.Trim(digits, "0123456789") == ""
}

// drop removes a file that nobody is writing.
func drop(path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0) // NFS locks what is open for writing
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // it got its name, or it is another user's, who may be writing it
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if errors.Is(lock(f), syscall.EWOULDBLOCK) {
		return nil
	}
	return remove(path)
}
