package escpos

// bitmap is a rectangle of printer dots, row by row; true is black.
type bitmap struct {
	w, h int
	dots []bool
}

func newBitmap(w, h int) *bitmap {
	return &bitmap{w: w, h: h, dots: make([]bool, w*h)}
}

// at reports the dot at x, y; everything outside is white.
func (b *bitmap) at(x, y int) bool {
	if x < 0 || y < 0 || x >= b.w || y >= b.h {
		return false
	}
	return b.dots[y*b.w+x]
}

// set makes the dot at x, y black; a dot outside is ignored.
func (b *bitmap) set(x, y int) {
	if x < 0 || y < 0 || x >= b.w || y >= b.h {
		return
	}
	b.dots[y*b.w+x] = true
}

// fill makes the rectangle from x0, y0 up to but without x1, y1 black.
func (b *bitmap) fill(x0, y0, x1, y1 int) {
	for y := max(y0, 0); y < min(y1, b.h); y++ {
		for x := max(x0, 0); x < min(x1, b.w); x++ {
			b.dots[y*b.w+x] = true
		}
	}
}

// invert swaps black and white.
func (b *bitmap) invert() {
	for i := range b.dots {
		b.dots[i] = !b.dots[i]
	}
}

// draw puts the black dots of src at x, y.
func (b *bitmap) draw(src *bitmap, x, y int) {
	for sy := range src.h {
		for sx := range src.w {
			if src.dots[sy*src.w+sx] {
				b.set(x+sx, y+sy)
			}
		}
	}
}

// ink returns the smallest rectangle that holds every black dot; ok is false when there is none.
func (b *bitmap) ink() (x0, y0, x1, y1 int, ok bool) {
	x0, y0 = b.w, b.h
	for y := range b.h {
		for x := range b.w {
			if !b.dots[y*b.w+x] {
				continue
			}
			x0, x1 = min(x0, x), max(x1, x+1)
			y0, y1 = min(y0, y), max(y1, y+1)
		}
	}
	return x0, y0, x1, y1, x1 > x0
}

// crop returns the part from x0, y0 up to but without x1, y1, which may reach outside.
func (b *bitmap) crop(x0, y0, x1, y1 int) *bitmap {
	out := newBitmap(x1-x0, y1-y0)
	for y := range out.h {
		for x := range out.w {
			out.dots[y*out.w+x] = b.at(x0+x, y0+y)
		}
	}
	return out
}

// blankRow reports whether row y has no black dot.
func (b *bitmap) blankRow(y int) bool {
	for x := range b.w {
		if b.dots[y*b.w+x] {
			return false
		}
	}
	return true
}

// packRow appends row y as the printer wants it: eight dots a byte, the leftmost in the
// highest bit, shifted right by pad dots.
func (b *bitmap) packRow(dst []byte, y, pad int) []byte {
	n := len(dst)
	dst = append(dst, make([]byte, (pad+b.w+7)/8)...)
	for x := range b.w {
		if b.dots[y*b.w+x] {
			dst[n+(x+pad)/8] |= 0x80 >> ((x + pad) % 8)
		}
	}
	return dst
}
