package thermal

import "github.com/motcua/gateway/drivers/simulated/paper"

// downloaded obeys ESC &, ESC % and ESC ?, where the machine knows them.
func (f *Firmware) downloaded(c byte) {
	if f.machine.UserGlyphs.Max == 0 {
		f.odd("ESC %c: unknown command", c)
		return
	}
	switch c {
	case '%':
		f.mode.userGlyphs = f.next()&1 != 0
	case '?':
		code := f.next()
		if !f.machine.UserGlyphs.allow(code) {
			f.odd("ESC ? %02X: out of range", code)
			return
		}
		delete(f.glyphs[f.mode.font], code)
	case '&':
		f.defineGlyphs()
	}
}

func (u UserGlyphs) allow(code byte) bool { return code >= u.First && code <= u.Last }

// defineGlyphs is ESC & y c1 c2 [x d...]: glyphs of the selected font, column by column,
// three bytes a column from the top. With a parameter out of range the reference ignores
// the command and takes what follows for text.
func (f *Firmware) defineGlyphs() {
	cell := f.face.cells[f.mode.font]
	y, first, last := f.next(), f.next(), f.next()
	if y != 3 || first > last || !f.machine.UserGlyphs.allow(first) || !f.machine.UserGlyphs.allow(last) {
		f.odd("ESC & %d %02X %02X: out of range", y, first, last)
		return
	}
	for code := int(first); code <= int(last) && f.err == nil; code++ {
		columns := int(f.next())
		if columns > cell.w {
			f.odd("ESC & %02X: %d columns in a font %d wide", code, columns, cell.w)
			return
		}
		data := f.take(columns*3, columns*3)
		if f.err != nil {
			return
		}
		set := f.glyphs[f.mode.font]
		if _, known := set[byte(code)]; !known && len(set) >= f.machine.UserGlyphs.Max {
			f.odd("ESC & %02X: no room for more than %d glyphs", code, f.machine.UserGlyphs.Max)
			continue
		}
		set[byte(code)] = columnBitmap(data, 3, columns, cell.w, cell.h)
	}
}

// columnBitmap draws data that comes column by column, bytes from the top, most significant
// bit uppermost, into a bitmap of w by h.
func columnBitmap(data []byte, bytesHigh, columns, w, h int) *paper.Bitmap {
	b := paper.NewBitmap(w, h)
	for x := range columns {
		for y := range bytesHigh * 8 {
			if i := x*bytesHigh + y/8; i < len(data) && data[i]&(0x80>>(y%8)) != 0 {
				b.Set(x, y)
			}
		}
	}
	return b
}
