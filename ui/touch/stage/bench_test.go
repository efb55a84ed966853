//go:build noos

package stage

import (
	"context"
	"fmt"
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/motcua/gateway/ui/touch/look"
)

// BenchmarkPress is a whole press under Fyne's embedded driver: the finger comes down, the tile
// darkens; it leaves, and the page with a new number is on the screen. "cold" is the first
// frame of all: a new kit, its pictograms and letters drawn for the first time.
func BenchmarkPress(b *testing.B) {
	for _, d := range [][3]float32{{1080, 1920, 336}, {1280, 800, 217}, {800, 480, 154}} {
		name := fmt.Sprintf("%.0fx%.0f", d[0], d[1])
		options := look.Options{Size: fyne.NewSize(d[0], d[1]), WidthMM: d[2]}
		size := image.Pt(int(d[0]), int(d[1]))
		b.Run(name+"/cold", func(b *testing.B) {
			for b.Loop() {
				k := look.NewKit(options)
				pg := page(k, 10, 1)
				pg.Resize(k.Size)
				newPainter(size).paint(pg)
			}
		})
		b.Run(name+"/press", func(b *testing.B) {
			a := app.NewWithID("stage.bench")
			st := New(size)
			app.SetDriverDetails(a, st.Driver())
			k := look.NewKit(options)
			a.Settings().SetTheme(k.Theme())
			w := a.NewWindow("")
			st.Attach(w)
			n := 0
			var first, number func()
			first = func() {
				w.SetContent(k.Page(look.Weighted(1, k.Grid(2, k.Tile(look.TileSpec{Icon: look.IconStamp, Name: "Chứng thực", OnPress: number})))))
			}
			number = func() {
				n++
				w.SetContent(k.Page(look.Weighted(1, k.Number(fmt.Sprintf("A%03d", n%1000))), look.Weighted(1, k.Tile(look.TileSpec{Name: "Xong", OnPress: first}))))
			}
			first()
			ctx, cancel := context.WithCancel(b.Context())
			ran, loop := make(chan error, 1), make(chan struct{})
			go func() { ran <- st.Run(ctx) }()
			go func() { defer close(loop); a.Run() }()
			p := st.Pointer()
			// The number's page has its tile below the middle, the first page on the whole.
			press := func(x, y float32) {
				p.Down(x, y)
				p.Up(x, y)
				if _, err := st.Settle(ctx); err != nil {
					b.Fatal(err)
				}
			}
			before := st.Frame()
			for b.Loop() {
				press(d[0]/4, d[1]/4) // to the number
				b.StopTimer()
				press(d[0]/2, d[1]*0.9) // and back
				b.StartTimer()
			}
			if n != b.N {
				b.Errorf("%d numbers for %d presses", n, b.N)
			}
			b.ReportMetric(float64(st.Frame()-before)/float64(2*b.N), "frames/press")
			cancel()
			<-ran
			<-loop
		})
	}
}
