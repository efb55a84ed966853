package escpos

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/motcua/gateway/drivers"
)

// device is a printer that the kernel shows as a file, /dev/usb/lp*.
type device struct {
	*os.File
	deaf    atomic.Bool // it cannot be read
	closing chan struct{}
	once    sync.Once
}

// mute reports whether nothing will ever come back.
func (d *device) mute() bool { return d.deaf.Load() }

// openDevice opens the printer device at path; blind opens it for writing alone. A device
// that refuses to be read is opened for writing: it prints, and never says a word.
func openDevice(path string, blind bool) (wire, error) {
	// Not a plain file: bytes for a printer would quietly fill the disk.
	if info, err := os.Stat(path); err != nil {
		return nil, absent(path, err)
	} else if info.Mode()&(os.ModeCharDevice|os.ModeNamedPipe) == 0 {
		return nil, fmt.Errorf("open printer %s: not a printer device", path)
	}
	if !blind {
		f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
		if err == nil {
			return &device{File: f, closing: make(chan struct{})}, nil
		}
		if !errors.Is(err, os.ErrPermission) && !errors.Is(err, syscall.EINVAL) {
			return nil, absent(path, err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, absent(path, err)
	}
	d := &device{File: f, closing: make(chan struct{})}
	d.deaf.Store(true)
	return d, nil
}

// absent turns an error of opening a device into one that says whether anything is there.
// ENXIO is what a named pipe without a reader gives.
func absent(path string, err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENXIO) {
		return fmt.Errorf("open printer %s: %w", path, drivers.ErrAbsent)
	}
	return fmt.Errorf("open printer: %w", err)
}

// deviceIdle is how long a device that returns nothing is left alone: usblp answers a read
// at once with no bytes when the printer has none to send.
const deviceIdle = 250 * time.Millisecond

// Read waits for bytes. An empty read is not the end; a device that is gone says so itself.
// A device of which the kernel says that it cannot be read (EINVAL from usblp for a printer
// without a way back, EBADF when it was opened for writing) stays silent until Close.
func (d *device) Read(b []byte) (int, error) {
	for !d.deaf.Load() {
		n, err := d.File.Read(b)
		switch {
		case n > 0:
			return n, nil
		case errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.EBADF):
			d.deaf.Store(true)
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return 0, err
		}
		timer := time.NewTimer(deviceIdle)
		select {
		case <-d.closing:
			timer.Stop()
			return 0, os.ErrClosed
		case <-timer.C:
		}
	}
	<-d.closing
	return 0, os.ErrClosed
}

// Close ends a pending Read and Write. Further calls do nothing.
func (d *device) Close() error {
	var err error
	d.once.Do(func() {
		close(d.closing)
		err = d.File.Close()
	})
	return err
}
