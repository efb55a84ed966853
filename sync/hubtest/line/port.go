package line

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// port is a TCP port of the loopback that stays ours while nobody listens on it: a socket that
// is bound and no more holds it, so that a line which is cut refuses, and keeps its address.
type port struct {
	fd   int
	addr string
}

func holdPort() (*port, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make socket: %w", err)
	}
	name, err := bindShared(fd)
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("hold a port: %w", err)
	}
	return &port{fd: fd, addr: fmt.Sprintf("127.0.0.1:%d", name.Port)}, nil
}

func bindShared(fd int) (*unix.SockaddrInet4, error) {
	if err := share(fd); err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return nil, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return nil, err
	}
	return name.(*unix.SockaddrInet4), nil
}

// share lets the holder and the listener be bound to one port.
func share(fd int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// listen opens the port. What it accepts has receive buffers of about size bytes: set before a
// connection is made, because afterwards TCP has already promised more.
func (p *port) listen(ctx context.Context, size int) (*net.TCPListener, error) {
	lc := net.ListenConfig{KeepAlive: -1, Control: control(func(fd int) error {
		if err := share(fd); err != nil {
			return err
		}
		return narrow(fd, size)
	})}
	lc.SetMultipathTCP(false) // its sockets know nothing of the sizes
	l, err := lc.Listen(ctx, "tcp4", p.addr)
	if err != nil {
		return nil, fmt.Errorf("listen on the line's port: %w", err)
	}
	return l.(*net.TCPListener), nil
}

func (p *port) release() { _ = unix.Close(p.fd) }

// narrow makes a socket's receive buffer small, and its segments: the loopback's own are of 64
// KiB, and with a window below one of those the sender waits on its 200 ms timer again and again.
func narrow(fd, size int) error {
	segment := 1448 // Ethernet's
	if size < 8<<10 {
		segment = 536 // RFC 9293 §3.7.1, and several fit into the least buffer
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_MAXSEG, segment); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
}

// dial connects to the line's other end.
func dial(ctx context.Context, target string, size int) (*net.TCPConn, error) {
	d := net.Dialer{KeepAlive: -1, Control: control(func(fd int) error { return narrow(fd, size) })}
	d.SetMultipathTCP(false)
	c, err := d.DialContext(ctx, "tcp", target)
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

func control(set func(fd int) error) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		var failed error
		if err := c.Control(func(fd uintptr) { failed = set(int(fd)) }); err != nil {
			return err
		}
		return failed
	}
}

// resize sets a listener's receive buffer, for what it accepts from now on.
func resize(l *net.TCPListener, size int) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	return control(func(fd int) error { return narrow(fd, size) })("", "", raw)
}

// kill ends a connection with a reset: what is on its way is lost, and the peer is told.
func kill(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}
