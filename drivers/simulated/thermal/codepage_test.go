package thermal

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"
)

// letters are the 67 accented small letters of Vietnamese.
const letters = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"

// TestTablesAgreeWithIconv asks somebody who has not seen these tables. glibc's TCVN5712-1 is
// the first set, whose capitals stand elsewhere, but the small letters are those of VN3.
func TestTablesAgreeWithIconv(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("iconv"); err != nil {
		t.Skip("iconv is not installed")
	}
	for page, charset := range map[CodePage]string{
		PagePC437: "CP437", PageWPC1252: "CP1252", PageWPC1258: "CP1258", PageTCVN3Small: "TCVN5712-1",
	} {
		upper := page.upper()
		if len(upper) != 128 {
			t.Fatalf("%s: %d codes", page, len(upper))
		}
		for i, r := range upper {
			code := byte(0x80 + i)
			if r == ' ' {
				// Nothing at A1-A7 in the printers' small page; elsewhere nothing in iconv's
				// table either.
				if page != PageTCVN3Small {
					if got := convert(t, charset, code); got != "" {
						t.Errorf("%s %02X: nothing, iconv has %q", page, code, got)
					}
				}
				continue
			}
			if got := convert(t, charset, code); got != string(r) {
				t.Errorf("%s %02X: %q, iconv has %q", page, code, r, got)
			}
		}
	}
}

func convert(t *testing.T, charset string, code byte) string {
	t.Helper()
	cmd := exec.Command("iconv", "-f", charset, "-t", "UTF-8")
	cmd.Stdin = strings.NewReader(string([]byte{code}))
	out, err := cmd.Output()
	if err != nil {
		return "" // an unassigned code
	}
	return string(out)
}

// TestCapitalPage holds the second page against the first: accented capitals stand where
// their small letters do, and only the seven unmarked ones may stand elsewhere.
func TestCapitalPage(t *testing.T) {
	t.Parallel()
	small, capital := PageTCVN3Small.upper(), PageTCVN3Capital.upper()
	if len(capital) != 128 {
		t.Fatalf("%d codes", len(capital))
	}
	for i, r := range small {
		if i < 0x30 { // the unmarked letters
			continue
		}
		if want := unicode.ToUpper(r); capital[i] != want {
			t.Errorf("%02X: %q, want %q", 0x80+i, capital[i], want)
		}
	}
	for code, want := range map[int]rune{
		0xA1: 'Ă', 0xA2: 'Â', 0xA7: 'Đ', 0xAA: 'Ê', 0xAB: 'Ô', 0xAC: 'Ơ', 0xAD: 'Ư', 0xA3: ' ', 0xA8: ' ', 0xAE: ' ',
	} {
		if got := capital[code-0x80]; got != want {
			t.Errorf("%02X: %q, want %q", code, got, want)
		}
	}
}

func TestAllLettersHaveACodeAndAGlyph(t *testing.T) {
	t.Parallel()
	if n := len([]rune(letters)); n != 67 {
		t.Fatalf("%d letters", n)
	}
	face := newTypeface()
	for page, alphabet := range map[CodePage]string{
		PageTCVN3Small: letters, PageTCVN3Capital: strings.ToUpper(letters),
	} {
		table := string(page.upper())
		for _, r := range alphabet {
			if strings.Count(table, string(r)) != 1 {
				t.Errorf("%s has %q %d times", page, r, strings.Count(table, string(r)))
			}
		}
		for font := range face.cells {
			seen := map[string]rune{}
			for _, r := range alphabet {
				g := face.glyph(font, r)
				if g == nil || g.Ink() == 0 {
					t.Errorf("font %d has no %q", font, r)
					continue
				}
				picture := art(g, 0, 0, g.W, g.H)
				if other, ok := seen[picture]; ok {
					t.Errorf("font %d draws %q and %q alike", font, other, r)
				}
				seen[picture] = r
			}
		}
	}
}

// TestGlyphsKeepToTheirCells: letters that touch the rim of their cell would have been
// clipped, most likely a mark on top or a tail below.
func TestGlyphsKeepToTheirCells(t *testing.T) {
	t.Parallel()
	face := newTypeface()
	for font, c := range face.cells {
		for _, r := range letters + strings.ToUpper(letters) + "gjpqy|" {
			g := face.glyph(font, r)
			ink := 0
			for y := range c.h {
				for x := range c.w {
					if g.Black(x, y) {
						ink++
					}
				}
			}
			tall := cells()[font]
			tall.h, tall.baseline = tall.h+16, tall.baseline+8
			if whole := face.draw(tall, r).Ink(); whole != ink {
				t.Errorf("font %d clips %q: %d of %d dots", font, r, ink, whole)
			}
		}
	}
}
