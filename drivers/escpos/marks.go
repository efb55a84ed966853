package escpos

// The cell of a downloaded glyph is 12 dots wide and 24 high (font A). In it an outline of
// the size of the body text has eight rows for two stacked marks, and thresholding turns
// ẳ and ẵ into the same smudge (looked at, enlarged, for six fonts). The marks are therefore
// drawn by hand, as the printers' own fonts do it; the letters under them come from the font.

// cellMark returns the marks above a letter, named by their combining characters in NFD
// order without the dot below; '#' is a dot. It is nil for marks of other languages.
func cellMark(marks string) []string {
	switch marks {
	case "\u0300": // grave
		return []string{
			"##..",
			".##.",
			"..##",
		}
	case "\u0301": // acute
		return []string{
			"..##",
			".##.",
			"##..",
		}
	case "\u0303": // tilde
		return []string{
			".###..##",
			"##.####.",
			"##..##..",
		}
	case "\u0309": // hook
		return []string{
			".###.",
			"##.##",
			"..##.",
			"..#..",
		}
	case "\u0302": // circumflex
		return []string{
			"...##...",
			"..####..",
			".##..##.",
		}
	case "\u0306": // breve
		return []string{
			"##....##",
			".##..##.",
			"..####..",
		}
	case "\u0302\u0300":
		return []string{
			".##.......",
			"..##......",
			"...#.##...",
			"....####..",
			"...##..##.",
		}
	case "\u0302\u0301":
		return []string{
			".......##.",
			"......##..",
			"...##.#...",
			"..####....",
			".##..##...",
		}
	case "\u0302\u0303":
		return []string{
			"..##..#.",
			".#..##..",
			"........",
			"...##...",
			"..####..",
			".##..##.",
		}
	case "\u0302\u0309":
		return []string{
			".......##.",
			".........#",
			"...##..##.",
			"..####.#..",
			".##..##...",
		}
	case "\u0306\u0300":
		return []string{
			"..##....",
			"...##...",
			"##..#.##",
			".##..##.",
			"..####..",
		}
	case "\u0306\u0301":
		return []string{
			"....##..",
			"...##...",
			"##.#..##",
			".##..##.",
			"..####..",
		}
	case "\u0306\u0303":
		return []string{
			"..##..#.",
			".#..##..",
			"........",
			"##....##",
			".##..##.",
			"..####..",
		}
	case "\u0306\u0309":
		return []string{
			"..###...",
			".....#..",
			"...##...",
			"##.#..##",
			".##..##.",
			"..####..",
		}
	}
	return nil
}
