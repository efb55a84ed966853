package escpos

// The cell of a downloaded glyph is 12 dots wide and 24 high (font A). In it an outline of
// the size of the body text has eight rows for two stacked marks, and thresholding turns
// ẳ and ẵ into the same smudge (looked at, enlarged, for six fonts). The marks are therefore
// drawn by hand, as the printers' own fonts do it; the letters under them come from the font.

// cellMarks are the marks above a letter, by their combining characters in NFD order without
// the dot below; '#' is a dot.
var cellMarks = map[string][]string{
	"\u0300": { // grave
		"##..",
		".##.",
		"..##",
	},
	"\u0301": { // acute
		"..##",
		".##.",
		"##..",
	},
	"\u0303": { // tilde
		".###..##",
		"##.####.",
		"##..##..",
	},
	"\u0309": { // hook
		".###.",
		"##.##",
		"..##.",
		"..#..",
	},
	"\u0302": { // circumflex
		"...##...",
		"..####..",
		".##..##.",
	},
	"\u0306": { // breve
		"##....##",
		".##..##.",
		"..####..",
	},
	"\u0302\u0300": {
		".##.......",
		"..##......",
		"...#.##...",
		"....####..",
		"...##..##.",
	},
	"\u0302\u0301": {
		".......##.",
		"......##..",
		"...##.#...",
		"..####....",
		".##..##...",
	},
	"\u0302\u0303": {
		"..##..#.",
		".#..##..",
		"........",
		"...##...",
		"..####..",
		".##..##.",
	},
	"\u0302\u0309": {
		".......##.",
		".........#",
		"...##..##.",
		"..####.#..",
		".##..##...",
	},
	"\u0306\u0300": {
		"..##....",
		"...##...",
		"##..#.##",
		".##..##.",
		"..####..",
	},
	"\u0306\u0301": {
		"....##..",
		"...##...",
		"##.#..##",
		".##..##.",
		"..####..",
	},
	"\u0306\u0303": {
		"..##..#.",
		".#..##..",
		"........",
		"##....##",
		".##..##.",
		"..####..",
	},
	"\u0306\u0309": {
		"..###...",
		".....#..",
		"...##...",
		"##.#..##",
		".##..##.",
		"..####..",
	},
}
