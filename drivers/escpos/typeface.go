package escpos

import (
	"fmt"
	"image"

	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// outlineScale is the size at which outlines are read, in pixels an em: large enough that
// the 26.6 fixed point of the font library costs no dot at printer sizes.
const outlineScale = 1024

// unitsPerEm is outlineScale in that fixed point.
const unitsPerEm = 64 * outlineScale

// typeface draws runes as printer dots from a chain of fonts; the first font that has a rune
// draws it. It keeps a buffer and so belongs to one goroutine.
type typeface struct {
	fonts []*opentype.Font
	buf   sfnt.Buffer
}

// loadTypeface parses ttf and puts it before the fallback fonts.
func loadTypeface(name string, ttf []byte, fallback ...*opentype.Font) (*typeface, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("parse font %s: %w", name, err)
	}
	return &typeface{fonts: append([]*opentype.Font{f}, fallback...)}, nil
}

// The fonts that travel in the binary. DejaVu Sans Mono, the usual choice for a cell, lacks
// ảẳẵắầẩẫấẻềểễếỉỏồổỗốởủửỷ; Liberation has all 134 letters in every face.
func loadCellFace() (*typeface, error) {
	return loadTypeface("Liberation Mono", liberationmonoregular.TTF)
}

func loadRegularFace(fallback []*opentype.Font) (*typeface, error) {
	return loadTypeface("Liberation Sans", liberationsansregular.TTF, fallback...)
}

func loadBoldFace(fallback []*opentype.Font) (*typeface, error) {
	return loadTypeface("Liberation Sans Bold", liberationsansbold.TTF, fallback...)
}

// find returns the first font that has r.
func (t *typeface) find(r rune) (*opentype.Font, sfnt.GlyphIndex, bool) {
	for _, f := range t.fonts {
		if i, err := f.GlyphIndex(&t.buf, r); err == nil && i != 0 {
			return f, i, true
		}
	}
	return nil, 0, false
}

// has reports whether some font of the chain has r.
func (t *typeface) has(r rune) bool {
	_, _, ok := t.find(r)
	return ok
}

// advance returns the width of r in ems; 0 when no font has it.
func (t *typeface) advance(r rune) float64 {
	f, i, ok := t.find(r)
	if !ok {
		return 0
	}
	a, err := f.GlyphAdvance(&t.buf, i, fixed.I(outlineScale), font.HintingNone)
	if err != nil {
		return 0
	}
	return float64(a) / unitsPerEm
}

// outline is the shape of one rune in ems, y pointing down from the baseline.
type outline struct {
	segments    sfnt.Segments
	top, bottom float64
	left, right float64
}

// outline returns the shape of r; ok is false when no font has it.
func (t *typeface) outline(r rune) (outline, bool) {
	f, i, ok := t.find(r)
	if !ok {
		return outline{}, false
	}
	segs, err := f.LoadGlyph(&t.buf, i, fixed.I(outlineScale), nil)
	if err != nil {
		return outline{}, false
	}
	b := segs.Bounds()
	return outline{
		segments: append(sfnt.Segments(nil), segs...), // the buffer's memory is used again
		top:      float64(b.Min.Y) / unitsPerEm,
		bottom:   float64(b.Max.Y) / unitsPerEm,
		left:     float64(b.Min.X) / unitsPerEm,
		right:    float64(b.Max.X) / unitsPerEm,
	}, true
}

// crispest draws o at the place, within half a dot to the left and right, at which its dots
// are most clearly black or white. Without hinting, that is what keeps stems equally thick.
func (o outline) crispest(w, h int, ink uint8, x, y func(float64) float64) *bitmap {
	var best *bitmap
	var most int
	for eighth := -4; eighth <= 4; eighth++ {
		shift := float64(eighth) / 8
		b, clear := o.paint(w, h, ink, func(v float64) float64 { return x(v) + shift }, y)
		if best == nil || clear > most {
			best, most = b, clear
		}
	}
	return best
}

// paint draws o: x maps ems to dots from the left, y from the top. A dot is black when the
// shape covers at least ink of 255 of it. clear is how far the dots are from being undecided.
func (o outline) paint(w, h int, ink uint8, x, y func(float64) float64) (b *bitmap, clear int) {
	z := vector.NewRasterizer(w, h)
	at := func(p fixed.Point26_6) (float32, float32) {
		return float32(x(float64(p.X) / unitsPerEm)), float32(y(float64(p.Y) / unitsPerEm))
	}
	for _, s := range o.segments {
		ax, ay := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			z.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := at(s.Args[1])
			z.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := at(s.Args[1])
			cx, cy := at(s.Args[2])
			z.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	z.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, w, h))
	z.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	b = newBitmap(w, h)
	for i, a := range mask.Pix {
		b.dots[i] = a >= ink
		if a > 0 {
			clear += max(int(a)-int(ink), int(ink)-int(a))
		}
	}
	return b, clear
}
