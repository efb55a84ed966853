package uplink

import (
	"net"

	"golang.org/x/sys/unix"
)

// unsentMost bounds what the kernel holds that the network has not taken yet. Without it the
// kernel takes megabytes ahead, and a fact waits behind them.
const unsentMost = 8 << 10

// boundUnsent asks the kernel for that. Where it cannot, the line is less quick for facts and
// otherwise right.
func boundUnsent(c net.Conn) {
	t, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentMost)
	})
}
