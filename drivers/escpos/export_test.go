package escpos

import (
	"context"
	"net"
)

// SetOpen lets tests connect p to something else than a port.
func SetOpen(p *Printer, open func(context.Context) (net.Conn, error)) {
	p.open = func(ctx context.Context, _ Config) (wire, error) { return open(ctx) }
}
