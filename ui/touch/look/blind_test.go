package look_test

import (
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/mobile"

	"github.com/motcua/gateway/ui/touch/look"
)

// TestABlindTileTellsNobody: it looks the same with a finger on it and without.
func TestABlindTileTellsNobody(t *testing.T) {
	for _, blind := range []bool{false, true} {
		var c clock
		tile := c.kit().Tile(look.TileSpec{Name: "7", Keypad: true, Blind: blind, OnPress: func() {}})
		tile.Resize(fyne.NewSize(200, 120))
		fills := func() (out []color.Color) {
			for _, o := range tile.Parts() {
				if r, ok := o.(*canvas.Rectangle); ok {
					out = append(out, r.FillColor)
				}
			}
			return out
		}
		before := fills()
		if len(before) == 0 {
			t.Fatal("the tile has no ground")
		}
		tile.TouchDown(&mobile.TouchEvent{})
		if changed := !slices.Equal(before, fills()); changed == blind {
			t.Errorf("blind %v: it changes under a finger: %v", blind, changed)
		}
		tile.TouchUp(&mobile.TouchEvent{})
	}
}
