package look

import (
	"bytes"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// letters are the faces of a display. Latin is Fyne's built-in Noto Sans, which has all 134
// accented Vietnamese letters in regular and bold; han is optional.
//
// Each run of text names its face (canvas.Text.FontSource) instead of leaving it to the theme:
// Fyne's own fallback scans the fonts of the machine when the first text is measured, which
// takes tenths of a second on a desktop and finds nothing on a lean image.
type letters struct {
	regular, bold, han fyne.Resource
}

func newLetters(han []byte) letters {
	l := letters{regular: theme.DefaultTextFont(), bold: theme.DefaultTextBoldFont()}
	if drawsHan(han) {
		l.han = fyne.NewStaticResource("han.ttf", han)
	}
	return l
}

// drawsHan reports whether a font really draws Chinese here: two letters, each with ink, that
// differ. A font without them draws the same empty box twice.
func drawsHan(font []byte) bool {
	switch {
	case len(font) < 1<<10:
		return false
	case !bytes.HasPrefix(font, []byte("\x00\x01\x00\x00")) && !bytes.HasPrefix(font, []byte("OTTO")):
		return false // Fyne would log it, and then silently draw with the Latin face
	}
	res := fyne.NewStaticResource("han.ttf", font)
	draw := func(s string) []byte {
		return paintText(&canvas.Text{Text: s, TextSize: 24, Color: Ink, FontSource: res}).Pix
	}
	a, b := draw("请"), draw("号")
	return !bytes.Equal(a, b) && bytes.ContainsFunc(a, func(r rune) bool { return r != 0 })
}

// HanFontPaths are the places where Debian's fonts-droid-fallback puts its font, best first.
func HanFontPaths() []string {
	return []string{
		"/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
	}
}

// run is a piece of a line in one face.
type run struct {
	text string
	font fyne.Resource
}

// runs splits a line into runs by face.
func (l letters) runs(s string, bold bool) []run {
	latin := l.regular
	if bold {
		latin = l.bold
	}
	if l.han == nil || strings.IndexFunc(s, isHan) < 0 {
		return []run{{s, latin}}
	}
	var out []run
	for len(s) > 0 {
		han := isHan([]rune(s)[0])
		end := strings.IndexFunc(s, func(r rune) bool { return isHan(r) != han })
		if end < 0 {
			end = len(s)
		}
		font := latin
		if han {
			font = l.han
		}
		out = append(out, run{s[:end], font})
		s = s[end:]
	}
	return out
}

// isHan reports whether r is set in the Chinese face: ideographs and the punctuation that
// goes with them.
func isHan(r rune) bool {
	return r >= 0x2E80 && (unicode.Is(unicode.Han, r) ||
		r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF)
}

// noLineStart are marks that never begin a line.
const noLineStart = "，。、；：？！）》」』”％"
