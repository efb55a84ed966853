package uplink

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// boundUnsent asks the kernel for that. Where it cannot, the line is less quick for facts and
// otherwise right.
func boundUnsent(c net.Conn) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentMost)
	})
}
