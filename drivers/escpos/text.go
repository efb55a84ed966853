package escpos

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what a slip may hold; what is over is left out and said in [Encoded.Hint].
const (
	maxLines = 40
	maxRunes = 240
)

// Characters that stand for what cannot be printed.
const (
	replacement = '□' // in both fonts
	deviceBlank = '?' // in every device font
)

// clean makes text of whatever came: valid UTF-8 in NFC, without anything that a printer
// would obey. A control character inside a name is data: white space becomes a space, the
// rest becomes visible. Invisible format characters, which only turn text around, go.
func clean(s string) (text string, cut bool) { return purge(s, false) }

// cleanQR is clean for the text of a QR code, in which lines stay lines.
func cleanQR(s string) (text string, cut bool) { return purge(s, true) }

func purge(s string, lines bool) (text string, cut bool) {
	if limit := 16 * maxRunes; len(s) > limit {
		s, cut = s[:limit], true
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, string(replacement)))
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case r == '\n' && lines, r == noBreak && !lines:
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			r = replacement
		case unicode.Is(unicode.Cf, r):
			continue
		}
		if n == maxRunes {
			return b.String() + "…", true
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSpace(b.String()), cut
}

// noBreak is a space at which a line does not end: between the syllables of a word.
const noBreak = '\u00a0'

// wrap breaks text at spaces into lines that are at most width wide, as few as possible and
// then as equal as possible: a last word alone on its line looks like a mistake. A word that
// is wider than a line is broken where the line ends. measure gives the width of one rune,
// which is never more than width.
func wrap(text string, width float64, measure func(rune) float64) []string {
	lines := fill(text, width, measure)
	if len(lines) < 2 || len(lines) > 4 {
		return lines
	}
	best, n := lines, len(lines)
	// Six halvings find the narrowest measure that still gives n lines to 1/64 of the width.
	for low, high, i := width/2, width, 0; i < 6; i++ {
		mid := (low + high) / 2
		if lines := fill(text, mid, func(r rune) float64 { return min(measure(r), mid) }); len(lines) == n {
			best, high = lines, mid
		} else {
			low = mid
		}
	}
	return best
}

// fill puts as many words on each line as fit.
func fill(text string, width float64, measure func(rune) float64) []string {
	var lines []string
	var line []rune
	var used float64
	flush := func() {
		lines = append(lines, string(line))
		line, used = line[:0], 0
	}
	space := measure(' ')
	for _, word := range unbroken(text, width, measure) {
		need := long(word, measure)
		if len(line) > 0 {
			if used+space+need <= width {
				line = append(line, ' ')
				used += space
			} else {
				flush()
			}
		}
		for _, r := range word {
			if w := measure(r); used+w > width && len(line) > 0 {
				flush()
				line, used = append(line, r), w
			} else {
				line, used = append(line, r), used+w
			}
		}
	}
	if len(line) > 0 {
		flush()
	}
	return lines
}

// unbroken returns the words of text, those with no-break spaces as one, with plain spaces in
// them: unless even a line of their own is too short for them.
func unbroken(text string, width float64, measure func(rune) float64) []string {
	var words []string
	for _, joined := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }) {
		word := strings.ReplaceAll(joined, string(noBreak), " ")
		if long(word, measure) <= width {
			words = append(words, word)
		} else {
			words = append(words, strings.Fields(word)...)
		}
	}
	return words
}

// long is how wide a word is.
func long(word string, measure func(rune) float64) (sum float64) {
	for _, r := range word {
		sum += measure(r)
	}
	return sum
}
