package look_test

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/motcua/gateway/ui/touch/look"
)

func TestMetricsAreMillimetres(t *testing.T) {
	t.Parallel()
	for _, d := range displays() {
		for _, large := range []bool{false, true} {
			m := look.NewMetrics(fyne.NewSize(d.w, d.h), d.mm, large)
			mm := d.mm / d.w
			if got := m.MainTile * mm; got < 20 || got > 20.5 {
				t.Errorf("%s: a main tile has %.2f mm", d.name(large), got)
			}
			if got := m.OtherTile * mm; got < 12 || got > 12.5 {
				t.Errorf("%s: another tile has %.2f mm", d.name(large), got)
			}
			// 16 minutes of arc for a capital at half a metre, and small print above 12.
			capital := m.Body * mm * 0.714
			if arc := math.Atan(float64(capital)/500) * 180 / math.Pi * 60; arc < 16 {
				t.Errorf("%s: a capital has %.1f minutes of arc", d.name(large), arc)
			}
			if !(m.Small < m.Body && m.Body < m.Name && m.Name < m.Head && m.Head < m.Title) {
				t.Errorf("%s: the sizes of type are out of order: %+v", d.name(large), m)
			}
			if m.Portrait != (d.h > d.w) || m.Low != (d.h == 480) {
				t.Errorf("%s: portrait %v, low %v", d.name(large), m.Portrait, m.Low)
			}
		}
		small, large := d.kit(false, nil), d.kit(true, nil)
		if r := large.Body / small.Body; r < 1.25 || r > 1.35 {
			t.Errorf("%s: large text is %.2f times as large", d.name(false), r)
		}
		if again := small.WithLarge(true); again.Metrics != large.Metrics {
			t.Errorf("%s: WithLarge gives %+v, want %+v", d.name(false), again.Metrics, large.Metrics)
		}
	}
}

// An unknown or absurd width gives sizes that a finger can live with.
func TestUnknownWidth(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	for _, mm := range []float32{0, -5, nan, 1, 1e9, float32(math.Inf(1))} {
		for _, d := range displays() {
			m := look.NewMetrics(fyne.NewSize(d.w, d.h), mm, false)
			if real := m.MainTile / d.w * d.mm; real < 18 || real > 26 {
				t.Errorf("%s with a width of %v mm: a main tile would have %.1f mm", d.name(false), mm, real)
			}
		}
	}
}

func TestThemeIsTheLook(t *testing.T) {
	t.Parallel()
	th := look.NewTheme(look.NewMetrics(fyne.NewSize(800, 480), 154, false))
	for _, variant := range []fyne.ThemeVariant{theme.VariantDark, theme.VariantLight} {
		if c := th.Color(theme.ColorNameBackground, variant); c != look.Paper {
			t.Errorf("the ground is %v", c)
		}
		if c := th.Color(theme.ColorNameForeground, variant); c != look.Ink {
			t.Errorf("the type is %v", c)
		}
	}
	for _, style := range []fyne.TextStyle{{}, {Monospace: true}, {Italic: true}, {Bold: true, Monospace: true}} {
		want := theme.DefaultTextFont()
		if style.Bold {
			want = theme.DefaultTextBoldFont()
		}
		if got := th.Font(style); got != want {
			t.Errorf("%+v is set in %s", style, got.Name())
		}
	}
}
