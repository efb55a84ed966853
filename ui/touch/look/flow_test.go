package look

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"pgregory.net/rapid"
)

// vietnamese are the 67 accented small letters; with the capitals 134.
const vietnamese = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"

func systemHan(t testing.TB) []byte {
	t.Helper()
	for _, p := range HanFontPaths() {
		if b, err := os.ReadFile(p); err == nil {
			return b
		}
	}
	t.Skip("fonts-droid-fallback is not installed")
	return nil
}

// Every accented letter has a drawing of its own in both faces: none is a box, none looks like
// another.
func TestFacesHaveAllVietnameseLetters(t *testing.T) {
	l := newLetters(nil)
	letters := []rune(vietnamese + strings.ToUpper(vietnamese))
	if len(letters) != 134 {
		t.Fatalf("%d letters", len(letters))
	}
	for name, font := range map[string]fyne.Resource{"regular": l.regular, "bold": l.bold} {
		seen := map[string]rune{}
		for _, r := range append(letters, []rune("aeiouydAEIOUYD\uFFFD")...) {
			pix := string(paintText(&canvas.Text{Text: string(r), TextSize: 48, Color: Ink, FontSource: font}).Pix)
			if other, ok := seen[pix]; ok {
				t.Errorf("%s: %c looks like %c", name, r, other)
			}
			seen[pix] = r
		}
	}
}

// A font is believed only when it draws Chinese.
func TestDrawsHan(t *testing.T) {
	if !drawsHan(systemHan(t)) {
		t.Error("the system's Chinese font was refused")
	}
	latin := newLetters(nil).regular.Content()
	for name, font := range map[string][]byte{
		"nothing": nil, "text": bytes.Repeat([]byte("a font? "), 1000), "half a header": latin[:64],
	} {
		if drawsHan(font) {
			t.Errorf("%s was taken for a Chinese font", name)
		}
	}
}

// A mixed line is set in runs, each in the face that has its letters, and Chinese letters
// are drawn with the font's own shapes.
func TestRuns(t *testing.T) {
	l := newLetters(systemHan(t))
	var got []string
	for _, r := range l.runs("请到2号窗口，A012", true) {
		face := "latin"
		if r.font == l.han {
			face = "han"
		} else if r.font != l.bold {
			t.Errorf("%q is not bold", r.text)
		}
		got = append(got, face+":"+r.text)
	}
	if want := "han:请到 latin:2 han:号窗口， latin:A012"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n := len(newLetters(nil).runs("请到2号", false)); n != 1 {
		t.Errorf("without the font there are %d runs", n)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                           "",
		"Hộ tịch":                    "Hộ |tịch",
		"Hộ\u00a0tịch, đất\u00a0đai": "Hộ\u00a0tịch, |đất\u00a0đai",
		"two  spaces":                "two  |spaces",
		"请取号。谢谢！":                    "请|取|号。|谢|谢！",
		"第2号（窗口）":                    "第|2|号|（窗|口）",
		" lead":                      " |lead",
	} {
		if got := strings.Join(words(in), "|"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// However narrow the place, no letter is lost, and what is said to fit does.
func TestWrapLosesNothing(t *testing.T) {
	l := newLetters(nil)
	alphabet := []rune(vietnamese + "bcghklmnpqrstvx        ,.\u00a0")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 60, -1).Draw(t, "text")
		width := rapid.Float32Range(1, 600).Draw(t, "width")
		f := flow{l, rapid.Bool().Draw(t, "bold")}
		lines, fits := f.wrap(s, 20, width)
		squeeze := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		for _, l := range lines {
			if fits && f.width(l, 20) > width {
				t.Fatalf("%q is wider than %v", l, width)
			}
		}
		if squeeze(strings.Join(lines, "")) != squeeze(s) {
			t.Fatalf("%q became %q", s, lines)
		}
		if two := f.balance(lines, 20); squeeze(strings.Join(two, "")) != squeeze(s) || len(two) != len(lines) {
			t.Fatalf("%q was balanced to %q", lines, two)
		}
	})
}

func TestBalance(t *testing.T) {
	f := flow{newLetters(nil), true}
	lines, _ := f.wrap("Trung tâm Phục vụ hành chính công", 30, f.width("Trung tâm Phục vụ hành chính", 30)+1)
	if len(lines) != 2 || lines[1] != "công" {
		t.Fatalf("wrapped to %q", lines)
	}
	if got := strings.Join(f.balance(lines, 30), "|"); got != "Trung tâm Phục vụ|hành chính công" {
		t.Errorf("balanced to %q", got)
	}
}

// The stacked accents of one line and the dots below the line above it do not touch.
func TestLeadingKeepsAccentsApart(t *testing.T) {
	const size = 100
	l := newLetters(nil)
	for _, font := range []fyne.Resource{l.regular, l.bold} {
		top, bottom := ink(t, "ẨẪỖỂ", size, font), ink(t, "ụọạgy", size, font)
		if lowest, highest := bottom.max, leading*size+float32(top.min); float32(lowest) >= highest {
			t.Errorf("%s: a line's ink ends at %d, the next one's begins at %.0f", font.Name(), lowest, highest)
		}
	}
}

type extent struct{ min, max int }

// ink returns the rows in which a text has ink.
func ink(t *testing.T, s string, size float32, font fyne.Resource) extent {
	t.Helper()
	img := paintText(&canvas.Text{Text: s, TextSize: size, Color: Ink, FontSource: font})
	e := extent{min: -1}
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride : (y+1)*img.Stride]
		if bytes.ContainsFunc(row, func(r rune) bool { return r != 0 }) {
			if e.min < 0 {
				e.min = y
			}
			e.max = y
		}
	}
	if e.min < 0 {
		t.Fatalf("%q has no ink", s)
	}
	return e
}
