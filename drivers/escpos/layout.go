package escpos

import "github.com/motcua/gateway/kiosk"

// look is how a role looks, once in characters of the printer and once in dots.
type look struct {
	w, h int  // multiples of the printer's character
	bold bool // both ways
	// em is the size in dots when drawn as dots, at 203 dpi.
	em float64
	// gap is the white before the line, in dots at 203 dpi.
	gap int
	// boxed is white on black.
	boxed bool
}

// Sizes of dots were chosen on enlarged pictures of the simulated printer's paper. At 203 dpi
// the body's capitals are 2.1 mm high, drawn as dots or in most printers' font A.
func lookOf(role kiosk.LineRole) look {
	switch role {
	case kiosk.LineOffice:
		return look{w: 1, h: 1, bold: true, em: 22, gap: 4}
	case kiosk.LineTitle:
		return look{w: 2, h: 2, bold: true, em: 32, gap: 14}
	case kiosk.LineNumber:
		return look{w: 8, h: 8, bold: true, em: 170, gap: 14}
	case kiosk.LineMark:
		return look{w: 2, h: 2, bold: true, em: 32, gap: 12, boxed: true}
	case kiosk.LineSmall:
		return look{w: 1, h: 1, em: 20, gap: 4}
	default: // LineBody, and roles of a later version
		return look{w: 1, h: 1, em: 24, gap: 6}
	}
}

// dots scales a length in dots at 203 dpi to the printer's own.
func (p Profile) dots(n int) int { return (n*p.DPI + 101) / 203 }

// text lays out one line of a slip: as characters of the printer when it can print all of
// them, else as dots.
func (e *Encoder) text(role kiosk.LineRole, text string) []item {
	l := lookOf(role)
	if e.deviceText(text) {
		return e.layText(role, l, text)
	}
	return e.layRaster(role, l, text)
}

// layText wraps text into characters of the printer.
func (e *Encoder) layText(role kiosk.LineRole, l look, text string) []item {
	runes := len([]rune(text))
	cols := e.profile.columns()
	switch {
	case role == kiosk.LineNumber:
		// As large as the line allows: eight times for up to six characters on 80 mm.
		l.w = max(1, min(l.w, cols/max(runes, 1)))
		l.h = l.w
	case l.boxed:
		cols -= 2 * l.w // a blank on either side, white on black too
	case role == kiosk.LineTitle && len(wrapColumns(text, cols/l.w)) > 2:
		l.w = 1 // twice the height alone, rather than three lines
	}
	var items []item
	for i, line := range wrapColumns(text, cols/l.w) {
		if l.boxed {
			line = " " + line + " "
		}
		gap := 0
		if i == 0 {
			gap = e.profile.dots(l.gap)
		}
		items = append(items, item{gap: gap, text: &textLine{
			runes: []rune(line), w: l.w, h: l.h, bold: l.bold, reverse: l.boxed,
		}})
	}
	return items
}

func wrapColumns(text string, cols int) []string {
	return wrap(text, float64(max(cols, 1)), func(rune) float64 { return 1 })
}

// rule is a horizontal line, in the cheaper of the two forms.
func (e *Encoder) rule() item {
	gap := e.profile.dots(8)
	if e.usesText() {
		n := e.profile.columns() * 2 / 3
		line := &textLine{w: 1, h: 1, runes: make([]rune, n)}
		for i := range line.runes {
			line.runes[i] = '-'
		}
		return item{gap: gap, text: line}
	}
	b := newBitmap(e.profile.Width*2/3/8*8, 2)
	b.fill(0, 0, b.w, b.h)
	return item{gap: gap, raster: &rasterBox{dots: b, below: gap}}
}
