package serialport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/tarm/serial"
	"golang.org/x/sys/unix"
)

// openLine opens the second descriptor first, takes the lock on it, and only then lets
// tarm set the line: a port that another process is printing on keeps its settings.
func openLine(ctx context.Context, c Config) (_ *os.File, err error) {
	// Looked at before it is opened: opening a FIFO wakes whoever waits at its other end.
	info, err := os.Stat(c.Name)
	if err != nil {
		return nil, openError(err)
	}
	if info.Mode()&fs.ModeCharDevice == 0 {
		return nil, fmt.Errorf("%w but %s", ErrNotSerial, kind(info.Mode()))
	}
	file, err := os.OpenFile(c.Name, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, openError(err)
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	if err := control(file, lock); err != nil {
		return nil, openError(err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = control(file, func(fd int) error {
		// Through /proc, because the name may by now lead to another terminal.
		port, err := serial.OpenPort(&serial.Config{Name: fmt.Sprintf("/proc/self/fd/%d", fd), Baud: c.Baud})
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("set line without /proc: %v", err) // it must not pass for an absent device
		}
		if err != nil {
			return fmt.Errorf("set line: %w", err)
		}
		defer port.Close()
		if err := setFlow(fd, c.Flow); err != nil {
			return err
		}
		// Last, because from here on nobody without CAP_SYS_ADMIN can open it, tarm included.
		return unix.IoctlSetInt(fd, unix.TIOCEXCL, 0)
	})
	if err != nil {
		return nil, openError(err)
	}
	return file, nil
}

// lock makes sure that fd is a terminal and takes it. TIOCEXCL keeps out programs that do
// not ask for a lock, but not root's; flock keeps out root's, but only those that ask.
func lock(fd int) error {
	if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err != nil {
		return err
	}
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return err
	}
	exclusive, err := unix.IoctlGetInt(fd, unix.TIOCGEXCL)
	if err != nil {
		return err
	}
	// A pseudo-terminal keeps the mark of a killed process for as long as its other side
	// lives [measured, Linux 6.18]; there the lock alone decides.
	if exclusive != 0 && !isPseudo(fd) {
		return unix.EBUSY
	}
	return nil
}

// setFlow sets flow control on a line that tarm has set, and reads it back: a driver that
// cannot do what it was told leaves the bits as they were and reports no error.
func setFlow(fd int, flow Flow) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	switch flow {
	case FlowXONXOFF:
		// Never IXANY: with it a status byte would resume the output, and a PL2303 would not
		// stop at all. Never IXOFF: it would put bytes of the kernel's own into a picture.
		t.Iflag |= unix.IXON
		t.Cc[unix.VSTART], t.Cc[unix.VSTOP] = 0x11, 0x13 // tarm leaves both zero
	case FlowRTSCTS:
		t.Cflag |= unix.CRTSCTS
	default:
		return nil
	}
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, t); err != nil {
		return fmt.Errorf("set flow control: %w", err)
	}
	got, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	if got.Iflag != t.Iflag || got.Cflag != t.Cflag || got.Cc != t.Cc {
		return fmt.Errorf("set flow control: the adapter cannot do %q", flow)
	}
	return nil
}

// letGo takes the mark off again, since a pseudo-terminal would keep it, and empties the
// queue for which the kernel would keep a close waiting: behind an XOFF 30.7 s, and 4 ms
// with it [measured, 16550A, Linux 6.1]. An empty queue is left alone: flushing would also
// cut what the adapter has in its own buffer. Errors mean that the device is gone, and the
// mark with it.
func letGo(file *os.File) {
	_ = control(file, func(fd int) error {
		_ = unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
		if n, err := unix.IoctlGetInt(fd, unix.TIOCOUTQ); err != nil || n == 0 {
			return err
		}
		return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH)
	})
}

func discard(file *os.File) error {
	return control(file, func(fd int) error {
		return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIOFLUSH)
	})
}

// unsent returns how many written bytes the kernel still holds.
func unsent(file *os.File) (n int, err error) {
	err = control(file, func(fd int) error {
		n, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
		return err
	})
	return n, err
}

// control runs f on file's descriptor. File.Fd would not do: it makes the descriptor
// blocking, and deadlines no longer hold.
func control(file *os.File, f func(fd int) error) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var ferr error
	if err := conn.Control(func(fd uintptr) { ferr = f(int(fd)) }); err != nil {
		return err
	}
	return ferr
}

// isGone reports whether err is what a terminal says after it was hung up: a read gives
// the end of file and all else EIO; some adapters' drivers say that there is no device.
func isGone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, unix.EIO) ||
		errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV)
}

// openError sorts the errors of opening. A node without hardware behind it answers EIO,
// ENXIO or ENODEV, like a terminal that is unplugged while it is being opened.
func openError(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathErr.Err // the caller names the port
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), isGone(err):
		return fmt.Errorf("%w (%w)", ErrAbsent, err)
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EWOULDBLOCK):
		return fmt.Errorf("%w by another program", ErrBusy)
	case errors.Is(err, unix.ENOTTY):
		return ErrNotSerial
	}
	return err
}

// isPseudo reports whether fd is the slave of a pseudo-terminal: majors 136 to 143 of
// Linux' list of devices.
func isPseudo(fd int) bool {
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil {
		return false
	}
	major := unix.Major(uint64(stat.Rdev))
	return 136 <= major && major <= 143
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "a file"
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a block device"
}
