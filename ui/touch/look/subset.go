package look

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Subset returns a TrueType font that draws only the letters that keep names; every other
// glyph is empty, and tables that move letters about are left out. Fyne's text engine takes a
// font apart whole when it loads it: Droid Sans Fallback with its 43,000 glyphs costs 21 MB,
// with the 3,755 commonest characters 6 MB.
//
// It fails for what is not a single TrueType font with glyf outlines.
func Subset(font []byte, keep []rune) ([]byte, error) {
	tables, err := readTables(font)
	if err != nil {
		return nil, fmt.Errorf("subset font: %w", err)
	}
	parsed, err := sfnt.Parse(font)
	if err != nil {
		return nil, fmt.Errorf("subset font: %w", err)
	}
	o, err := readOutlines(tables)
	if err != nil {
		return nil, fmt.Errorf("subset font: %w", err)
	}
	var buffer sfnt.Buffer
	used := make([]bool, o.glyphs)
	used[0] = true // what stands for a letter that the font lacks
	for _, r := range keep {
		if g, err := parsed.GlyphIndex(&buffer, r); err == nil && int(g) < o.glyphs {
			o.use(int(g), used, 0)
		}
	}
	tables["glyf"], tables["loca"] = o.only(used)
	head := slices.Clone(tables["head"])
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	tables["head"] = head
	return writeFont(tables), nil
}

// CommonHan returns the first level of GB 2312-80, the 3,755 commonest simplified characters,
// with the standard's punctuation.
func CommonHan() []rune {
	decoder := simplifiedchinese.HZGB2312.NewDecoder()
	var out []rune
	for row := byte(1); row <= 55; row++ {
		if row > 3 && row < 16 {
			continue // Greek, Cyrillic, kana, boxes
		}
		for cell := byte(1); cell <= 94; cell++ {
			b, err := decoder.Bytes([]byte{'~', '{', row + 0x20, cell + 0x20, '~', '}'})
			if err != nil {
				continue
			}
			for _, r := range string(b) {
				if r != '\uFFFD' {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// outlines are the tables that hold a font's glyphs.
type outlines struct {
	glyf   []byte
	loca   []uint32 // glyphs+1 offsets into glyf, not falling and within it
	glyphs int
}

// errFont is what is wrong with bytes that are no TrueType font.
var errFont = errors.New("not a TrueType font")

func readOutlines(tables map[string][]byte) (*outlines, error) {
	head, maxp, loca, glyf := tables["head"], tables["maxp"], tables["loca"], tables["glyf"]
	if len(head) < 54 || len(maxp) < 6 || len(glyf) == 0 {
		return nil, fmt.Errorf("%w: head, maxp or glyf is missing", errFont)
	}
	o := &outlines{glyf: glyf, glyphs: int(binary.BigEndian.Uint16(maxp[4:]))}
	long := binary.BigEndian.Uint16(head[50:]) == 1
	width := 2
	if long {
		width = 4
	}
	if o.glyphs == 0 || len(loca) < (o.glyphs+1)*width {
		return nil, fmt.Errorf("%w: loca has %d bytes for %d glyphs", errFont, len(loca), o.glyphs)
	}
	before := uint32(0)
	for i := range o.glyphs + 1 {
		at := uint32(binary.BigEndian.Uint16(loca[i*width:])) * 2
		if long {
			at = binary.BigEndian.Uint32(loca[i*width:])
		}
		if at < before || at > uint32(len(glyf)) {
			return nil, fmt.Errorf("%w: glyph %d lies outside", errFont, i)
		}
		o.loca, before = append(o.loca, at), at
	}
	return o, nil
}

func (o *outlines) glyph(g int) []byte { return o.glyf[o.loca[g]:o.loca[g+1]] }

// maxNesting is how deep glyphs may be made of glyphs; the format allows as much.
const maxNesting = 16

// use marks a glyph and those that it is made of.
func (o *outlines) use(g int, used []bool, depth int) {
	if g >= o.glyphs || used[g] || depth > maxNesting {
		return
	}
	used[g] = true
	b := o.glyph(g)
	if len(b) < 10 || int16(binary.BigEndian.Uint16(b)) >= 0 {
		return
	}
	// A composite glyph: flags, glyph, arguments, and perhaps a transformation, until a part
	// says that it is the last.
	for b = b[10:]; len(b) >= 4; {
		flags, part := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		o.use(int(part), used, depth+1)
		size := 6
		if flags&0x0001 != 0 { // the arguments are words
			size += 2
		}
		switch {
		case flags&0x0008 != 0: // one scale
			size += 2
		case flags&0x0040 != 0: // one for each axis
			size += 4
		case flags&0x0080 != 0: // a matrix
			size += 8
		}
		if flags&0x0020 == 0 || size > len(b) { // no more parts
			return
		}
		b = b[size:]
	}
}

// only returns glyf and a long loca that hold the used glyphs alone.
func (o *outlines) only(used []bool) (glyf, loca []byte) {
	for g := range o.glyphs {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if used[g] {
			glyf = append(glyf, o.glyph(g)...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
}

// kept are the tables of a subset, in the order of their tags.
func kept() []string {
	return []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}
}

func readTables(font []byte) (map[string][]byte, error) {
	if len(font) < 12 || binary.BigEndian.Uint32(font) != 0x00010000 {
		return nil, errFont
	}
	n := int(binary.BigEndian.Uint16(font[4:]))
	if len(font) < 12+16*n {
		return nil, fmt.Errorf("%w: the table of tables is cut", errFont)
	}
	tables := map[string][]byte{}
	for i := range n {
		row := font[12+16*i:]
		tag := string(row[:4])
		at, size := uint64(binary.BigEndian.Uint32(row[8:])), uint64(binary.BigEndian.Uint32(row[12:]))
		if at+size > uint64(len(font)) {
			return nil, fmt.Errorf("%w: table %q lies outside", errFont, tag)
		}
		if slices.Contains(kept(), tag) {
			tables[tag] = font[at : at+size]
		}
	}
	return tables, nil
}

// writeFont puts tables together; checksums are left at 0, nobody here looks at them.
func writeFont(tables map[string][]byte) []byte {
	var tags []string
	for _, tag := range kept() {
		if tables[tag] != nil {
			tags = append(tags, tag)
		}
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	out = binary.BigEndian.AppendUint16(out, uint16(len(tags)))
	out = append(out, 0, 0, 0, 0, 0, 0) // the search hints
	at := len(out) + 16*len(tags)
	for _, tag := range tags {
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, 0)
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tables[tag])))
		at += (len(tables[tag]) + 3) / 4 * 4
	}
	for _, tag := range tags {
		out = append(out, tables[tag]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}
