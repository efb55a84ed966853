package escpos

import "slices"

// textLine is one line of characters that the printer draws.
type textLine struct {
	runes   []rune
	w, h    int
	bold    bool
	reverse bool
}

// usesText reports whether this printer's characters can show Vietnamese at all. On one that
// cannot, the plain lines are drawn as dots too: two fonts on one slip look like a fault, and
// at the sizes of a slip they cost little.
func (e *Encoder) usesText() bool {
	return e.profile.TCVN3 != (CodePages{}) || e.profile.Glyphs.codes() > 0
}

// deviceText reports whether every character of text can be one of the printer's: plain
// ASCII, a letter of its TCVN-3 pages, or a letter that fits a downloaded cell.
func (e *Encoder) deviceText(text string) bool {
	if !e.usesText() {
		return false
	}
	for _, r := range text {
		if isASCII(r) {
			continue
		}
		if _, ok := e.pages[r]; ok {
			continue
		}
		if _, ok := e.cell(r); !ok || e.profile.Glyphs.codes() == 0 {
			return false
		}
	}
	return true
}

func isASCII(r rune) bool { return r >= ' ' && r <= '~' }

// glyphSet maps letters to the codes under which they are downloaded.
type glyphSet map[rune]byte

// glyphPlan says which set is loaded for which item; starts holds the sets by the index of
// the first item that uses them.
type glyphPlan struct {
	starts map[int]glyphSet
	order  []int
}

// at returns the set that item i uses.
func (p glyphPlan) at(i int) glyphSet {
	var set glyphSet
	for _, start := range p.order {
		if start <= i {
			set = p.starts[start]
		}
	}
	return set
}

// before returns the set that is loaded when the set of item i begins.
func (p glyphPlan) before(i int) glyphSet { return p.at(i - 1) }

// planGlyphs gives the letters that must be downloaded their codes. Codes are those of ASCII
// characters that the same lines do not use; there are 95 at most, so a long slip may need
// several sets, one after the other. A single line never does: it has 53 characters at most.
func (e *Encoder) planGlyphs(items []item) glyphPlan {
	plan := glyphPlan{starts: make(map[int]glyphSet)}
	var plain [128]bool
	var letters []rune
	first := -1
	finish := func() {
		// A set without letters follows one with some: it gives their codes back.
		if len(letters) > 0 || len(plan.order) > 0 && first >= 0 {
			plan.starts[first] = e.assign(plain, letters)
			plan.order = append(plan.order, first)
		}
		plain, letters, first = [128]bool{}, nil, -1
	}
	for i, it := range items {
		if it.text == nil {
			continue
		}
		withPlain, with := e.collect(it.text.runes, plain, letters)
		if len(with) > e.free(withPlain) && first >= 0 {
			finish()
			withPlain, with = e.collect(it.text.runes, plain, letters)
		}
		if first < 0 {
			first = i
		}
		plain, letters = withPlain, with
	}
	finish()
	return plan
}

// collect adds the plain characters and the letters to download of one line.
func (e *Encoder) collect(line []rune, plain [128]bool, letters []rune) ([128]bool, []rune) {
	letters = slices.Clone(letters)
	for _, r := range line {
		if isASCII(r) {
			plain[r] = true
		} else if _, ok := e.pages[r]; !ok && !slices.Contains(letters, r) {
			letters = append(letters, r)
		}
	}
	return plain, letters
}

// free counts the codes that can be redefined beside the plain characters in use.
func (e *Encoder) free(plain [128]bool) int {
	n := 0
	for c := e.firstCode(); c <= int(e.profile.Glyphs.Last); c++ {
		if !plain[c] {
			n++
		}
	}
	return n
}

// firstCode is the first code to redefine. The blank stays a blank: printers pad with it.
func (e *Encoder) firstCode() int { return max(int(e.profile.Glyphs.First), ' '+1) }

// assign gives each letter a free code, keeping them together: each gap costs five bytes.
func (e *Encoder) assign(plain [128]bool, letters []rune) glyphSet {
	// The letters go into the longest runs of free codes first.
	type run struct{ from, n int }
	var runs []run
	for c := e.firstCode(); c <= int(e.profile.Glyphs.Last); c++ {
		if plain[c] {
			continue
		}
		if k := len(runs); k > 0 && runs[k-1].from+runs[k-1].n == c {
			runs[k-1].n++
		} else {
			runs = append(runs, run{from: c, n: 1})
		}
	}
	slices.SortStableFunc(runs, func(a, b run) int { return b.n - a.n })
	set := make(glyphSet, len(letters))
	for _, r := range runs {
		for c := r.from; c < r.from+r.n && len(letters) > 0; c++ {
			set[letters[0]] = byte(c)
			letters = letters[1:]
		}
	}
	return set
}

// download loads set, and gives codes that an earlier set took back to ASCII where set does
// not take them again.
func (e *Encoder) download(s *stream, set, before glyphSet) {
	byCode := make(map[byte]rune, len(set))
	var codes []byte
	for r, c := range set {
		byCode[c] = r
		codes = append(codes, c)
	}
	slices.Sort(codes)
	var stale []byte
	for _, c := range before {
		if _, again := byCode[c]; !again {
			stale = append(stale, c)
		}
	}
	slices.Sort(stale)
	for _, c := range stale {
		s.b = append(s.b, esc, '?', c)
	}
	for len(codes) > 0 {
		n := 1
		for n < len(codes) && codes[n] == codes[0]+byte(n) {
			n++
		}
		s.b = append(s.b, esc, '&', cellHeight/8, codes[0], codes[n-1])
		var data []byte
		for _, c := range codes[:n] {
			b, ok := e.cell(byCode[c])
			if !ok {
				b = newBitmap(cellWidth, cellHeight) // not reached: deviceText asked for it
			}
			columns, dots := glyphColumns(b)
			data = append(append(data, byte(columns)), dots...)
		}
		s.data(data)
		codes = codes[n:]
	}
	s.b = append(s.b, esc, '%', 1)
}

// textLine sends one line. Pages are switched only where a letter needs the other one: plain
// characters are the same on both.
func (e *Encoder) textLine(s *stream, l *textLine, set glyphSet) {
	s.style(l.w, l.h, l.bold, l.reverse)
	for _, r := range l.runes {
		if isASCII(r) {
			s.b = append(s.b, byte(r))
		} else if pc, ok := e.pages[r]; ok {
			page := e.profile.TCVN3.Lower
			if pc.upper {
				page = e.profile.TCVN3.Upper
			}
			s.usePage(page)
			s.b = append(s.b, pc.code)
		} else if code, ok := set[r]; ok {
			s.b = append(s.b, code)
		} else {
			s.b = append(s.b, deviceBlank)
		}
	}
	s.b = append(s.b, lf)
	s.rows += max(l.h*cellHeight, e.profile.DPI/6)
}
