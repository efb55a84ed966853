package blobstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestWhatTheSystemSays becomes something that a technician can act on, whoever passed it on.
func TestWhatTheSystemSays(t *testing.T) {
	t.Parallel()
	for said, want := range map[error]error{
		syscall.ENOSPC: ErrFull, syscall.EDQUOT: ErrFull, syscall.EFBIG: ErrFull,
		syscall.EROFS: ErrReadOnly, syscall.EIO: ErrUnreadable, syscall.EACCES: ErrPermission, syscall.EPERM: ErrPermission,
	} {
		err := classify("/x/blobs", fmt.Errorf("somewhere: %w", &os.PathError{Op: "write", Path: "/x", Err: said}))
		var trouble *Trouble
		if !errors.Is(err, want) || !errors.Is(err, said) || !errors.As(err, &trouble) || trouble.Hint == "" || !strings.HasPrefix(err.Error(), "/x/blobs: ") {
			t.Errorf("%v: %v, want %v", said, err, want)
		}
		if again := classify("/y", fmt.Errorf("further out: %w", err)); !strings.Contains(again.Error(), "/x/blobs") || strings.Contains(again.Error(), "/y") {
			t.Errorf("classified twice: %v", again)
		}
	}
	if err := classify("/x", nil); err != nil {
		t.Error(err)
	}
	if err := classify("/x", fs.ErrClosed); err != fs.ErrClosed {
		t.Errorf("what nobody can put right: %v", err)
	}
	if err := missing("/x", &os.PathError{Err: syscall.ENOENT}); !errors.Is(err, ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	if err := missing("/x", syscall.EIO); !errors.Is(err, ErrUnreadable) {
		t.Errorf("what cannot be read: %v", err)
	}
}
