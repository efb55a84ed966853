package thermal

import (
	"image"
	"image/draw"

	"github.com/go-fonts/liberation/liberationmonoregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// cell is the size of one character of a resident font, in dots, and where its baseline lies.
type cell struct {
	w, h     int
	baseline int     // rows above it
	scale    float64 // vertical dots per em
	ink      uint8   // coverage, of 255, from which a dot is burnt
}

// The two resident fonts of the reference: A is 12 by 24, B is 9 by 17. Liberation Mono's
// letters are 0.6 em wide; its tallest Vietnamese capital reaches 0.89 em and its deepest
// descender 0.22 em. The vertical scales let both stand in the cell. Scale and ink limit are
// among the pairs, found by trying, for which no two of the 134 letters look alike: in 17
// rows most pairs draw Ắ and Ẳ the same.
func cells() [2]cell {
	return [2]cell{
		{w: 12, h: 24, baseline: 19, scale: 21, ink: 90},
		{w: 9, h: 17, baseline: 14, scale: 15.5, ink: 90},
	}
}

// typeface draws characters into cells, and remembers them. It is not safe for concurrent use.
type typeface struct {
	font  *sfnt.Font
	buf   sfnt.Buffer
	cells [2]cell
	known [2]map[rune]*paper.Bitmap
}

// newTypeface parses the font that is compiled in; it cannot fail at run time, and a test
// keeps it so.
func newTypeface() *typeface {
	f, err := sfnt.Parse(liberationmonoregular.TTF)
	if err != nil {
		f = nil
	}
	return &typeface{
		font:  f,
		cells: cells(),
		known: [2]map[rune]*paper.Bitmap{{}, {}},
	}
}

// glyph returns the picture of r in font A (0) or B (1), or nil if the font has none.
func (t *typeface) glyph(font int, r rune) *paper.Bitmap {
	if g, ok := t.known[font][r]; ok {
		return g
	}
	g := t.draw(t.cells[font], r)
	t.known[font][r] = g
	return g
}

func (t *typeface) draw(c cell, r rune) *paper.Bitmap {
	if t.font == nil {
		return nil
	}
	index, err := t.font.GlyphIndex(&t.buf, r)
	if err != nil || index == 0 {
		return nil
	}
	em := fixed.I(int(t.font.UnitsPerEm()))
	// Horizontally 0.6 em fill the cell. A combining mark has no width and hangs to the left
	// of its origin; a printer gives it a cell of its own.
	perEm := float64(t.font.UnitsPerEm())
	sx := float64(c.w) / (0.6 * perEm) / 64
	sy := c.scale / perEm / 64
	dx := 0.0
	if advance, err := t.font.GlyphAdvance(&t.buf, index, em, 0); err == nil && advance == 0 {
		dx = float64(c.w)
	}
	outline, err := t.font.LoadGlyph(&t.buf, index, em, nil)
	if err != nil {
		return nil
	}
	at := func(p fixed.Point26_6) (float32, float32) {
		return float32(float64(p.X)*sx + dx), float32(float64(p.Y)*sy + float64(c.baseline))
	}
	pen := vector.NewRasterizer(c.w, c.h)
	for _, s := range outline {
		x0, y0 := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			pen.MoveTo(x0, y0)
		case sfnt.SegmentOpLineTo:
			pen.LineTo(x0, y0)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			pen.QuadTo(x0, y0, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			pen.CubeTo(x0, y0, x1, y1, x2, y2)
		}
	}
	pen.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, c.w, c.h))
	pen.DrawOp = draw.Src
	pen.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	b := paper.NewBitmap(c.w, c.h)
	for y := range c.h {
		for x := range c.w {
			if mask.AlphaAt(x, y).A >= c.ink {
				b.Set(x, y)
			}
		}
	}
	return b
}
