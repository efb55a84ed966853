package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// SocketName is the socket's name in the state folder.
const SocketName = "control.sock"

var (
	// ErrNotRunning means that no gateway answers in that state folder.
	ErrNotRunning = errors.New("no kiosk is running there")
	// ErrRunning means that one does already.
	ErrRunning = errors.New("another kiosk is running there")
)

// handle is a folder held open. A Unix socket's path ends at 107 bytes, a state folder's does
// not: both sides reach the socket through /proc/self/fd/N, which is short.
type handle struct{ dir *os.File }

func openFolder(path string) (handle, error) {
	dir, err := os.Open(path)
	if err != nil {
		return handle{}, err
	}
	return handle{dir}, nil
}

func (h handle) path(name string) string {
	return filepath.Join("/proc/self/fd", fmt.Sprint(h.dir.Fd()), name)
}

// Listen makes the control socket in dir. It replaces one that a killed process left behind and
// refuses with ErrRunning where somebody answers. The caller holds the folder's database, so no
// two do this at once.
//
// The socket is bound under another name, closed to others, and only then moved to its place:
// at no moment can anybody else open it, and none is missing while an old one is replaced.
func Listen(dir string) (net.Listener, error) {
	h, err := openFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("open control socket's folder: %w", err)
	}
	l, err := h.listen()
	if err != nil {
		h.dir.Close()
		return nil, fmt.Errorf("listen on control socket: %w", err)
	}
	return l, nil
}

func (h handle) listen() (*listener, error) {
	if at, err := os.Lstat(h.path(SocketName)); err == nil {
		if at.Mode().Type() != fs.ModeSocket {
			return nil, fmt.Errorf("%s: there is a file of that name that is no socket", SocketName)
		}
		if c, err := net.Dial("unix", h.path(SocketName)); err == nil {
			c.Close()
			return nil, ErrRunning
		}
	}
	fresh := h.path(SocketName + ".new")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // it would remove the name that the socket was born with
	if err := os.Chmod(fresh, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if err := os.Rename(fresh, h.path(SocketName)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &listener{UnixListener: l, folder: h}, nil
}

// listener takes its socket away when it is closed.
type listener struct {
	*net.UnixListener
	folder handle
	once   sync.Once
	err    error
}

// Close stops listening and removes the socket. It may be called again.
func (l *listener) Close() error {
	l.once.Do(func() {
		l.err = errors.Join(os.Remove(l.folder.path(SocketName)), l.UnixListener.Close(), l.folder.dir.Close())
	})
	return l.err
}

// dial connects to the gateway of a state folder.
func dial(ctx context.Context, dir string) (net.Conn, error) {
	h, err := openFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("open control socket's folder: %w", err)
	}
	defer h.dir.Close()
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", h.path(SocketName))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("connect to control socket: %w", err)
	}
	return c, nil
}
