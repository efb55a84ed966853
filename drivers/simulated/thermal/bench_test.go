package thermal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// machine returns the named model.
func machine(t testing.TB, name string) Machine {
	t.Helper()
	m, err := MachineNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// only prints stream and returns its one slip, from the first row after the paper that was
// already past the head. It fails on anomalies.
func only(t testing.TB, m Machine, stream string) *paper.Bitmap {
	t.Helper()
	r := Render(m, []byte(stream))
	if len(r.Anomalies) > 0 {
		t.Errorf("anomalies: %q", r.Anomalies)
	}
	return oddly(t, m, stream)
}

// oddly is only for streams that are meant to be wrong.
func oddly(t testing.TB, m Machine, stream string) *paper.Bitmap {
	t.Helper()
	r := Render(m, []byte(stream+"\x1dVA\x00"))
	if len(r.Slips) != 1 {
		t.Fatalf("%d slips", len(r.Slips))
	}
	all := r.Slips[0].Dots
	b := paper.NewBitmap(all.W, all.H-m.Gap)
	b.Draw(all, 0, -m.Gap, 1, 1)
	return b
}

// art draws a corner of b: '#' for ink, rows split by newlines.
func art(b *paper.Bitmap, x, y, w, h int) string {
	var s strings.Builder
	for yy := y; yy < y+h; yy++ {
		for xx := x; xx < x+w; xx++ {
			if b.Black(xx, yy) {
				s.WriteByte('#')
			} else {
				s.WriteByte('.')
			}
		}
		s.WriteByte('\n')
	}
	return s.String()
}

// setText draws what text should look like in font from x, y on.
func setText(b *paper.Bitmap, font, x, y, sx, sy int, text string) {
	face := newTypeface()
	for _, r := range text {
		if g := face.glyph(font, r); g != nil && r != ' ' {
			b.Draw(g, x, y, sx, sy)
		}
		x += face.cells[font].w * sx
	}
}

// same fails unless both pictures have the same dots.
func same(t testing.TB, got, want *paper.Bitmap) {
	t.Helper()
	if err := differ(got, want); err != nil {
		t.Error(err)
	}
}

func differ(got, want *paper.Bitmap) error {
	if got.W != want.W || got.H != want.H {
		return fmt.Errorf("%d by %d dots, want %d by %d", got.W, got.H, want.W, want.H)
	}
	for y := range got.H {
		for x := range got.W {
			if got.Black(x, y) != want.Black(x, y) {
				x0, y0 := max(0, x-20), max(0, y-6)
				return fmt.Errorf("first difference at %d, %d; got\n%swant\n%s", x, y,
					art(got, x0, y0, 60, 24), art(want, x0, y0, 60, 24))
			}
		}
	}
	return nil
}

// odd fails unless one of the anomalies that stream causes contains part.
func odd(t testing.TB, m Machine, stream, part string) {
	t.Helper()
	r := Render(m, []byte(stream))
	for _, a := range r.Anomalies {
		if strings.Contains(a, part) {
			return
		}
	}
	t.Errorf("% X: anomalies %q, none about %q", stream, r.Anomalies, part)
}
