package escpos

import (
	"math"

	"golang.org/x/text/unicode/norm"
)

// Geometry of a letter in its 12x24 cell: rows 0 to 18 are above the baseline, x-height
// takes 12 of them and leaves six for marks and one of air.
const (
	cellBaseline = 19
	cellXHeight  = 12
	cellEm       = 20 // dots an em across: the font's 0.6 em fill the 12 dots
	// cellInk is how much of a dot, of 255, the shape must cover: below half, because the
	// stems are 1.6 dots wide and should come out as two.
	cellInk = 105
)

const (
	combiningHorn = '\u031B'
	combiningDot  = '\u0323'
)

// letter is a letter taken apart: what comes from the font, and the marks drawn by hand.
type letter struct {
	base rune // with horn or stroke, without dot on i
	body rune // base without the horn: its height is where marks begin
	art  []string
	dot  bool
}

// takeApart splits r; ok is false when it carries a mark that cellMark does not have.
func takeApart(r rune) (letter, bool) {
	d := []rune(norm.NFD.String(string(r)))
	l := letter{base: d[0], body: d[0]}
	var marks string
	for _, m := range d[1:] {
		switch m {
		case combiningHorn:
			c := []rune(norm.NFC.String(string([]rune{d[0], m})))
			if len(c) != 1 {
				return letter{}, false
			}
			l.base = c[0]
		case combiningDot:
			l.dot = true
		default:
			marks += string(m)
		}
	}
	if marks == "" {
		return l, true
	}
	if l.base == 'i' {
		l.base, l.body = 'ı', 'ı'
	}
	l.art = cellMark(marks)
	return l, l.art != nil
}

// cell draws r for a 12x24 cell; ok is false when the cell font has no such letter.
func (e *Encoder) cell(r rune) (*bitmap, bool) {
	if b, ok := e.cells[r]; ok {
		return b, b != nil
	}
	b := e.drawCell(r)
	e.cells[r] = b
	return b, b != nil
}

func (e *Encoder) drawCell(r rune) *bitmap {
	l, ok := takeApart(r)
	if !ok {
		l = letter{base: r, body: r} // a mark of another language: as the font draws it
	}
	shape, ok := e.cellFace.outline(l.base)
	if !ok {
		return nil
	}
	body, ok := e.cellFace.outline(l.body)
	if !ok {
		return nil
	}
	x, ok := e.cellFace.outline('x')
	if !ok {
		return nil
	}
	up := cellXHeight / -x.top // dots an em, above the baseline
	down := up
	if l.art != nil {
		// Capitals under marks give way to them; one row of air stays between. What a round
		// letter rises above the x-height is too thin to be a dot.
		if room := float64(cellBaseline - 1 - len(l.art)); -body.top*up > room+0.4 {
			up = room / -body.top
		}
	} else if shape.top < 0 {
		up = math.Min(up, cellBaseline/-shape.top)
	}
	if shape.bottom > 0 {
		down = math.Min(down, (cellHeight-cellBaseline)/shape.bottom)
	}
	across := math.Min(cellEm, (cellWidth-0.4)/(shape.right-shape.left))
	b := shape.crispest(cellWidth, cellHeight, cellInk,
		func(x float64) float64 { return x*across + cellWidth/2 - across*(shape.left+shape.right)/2 },
		func(y float64) float64 {
			if y > 0 {
				return cellBaseline + y*down
			}
			return cellBaseline + y*up
		})
	left := 0
	if l.base != l.body && l.body != 'ı' {
		left = 1 // the horn stands at the right edge: marks keep away from it
	}
	if l.art != nil {
		top := cellBaseline - int(math.Round(-body.top*up)) - 1 - len(l.art)
		if top > 1 && len(l.art) <= 4 {
			top-- // small letters have room for two rows of air
		}
		drawArt(b, l.art, max((cellWidth-len(l.art[0]))/2-left, 0), max(top, 0))
	}
	if l.dot {
		at := [2]int{cellWidth/2 - 1 - left, cellBaseline + 2}
		if l.base == 'y' {
			at = [2]int{9, cellBaseline + 1} // beside the tail
		}
		b.fill(at[0], at[1], at[0]+2, at[1]+2)
	}
	return b
}

func drawArt(b *bitmap, art []string, x, y int) {
	for dy, line := range art {
		for dx, c := range line {
			if c == '#' {
				b.set(x+dx, y+dy)
			}
		}
	}
}

// glyphColumns packs a cell as ESC & wants it: column by column, three bytes each from the
// top. Blank columns at the right are left out; the printer leaves them white.
func glyphColumns(b *bitmap) (columns int, data []byte) {
	for x := range cellWidth {
		for y := range cellHeight {
			if b.at(x, y) {
				columns = x + 1
			}
		}
	}
	for x := range columns {
		var col [3]byte
		for y := range cellHeight {
			if b.at(x, y) {
				col[y/8] |= 0x80 >> (y % 8)
			}
		}
		data = append(data, col[:]...)
	}
	return columns, data
}
