package simulated

import (
	"context"
	"fmt"
	"net"
	"time"
)

// runTCP listens in port 9100's stead until ctx ends or Unplug. Like such printers it
// serves one host at a time; the next waits in the kernel's queue.
func (p *Printer) runTCP(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	address := p.cfg.Listen
	if known := p.Addr(); known != "" {
		address = known // a replugged printer keeps its address, port 0 included
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	p.lineIsUp(cancel, l.Addr().String())
	p.log.Info("printer plugged in", "addr", l.Addr().String())
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("accept: %w", err)
		}
		if err := p.serve(ctx, plainLine{tcpLine{conn}}); err != nil {
			p.log.Debug("host went away", "err", err)
		}
	}
}

// tcpLine does not wait long for a host that reads nothing.
type tcpLine struct{ net.Conn }

func (l tcpLine) Write(b []byte) (int, error) {
	if err := l.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return 0, err
	}
	return l.Conn.Write(b)
}
