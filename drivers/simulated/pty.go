package simulated

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// ptyLine is a serial cable: the printer holds the master, the host opens the slave.
type ptyLine struct {
	master *os.File
	name   string          // of the slave
	host   func(here bool) // told when a host has come or gone
}

// runPTY makes a pty with its stable name and serves it until ctx ends or Unplug.
func (p *Printer) runPTY(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l, err := openPTY(p.cfg.Baud)
	if err != nil {
		return fmt.Errorf("open pty: %w", err)
	}
	l.host = p.attach
	name := l.name
	if err := link(name, p.cfg.Link); err != nil {
		_ = l.Close()
		return err
	}
	p.log.Info("printer plugged in", "port", p.cfg.Link, "tty", name)
	p.lineIsUp(cancel, "")
	err = p.serve(ctx, l)
	p.unlink(name)
	p.log.Info("printer unplugged", "port", p.cfg.Link)
	return err
}

// link points the stable name at the device, in one step as udev does.
func link(device, name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("make folder of link: %w", err)
	}
	if at, err := os.Lstat(name); err == nil && at.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("link %s: there is a file of that name", name)
	}
	tmp := fmt.Sprintf("%s.%d", name, os.Getpid())
	_ = os.Remove(tmp)
	if err := os.Symlink(device, tmp); err != nil {
		return fmt.Errorf("link port: %w", err)
	}
	if err := os.Rename(tmp, name); err != nil {
		_ = os.Remove(tmp)
		return fmt.Errorf("link port: %w", err)
	}
	return nil
}

// unlink takes the stable name away if it is still ours.
func (p *Printer) unlink(device string) {
	if at, err := os.Readlink(p.cfg.Link); err == nil && at == device {
		_ = os.Remove(p.cfg.Link)
	}
}

// speeds are the line speeds that a printer can be set to, and their termios codes.
func speeds() map[int]uint32 {
	return map[int]uint32{
		2400: unix.B2400, 4800: unix.B4800, 9600: unix.B9600, 19200: unix.B19200,
		38400: unix.B38400, 57600: unix.B57600, 115200: unix.B115200,
	}
}

// openPTY opens a pair whose slave is raw: the host's kernel must neither echo a status byte
// back nor turn 0D into 0A before the host has set the line itself.
func openPTY(baud int) (*ptyLine, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, err
	}
	// Held open, the slave would hide whether a host is there.
	defer slave.Close()
	l := &ptyLine{master: master, name: slave.Name(), host: func(bool) {}}
	err = l.termios(func(fd int, t *unix.Termios) error {
		// creack/pty leaves the master blocking (it asks for the descriptor): a pending read
		// would then outlive Close until the host sends something [measured], and a pulled
		// cable go unnoticed for as long.
		if err := unix.SetNonblock(fd, true); err != nil {
			return err
		}
		t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
		t.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL
		code, ok := speeds()[baud]
		if !ok {
			code = unix.B115200
		}
		t.Cflag |= code
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		return unix.IoctlSetTermios(fd, unix.TCSETS, t)
	})
	if err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("set line: %w", err)
	}
	return l, nil
}

// termios hands the line's settings to use. They belong to the tty and are the same seen
// from either end: on a master, Linux answers for its slave.
func (l *ptyLine) termios(use func(fd int, t *unix.Termios) error) error {
	conn, err := l.master.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = conn.Control(func(fd uintptr) {
		t, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		if err != nil {
			inner = err
			return
		}
		inner = use(int(fd), t)
	})
	return errors.Join(err, inner)
}

// Read waits for a host where there is none: Linux answers EIO on a master whose slave is
// closed.
func (l *ptyLine) Read(b []byte) (int, error) {
	n, err := l.master.Read(b)
	if !errors.Is(err, unix.EIO) {
		return n, err
	}
	l.host(false)
	l.tidy()
	for errors.Is(err, unix.EIO) {
		time.Sleep(hostPoll)
		if err := l.master.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return 0, err
		}
		n, err = l.master.Read(b)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	l.host(true)
	return n, errors.Join(err, l.master.SetReadDeadline(time.Time{}))
}

// hostPoll is how often a line without a host is looked at. The kernel wakes nobody when a
// slave is opened; looking every 20 ms costs 0.4 % of a core.
const hostPoll = 20 * time.Millisecond

// tidy does what the last close of a real tty does, and a pty's does not while its master is
// open: it forgets what nobody read and lifts the exclusive mode.
func (l *ptyLine) tidy() {
	fd, err := unix.Open(l.name, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	_ = unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH)
	_ = unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
	_ = unix.Close(fd)
}

// writeLimit is how long a line that nobody reads is given to take a byte.
const writeLimit = 50 * time.Millisecond

func (l *ptyLine) Write(b []byte) (int, error) {
	if err := l.master.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return 0, err
	}
	return l.master.Write(b)
}

func (l *ptyLine) Close() error {
	return l.master.Close()
}

// heedsXOFF: with IXON the host's kernel stops by itself, and what still comes out of the
// master was in the kernel's queue, where a real cable would not have carried it yet.
func (l *ptyLine) heedsXOFF() bool {
	heeds := false
	err := l.termios(func(_ int, t *unix.Termios) error {
		heeds = t.Iflag&unix.IXON != 0
		return nil
	})
	return err == nil && heeds
}

func (l *ptyLine) hostBaud() int {
	baud := 0
	_ = l.termios(func(_ int, t *unix.Termios) error {
		for n, code := range speeds() {
			if t.Cflag&unix.CBAUD == code {
				baud = n
			}
		}
		return nil
	})
	return baud
}
