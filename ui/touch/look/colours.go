package look

import (
	"image/color"
	"math"
)

// Colour is an opaque colour as 0xRRGGBB, so that a table of them reads like the style sheet
// of the office's web pages.
type Colour uint32

// RGBA implements [color.Color].
func (c Colour) RGBA() (r, g, b, a uint32) {
	r, g, b = uint32(c)>>16&0xff, uint32(c)>>8&0xff, uint32(c)&0xff
	return r * 0x101, g * 0x101, b * 0x101, 0xffff
}

var _ color.Color = Colour(0)

// The colours. Nothing on a screen has another one.
const (
	Paper   Colour = 0xFAF7F0 // the ground of every page
	White   Colour = 0xFFFFFF // a tile or card on the ground
	Sand    Colour = 0xF4EEE1 // a quiet tile, the block behind a pictogram
	Ink     Colour = 0x1B1714 // type
	InkSoft Colour = 0x453D36 // facts, small print; still 7:1 on Sand
	Gold    Colour = 0xE6CF98 // the filling of pictograms; ornament only, never type
	Line    Colour = 0x7A6F63 // borders: 3:1 on Paper, the least for a control's edge
	Red     Colour = 0x9B1C1C // lacquer: what to press next
	RedDeep Colour = 0x6B1010 // the same, under a finger
	Jade    Colour = 0x00573D // done
	JadeDim Colour = 0x003D2B // the same, under a finger
)

// Pair is type on a ground. Code takes pairs, never a single colour, so that the contrast of
// everything that a person reads is in one table that a test can compute.
type Pair struct{ Fg, Bg Colour }

// The pairs. Each has a contrast of at least [MinContrast].
var (
	OnPaper     = Pair{Ink, Paper}
	SoftOnPaper = Pair{InkSoft, Paper}
	RedOnPaper  = Pair{Red, Paper}
	JadeOnPaper = Pair{Jade, Paper}
	OnWhite     = Pair{Ink, White}
	SoftOnWhite = Pair{InkSoft, White}
	RedOnWhite  = Pair{Red, White}
	JadeOnWhite = Pair{Jade, White}
	OnSand      = Pair{Ink, Sand}
	SoftOnSand  = Pair{InkSoft, Sand}
	RedOnSand   = Pair{Red, Sand}
	OnRed       = Pair{White, Red}
	OnRedDeep   = Pair{White, RedDeep}
	OnJade      = Pair{White, Jade}
	OnJadeDim   = Pair{White, JadeDim}
	OnInk       = Pair{Paper, Ink}
)

// MinContrast is the contrast that every pair has at least: WCAG 2.2, 1.4.6 (AAA).
const MinContrast = 7.0

// NamedPair is a pair with its name, for tables.
type NamedPair struct {
	Name string
	Pair
}

// Pairs returns every pair that a screen may use, for tests and for the style guide.
func Pairs() []NamedPair {
	return []NamedPair{
		{"on-paper", OnPaper}, {"soft-on-paper", SoftOnPaper},
		{"red-on-paper", RedOnPaper}, {"jade-on-paper", JadeOnPaper},
		{"on-white", OnWhite}, {"soft-on-white", SoftOnWhite},
		{"red-on-white", RedOnWhite}, {"jade-on-white", JadeOnWhite},
		{"on-sand", OnSand}, {"soft-on-sand", SoftOnSand}, {"red-on-sand", RedOnSand},
		{"on-red", OnRed}, {"on-red-deep", OnRedDeep},
		{"on-jade", OnJade}, {"on-jade-dim", OnJadeDim},
		{"on-ink", OnInk},
	}
}

// Contrast returns the contrast ratio of WCAG 2.2 between two colours, 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(c Colour) float64 {
	linear := func(v Colour) float64 {
		s := float64(v&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c>>16) + 0.7152*linear(c>>8) + 0.0722*linear(c)
}
