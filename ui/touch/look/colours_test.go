package look_test

import (
	"math"
	"testing"

	"github.com/motcua/gateway/ui/touch/look"
)

func TestEveryPairIsReadable(t *testing.T) {
	t.Parallel()
	for _, p := range look.Pairs() {
		if c := look.Contrast(p.Fg, p.Bg); c < look.MinContrast {
			t.Errorf("%s: contrast %.2f, want at least %.0f", p.Name, c, look.MinContrast)
		}
	}
	// A control's edge needs 3:1 against what is on both sides of it (WCAG 2.2, 1.4.11).
	for _, ground := range []look.Colour{look.Paper, look.White} {
		if c := look.Contrast(look.Line, ground); c < 3 {
			t.Errorf("edge on %06x: contrast %.2f, want at least 3", uint32(ground), c)
		}
	}
}

// The two ends and one published value: #777777 on white is 4.48:1 in WCAG's own examples.
func TestContrastIsThatOfWCAG(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b look.Colour
		want float64
	}{{0x000000, 0xFFFFFF, 21}, {0x9B1C1C, 0x9B1C1C, 1}, {0x777777, 0xFFFFFF, 4.48}} {
		if got := look.Contrast(c.a, c.b); math.Abs(got-c.want) > 0.005 {
			t.Errorf("Contrast(%06x, %06x) = %.3f, want %.2f", uint32(c.a), uint32(c.b), got, c.want)
		}
	}
}
