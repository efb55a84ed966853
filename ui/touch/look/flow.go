package look

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// leading is the distance of two baselines in ems. Noto's own is 1.36; 1.3 is the least at
// which the dot below one line (ụ) still clears the stacked accents of the next (Ẩ).
const leading = 1.3

// flow breaks text into lines for a size and width and measures them.
type flow struct {
	letters letters
	bold    bool
}

// width returns the advance of one line at a size.
func (f flow) width(line string, size float32) float32 {
	var w float32
	for _, r := range f.letters.runs(line, f.bold) {
		w += measure(r, size, f.bold).Width
	}
	return w
}

// measure returns the box of a run; Fyne caches it.
func measure(r run, size float32, bold bool) fyne.Size {
	s, _ := fyne.CurrentApp().Driver().RenderedTextSize(r.text, size, style(bold), r.font)
	return s
}

// baseline returns the distance from the top of a run's box to its baseline.
func baseline(r run, size float32, bold bool) float32 {
	_, b := fyne.CurrentApp().Driver().RenderedTextSize(r.text, size, style(bold), r.font)
	return b
}

func style(bold bool) fyne.TextStyle { return fyne.TextStyle{Bold: bold} }

// wrap breaks s at spaces, between Chinese letters and at newlines so that no line is wider
// than width. A single word that is wider gets a line of its own: the caller shrinks.
func (f flow) wrap(s string, size, width float32) (lines []string, fits bool) {
	fits = true
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range words(paragraph) {
			next := line + word
			if line != "" && f.width(strings.TrimRight(next, " "), size) > width {
				lines = append(lines, strings.TrimRight(line, " "))
				next = word
			}
			line = next
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	for _, l := range lines {
		if f.width(l, size) > width {
			fits = false
		}
	}
	return lines, fits
}

// balance re-breaks text that wrap set in two lines so that the two are as even as they can
// be: a lone last word looks like a mistake on a tile.
func (f flow) balance(lines []string, size float32) []string {
	if len(lines) != 2 {
		return lines
	}
	glue := " "
	if r, _ := utf8.DecodeRuneInString(lines[1]); isHan(r) {
		glue = ""
	}
	all := words(lines[0] + glue + lines[1])
	best, widest := lines, max(f.width(lines[0], size), f.width(lines[1], size))
	for i := 1; i < len(all); i++ {
		a := strings.TrimRight(strings.Join(all[:i], ""), " ")
		b := strings.TrimRight(strings.Join(all[i:], ""), " ")
		if w := max(f.width(a, size), f.width(b, size)); w < widest {
			best, widest = []string{a, b}, w
		}
	}
	return best
}

// words splits s where a line may end; every word keeps the spaces behind it. U+00A0 is no
// such place: ui/words uses it to keep "hộ tịch" together.
func words(s string) []string {
	var out []string
	start := 0
	prev := rune(0)
	for i, r := range s {
		breakable := i > start && (prev == ' ' && r != ' ' ||
			(isHan(prev) || isHan(r)) && r != ' ' && !strings.ContainsRune(noLineStart, r) && prev != '（')
		if breakable {
			out = append(out, s[start:i])
			start = i
		}
		prev = r
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// fit returns the lines and the largest size, at most size, at which s takes no more than
// maxLines lines (0: any number), width and height. It never drops text; that a size can no
// longer be read is for a test to find (see Kit.Check).
func (f flow) fit(s string, size, width, height float32, maxLines int) ([]string, float32) {
	const least = 2
	for {
		lines, fits := f.wrap(s, size, width)
		if size <= least || fits && (maxLines == 0 || len(lines) <= maxLines) &&
			blockHeight(len(lines), size) <= height+0.5 {
			return lines, size
		}
		size = max(least, min(size-1, size*0.97))
	}
}

// blockHeight is the height of n lines: the first line's full box, then leadings.
func blockHeight(n int, size float32) float32 {
	if n == 0 {
		return 0
	}
	return size * (1.36 + leading*float32(n-1))
}
