package thermal

import "github.com/motcua/gateway/drivers/simulated/paper"

// maxLine is the tallest line: font A's 24 dots eight times.
const maxLine = 24 * 8

// line is what stands in the print buffer: characters and bit images side by side, their
// feet on one level.
type line struct {
	band   *paper.Bitmap // maxLine high; everything stands on its last row
	x      int           // where the next character goes, from the left margin
	used   int           // rightmost dot set so far
	height int           // of the tallest thing in the line
}

func newLine(width int) line { return line{band: paper.NewBitmap(width, maxLine)} }

func (l *line) empty() bool { return l.used == 0 && l.x == 0 }

// place draws g, sx by sy times as large, at the pen and moves the pen by advance dots.
func (l *line) place(g *paper.Bitmap, sx, sy, advance int) {
	if g != nil {
		l.band.Draw(g, l.x, maxLine-g.H*sy, sx, sy)
	}
	l.x += advance
	l.used = max(l.used, l.x)
}

// character sets one character code.
func (f *Firmware) character(code byte) {
	cell := f.face.cells[f.mode.font]
	g := f.lookUp(code)
	w, h := cell.w, cell.h
	if f.mode.rotated {
		w, h = h, w
		if g != nil {
			g = g.Rotated90()
		}
	}
	sx, sy := f.mode.sx, f.mode.sy
	advance := (w + f.mode.spacing) * sx
	if advance > f.width() {
		f.odd("character %02X is wider than the print area", code)
		return
	}
	if f.line.x+advance > f.width() {
		// The reference prints the full line by itself. A host that breaks its lines never
		// gets here, and a word is cut in two.
		f.odd("line overflows at character %02X", code)
		f.lineFeed()
	}
	at := f.line.x
	f.line.place(g, sx, sy, advance)
	f.line.height = max(f.line.height, h*sy)
	if f.mode.bold && g != nil {
		f.line.x = at + 1
		f.line.place(g, sx, sy, 0)
		f.line.x = at + advance
	}
	if f.mode.underline > 0 && !f.mode.rotated && !f.mode.reverse {
		f.line.band.Fill(at, maxLine-f.mode.underline, advance, f.mode.underline)
	}
	if f.mode.reverse {
		f.line.band.Invert(at, maxLine-h*sy, advance, h*sy)
	}
}

// doubleByteCharacter is a GBK character. The simulated machine has no Chinese font: an
// empty box stands for it.
func (f *Firmware) doubleByteCharacter(first byte) {
	second := f.next()
	f.odd("double-byte character %02X%02X: FS . was not sent", first, second)
	sx, sy := f.mode.sx, f.mode.sy
	if f.line.x+24*sx > f.width() {
		f.lineFeed()
	}
	box := paper.NewBitmap(24, 24)
	box.Fill(2, 2, 20, 20)
	box.Invert(4, 4, 16, 16)
	if 24*sx <= f.width() {
		f.line.place(box, sx, sy, 24*sx)
		f.line.height = max(f.line.height, 24*sy)
	}
}

// lookUp finds the picture of a code: the downloaded glyph if ESC % selects them and there
// is one, else the resident font's.
func (f *Firmware) lookUp(code byte) *paper.Bitmap {
	if f.mode.userGlyphs {
		if g, ok := f.glyphs[f.mode.font][code]; ok {
			return g
		}
	}
	r, ok := decode(f.mode.upper, f.mode.international, code)
	if !ok {
		if f.mode.userGlyphs {
			f.odd("code %02X: neither downloaded nor in table %d", code, f.mode.page)
		} else {
			f.odd("code %02X: nothing in table %d", code, f.mode.page)
		}
		return nil
	}
	if r == ' ' || r == '\u00a0' || r == '\u00ad' {
		return nil
	}
	g := f.face.glyph(f.mode.font, r)
	if g == nil {
		f.odd("code %02X of table %d: the simulated font lacks %q", code, f.mode.page, r)
	}
	return g
}

// tab is HT: to the next stop, counted in character widths.
func (f *Firmware) tab() {
	step := (f.face.cells[f.mode.font].w + f.mode.spacing) * f.mode.sx
	for _, stop := range f.mode.tabs {
		x := stop * step
		if x <= f.line.x {
			continue
		}
		if x > f.width() {
			break
		}
		f.line.x = x
		f.line.used = max(f.line.used, x)
		return
	}
	f.odd("HT without a stop ahead")
}

// moveTo is ESC $ and ESC \: a position from the left margin, ignored outside the area.
func (f *Firmware) moveTo(name string, x int) {
	if x < 0 || x > f.width() {
		f.odd("%s to %d: outside the print area", name, x)
		return
	}
	f.line.x = x
	f.line.used = max(f.line.used, x)
}

// lineFeed is LF.
func (f *Firmware) lineFeed() { f.printLine(f.mode.lineSpacing) }

// printLine prints the line and moves the paper by feed dots, or by the line's own height
// where that is more.
func (f *Firmware) printLine(feed int) {
	height := 0
	if f.line.used > 0 {
		height = f.line.height
		f.printBand(f.aligned(height))
	}
	// The reference moves paper by at most 1016 mm at a time.
	f.feed(min(feed-height, 40*f.machine.DotsPerInch))
	f.line = newLine(f.machine.Width)
	f.confirmPending()
}

// aligned cuts the lowest rows out of the line's band, moved to where ESC a wants them.
func (f *Firmware) aligned(height int) *paper.Bitmap {
	shift := f.indent(f.line.used)
	out := paper.NewBitmap(f.machine.Width, height)
	for y := range height {
		for x := range f.line.band.W {
			if f.line.band.Black(x, maxLine-height+y) {
				out.Set(x+shift, y)
			}
		}
	}
	if !f.mode.upsideDown {
		return out
	}
	// Upside down within the print area, not within the paper.
	area := paper.NewBitmap(f.width(), height)
	area.Draw(out, -f.mode.left, 0, 1, 1)
	area.Rotate180()
	turned := paper.NewBitmap(f.machine.Width, height)
	turned.Draw(area, f.mode.left, 0, 1, 1)
	return turned
}

// indent is where something of that width begins.
func (f *Firmware) indent(width int) int {
	switch f.mode.align {
	case alignCentre:
		return f.mode.left + max(0, f.width()-width)/2
	case alignRight:
		return f.mode.left + max(0, f.width()-width)
	}
	return f.mode.left
}

func (f *Firmware) printBand(b *paper.Bitmap) {
	for y := 0; y < b.H && f.err == nil; y++ {
		f.row(b.Row(y))
	}
}

// finishLine prints what stands in the line before something that needs a line of its own.
// The reference lets such commands work at the beginning of a line only.
func (f *Firmware) finishLine(name string) {
	if !f.line.empty() {
		f.odd("%s within a line", name)
		f.printLine(0)
	}
}
