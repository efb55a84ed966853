package paper

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// draw makes a bitmap of lines of '#' and '.'.
func draw(lines ...string) *Bitmap {
	b := NewBitmap(len(lines[0]), len(lines))
	for y, l := range lines {
		for x, c := range l {
			if c == '#' {
				b.Set(x, y)
			}
		}
	}
	return b
}

func show(b *Bitmap) string {
	var lines []string
	for y := range b.H {
		var l strings.Builder
		for x := range b.W {
			if b.Black(x, y) {
				l.WriteByte('#')
			} else {
				l.WriteByte('.')
			}
		}
		lines = append(lines, l.String())
	}
	return strings.Join(lines, "\n")
}

func TestBitmap(t *testing.T) {
	t.Parallel()
	flag := draw("##.", "#..")
	canvas := func(use func(b *Bitmap)) *Bitmap {
		b := NewBitmap(10, 3)
		use(b)
		return b
	}
	for name, c := range map[string]struct {
		got  *Bitmap
		want string
	}{
		"drawn":          {canvas(func(b *Bitmap) { b.Draw(flag, 7, 1, 1, 1) }), "..........\n.......##.\n.......#.."},
		"enlarged":       {canvas(func(b *Bitmap) { b.Draw(flag, 0, 0, 3, 1) }), "######....\n###.......\n.........."},
		"clipped":        {canvas(func(b *Bitmap) { b.Draw(flag, -1, -1, 1, 3) }), "#.........\n#.........\n.........."},
		"filled":         {canvas(func(b *Bitmap) { b.Fill(8, 2, 9, 9) }), "..........\n..........\n........##"},
		"inverted":       {canvas(func(b *Bitmap) { b.Fill(0, 0, 2, 1); b.Invert(1, 0, 2, 1) }), "#.#.......\n..........\n.........."},
		"turned":         {flag.Rotated90(), "##\n.#\n.."},
		"outside is out": {canvas(func(b *Bitmap) { b.Set(-1, 0); b.Set(10, 0); b.Set(0, 3) }), "..........\n..........\n.........."},
	} {
		if got := show(c.got); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	flag.Rotate180()
	if got := show(flag); got != "..#\n.##" {
		t.Errorf("upside down:\n%s", got)
	}
	if n := flag.Ink(); n != 3 {
		t.Errorf("ink: %d", n)
	}
	if b := NewBitmap(1<<20, 1<<20); b.W*b.H > MaxBitmapArea {
		t.Errorf("a bitmap of %d by %d", b.W, b.H)
	}
	if b := NewBitmap(-1, 5); b.W != 0 || b.Ink() != 0 {
		t.Errorf("width %d", b.W)
	}
}

func TestRollIsCutAtTheBlade(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 8, 15, 0, 0, time.UTC)
	r := NewRoll(12, 4, 3)
	if s := r.Cut(EndCut, at); s != nil {
		t.Errorf("nothing has passed the blade, and %d rows came off", s.Dots.H)
	}
	for range 5 {
		r.Advance([]byte{0xFF, 0xFF, 0xFF})
	}
	s := r.Cut(EndCut, at)
	// Three blank rows stood before the blade, and three printed ones stay there.
	if got := show(s.Dots); got != "............\n............\n............\n############\n############" {
		t.Errorf("first slip:\n%s", got)
	}
	if s.At != at || s.End != EndCut || s.Margin != 4 {
		t.Errorf("%+v", s)
	}
	r.Advance(nil)
	if got := show(r.Preview(at).Dots); got != "############\n############\n############\n............" {
		t.Errorf("in the printer:\n%s", got)
	}
	if s := r.Remove(at); s.End != EndTorn || s.Dots.H != 4 {
		t.Errorf("%s, %d rows", s.End, s.Dots.H)
	}
	if s := r.Remove(at); s != nil {
		t.Error("blank paper came out with the roll")
	}
	r.UpsideDown(true)
	r.Advance([]byte{0xFF, 0xFF})
	if r.Printed() {
		t.Error("the wrong side was printed on")
	}
	for !r.Full() {
		r.Advance(nil)
	}
	if r.Len() != MaxLength {
		t.Errorf("full at %d", r.Len())
	}
}

func TestPicture(t *testing.T) {
	t.Parallel()
	s := Slip{Dots: draw("#..", "..#"), Margin: 2}
	var file bytes.Buffer
	if err := s.WritePNG(&file); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, 7, 2) || s.Area() != image.Rect(2, 0, 5, 2) {
		t.Errorf("%v, %v", img.Bounds(), s.Area())
	}
	for y := range 2 {
		for x := range 7 {
			r, _, _, _ := img.At(x, y).RGBA()
			if dark := r < 0x8000; dark != s.Dots.Black(x-2, y) {
				t.Errorf("dot %d, %d", x, y)
			}
		}
	}
}

func TestArchiveKeepsWholeFilesOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "slips")
	a, err := OpenArchive(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := Slip{Dots: draw("#")}
	for _, want := range []string{"slip-0001.png", "slip-0002.png"} {
		if path, err := a.Keep(&s); err != nil || path != filepath.Join(dir, want) {
			t.Errorf("%s, %v", path, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Keep(&s); err == nil {
		t.Error("kept in a folder that is gone")
	}
}
