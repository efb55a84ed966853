package blobstore

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// What can be wrong. errors.Is tells them apart.
var (
	ErrNotFound   = errors.New("not kept here")
	ErrForgotten  = errors.New("forgotten: its key is destroyed")
	ErrDamaged    = errors.New("damaged")
	ErrUnreadable = errors.New("the medium cannot read it")
	ErrFull       = errors.New("no space left")
	ErrReadOnly   = errors.New("read-only")
	ErrPermission = errors.New("no permission")
	ErrTooLarge   = errors.New("larger than a page may be")
	ErrEmpty      = errors.New("a page without a byte")
)

// Trouble is something wrong with a file or the disk that a person can put right.
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

// classify turns what the system says about path into a Trouble where a person can help.
func classify(path string, err error) error {
	var t *Trouble
	switch {
	case err == nil:
		return nil
	case errors.As(err, &t):
		return err
	case errors.Is(err, syscall.EROFS):
		return &Trouble{ErrReadOnly, path, "remount it writable (mount -o remount,rw); if it turned read-only by itself, the medium is failing: copy the folder away and replace it", err}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &Trouble{ErrFull, path, "delete what is not the kiosk's (logs, downloads), or let the line send what waits; nothing that was kept is lost", err}
	case errors.Is(err, syscall.EIO):
		return &Trouble{ErrUnreadable, path, "the medium is failing: copy the folder away and replace it", err}
	case errors.Is(err, fs.ErrPermission):
		return &Trouble{ErrPermission, path, "give the folder and its files to the user that runs kiosk (chown -R), with mode 0700 and 0600", err}
	}
	return err
}

// missing is classify for what somebody asks for.
func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Trouble{ErrNotFound, path, "it was never kept, or was forgotten", nil}
	}
	return classify(path, err)
}

// damage is a file that is not what was written.
func damage(path, why string) error {
	return &Trouble{ErrDamaged, path, why + "; scan the page again, or put back a copy of the file", nil}
}
