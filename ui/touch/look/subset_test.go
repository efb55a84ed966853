package look_test

import (
	"image"
	"os"
	"slices"
	"testing"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/motcua/gateway/ui/touch/look"
)

// draw draws a letter with the font library, which shares no code with Subset.
func draw(t *testing.T, data []byte, r rune) []uint8 {
	t.Helper()
	f, err := opentype.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 32, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	picture := image.NewAlpha(image.Rect(0, 0, 48, 48))
	d := font.Drawer{Dst: picture, Src: image.Opaque, Face: face, Dot: fixed.P(4, 40)}
	d.DrawString(string(r))
	return picture.Pix
}

func TestSubsetDrawsTheSame(t *testing.T) {
	t.Parallel()
	full := hanFont(t)
	small, err := look.Subset(full, []rune("请号é"))
	if err != nil {
		t.Fatal(err)
	}
	if len(small) > len(full)/4 {
		t.Errorf("%d of %d bytes are left", len(small), len(full))
	}
	for _, r := range "请号é" {
		if !slices.Equal(draw(t, small, r), draw(t, full, r)) {
			t.Errorf("%c is drawn otherwise", r)
		}
	}
	if ink := draw(t, small, '窗'); slices.Max(ink) != 0 {
		t.Error("a letter that was not kept is drawn")
	}
}

// TestSubsetServesTheScreen: the kit takes the subset for a font that draws Chinese.
func TestSubsetServesTheScreen(t *testing.T) {
	t.Parallel()
	small, err := look.Subset(hanFont(t), look.CommonHan())
	if err != nil {
		t.Fatal(err)
	}
	if k := displays()[0].kit(false, small); !k.HasHan() {
		t.Error("the kit does not take the subset")
	}
	if len(small) > 2<<20 {
		t.Errorf("the common characters take %d bytes", len(small))
	}
}

func TestCommonHan(t *testing.T) {
	t.Parallel()
	han := 0
	for _, r := range look.CommonHan() {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	if han < 3755 || han > 3760 {
		t.Errorf("%d characters, the standard's first level has 3,755", han)
	}
	for _, r := range "请取号窗口办理，。？" {
		if !slices.Contains(look.CommonHan(), r) {
			t.Errorf("%c is not among them", r)
		}
	}
}

func FuzzSubset(f *testing.F) {
	if b, err := os.ReadFile(look.HanFontPaths()[0]); err == nil {
		if small, err := look.Subset(b, []rune("号")); err == nil {
			f.Add(small)
		}
	}
	f.Add([]byte("\x00\x01\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		small, err := look.Subset(data, []rune("号a"))
		if err == nil && len(small) > 3*len(data)+1<<19 {
			t.Errorf("%d bytes became %d", len(data), len(small))
		}
	})
}
