package panel

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/motcua/gateway/ui/touch/stage"
)

func layouts(w, h int) map[string]Layout {
	return map[string]Layout{
		"rgb565":   {Size: image.Pt(w, h), Stride: 2*w + 6, Bytes: 2, Red: 11, Green: 5, Blue: 0},
		"bgr565":   {Size: image.Pt(w, h), Stride: 2 * w, Offset: 10, Bytes: 2, Red: 0, Green: 5, Blue: 11},
		"xrgb8888": {Size: image.Pt(w, h), Stride: 4*w + 16, Offset: 64, Bytes: 4, Red: 16, Green: 8, Blue: 0},
		"xbgr8888": {Size: image.Pt(w, h), Stride: 4 * w, Bytes: 4, Red: 0, Green: 8, Blue: 16},
	}
}

// pixel reads a colour back from memory, by the definition of the layout alone.
func pixel(mem []byte, l Layout, x, y int) color.RGBA {
	at := l.Offset + y*l.Stride + x*l.Bytes
	v := uint32(mem[at]) | uint32(mem[at+1])<<8
	if l.Bytes == 4 {
		v |= uint32(mem[at+2])<<16 | uint32(mem[at+3])<<24
		return color.RGBA{uint8(v >> l.Red), uint8(v >> l.Green), uint8(v >> l.Blue), 0xff}
	}
	return color.RGBA{uint8(v>>l.Red&31) << 3, uint8(v>>l.Green&63) << 2, uint8(v>>l.Blue&31) << 3, 0xff}
}

// kept is what a layout keeps of a colour.
func kept(l Layout, c color.RGBA) color.RGBA {
	if l.Bytes == 2 {
		return color.RGBA{c.R &^ 7, c.G &^ 3, c.B &^ 7, 0xff}
	}
	return color.RGBA{c.R, c.G, c.B, 0xff}
}

func noise(size image.Point, seed uint64) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: size})
	rnd := rand.New(rand.NewPCG(seed, 1))
	for i := range img.Pix {
		img.Pix[i] = byte(rnd.Uint32())
	}
	return img
}

// where is the pixel of the panel that shows (x, y) of a picture of size: turned clockwise,
// the left column becomes the top row, and so on.
func where(r Rotation, x, y int, size image.Point) (int, int) {
	switch r {
	case 90:
		return size.Y - 1 - y, x
	case 180:
		return size.X - 1 - x, size.Y - 1 - y
	case 270:
		return y, size.X - 1 - x
	}
	return x, y
}

func TestCopyPart(t *testing.T) {
	t.Parallel()
	const w, h = 23, 17
	for name, l := range layouts(w, h) {
		for _, r := range []Rotation{0, 90, 180, 270} {
			size := r.turn(l.Size)
			before, after := noise(size, 1), noise(size, 2)
			for _, part := range []image.Rectangle{
				{Max: size}, image.Rect(3, 5, 9, 6), image.Rect(0, 0, 1, 1),
				image.Rect(size.X-2, size.Y-3, size.X+9, size.Y+9), image.Rect(-5, -5, 4, 4),
			} {
				mem := bytes.Repeat([]byte{0xA5}, l.Offset+h*l.Stride)
				if err := l.check(len(mem)); err != nil {
					t.Fatal(err)
				}
				copyPart(mem, l, r, before, before.Rect)
				copyPart(mem, l, r, after, part)
				for y := range size.Y {
					for x := range size.X {
						want := before.RGBAAt(x, y)
						if image.Pt(x, y).In(part) {
							want = after.RGBAAt(x, y)
						}
						px, py := where(r, x, y, size)
						if got := pixel(mem, l, px, py); got != kept(l, want) {
							t.Fatalf("%s turned %d, part %v: pixel %d,%d is %v, want %v", name, r, part, x, y, got, kept(l, want))
						}
						bx, by := r.undo(float32(px), float32(py), size)
						if int(bx) != x || int(by) != y {
							t.Fatalf("turned %d: %d,%d on the panel is %v,%v, want %d,%d", r, px, py, bx, by, x, y)
						}
					}
				}
				// What is not a visible pixel belongs to somebody else.
				for i := range l.Offset {
					if mem[i] != 0xA5 {
						t.Fatalf("%s: byte %d before the picture was written", name, i)
					}
				}
				for y := range h {
					for i := l.Offset + y*l.Stride + w*l.Bytes; i < l.Offset+(y+1)*l.Stride; i++ {
						if mem[i] != 0xA5 {
							t.Fatalf("%s: byte %d behind row %d was written", name, i, y)
						}
					}
				}
			}
		}
	}
}

func TestLayoutsAreChecked(t *testing.T) {
	t.Parallel()
	good := layouts(800, 480)["xrgb8888"]
	need := good.Offset + 479*good.Stride + 800*4
	if err := good.check(need); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Layout){
		"nothing":      func(l *Layout) { *l = Layout{} },
		"no height":    func(l *Layout) { l.Size.Y = 0 },
		"huge":         func(l *Layout) { l.Size.X = 9000; l.Stride = 36000 },
		"24 bits":      func(l *Layout) { l.Bytes = 3 },
		"short rows":   func(l *Layout) { l.Stride = 3199 },
		"odd place":    func(l *Layout) { l.Red = 17 },
		"same places":  func(l *Layout) { l.Red = 8 },
		"negative":     func(l *Layout) { l.Offset = -1 },
		"555":          func(l *Layout) { l.Bytes, l.Red, l.Green, l.Blue = 2, 10, 5, 0 },
		"outside":      func(l *Layout) { l.Offset++ },
		"outside rows": func(l *Layout) { l.Stride += 4 },
	} {
		l := good
		change(&l)
		if l.check(need) == nil {
			t.Errorf("%s: %+v was taken", name, l)
		}
	}
}

func TestPanelShows(t *testing.T) {
	t.Parallel()
	l := layouts(32, 20)["rgb565"]
	mem := make([]byte, l.Offset+20*l.Stride)
	p := newPanel(Options{Rotation: 90}, l, mem, nil)
	p.width, p.height = 154, 86
	if p.Size() != image.Pt(20, 32) || p.WidthMM() != 86 {
		t.Errorf("the picture has %v and is %v mm wide", p.Size(), p.WidthMM())
	}
	img := noise(p.Size(), 3)
	p.Show(stage.Frame{Image: img, Changed: image.Rect(0, 0, 20, 32)})
	if got, want := pixel(mem, l, 31, 0), kept(l, img.RGBAAt(0, 0)); got != want {
		t.Errorf("the first pixel is %v in the panel's corner, want %v", got, want)
	}
	kept := string(mem)
	p.Show(stage.Frame{Image: noise(image.Pt(5, 5), 4), Changed: image.Rect(0, 0, 5, 5)}) // of another display
	unmapped := 0
	p.unmap = func() error { unmapped++; return nil }
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	p.Show(stage.Frame{Image: noise(p.Size(), 5), Changed: image.Rect(0, 0, 20, 32)}) // too late
	if unmapped != 1 || string(mem) != kept {
		t.Errorf("unmapped %d times, or written after that", unmapped)
	}
}

func BenchmarkCopyPart(b *testing.B) {
	for name, l := range layouts(1080, 1920) {
		for _, r := range []Rotation{0, 90} {
			img := noise(r.turn(l.Size), 1)
			mem := make([]byte, l.Offset+1920*l.Stride)
			b.Run(name+map[Rotation]string{0: "", 90: "-turned"}[r], func(b *testing.B) {
				for b.Loop() {
					copyPart(mem, l, r, img, img.Rect)
				}
			})
		}
	}
}
