package thermal

import (
	"strings"
	"testing"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// corner prints stream and draws the upper left corner of what came out.
func corner(t *testing.T, m Machine, stream string, w, h int) string {
	t.Helper()
	return art(only(t, m, stream), 0, 0, w, h)
}

func TestRaster(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	for mode, want := range map[string]string{
		"0":    "#.#.....#...\n.#.......#..\n............\n",
		"\x01": "##..##..........##..\n..##..............##\n",
		"2":    "#.#.....#\n#.#.....#\n.#.......\n.#.......\n",
		"\x03": "##..##..........##..\n##..##..........##..\n..##..............##\n",
	} {
		lines := strings.Split(want, "\n")
		got := corner(t, m, "\x1dv0"+mode+"\x02\x00\x02\x00\xa0\x80\x40\x40", len(lines[0]), len(lines)-1)
		if got != want {
			t.Errorf("mode %q:\n%swant\n%s", mode, got, want)
		}
	}
}

func TestRasterFeedsItsOwnHeightOnly(t *testing.T) {
	t.Parallel()
	b := only(t, machine(t, "tm-t20"), "\x1dv0\x00\x01\x00\x03\x00\xff\x00\xffA\n")
	if b.H != 3+30 {
		t.Errorf("%d rows", b.H)
	}
	if got := art(b, 0, 0, 9, 3); got != "########.\n.........\n########.\n" {
		t.Error(got)
	}
}

func TestRasterIsAligned(t *testing.T) {
	t.Parallel()
	b := only(t, machine(t, "tm-t20"), "\x1ba\x01\x1dv0\x00\x01\x00\x01\x00\xff")
	for x := range b.W {
		if b.Black(x, 0) != (x >= 284 && x < 292) {
			t.Fatalf("dot %d", x)
		}
	}
}

func TestRasterBeyondThePaper(t *testing.T) {
	t.Parallel()
	m := machine(t, "pos-5890")
	row := strings.Repeat("\xff", 49)
	odd(t, m, "\x1dv0\x00\x31\x00\x01\x00"+row, "392 dots are wider")
	b := oddly(t, m, "\x1dv0\x00\x31\x00\x01\x00"+row+"A\n")
	want := paper.NewBitmap(384, 31)
	want.Fill(0, 0, 384, 1)
	setText(want, 0, 0, 1, 1, 1, "A")
	same(t, b, want)
}

func TestOddRaster(t *testing.T) {
	t.Parallel()
	odd(t, machine(t, "tm-t20"), "\x1dv0\x00\x00\x00\xff\xff", "0 bytes by 65535 rows")
	odd(t, machine(t, "tm-t20"), "A\x1dv0\x00\x01\x00\x01\x00\xff", "GS v 0 within a line")
}

// TestHeightsOf48AreMisprinted: a POS-5890K spills such bands as text and carries on after
// them; every other height is printed as it should be.
func TestHeightsOf48AreMisprinted(t *testing.T) {
	t.Parallel()
	m := machine(t, "pos-5890")
	for _, rows := range []int{1, 47, 48, 49, 96} {
		stream := "\x1dv0\x00\x01\x00" + string([]byte{byte(rows), 0}) + strings.Repeat("\x80", rows) + "A\n"
		r := Render(m, []byte(stream+"\x1dVA\x00"))
		if bad := len(r.Anomalies) > 0; bad != (rows%48 == 0) {
			t.Errorf("%d rows: anomalies %q", rows, r.Anomalies)
		}
		b := oddly(t, m, stream)
		if right := b.H == rows+30; right != (rows%48 != 0) {
			t.Errorf("%d rows came out %d high", rows, b.H)
		}
		// Whatever happened, the A after it is whole.
		want := paper.NewBitmap(12, 24)
		setText(want, 0, 0, 0, 1, 1, "A")
		got := paper.NewBitmap(12, 24)
		got.Draw(b, 0, 30-b.H, 1, 1)
		same(t, got, want)
	}
}

func TestBitImage(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	for stream, want := range map[string]string{
		"\x1b*\x21\x02\x00\x80\x00\x01\x40\x00\x00\n": "#...\n.#..\n" + strings.Repeat("....\n", 21) + "#...\n",
		"\x1b*\x20\x01\x00\x80\x00\x01\n":             "##..\n" + strings.Repeat("....\n", 22) + "##..\n",
		"\x1b*\x01\x01\x00\x81\n":                     "#...\n#...\n#...\n" + strings.Repeat("....\n", 18) + "#...\n#...\n#...\n",
		"\x1b*\x00\x01\x00\x80\n":                     "##..\n##..\n##..\n" + strings.Repeat("....\n", 21),
	} {
		if got := corner(t, m, stream, 4, 24); got != want {
			t.Errorf("% X:\n%swant\n%s", stream, got, want)
		}
	}
	odd(t, m, "\x1b*\x05\x01\x00\x80", "ESC * 5")
	odd(t, m, "\x1b*\x01\xff\x03"+strings.Repeat("\x00", 1023), "do not fit")
}

func TestStoredGraphics(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	store := "\x1d(L\x0c\x000p0\x02\x011\x08\x00\x02\x00\xc0\x01"
	want := "####............\n..............##\n"
	if got := corner(t, m, store+"\x1d(L\x02\x0002", 16, 2); got != want {
		t.Errorf("GS ( L:\n%s", got)
	}
	large := "\x1d8L\x0c\x00\x00\x000p0\x02\x011\x08\x00\x02\x00\xc0\x01"
	if got := corner(t, m, large+"\x1d8L\x02\x00\x00\x000\x02", 16, 2); got != want {
		t.Errorf("GS 8 L:\n%s", got)
	}
	odd(t, m, "\x1d(L\x02\x0002", "nothing stored")
	odd(t, m, "\x1d(L\x0b\x000p0\x02\x011\x08\x00\x02\x00\xc0", "1 bytes for 8 by 2")
	odd(t, m, "\x1d(L\x03\x000\x51x", "function 81")
	odd(t, machine(t, "xprinter-80"), store, "not known here")
}

func TestDownloadedImage(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	define := "\x1d*\x01\x01\x80\x00\x00\x00\x00\x00\x00\x01"
	if got := corner(t, m, define+"\x1d/\x00", 8, 8); got != "#.......\n"+strings.Repeat("........\n", 6)+".......#\n" {
		t.Error(got)
	}
	odd(t, m, "\x1d/\x00", "no image")
	odd(t, m, "\x1d*\xff\x30", "out of range")
}

func TestDownloadedGlyphs(t *testing.T) {
	t.Parallel()
	m := machine(t, "xprinter-80")
	// A glyph of two columns at code 21 and one of none at 22.
	define := "\x1b&\x03\x21\x22\x02\x80\x00\x01\x40\x00\x00\x00"
	b := only(t, m, define+"\x1b%\x01!\"A\x1b%\x00!\n")
	want := paper.NewBitmap(576, 30)
	want.Set(0, 0)
	want.Set(0, 23)
	want.Set(1, 1)
	setText(want, 0, 24, 0, 1, 1, "A!")
	same(t, b, want)

	b = only(t, m, define+"\x1b%\x01\x1b?!!\n")
	want = paper.NewBitmap(576, 30)
	setText(want, 0, 0, 0, 1, 1, "!")
	same(t, b, want)

	// Each font has glyphs of its own; B shows 17 rows.
	b = only(t, m, "\x1bM\x01\x1b&\x03\x21\x21\x01\x80\x00\xff\x1b%\x01!\x1bM\x00!\n")
	want = paper.NewBitmap(576, 30)
	want.Set(0, 24-17)
	want.Set(0, 23)
	setText(want, 0, 9, 0, 1, 1, "!")
	same(t, b, want)

	b = only(t, m, define+"\x1b%\x01\x1b@!\n")
	want = paper.NewBitmap(576, 30)
	setText(want, 0, 0, 0, 1, 1, "!")
	same(t, b, want)
}

func TestOddGlyphs(t *testing.T) {
	t.Parallel()
	m := machine(t, "xprinter-80")
	odd(t, m, "\x1b&\x02\x21\x21\x00", "out of range")
	odd(t, m, "\x1b&\x03\x22\x21\x00", "out of range")
	odd(t, m, "\x1b&\x03\x80\x81\x00\x00", "out of range")
	odd(t, m, "\x1b&\x03\x21\x21\x0d"+strings.Repeat("\xff", 39), "13 columns")
	odd(t, m, "\x1b?\x80", "out of range")
	odd(t, machine(t, "pos-5890"), "\x1b&\x03\x21\x21\x00", "unknown command")
	odd(t, machine(t, "pos-5890"), "\x1b%\x01", "unknown command")
	m.UserGlyphs.Max = 1
	odd(t, m, "\x1b&\x03\x21\x22\x00\x00", "no room for more than 1")
}

func TestCutWithoutFeedCutsThroughTheText(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	r := Render(m, []byte("A\nB\nC\nD\n\x1dV\x00E\n\x1dVB\x10"))
	if len(r.Slips) != 2 {
		t.Fatalf("%d slips", len(r.Slips))
	}
	// The blade is 96 dots behind the head: of 120 printed rows it leaves 24 on the first
	// slip, and the next begins with the other lines.
	if h := r.Slips[0].Dots.H; h != 120 {
		t.Errorf("first slip %d dots", h)
	}
	if h := r.Slips[1].Dots.H; h != 96+30+16 {
		t.Errorf("second slip %d dots", h)
	}
	want := paper.NewBitmap(576, 142)
	for i, s := range []string{"B", "C", "D", "E"} {
		setText(want, 0, 0, i*30+6, 1, 1, s)
	}
	same(t, r.Slips[1].Dots, want)
}
