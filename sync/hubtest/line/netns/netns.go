//go:build linux

// Package netns makes two network namespaces with a real, slow link between them: veth with a
// token bucket (tbf) at each end, for tests of TCP's own behaviour on a line that is slow or
// loses everything. It needs root and iproute2.
//
// The namespaces have no names: they live as long as their Link's descriptors, so a test that is
// killed leaves nothing behind.
package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrUnavailable says that this machine makes no namespaces; its text says why. A test that
// meets it skips.
var ErrUnavailable = errors.New("network namespaces are not available")

const (
	gatewayIP = "10.77.0.1"
	hubIP     = "10.77.0.2"
	burst     = 1600 // bytes: one frame, so that the rate is felt at once
)

// Link is a gateway's and a hub's namespace and what joins them.
type Link struct{ gateway, hub *os.File }

// New makes a link of so many bytes a second, Ethernet's headers included, with a queue of
// bytes before it, both ways. The caller closes it.
func New(ctx context.Context, rate, queue int) (*Link, error) {
	for _, tool := range []string{"ip", "tc"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("%w: install iproute2: %w", ErrUnavailable, err)
		}
	}
	l := &Link{}
	var err error
	if l.gateway, err = namespace(); err == nil {
		l.hub, err = namespace()
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	bucket := fmt.Sprintf("root tbf rate %dbit burst %d limit %d", rate*8, burst, queue)
	steps := []struct {
		in      *os.File
		command string
	}{
		{l.gateway, "ip link add line type veth peer name line netns /proc/self/fd/3"},
		{l.gateway, "ip addr add " + gatewayIP + "/24 dev line"},
		{l.hub, "ip addr add " + hubIP + "/24 dev line"},
		{l.gateway, "tc qdisc add dev line " + bucket},
		{l.hub, "tc qdisc add dev line " + bucket},
		{l.gateway, "ip link set line up"},
		{l.hub, "ip link set line up"},
	}
	for _, s := range steps {
		if err := l.command(ctx, s.in, s.command); err != nil {
			l.Close()
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	return l, nil
}

// Listen listens on the hub's side, on a port of the kernel's choice.
func (l *Link) Listen(ctx context.Context) (out net.Listener, err error) {
	err = inside(l.hub, func() (err error) {
		out, err = (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort(hubIP, "0"))
		return err
	})
	return out, err
}

// DialContext dials an address, given in figures, from the gateway's side.
func (l *Link) DialContext(ctx context.Context, network, addr string) (out net.Conn, err error) {
	err = inside(l.gateway, func() (err error) {
		out, err = (&net.Dialer{}).DialContext(ctx, network, addr)
		return err
	})
	return out, err
}

// Cut pulls the cable on the hub's side: what is sent is lost, and nobody is told.
func (l *Link) Cut(ctx context.Context) error {
	return l.command(ctx, l.hub, "ip link set line down")
}

// Mend plugs it in again.
func (l *Link) Mend(ctx context.Context) error {
	return l.command(ctx, l.hub, "ip link set line up")
}

// Close lets go of both namespaces. They end with the last socket in them. A second Close does
// nothing.
func (l *Link) Close() {
	for _, f := range []*os.File{l.gateway, l.hub} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// command runs a program in a namespace; the hub's is its descriptor 3.
func (l *Link) command(ctx context.Context, in *os.File, line string) error {
	return inside(in, func() error {
		words := strings.Fields(line)
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.ExtraFiles = []*os.File{l.hub}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", line, err, strings.TrimSpace(string(out)))
		}
		return nil
	})
}

// namespace makes a namespace with nothing in it.
func namespace() (*os.File, error) {
	return onThread(func() (*os.File, error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return nil, fmt.Errorf("unshare the network (root is needed): %w", err)
		}
		return os.Open("/proc/self/task/" + strconv.Itoa(unix.Gettid()) + "/ns/net")
	})
}

// inside runs f on a thread in a namespace: sockets and programs made there stay there.
func inside(ns *os.File, f func() error) error {
	_, err := onThread(func() (struct{}, error) {
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return struct{}{}, fmt.Errorf("enter namespace: %w", err)
		}
		return struct{}{}, f()
	})
	return err
}

// onThread runs f on a thread of its own that is never used again: it may have been moved.
func onThread[T any](f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // without Unlock: the thread ends with the goroutine
		value, err := f()
		done <- result{value, err}
	}()
	r := <-done
	return r.value, r.err
}
