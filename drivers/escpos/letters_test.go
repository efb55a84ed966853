package escpos_test

import (
	"image"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
)

// accented returns the 67 accented small letters of Vietnamese and their capitals.
func accented() []rune {
	var all []rune
	for _, base := range "aăâeêioôơuưy" {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"} {
			r := []rune(norm.NFC.String(string(base) + tone))[0]
			if r > 0x7F {
				all = append(all, r)
			}
		}
	}
	all = append(all, 'đ')
	for _, r := range all {
		all = append(all, unicode.ToUpper(r))
	}
	return all
}

func TestAccentedLetters(t *testing.T) {
	t.Parallel()
	all := accented()
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 134 {
		t.Fatalf("%d letters, want 134", n)
	}
}

func encoder(t testing.TB, profile string) *escpos.Encoder {
	t.Helper()
	p, err := escpos.Lookup(profile)
	if err != nil {
		t.Fatal(err)
	}
	e, err := escpos.NewEncoder(p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// letter prints one letter alone and returns its dots, cropped to rows with ink.
func letter(t *testing.T, e *escpos.Encoder, machine string, r rune) []string {
	t.Helper()
	m, err := thermal.MachineNamed(machine)
	if err != nil {
		t.Fatal(err)
	}
	out := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineBody, string(r))}})
	if len(out.Missing) > 0 {
		t.Fatalf("%c is missing", r)
	}
	got := thermal.Render(m, out.Data)
	if len(got.Anomalies) > 0 {
		t.Fatalf("%c: %q", r, got.Anomalies)
	}
	piece := got.Rest
	if len(got.Slips) > 0 {
		piece = &got.Slips[0]
	}
	if piece == nil {
		t.Fatalf("%c: nothing printed", r)
	}
	return ink(piece.Dots)
}

// ink crops a picture to its black dots.
func ink(b *paper.Bitmap) []string {
	var rows []string
	for y := range b.H {
		var row strings.Builder
		for x := range b.W {
			if b.Black(x, y) {
				row.WriteByte('#')
			} else {
				row.WriteByte('.')
			}
		}
		rows = append(rows, row.String())
	}
	return crop(rows)
}

// crop cuts white rows and columns off.
func crop(rows []string) []string {
	blank := func(r string) bool { return !strings.Contains(r, "#") }
	for len(rows) > 0 && blank(rows[0]) {
		rows = rows[1:]
	}
	for len(rows) > 0 && blank(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	left, right := 1<<30, 0
	for _, r := range rows {
		if i := strings.Index(r, "#"); i >= 0 {
			left, right = min(left, i), max(right, strings.LastIndex(r, "#")+1)
		}
	}
	var out []string
	for _, r := range rows {
		out = append(out, r[left:right])
	}
	return out
}

func show(rows []string) string { return "\n" + strings.Join(rows, "\n") }

// TestDownloadedLetters: every letter comes out of the printer dot for dot as it was drawn,
// whole, and unlike every other.
func TestDownloadedLetters(t *testing.T) {
	t.Parallel()
	e := encoder(t, "xprinter-80")
	seen := make(map[string]rune)
	for _, r := range accented() {
		cell := escpos.Cell(e, r)
		got := letter(t, e, "xprinter-80", r)
		if want := crop(cell); !slices.Equal(got, want) {
			t.Errorf("%c printed as%s\nwant%s", r, show(got), show(want))
		}
		if other, twice := seen[show(cell)]; twice {
			t.Errorf("%c looks like %c", r, other)
		}
		seen[show(cell)] = r

		art, dot := escpos.Art(r)
		if art != nil && !contains(cell[:cellTop(r)+1], art) {
			t.Errorf("%c: the mark is not whole above the letter%s", r, show(cell))
		}
		if dot && (!strings.Contains(cell[20]+cell[21], "##") || !strings.Contains(cell[21]+cell[22], "##")) {
			t.Errorf("%c: no dot below%s", r, show(cell))
		}
		if unicode.IsLower(r) {
			compareBody(t, e, r, cell, dot)
		}
	}
}

// cellTop is the last row that marks may reach: small letters begin at row 7, capitals give way.
func cellTop(r rune) int {
	if unicode.IsLower(r) {
		return 6
	}
	return 8
}

// contains reports whether art stands somewhere in rows, dot for dot.
func contains(rows, art []string) bool {
	for y := 0; y+len(art) <= len(rows); y++ {
		for x := 0; x+len(art[0]) <= len(rows[0]); x++ {
			fits := true
			for dy, a := range art {
				fits = fits && rows[y+dy][x:x+len(a)] == a
			}
			if fits {
				return true
			}
		}
	}
	return false
}

// compareBody holds the letter under the marks against the plain letter of the font.
func compareBody(t *testing.T, e *escpos.Encoder, r rune, cell []string, dot bool) {
	t.Helper()
	d := []rune(norm.NFD.String(string(r)))
	base := d[0]
	if slices.Contains(d, '\u031B') {
		base = []rune(norm.NFC.String(string([]rune{d[0], '\u031B'})))[0]
	}
	if base == 'i' && len(d) > 1 && !dot {
		base = 'ı'
	}
	plain := escpos.Cell(e, base)
	from, to := 7, 24
	if dot {
		to = 19
	}
	if !slices.Equal(cell[from:to], plain[from:to]) {
		t.Errorf("%c does not stand on %c%s", r, base, show(cell))
	}
}

// TestRasterLetters: every letter drawn as dots is, of all 134, most like the font's own
// drawing of that letter, which here comes from another path through the font library.
func TestRasterLetters(t *testing.T) {
	t.Parallel()
	f, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	const em = 24 // of the body at 203 dpi
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: em, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	// Each letter at each eighth of a dot, as the encoder may have placed it.
	drawn := make(map[rune][][]string)
	for _, r := range accented() {
		for eighth := range fixed.Int26_6(8) {
			drawn[r] = append(drawn[r], draw24(t, face, r, eighth*8))
		}
	}
	e := encoder(t, "generic-80")
	for _, r := range accented() {
		got := letter(t, e, "clone-80", r)
		best, least, own := r, 1<<30, 1<<30
		for other, pictures := range drawn {
			for _, p := range pictures {
				d := differ(got, p)
				if other == r {
					own = min(own, d)
				}
				if d < least || d == least && other == r {
					best, least = other, d
				}
			}
		}
		if best != r {
			t.Errorf("%c looks like %c (%d dots differ, from itself %d)%s", r, best, least, own, show(got))
		}
		if own > 6 {
			t.Errorf("%c: %d dots differ from the font%s", r, own, show(got))
		}
	}
}

// draw24 draws r as the font library does.
func draw24(t *testing.T, face font.Face, r rune, at fixed.Int26_6) []string {
	t.Helper()
	dr, mask, mp, _, ok := face.Glyph(fixed.Point26_6{X: fixed.I(20) + at, Y: fixed.I(40)}, r)
	if !ok {
		t.Fatalf("the font has no %c", r)
	}
	alpha := mask.(*image.Alpha)
	var rows []string
	for y := range dr.Dy() {
		var row strings.Builder
		for x := range dr.Dx() {
			if alpha.AlphaAt(mp.X+x, mp.Y+y).A >= escpos.RasterInk {
				row.WriteByte('#')
			} else {
				row.WriteByte('.')
			}
		}
		rows = append(rows, row.String())
	}
	return crop(rows)
}

// differ counts the dots in which two pictures differ, laid over each other at the top left
// corner or a dot beside it.
func differ(a, b []string) int {
	least := 1 << 30
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			n := 0
			for y := -1; y <= max(len(a), len(b)); y++ {
				for x := -1; x <= max(len(a[0]), len(b[0])); x++ {
					if black(a, x, y) != black(b, x+dx, y+dy) {
						n++
					}
				}
			}
			least = min(least, n)
		}
	}
	return least
}

func black(rows []string, x, y int) bool {
	return y >= 0 && y < len(rows) && x >= 0 && x < len(rows[y]) && rows[y][x] == '#'
}

// TestPageCodes holds our table against that of iconv, whose TCVN has the letters of the
// lower page at the same codes.
func TestPageCodes(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("iconv"); err != nil {
		t.Skip("needs iconv: " + err.Error())
	}
	n := 0
	for _, r := range accented() {
		code, upper, ok := escpos.PageCode(r)
		if !ok {
			if !strings.ContainsRune("ĂÂÊÔƠƯĐ", r) {
				t.Errorf("%c is not in the pages", r)
			}
			continue
		}
		n++
		if upper != unicode.IsUpper(r) {
			t.Errorf("%c is in the wrong page", r)
		}
		cmd := exec.Command("iconv", "-f", "UTF-8", "-t", "TCVN5712-1")
		cmd.Stdin = strings.NewReader(string(unicode.ToLower(r)))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if len(out) != 1 || out[0] != code {
			t.Errorf("%c is %X in iconv's table, %X in ours", r, out, code)
		}
	}
	if n != 127 {
		t.Errorf("%d letters in the pages, want 127", n)
	}
}

// TestPageLetters: every letter of the pages finds a glyph in the printer, and no two the same.
func TestPageLetters(t *testing.T) {
	t.Parallel()
	e := encoder(t, "epson-tm-80")
	seen := make(map[string]rune)
	for _, r := range accented() {
		picture := show(letter(t, e, "tm-t20", r))
		if other, twice := seen[picture]; twice {
			t.Errorf("%c prints like %c", r, other)
		}
		seen[picture] = r
	}
}
