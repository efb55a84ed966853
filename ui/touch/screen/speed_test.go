package screen_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// BenchmarkHome builds the first page with its grid tried in every shape, without painting it:
// what each change of the office costs the screen.
func BenchmarkHome(b *testing.B) {
	for _, d := range displays() {
		b.Run(d.String(), func(b *testing.B) {
			k := look.NewKit(look.Options{Size: fyne.NewSize(d.w, d.h), WidthMM: d.mm})
			v := screen.View{Kit: k, Words: words.For(kiosk.Vietnamese), Press: func(screen.Press) {}}
			m := scenes(kiosk.Vietnamese, false)["01-home-12"]
			for b.Loop() {
				m.Draw(v)
			}
		})
	}
}
