package line

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// pair is one connection through the line: the client's end and the target's.
type pair struct {
	line   *Line
	client *net.TCPConn
	ctx    context.Context // ends with the connection; before its time, that is a reset
	cancel context.CancelFunc
}

// carry moves bytes both ways until both directions have ended or one broke.
func (p *pair) carry() {
	if !p.handshake() {
		kill(p.client)
		return
	}
	hub, err := dial(p.ctx, p.line.target, p.line.down.shaped().socket())
	if err != nil {
		kill(p.client) // nobody there: the client learns it as late as the line allows
		return
	}
	up := newPipe(p.line.up, p.client, hub, p.line.dark)
	down := newPipe(p.line.down, hub, p.client, p.line.dark)
	p.run([]*net.TCPConn{p.client, hub}, up.fill, up.drain, down.fill, down.drain)
}

// swallow takes what the client sends and answers nothing, as long as the client likes.
func (p *pair) swallow() {
	up := newPipe(p.line.up, p.client, nil, p.line.dark)
	p.run([]*net.TCPConn{p.client}, up.fill, up.drain)
}

// handshake lets the round trip of a SYN and its answer pass; the kernel did not.
func (p *pair) handshake() bool {
	t := time.NewTimer(p.line.up.shaped().Delay + p.line.down.shaped().Delay)
	defer t.Stop()
	select {
	case <-t.C:
		return p.ctx.Err() == nil
	case <-p.ctx.Done():
		return false
	}
}

// run runs the parts to their ends; the first that fails takes the others with it. Then the
// connections are closed: in order where all ended in order, else with resets.
func (p *pair) run(conns []*net.TCPConn, parts ...func(context.Context) error) {
	kept := context.AfterFunc(p.ctx, func() {
		for _, c := range conns {
			kill(c) // and free what waits in Read and Write
		}
	})
	var wg sync.WaitGroup
	for _, part := range parts {
		wg.Go(func() {
			if part(p.ctx) != nil {
				p.cancel()
			}
		})
	}
	wg.Wait()
	if kept() {
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

// portalPatience is how long a client may take to read the portal's answer.
const portalPatience = 2 * time.Second

// answer is the portal: whatever the client says first, it gets a web page.
func (p *pair) answer() {
	defer context.AfterFunc(p.ctx, func() { kill(p.client) })()
	if !p.handshake() {
		return
	}
	_ = p.client.SetDeadline(time.Now().Add(portalPatience))
	if n, err := p.client.Read(make([]byte, 4096)); n > 0 && err == nil {
		_, _ = io.WriteString(p.client, PortalAnswer)
		_ = p.client.CloseWrite()
		_, _ = io.Copy(io.Discard, p.client) // closing over unread bytes would reset the answer away
	}
	_ = p.client.Close()
}
