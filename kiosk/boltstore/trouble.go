package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	bolterrors "go.etcd.io/bbolt/errors"
)

// What can be wrong with a state folder. errors.Is tells them apart.
var (
	ErrInUse      = errors.New("in use by another process")
	ErrReadOnly   = errors.New("read-only")
	ErrFull       = errors.New("no space left")
	ErrNotFolder  = errors.New("not a folder")
	ErrNotFile    = errors.New("not a file")
	ErrPermission = errors.New("no permission")
	ErrNewer      = errors.New("written by a newer version")
	ErrDamaged    = errors.New("damaged")
)

// Trouble is something wrong with the state folder that a person can put right.
type Trouble struct {
	Kind error  // one of the errors of this package
	Path string // of the file or folder
	Hint string // what to do, for the technician
	Err  error  // what the system said; may be nil
}

// Error returns all of it in one line.
func (t *Trouble) Error() string {
	s := fmt.Sprintf("%s: %v: %s", t.Path, t.Kind, t.Hint)
	if t.Err != nil {
		s += fmt.Sprintf(" (%v)", t.Err)
	}
	return s
}

// Unwrap returns the kind and what the system said.
func (t *Trouble) Unwrap() []error {
	if t.Err == nil {
		return []error{t.Kind}
	}
	return []error{t.Kind, t.Err}
}

// The sentences for the technician.
const (
	hintInUse      = "stop the other kiosk, or give this one a state folder of its own with -state"
	hintReadOnly   = "remount it writable (mount -o remount,rw); if it turned read-only by itself, the medium is failing: copy the folder away and replace it"
	hintFull       = "delete what is not the kiosk's (logs, downloads); its own files stay as they are"
	hintNotFolder  = "give a folder with -state, or move this file away"
	hintNotFile    = "a file of the kiosk should be here: move away what is"
	hintPermission = "give the folder and its files to the user that runs kiosk (chown -R), with mode 0700 and 0600"
	hintNewer      = "install that version again, or a later one; this one leaves the files as they are"
)

// classify turns what the system says about path into a Trouble where a person can help.
func classify(path string, err error) error {
	var t *Trouble
	switch {
	case err == nil:
		return nil
	case errors.As(err, &t):
		return err
	case errors.Is(err, bolterrors.ErrTimeout), errors.Is(err, syscall.EWOULDBLOCK):
		return &Trouble{ErrInUse, path, hintInUse, err}
	case errors.Is(err, syscall.EROFS):
		return &Trouble{ErrReadOnly, path, hintReadOnly, err}
	// EFBIG is a quota by ulimit or a file system that holds no larger files.
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &Trouble{ErrFull, path, hintFull, err}
	case errors.Is(err, syscall.ENOTDIR):
		return &Trouble{ErrNotFolder, path, hintNotFolder, err}
	case errors.Is(err, fs.ErrPermission):
		return &Trouble{ErrPermission, path, hintPermission, err}
	}
	return err
}

// damage is a finding that makes a database one to set aside.
func damage(path string, err error) error {
	return &Trouble{ErrDamaged, path, "it is moved aside, not deleted: keep it for whoever can repair it", err}
}

// ioDamage tells a medium that cannot read its own sectors from every other error.
func ioDamage(path string, err error) error {
	if errors.Is(err, syscall.EIO) {
		return damage(path, err)
	}
	return classify(path, err)
}

// panicked is a panic of bbolt, or a fault in its memory map.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("bbolt gave up: %v", p.value) }

// isFile reports whether path is a regular file; what is not there is none, without an error.
func isFile(path string) (os.FileInfo, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, classify(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, &Trouble{ErrNotFile, path, hintNotFile, fmt.Errorf("it is %s", info.Mode().Type())}
	}
	return info, nil
}
