package thermal

import "github.com/motcua/gateway/drivers/simulated/paper"

// raster is GS v 0 m xL xH yL yH d...: rows of dots, printed as they arrive.
func (f *Firmware) raster() {
	if !f.machine.Raster {
		f.odd("GS v: unknown command")
		return
	}
	if zero := f.next(); zero != '0' {
		f.odd("GS v %02X: unknown command", zero)
		return
	}
	m, ok := f.choose("GS v 0 mode", 4)
	bytesWide, rows := f.word(), f.word()
	if f.err != nil || !ok {
		return
	}
	if bytesWide == 0 || rows == 0 {
		f.odd("GS v 0: %d bytes by %d rows", bytesWide, rows)
		return
	}
	f.finishLine("GS v 0")
	if f.machine.Misprints48 && rows%48 == 0 {
		f.misprint(bytesWide * rows)
		return
	}
	sx, sy := 1+m&1, 1+m>>1
	if width := bytesWide * 8 * sx; width > f.width() {
		f.reportWide("GS v 0", width)
	}
	for y := 0; y < rows && f.err == nil; y++ {
		data := f.take(bytesWide, (f.machine.Width+7)/8)
		if f.err != nil {
			return
		}
		source := paper.NewBitmap(len(data)*8, 1)
		copy(source.Row(0), data)
		row := paper.NewBitmap(f.machine.Width, 1)
		row.Draw(source, f.indent(bytesWide*8*sx), 0, sx, 1)
		for range sy {
			f.row(row.Row(0))
		}
	}
}

// reportWide tells of a picture that is wider than the paper, unless only the padding of
// its last byte is.
func (f *Firmware) reportWide(name string, width int) {
	if width >= f.width()+8 {
		f.odd("%s: %d dots are wider than the print area of %d", name, width, f.width())
	}
}

// misprint is what a machine with the 48-row bug makes of raster data: characters.
func (f *Firmware) misprint(n int) {
	f.odd("GS v 0: height is a multiple of 48, which this model misprints")
	for ; n > 0 && f.err == nil; n-- {
		code := f.next()
		if f.err != nil {
			return
		}
		if r, ok := decode(f.mode.upper, 0, code); ok {
			if f.line.x+12 > f.width() {
				f.lineFeed()
			}
			f.line.place(f.face.glyph(0, r), 1, 1, 12)
			f.line.height = max(f.line.height, 24)
		}
	}
	f.lineFeed()
}

// bitImage is ESC * m nL nH d...: columns of 8 or 24 dots in the line.
func (f *Firmware) bitImage() {
	m := f.next()
	columns := f.word()
	// Horizontally a column of a single-density image is two dots wide. Eight dots stand for
	// the line's 24, each three high.
	var bytesHigh, sx, sy int
	switch m {
	case 0:
		bytesHigh, sx, sy = 1, 2, 3
	case 1:
		bytesHigh, sx, sy = 1, 1, 3
	case 32:
		bytesHigh, sx, sy = 3, 2, 1
	case 33:
		bytesHigh, sx, sy = 3, 1, 1
	default:
		f.odd("ESC * %d: unknown mode", m)
		return
	}
	fit := max(0, (f.width()-f.line.x)/sx)
	if columns > fit {
		f.odd("ESC *: %d columns do not fit the line", columns)
	}
	data := f.take(columns*bytesHigh, fit*bytesHigh)
	kept := len(data) / bytesHigh
	f.line.place(columnBitmap(data, bytesHigh, kept, kept, bytesHigh*8), sx, sy, kept*sx)
	f.line.height = max(f.line.height, 24)
}

// defineImage is GS * x y d...: an image of x*8 columns by y*8 rows in memory.
func (f *Firmware) defineImage() {
	x, y := int(f.next()), int(f.next())
	if x == 0 || y == 0 || y > 48 || x*y > 1536 {
		f.odd("GS * %d %d: out of range", x, y)
		return
	}
	data := f.take(x*y*8, x*y*8)
	if f.err == nil {
		f.image = columnBitmap(data, y, x*8, x*8, y*8)
	}
}

// printImage is GS / m.
func (f *Firmware) printImage() {
	m, ok := f.choose("GS /", 4)
	if !ok {
		return
	}
	if f.image == nil {
		f.odd("GS /: no image defined")
		return
	}
	f.finishLine("GS /")
	f.printBlock("GS /", f.image, 1+m&1, 1+m>>1)
}

// printBlock prints a picture by itself, where ESC a wants it.
func (f *Firmware) printBlock(name string, b *paper.Bitmap, sx, sy int) {
	f.reportWide(name, b.W*sx)
	for y := 0; y < b.H && f.err == nil; y++ {
		source := paper.NewBitmap(b.W, 1)
		copy(source.Row(0), b.Row(y))
		row := paper.NewBitmap(f.machine.Width, 1)
		row.Draw(source, f.indent(b.W*sx), 0, sx, 1)
		for range sy {
			f.row(row.Row(0))
		}
	}
	f.confirmPending()
}

// storedGraphic is the print buffer of GS ( L.
type storedGraphic struct {
	dots   *paper.Bitmap
	sx, sy int
}

// graphics is GS ( L and GS 8 L: n bytes of which the second is the function.
func (f *Firmware) graphics(name string, n int) {
	if !f.machine.Stored {
		f.odd("%s: not known here", name)
		f.skip(n)
		return
	}
	if n < 2 {
		f.skip(n)
		return
	}
	f.skip(1) // m
	switch fn := f.next(); {
	case fn == 112 && n >= 10:
		f.storeGraphic(name, n-2)
	case fn == 2 || fn == 50:
		f.skip(n - 2)
		if f.graphic == nil {
			f.odd("%s 50: nothing stored", name)
			return
		}
		f.finishLine(name)
		f.printBlock(name, f.graphic.dots, f.graphic.sx, f.graphic.sy)
		f.graphic = nil
	default:
		f.odd("%s function %d: not simulated", name, fn)
		f.skip(n - 2)
	}
}

// storeGraphic is function 112: a bx by c xL xH yL yH d..., raster rows of one colour.
func (f *Firmware) storeGraphic(name string, n int) {
	f.skip(1) // tone
	sx, sy := int(f.next()), int(f.next())
	f.skip(1) // colour
	w, h := f.word(), f.word()
	n -= 8
	stride := (w + 7) / 8
	if n == 0 || n != stride*h || sx < 1 || sx > 2 || sy < 1 || sy > 2 {
		f.odd("%s 112: %d bytes for %d by %d dots", name, n, w, h)
		f.skip(n)
		return
	}
	dots := paper.NewBitmap(w, h)
	for y := 0; y < h && f.err == nil; y++ {
		data := f.take(stride, stride)
		if f.err != nil {
			return
		}
		if y < dots.H {
			copy(dots.Row(y), data)
		}
	}
	f.graphic = &storedGraphic{dots: dots, sx: sx, sy: sy}
}
