// Package paper is what a thermal printer leaves behind: dots on a roll that is cut or
// torn into slips.
//
// A Bitmap is a rectangle of dots, black or not: there is no grey on thermal paper. A Roll
// takes dot rows one below the other, as the paper passes the print head, and gives Slips.
// The cutter sits behind the head, so that a cut separates the paper some millimetres above
// the row that was printed last: who cuts without feeding first finds the last lines on the
// next slip. Archive keeps slips as PNG files.
package paper

// MaxBitmapArea bounds a Bitmap in dots: 2 MB of dots is 3.6 m of 80 mm paper, far more
// than any symbol, line or stored graphic needs.
const MaxBitmapArea = 16 << 20

// Bitmap is a rectangle of dots, one bit each, most significant bit leftmost, rows padded to
// whole bytes: the layout that ESC/POS raster commands use on the wire.
type Bitmap struct {
	W, H   int
	stride int
	bits   []byte
}

// NewBitmap returns a white bitmap of w by h dots. Negative sizes count as zero, and a
// bitmap over MaxBitmapArea is cut short in height.
func NewBitmap(w, h int) *Bitmap {
	w, h = max(w, 0), max(h, 0)
	stride := (w + 7) / 8
	if stride > 0 && h > MaxBitmapArea/8/stride {
		h = MaxBitmapArea / 8 / stride
	}
	return &Bitmap{W: w, H: h, stride: stride, bits: make([]byte, stride*h)}
}

// Row returns the bytes of row y; writing to them draws. Bits beyond W must stay zero.
func (b *Bitmap) Row(y int) []byte { return b.bits[y*b.stride : (y+1)*b.stride] }

// Black reports whether the dot at x, y is printed. Outside the bitmap nothing is.
func (b *Bitmap) Black(x, y int) bool {
	if x < 0 || y < 0 || x >= b.W || y >= b.H {
		return false
	}
	return b.bits[y*b.stride+x/8]&(0x80>>(x%8)) != 0
}

// Set prints the dot at x, y; outside the bitmap it does nothing.
func (b *Bitmap) Set(x, y int) {
	if x < 0 || y < 0 || x >= b.W || y >= b.H {
		return
	}
	b.bits[y*b.stride+x/8] |= 0x80 >> (x % 8)
}

// Invert turns the dots of the rectangle over: white on black.
func (b *Bitmap) Invert(x, y, w, h int) {
	for yy := max(y, 0); yy < min(y+h, b.H); yy++ {
		for xx := max(x, 0); xx < min(x+w, b.W); xx++ {
			b.bits[yy*b.stride+xx/8] ^= 0x80 >> (xx % 8)
		}
	}
}

// Fill prints every dot of the rectangle.
func (b *Bitmap) Fill(x, y, w, h int) {
	for yy := max(y, 0); yy < min(y+h, b.H); yy++ {
		for xx := max(x, 0); xx < min(x+w, b.W); xx++ {
			b.bits[yy*b.stride+xx/8] |= 0x80 >> (xx % 8)
		}
	}
}

// Draw prints src with its top left corner at x, y, each dot sx wide and sy high. Dots that
// fall outside are lost. It never takes ink away.
func (b *Bitmap) Draw(src *Bitmap, x, y, sx, sy int) {
	for yy := range src.H {
		for xx := range src.W {
			if src.Black(xx, yy) {
				b.Fill(x+xx*sx, y+yy*sy, sx, sy)
			}
		}
	}
}

// Rotate180 turns the bitmap upside down in place.
func (b *Bitmap) Rotate180() {
	turned := NewBitmap(b.W, b.H)
	for y := range b.H {
		for x := range b.W {
			if b.Black(x, y) {
				turned.Set(b.W-1-x, b.H-1-y)
			}
		}
	}
	b.bits = turned.bits
}

// Rotated90 returns the bitmap turned clockwise by a right angle.
func (b *Bitmap) Rotated90() *Bitmap {
	turned := NewBitmap(b.H, b.W)
	for y := range b.H {
		for x := range b.W {
			if b.Black(x, y) {
				turned.Set(b.H-1-y, x)
			}
		}
	}
	return turned
}

// Ink counts the printed dots.
func (b *Bitmap) Ink() int {
	n := 0
	for y := range b.H {
		for x := range b.W {
			if b.Black(x, y) {
				n++
			}
		}
	}
	return n
}
