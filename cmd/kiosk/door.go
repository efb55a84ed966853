package main

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/motcua/gateway/ui/lan"
)

// doorAgain is when a door that could not be opened is tried again: an address may come with the
// cable, long after the box has started.
const doorAgain = 5 * time.Second

// door is one address on which the office's network is served. Where it cannot be opened, the
// gateway goes on without it: the hall needs no network.
type door struct {
	addr  string
	again time.Duration

	mu   sync.Mutex
	open net.Listener
}

// try opens the door unless it is open.
func (d *door) try() (net.Listener, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != nil {
		return d.open, nil
	}
	// Over IPv4: a session is bound to the address of its machine, and a browser that changes
	// between the two kinds of addresses would look like a thief.
	l, err := net.Listen("tcp4", d.addr)
	if err != nil {
		return nil, err
	}
	d.open = l
	return l, nil
}

// at returns where the door is, nil while it is not open.
func (d *door) at() net.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		return nil
	}
	return d.open.Addr()
}

// serve opens the door, as soon as that is possible, and serves it until ctx ends. report hears
// why it is shut, and nil when it opens.
func (d *door) serve(ctx context.Context, s *lan.Server, report func(error)) error {
	for {
		l, err := d.try()
		report(err)
		if err == nil {
			return s.Run(ctx, l)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(d.again):
		}
	}
}
