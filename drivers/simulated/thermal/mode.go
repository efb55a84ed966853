package thermal

// Alignments of ESC a.
const (
	alignLeft   = 0
	alignCentre = 1
	alignRight  = 2
)

// mode is what commands set for the characters and lines to come.
type mode struct {
	page          byte
	upper         []rune // of page
	international byte
	userGlyphs    bool // ESC %
	font          int
	sx, sy        int // magnification
	bold          bool
	reverse       bool
	rotated       bool // ESC V
	upsideDown    bool // ESC {
	underline     int  // dots
	spacing       int  // right of each character
	align         int
	left, area    int // margin and printable width, GS L and GS W
	lineSpacing   int
	tabs          []int
	unitX, unitY  int  // GS P: units per inch
	deselected    bool // ESC =
	doubleByte    bool // FS &
}

func (f *Firmware) powerOnMode() mode {
	return mode{
		upper: f.machine.Pages[0].upper(),
		sx:    1, sy: 1,
		area:        f.machine.Width,
		lineSpacing: f.machine.LineSpacing,
		tabs:        everyEight(),
		unitX:       f.machine.DotsPerInch,
		unitY:       f.machine.DotsPerInch,
		doubleByte:  f.machine.DoubleByte,
	}
}

// everyEight is the power-on setting of the tab stops, in characters.
func everyEight() []int {
	var stops []int
	for n := 8; n < 256; n += 8 {
		stops = append(stops, n)
	}
	return stops
}

// dotsX and dotsY turn motion units into dots.
func (f *Firmware) dotsX(n int) int { return n * f.machine.DotsPerInch / f.mode.unitX }
func (f *Firmware) dotsY(n int) int { return n * f.machine.DotsPerInch / f.mode.unitY }

// motionUnits is GS P: zero means the default; a unit may not be finer than a dot allows.
func (f *Firmware) motionUnits() {
	x, y := int(f.next()), int(f.next())
	if x == 0 {
		x = f.machine.DotsPerInch
	}
	if y == 0 {
		y = f.machine.DotsPerInch
	}
	f.mode.unitX, f.mode.unitY = x, y
}

// codeTable is ESC t.
func (f *Firmware) codeTable() {
	n := f.next()
	page, ok := f.machine.Pages[n]
	if !ok {
		f.odd("ESC t %d: no such code table", n)
		return
	}
	f.mode.page, f.mode.upper = n, page.upper()
}

// internationalSet is ESC R. Only the sets of the USA and Vietnam are drawn here.
func (f *Firmware) internationalSet() {
	n := f.next()
	if n != 0 && n != 16 {
		f.odd("ESC R %d: international set not simulated", n)
		return
	}
	f.mode.international = n
}

// printMode is ESC !.
func (f *Firmware) printMode() {
	n := f.next()
	f.mode.font = int(n & 0x01)
	f.mode.bold = n&0x08 != 0
	f.mode.sy = 1 + int(n>>4&1)
	f.mode.sx = 1 + int(n>>5&1)
	f.mode.underline = int(n >> 7)
}

// size is GS !: width in the high half, height in the low one, 1 to 8 times each.
func (f *Firmware) size() {
	n := f.next()
	if n&0x88 != 0 {
		f.odd("GS ! %02X: size out of range", n)
		return
	}
	f.mode.sx, f.mode.sy = int(n>>4)+1, int(n&0x0F)+1
}

// choose reads a parameter that may be given as a number or as its digit, and is less than
// limit.
func (f *Firmware) choose(name string, limit byte) (int, bool) {
	n := f.next()
	digit := n
	if n >= '0' {
		digit = n - '0'
	}
	if digit >= limit {
		f.odd("%s %d: out of range", name, n)
		return 0, false
	}
	return int(digit), true
}

// atLineStart reads what may be set at the beginning of a line only: elsewhere the command
// has no effect.
func (f *Firmware) atLineStart(name string) bool {
	if f.line.empty() {
		return true
	}
	f.odd("%s within a line: ignored", name)
	return false
}

// alignment is ESC a.
func (f *Firmware) alignment() {
	n, ok := f.choose("ESC a", 3)
	if ok && f.atLineStart("ESC a") {
		f.mode.align = n
	}
}

// leftMargin is GS L.
func (f *Firmware) leftMargin() {
	n := f.dotsX(f.word())
	if !f.atLineStart("GS L") {
		return
	}
	if n >= f.machine.Width {
		f.odd("GS L %d: beyond the paper", n)
		n = 0
	}
	f.mode.left = n
}

// areaWidth is GS W. The reference shortens an area that does not fit.
func (f *Firmware) areaWidth() {
	n := f.dotsX(f.word())
	if !f.atLineStart("GS W") {
		return
	}
	if n == 0 || n > f.machine.Width {
		f.odd("GS W %d: beyond the paper", n)
		n = f.machine.Width
	}
	f.mode.area = n
}

// width is the printable width of a line now.
func (f *Firmware) width() int {
	return min(f.mode.area, f.machine.Width-f.mode.left)
}

// tabStops is ESC D: ascending columns, ended by NUL.
func (f *Firmware) tabStops() {
	var stops []int
	for {
		n := int(f.next())
		if n == 0 || f.err != nil {
			break
		}
		if len(stops) == 32 || len(stops) > 0 && n <= stops[len(stops)-1] {
			f.odd("ESC D: stop %d out of order", n)
			break
		}
		stops = append(stops, n)
	}
	f.mode.tabs = stops
}
