package stage

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"github.com/motcua/gateway/ui/touch/look"
)

func TestMain(m *testing.M) {
	test.NewApp()
	os.Exit(m.Run())
}

// oracle paints a page with Fyne's own painter.
func oracle(k *look.Kit, page fyne.CanvasObject) *image.RGBA {
	fyne.CurrentApp().Settings().SetTheme(k.Theme())
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(page)
	c.Resize(k.Size)
	out := image.NewRGBA(image.Rect(0, 0, int(k.Size.Width), int(k.Size.Height)))
	draw.Draw(out, out.Rect, c.Capture(), image.Point{}, draw.Src)
	return out
}

// worst is the largest difference of two pictures in any channel of any pixel.
func worst(t testing.TB, a, b *image.RGBA) int {
	t.Helper()
	if a.Rect != b.Rect {
		t.Fatalf("pictures of %v and %v", a.Rect, b.Rect)
	}
	w := 0
	if bytes.Equal(a.Pix, b.Pix) {
		return 0 // a hundred times faster, above all under the race detector
	}
	for i := range a.Pix {
		w = max(w, int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return w
}

func kits() []*look.Kit {
	var out []*look.Kit
	for _, d := range [][3]float32{{1080, 1920, 336}, {1280, 800, 217}, {800, 480, 154}} {
		out = append(out, look.NewKit(look.Options{Size: fyne.NewSize(d[0], d[1]), WidthMM: d[2]}))
	}
	return out
}

// page is a page of n tiles, with texts that depend on seed.
func page(k *look.Kit, n, seed int) *fyne.Container {
	icons := look.Icons()
	columns := 2
	if !k.Portrait {
		columns = 4
	}
	var tiles []*look.Tile
	for i := range n {
		tiles = append(tiles, k.Tile(look.TileSpec{
			Key: fmt.Sprint(i), Icon: icons[(i+seed)%len(icons)], Name: "Đất đai, môi trường " + fmt.Sprint(i),
			Fact: fmt.Sprintf("%d người chờ", (i*7+seed)%13), OnPress: func() {},
		}))
	}
	return k.Page(
		look.Fixed(k.Masthead("Trung tâm Phục vụ hành chính công", "Đặc khu Cô Tô", k.Heading(fmt.Sprintf("09:%02d", seed%60)))),
		look.Weighted(1, k.Grid(columns, tiles...)),
		look.Fixed(k.Row(
			look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Primary, Icon: look.IconGuide, Name: "Tôi không biết chọn gì", OnPress: func() {}})),
			look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Quiet, Name: "English", Other: true, OnPress: func() {}})),
		)),
	)
}

func numberPage(k *look.Kit, number string) *fyne.Container {
	code := image.NewGray(image.Rect(0, 0, 21, 21))
	for i := range code.Pix {
		code.Pix[i] = uint8(i%3) * 127
	}
	return k.Page(
		look.Weighted(1, k.Card(k.Number(number).On(look.RedOnWhite))),
		look.Fixed(k.Notice(look.Jade, k.Paragraph("Mời ông bà ngồi chờ. Loa sẽ gọi số.").On(look.OnSand))),
		look.Fixed(k.Countdown(0.4)),
		look.Fixed(k.QR(code, 120)),
	)
}

// The painter's pictures are Fyne's, but for rounding in the blending of letters' edges.
func TestPaintsWhatFynePaints(t *testing.T) {
	for _, k := range kits() {
		p := newPainter(image.Pt(int(k.Size.Width), int(k.Size.Height)))
		for name, page := range map[string]*fyne.Container{"tiles": page(k, 10, 3), "number": numberPage(k, "A012")} {
			want := oracle(k, page)
			if _, ok := p.paint(page); !ok {
				t.Fatalf("%v %s: the painter does not know an object of look's", k.Size, name)
			}
			if w := worst(t, want, p.screen); w > 2 {
				t.Errorf("%v %s: a channel is %d off", k.Size, name, w)
			}
		}
	}
}

// However the pages follow each other, painting only what changed ends in the same picture as
// painting all of it, and what changed lies within the bounds that are reported.
func TestPaintsOnlyWhatChanged(t *testing.T) {
	k := kits()[2]
	size := image.Pt(800, 480)
	p := newPainter(size)
	rnd := rand.New(rand.NewPCG(1, 2))
	partial := 0
	for step := range 40 {
		var next *fyne.Container
		switch rnd.IntN(4) {
		case 0:
			next = numberPage(k, fmt.Sprintf("A%03d", rnd.IntN(4)))
		default:
			next = page(k, 3+rnd.IntN(3), rnd.IntN(3))
		}
		next.Resize(k.Size)
		before := image.NewRGBA(p.screen.Rect)
		copy(before.Pix, p.screen.Pix)
		changed, ok := p.paint(next)
		if !ok {
			t.Fatal("the painter does not know an object of look's")
		}
		fresh := newPainter(size)
		fresh.texts = masks{kept: p.texts.kept, limit: maxMaskBytes}
		fresh.paint(next)
		if w := worst(t, fresh.screen, p.screen); w != 0 {
			t.Fatalf("step %d: a channel is %d off the whole painting", step, w)
		}
		if changed != p.screen.Rect {
			partial++
		}
		draw.Draw(before, changed, p.screen, changed.Min, draw.Src)
		if w := worst(t, before, p.screen); w != 0 {
			t.Fatalf("step %d: something outside %v changed", step, changed)
		}
	}
	if partial < 10 {
		t.Errorf("only %d of 40 frames were painted in part", partial)
	}
}

// The same page again paints nothing.
func TestPaintsNothingTwice(t *testing.T) {
	k := kits()[1]
	p := newPainter(image.Pt(1280, 800))
	for i := range 2 {
		pg := page(k, 8, 1) // built anew, as for each snapshot
		pg.Resize(k.Size)
		changed, ok := p.paint(pg)
		if !ok || changed.Empty() != (i == 1) {
			t.Errorf("painting %d: changed %v, known %v", i, changed, ok)
		}
	}
}

// What the painter does not know, it refuses without touching the screen.
func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	k := kits()[2]
	stroked := canvas.NewRectangle(color.White)
	stroked.StrokeColor, stroked.StrokeWidth = color.Black, 2
	rounded := canvas.NewRectangle(color.White)
	rounded.CornerRadius = 4
	for _, o := range []fyne.CanvasObject{
		canvas.NewCircle(color.Black), canvas.NewLine(color.Black), stroked, rounded,
		canvas.NewRectangle(color.NRGBA{0, 0, 0, 100}), canvas.NewHorizontalGradient(color.White, color.Black),
		canvas.NewRasterWithPixels(func(_, _, _, _ int) color.Color { return color.Black }),
	} {
		p := newPainter(image.Pt(800, 480))
		blank := string(p.screen.Pix)
		pg := k.Page(look.Weighted(1, k.Card(o)))
		pg.Resize(k.Size)
		if _, ok := p.paint(pg); ok {
			t.Errorf("%T: painted", o)
		}
		if string(p.screen.Pix) != blank {
			t.Errorf("%T: the screen was touched", o)
		}
	}
}

// What is kept of texts that went away is bounded.
func TestForgetsOldLetters(t *testing.T) {
	k := kits()[2]
	p := newPainter(image.Pt(800, 480))
	p.texts = newMasks(600 << 10) // two large numbers
	for i := range 12 {
		pg := k.Page(look.Weighted(1, k.Number(fmt.Sprintf("B%03d", i))))
		pg.Resize(k.Size)
		p.paint(pg)
		kept := 0
		for _, e := range p.texts.kept {
			kept += len(e.mask.Pix)
		}
		if kept != p.texts.bytes {
			t.Fatalf("%d bytes kept, %d counted", kept, p.texts.bytes)
		}
		if kept > 900<<10 {
			t.Fatalf("%d bytes of letters kept", kept)
		}
	}
}

func BenchmarkPage(b *testing.B) {
	for _, k := range kits() {
		size := image.Pt(int(k.Size.Width), int(k.Size.Height))
		name := fmt.Sprintf("%dx%d", size.X, size.Y)
		pages := []*fyne.Container{page(k, 10, 1), page(k, 10, 2)}
		for _, pg := range pages {
			pg.Resize(k.Size)
		}
		b.Run(name+"/fyne", func(b *testing.B) {
			c := software.NewCanvas()
			c.SetPadded(false)
			c.SetContent(pages[0])
			c.Resize(k.Size)
			for b.Loop() {
				c.Capture()
			}
		})
		b.Run(name+"/first", func(b *testing.B) {
			for b.Loop() {
				newPainter(size).paint(pages[0])
			}
		})
		b.Run(name+"/whole", func(b *testing.B) {
			p := newPainter(size)
			for b.Loop() {
				p.shown = nil
				p.paint(pages[0])
			}
		})
		b.Run(name+"/other", func(b *testing.B) {
			p := newPainter(size)
			for i := 0; b.Loop(); i++ {
				p.paint(pages[i%2])
			}
		})
		b.Run(name+"/same", func(b *testing.B) {
			p := newPainter(size)
			for b.Loop() {
				p.paint(pages[0])
			}
		})
	}
}
