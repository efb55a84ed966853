package escpos

import (
	"math"

	"github.com/motcua/gateway/kiosk"
)

// rasterBox is a picture of one line, centred. above and below are the white rows that belong
// to it; scale 2 prints each dot as two by two.
type rasterBox struct {
	dots         *bitmap
	above, below int
	scale        int
}

// rasterInk is how much of a dot, of 255, a shape must cover to print black.
const rasterInk = 112

// layRaster wraps text and draws its lines as dots.
func (e *Encoder) layRaster(role kiosk.LineRole, l look, text string) []item {
	face := e.regular
	if l.bold {
		face = e.bold
	}
	em := l.em * float64(e.profile.DPI) / 203
	width := float64(e.profile.Width)
	scale := 1
	if l.boxed {
		width -= 2 * em
	}
	if role == kiosk.LineNumber {
		// As large as the line allows. Drawn at half the size and doubled by the printer it
		// costs a quarter, and at 25 mm nobody sees the steps.
		var ems float64
		for _, r := range text {
			ems += face.advance(r)
		}
		if ems > 0 {
			em = math.Max(math.Min(em, width*0.86/ems), 28)
		}
		if e.profile.RasterScale {
			scale = 2
		}
	}
	em, width = em/float64(scale), width/float64(scale)
	measure := func(r rune) float64 { return math.Min(face.advance(r)*em, width) }
	var items []item
	for i, line := range wrap(text, width, measure) {
		box := drawLine(face, line, em, l.boxed)
		if box == nil {
			continue
		}
		box.scale = scale
		it := item{raster: box}
		if i == 0 {
			it.gap = e.profile.dots(l.gap)
		}
		items = append(items, it)
	}
	return items
}

// drawLine draws one line and crops it to its ink; nil when there is none. The white around
// the ink is counted, so that lines keep their distance whatever letters they hold.
func drawLine(face *typeface, line string, em float64, boxed bool) *rasterBox {
	// Vietnamese capitals with two marks rise to 1.07 em in the built-in fonts, tails reach
	// 0.3 em; a line is 1.3 em apart from the next.
	ascent := int(math.Ceil(em * 1.2))
	height := ascent + int(math.Ceil(em*0.45))
	var total float64
	for _, r := range line {
		total += face.advance(r) * em
	}
	page := newBitmap(int(math.Ceil(total))+2*int(math.Ceil(em)), height)
	pen := math.Ceil(em)
	for _, r := range line {
		advance := face.advance(r) * em
		shape, ok := face.outline(r)
		if ok && len(shape.segments) > 0 {
			x0 := int(math.Floor(pen+shape.left*em)) - 1
			x1 := int(math.Ceil(pen+shape.right*em)) + 2
			x := pen
			g := shape.crispest(x1-x0, height, rasterInk,
				func(v float64) float64 { return x + v*em - float64(x0) },
				func(v float64) float64 { return float64(ascent) + v*em })
			page.draw(g, x0, 0)
		}
		pen += advance
	}
	x0, y0, x1, y1, ok := page.ink()
	if !ok {
		return nil
	}
	nominalTop, nominalBottom := ascent-int(em*0.95), ascent+int(em*0.3)
	if boxed {
		pad := int(em * 0.3)
		b := page.crop(x0-2*pad, min(y0, nominalTop+int(em*0.2))-pad/2, x1+2*pad, max(y1, ascent)+pad)
		b.invert()
		return &rasterBox{dots: b, above: 0, below: 4}
	}
	return &rasterBox{
		dots:  page.crop(x0, y0, x1, y1),
		above: y0 - nominalTop, // below zero when marks rise into the gap
		below: nominalBottom - y1,
	}
}

// raster sends a box: only rows with ink, only as wide as the ink. It is centred by ESC a,
// which is effective for GS v 0 (ESC/POS manuals of Epson, HPRT, Woosim).
func (s *stream) raster(box *rasterBox) {
	scale := max(box.scale, 1)
	s.space(box.above * scale)
	b := fit(box.dots, s.profile.Width/scale)
	for y := 0; y < b.h; {
		if b.blankRow(y) {
			s.space(scale)
			y++
			continue
		}
		n := 1
		for y+n < b.h && !b.blankRow(y+n) {
			n++
		}
		y += s.bands(b.crop(0, y, b.w, y+n), scale)
	}
	s.space(box.below * scale)
}

// fit narrows what is wider than the paper; the layout never makes such a box, so a rune
// wider than the line is all that can end here.
func fit(b *bitmap, width int) *bitmap {
	if b.w <= width {
		return b
	}
	x := (b.w - width) / 2
	return b.crop(x, 0, x+width, b.h)
}

// bands sends rows without a blank one among them, as few GS v 0 as the bounds allow, and
// returns how many rows that were.
func (s *stream) bands(b *bitmap, scale int) int {
	columns := (b.w + 7) / 8
	// Centred to the dot: the ink is moved to the middle of its bytes.
	pad := (columns*8 - b.w) / 2
	most := min(256, maxPayload/columns)
	for y := 0; y < b.h; {
		n, rows := s.bandHeight(b.h-y, most, scale)
		s.flushFeed()
		s.mark()
		var mode byte
		if scale == 2 {
			mode = 3
		}
		s.b = append(s.b, gs, 'v', '0', mode, byte(columns), byte(columns>>8), byte(rows), byte(rows>>8))
		data := make([]byte, 0, rows*columns)
		for i := range n {
			data = b.packRow(data, y+i, pad)
		}
		data = append(data, make([]byte, (rows-n)*columns)...)
		s.data(data)
		s.rows += rows * scale
		s.feed -= (rows - n) * scale // the padding is part of the white that follows
		y += n
	}
	return b.h
}

// bandHeight returns how many of the next rows go into one band of at most most rows, and
// how high the band is: higher by white rows where the printer misprints that height.
func (s *stream) bandHeight(rows, most, scale int) (n, height int) {
	if !s.profile.Avoid48 {
		return min(rows, most), min(rows, most)
	}
	if h := safeHeight(rows, scale); h <= most && (h < rows+8 || rows < 8) {
		return rows, h
	}
	h := min(rows, most) / 8 * 8 // the rest goes into a band of its own
	for h > 8 && safeHeight(h, scale) != h {
		h -= 8
	}
	return min(rows, h), h
}

// safeHeight rounds n up to a multiple of 8 that, printed, is no multiple of 48.
func safeHeight(n, scale int) int {
	n = max((n+7)/8*8, 8)
	for n%48 == 0 || n*scale%48 == 0 {
		n += 8
	}
	return n
}
