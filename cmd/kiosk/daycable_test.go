//go:build !noos

package main

import (
	"context"
	"io"
	"net"
	"sync"
)

// dayCable is the network between browsers and the gateway: a small proxy that can be cut.
type dayCable struct {
	listener net.Listener
	all      sync.WaitGroup

	mu    sync.Mutex
	to    string // the gateway's address; empty: it is down
	isCut bool
	open  map[net.Conn]bool
	cuts  int // connections that a cut has ended
}

func newDayCable(to string) (*dayCable, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &dayCable{listener: l, to: to, open: map[net.Conn]bool{}}
	c.all.Go(c.accept)
	return c, nil
}

func (c *dayCable) url() string { return "http://" + c.listener.Addr().String() }

// lead says where the gateway is now.
func (c *dayCable) lead(to string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.to = to
}

// cut pulls the cable: what is open is reset, what comes is refused. mend puts it in again.
func (c *dayCable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isCut = true
	for conn := range c.open {
		reset(conn)
		c.cuts++
	}
}

func (c *dayCable) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isCut = false
}

// reset ends a connection without a farewell.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func (c *dayCable) close() {
	_ = c.listener.Close()
	c.cut()
	c.all.Wait()
}

func (c *dayCable) accept() {
	for {
		in, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.all.Go(func() { c.join(in) })
	}
}

// keep lists a connection, or resets it while the cable is out.
func (c *dayCable) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isCut {
		reset(conn)
		return false
	}
	c.open[conn] = true
	return true
}

func (c *dayCable) forget(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
	_ = conn.Close()
}

func (c *dayCable) join(in net.Conn) {
	if !c.keep(in) {
		return
	}
	defer c.forget(in)
	c.mu.Lock()
	to := c.to
	c.mu.Unlock()
	var d net.Dialer
	out, err := d.DialContext(context.Background(), "tcp", to)
	if err != nil {
		return
	}
	if !c.keep(out) {
		return
	}
	defer c.forget(out)
	var both sync.WaitGroup
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.Close() // one side is gone, and so is the other
		_ = from.Close()
	}
	both.Go(func() { pipe(out, in) })
	both.Go(func() { pipe(in, out) })
	both.Wait()
}
