//go:build linux

package netns_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hubtest/line/netns"
)

func TestLink(t *testing.T) {
	t.Parallel()
	const rate = 125_000 // 1 Mbit/s
	link, err := netns.New(t.Context(), rate, 16<<10)
	if errors.Is(err, netns.ErrUnavailable) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.Close)
	hub, err := link.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	if c, err := net.DialTimeout("tcp", hub.Addr().String(), 50*time.Millisecond); err == nil {
		_ = c.Close()
		t.Error("the hub can be reached past the link")
	}
	gateway, err := link.DialContext(t.Context(), "tcp", hub.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	far, err := hub.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	for _, c := range []net.Conn{gateway, far} {
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	}
	send := func(n int) { _, _ = gateway.Write(make([]byte, n)) } // an error shows at the far end
	const half = rate / 2
	began := time.Now()
	go send(half)
	if _, err := io.ReadFull(far, make([]byte, half)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 450*time.Millisecond {
		t.Errorf("half a second's bytes took %v", took)
	}
	if err := link.Cut(t.Context()); err != nil {
		t.Fatal(err)
	}
	go send(10)
	_ = far.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read over a cut link: %v", err)
	}
	_ = far.SetReadDeadline(time.Now().Add(30 * time.Second))
	if err := link.Mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The kernel's own retransmission brings it.
	if _, err := io.ReadFull(far, make([]byte, 10)); err != nil {
		t.Error(err)
	}
}
