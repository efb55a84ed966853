package escpos

import (
	"context"
	"net"
)

// SetOpen lets tests connect p to something else than a port.
func SetOpen(p *Printer, open func(context.Context) (net.Conn, error)) {
	p.open = func(ctx context.Context, _ Config) (wire, error) { return open(ctx) }
}

// Cell draws r as a downloaded glyph, '#' for a black dot; nil when no font has it.
func Cell(e *Encoder, r rune) []string {
	b, ok := e.cell(r)
	if !ok {
		return nil
	}
	rows := make([]string, b.h)
	for y := range b.h {
		row := make([]byte, b.w)
		for x := range b.w {
			row[x] = '.'
			if b.at(x, y) {
				row[x] = '#'
			}
		}
		rows[y] = string(row)
	}
	return rows
}

// Art is the hand-drawn mark above r, and whether a dot stands below.
func Art(r rune) (rows []string, dot bool) {
	l, _ := takeApart(r)
	return l.art, l.dot
}

// PageCode is the code of r in the TCVN-3 pages.
func PageCode(r rune) (code byte, upper, ok bool) {
	c, ok := tcvnPages()[r]
	return c.code, c.upper, ok
}

// RasterInk is how black a dot must be.
const RasterInk = rasterInk
