package thermal

import (
	"strings"
	"testing"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

func TestText(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	for _, c := range []struct {
		name   string
		stream string
		height int // of the paper
		draw   func(b *paper.Bitmap)
	}{
		{"a line is 30 dots", "Abc\n", 30, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "Abc") }},
		{"ESC 3 spaces lines", "\x1b3\x28A\nB\n", 80, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
			setText(b, 0, 0, 40, 1, 1, "B")
		}},
		{"a line is at least as high as its characters", "\x1b3\x00A\nB\n", 48, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
			setText(b, 0, 0, 24, 1, 1, "B")
		}},
		{"ESC 2 takes ESC 3 back", "\x1b3\x60\x1b2A\n", 30, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "A") }},
		{"centred", "\x1ba\x01AB\n", 30, func(b *paper.Bitmap) { setText(b, 0, (576-24)/2, 0, 1, 1, "AB") }},
		{"right", "\x1ba2AB\n", 30, func(b *paper.Bitmap) { setText(b, 0, 576-24, 0, 1, 1, "AB") }},
		{"font B by ESC M", "\x1bM1ab\n", 30, func(b *paper.Bitmap) { setText(b, 1, 0, 0, 1, 1, "ab") }},
		{"font B and double size by ESC !", "\x1b!\x31ab\n", 34, func(b *paper.Bitmap) { setText(b, 1, 0, 0, 2, 2, "ab") }},
		{"GS ! width and height", "\x1d!\x21A\n", 48, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 3, 2, "A") }},
		{"eight times", "\x1d!\x778\n", 192, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 8, 8, "8") }},
		{"feet on one level", "\x1d!\x01A\x1d!\x00B\n", 48, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 2, "A")
			setText(b, 0, 12, 24, 1, 1, "B")
		}},
		{"ESC @ forgets", "\x1d!\x11\x1ba\x01xx\x1b@A\n", 30, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "A") }},
		{"right spacing grows with the width", "\x1b \x06\x1d!\x10AB\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 2, 1, "A")
			setText(b, 0, 36, 0, 2, 1, "B")
		}},
		{"ESC d", "A\x1bd\x03", 90, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "A") }},
		{"ESC J", "A\x1bJ\x64", 100, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "A") }},
		{"HT", "A\tB\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
			setText(b, 0, 96, 0, 1, 1, "B")
		}},
		{"ESC D", "\x1bD\x03\x05\x00\tA\tB\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 36, 0, 1, 1, "A")
			setText(b, 0, 60, 0, 1, 1, "B")
		}},
		{"ESC $ and ESC \\", "\x1b$\x64\x00A\x1b\\\xf4\xff\x1b\\\x20\x00B\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 100, 0, 1, 1, "A")
			setText(b, 0, 132, 0, 1, 1, "B")
		}},
		{"GS L and GS W", "\x1dL\x40\x00\x1dW\xc8\x00\x1ba\x01A\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 64+(200-12)/2, 0, 1, 1, "A")
		}},
		{"GS P changes the unit", "\x1dP\x65\x65\x1b$\x0a\x00A\x1bJ\x32", 100, func(b *paper.Bitmap) {
			setText(b, 0, 20, 0, 1, 1, "A")
		}},
		{"reverse", "\x1dB\x01A\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
			b.Invert(0, 0, 12, 24)
		}},
		{"bold is one dot wider", "\x1bE\x01A\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
			setText(b, 0, 1, 0, 1, 1, "A")
		}},
		{"underlined", "\x1b-\x02A\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
			b.Fill(0, 22, 12, 2)
		}},
		{"upside down", "\x1b{\x01A\n", 30, func(b *paper.Bitmap) {
			up := paper.NewBitmap(576, 24)
			setText(up, 0, 0, 0, 1, 1, "A")
			up.Rotate180()
			b.Draw(up, 0, 0, 1, 1)
		}},
		{"rotated", "\x1bV\x01A\n", 30, func(b *paper.Bitmap) {
			b.Draw(newTypeface().glyph(0, 'A').Rotated90(), 0, 0, 1, 1)
		}},
		{"set 16 has the dong sign", "\x1bR\x105#\n", 30, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "5₫") }},
		{"ESC = sends the printer to sleep", "\x1b=\x02lost\n\x1b=\x01A\n", 30, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "A") }},
		{"ignored controls", "\x00\x0d\x0c\x18A\n", 30, func(b *paper.Bitmap) { setText(b, 0, 0, 0, 1, 1, "A") }},
		{"skipped commands", "\x1bp\x00\x19\xfa\x1bc3\x00\x1bc5\x00\x1c.\x10\x14\x01\x00\x01\x1bSA\n", 30, func(b *paper.Bitmap) {
			setText(b, 0, 0, 0, 1, 1, "A")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := paper.NewBitmap(576, c.height)
			c.draw(want)
			same(t, only(t, m, c.stream), want)
		})
	}
}

func TestLongLineIsCutInTwo(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	full := strings.Repeat("x", 48)
	same(t, only(t, m, full+"\n"), oddly(t, m, full+"\n"))
	want := paper.NewBitmap(576, 60)
	setText(want, 0, 0, 0, 1, 1, full)
	setText(want, 0, 0, 30, 1, 1, "y")
	same(t, oddly(t, m, full+"y\n"), want)
	odd(t, m, full+"y\n", "line overflows")
}

func TestOddText(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	for stream, part := range map[string]string{
		"\x1bt\x63":               "no such code table",
		"\x1bt\x1e\xa3":           "nothing in table 30",
		"\x1bt\x1f\xa8":           "nothing in table 31",
		"\x1b%\x01\x1bt\x1e\xa3":  "neither downloaded nor",
		"\x7f":                    "code 7F",
		"\x1f":                    "control code 1F",
		"A\x1ba\x01":              "ESC a within a line",
		"A\x1dL\x01\x00":          "GS L within a line",
		"A\x1dW\x01\x00":          "GS W within a line",
		"A\x1b{\x01":              "ESC { within a line",
		"\x1ba\x07":               "ESC a 7",
		"\x1bM9":                  "ESC M 57",
		"\x1d!\x88":               "GS ! 88",
		"\x1bR\x02":               "ESC R 2",
		"\x1dL\xff\xff":           "beyond the paper",
		"\x1dW\xff\xff":           "beyond the paper",
		"\x1b$\xff\xff":           "outside the print area",
		"\x1b\\\xff\xff":          "outside the print area",
		"\x1bD\x05\x03\x00":       "out of order",
		"\x1bD\x01\x00\t\t":       "HT without a stop",
		"\x1dW\x20\x00\x1d!\x77A": "wider than the print area",
		"\x1bQ":                   "ESC Q (51): unknown command",
		"\x1dQ":                   "GS Q (51): unknown command",
		"\x1cQ":                   "FS Q (51): unknown command",
		"\x1b\x01":                "ESC . (01)",
		"\x10Q":                   "DLE 51",
		"\x10\x04\x09":            "DLE EOT 9",
		"\x10\x14\x09":            "DLE DC4 9",
		"\x1bc9":                  "ESC c 39",
		"\x1b(Z\x02\x00ab":        "ESC ( Z",
		"\x1d(Z\x02\x00ab":        "GS ( Z",
		"\x1c(Z\x02\x00ab":        "FS ( Z",
		"\x1bL":                   "page mode",
		"\x1cp\x01\x00":           "no such stored image",
		"\x1cq\x00":               "non-volatile",
		"\x1c&":                   "double-byte",
		"\x1dr\x09":               "GS r 9",
		"\x1dI\x09":               "GS I 9",
		"\x1dV\x09":               "GS V 9",
		"\x1dVa\x00":              "GS V 97",
		"A\x1dV\x00":              "GS V within a line",
		"\x1d8Z":                  "GS 8 Z",
		"\x1d^\x00\x00\x00":       "macros",
	} {
		odd(t, m, stream, part)
	}
}

func TestChineseModeEatsLetters(t *testing.T) {
	t.Parallel()
	m := machine(t, "xprinter-80")
	odd(t, m, "\xc3\xa9\n", "double-byte character C3A9")
	want := paper.NewBitmap(576, 30)
	setText(want, 0, 0, 0, 1, 1, "├⌐")
	same(t, only(t, m, "\x1c.\xc3\xa9\n"), want)
	odd(t, m, "\x1c.\x1c&\xc3\xa9\n", "double-byte character")
}
