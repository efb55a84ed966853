package look

import (
	"image"
	"image/draw"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Masthead makes the head of every page: the sun of the Đông Sơn drums, the office's name and
// a line below it, closed by a rule of lacquer red. end, if not nil, stands at the right (a
// clock, the language tiles). On a low display all of it is one line.
func (k *Kit) Masthead(office, below string, end fyne.CanvasObject) *fyne.Container {
	side := k.Head * 2.1
	words := &fyne.Container{Layout: &lineLayout{vertical: true, weights: []float32{0, 0}}}
	words.Add(k.Heading(office))
	switch {
	case k.Low:
		side = k.Head * 1.4
		words.Objects[0] = k.text(strings.TrimSuffix(office+" · "+below, " · "), k.Name, true).Lines(2)
	case below != "":
		words.Add(k.Note(below))
	}
	cells := []Cell{Fixed(k.Middle(k.Pictogram(IconEmblem, RedOnPaper, side))), Weighted(1, k.Middle(words))}
	if end != nil {
		cells = append(cells, Fixed(k.Middle(end)))
	}
	head := k.Column(Fixed(k.Row(cells...)), Fixed(k.Rule()))
	head.Layout.(*lineLayout).gap = round(k.Gap * 0.6)
	return head
}

// Rule makes a line of lacquer red across the page.
func (k *Kit) Rule() fyne.CanvasObject {
	r := canvas.NewRectangle(Red)
	r.SetMinSize(fyne.NewSize(1, 2*k.Border))
	return r
}

// Card puts an object on a white sheet with an edge, with room around it.
func (k *Kit) Card(o fyne.CanvasObject) *fyne.Container {
	return stack(
		canvas.NewRectangle(Line),
		Inset(k.Border, canvas.NewRectangle(White)),
		Inset(k.Pad+k.Border, o),
	)
}

// Notice puts an object on a quiet ground behind a bar of colour, for something to be read
// before pressing on: a fault, a warning, a pause.
func (k *Kit) Notice(bar Colour, o fyne.CanvasObject) *fyne.Container {
	edge := canvas.NewRectangle(bar)
	edge.SetMinSize(fyne.NewSize(3*k.Border, 1))
	l := &lineLayout{weights: []float32{0, 1}}
	return stack(
		canvas.NewRectangle(Sand),
		&fyne.Container{Layout: l, Objects: []fyne.CanvasObject{edge, Inset(k.Pad, o)}},
	)
}

// QR makes the picture of a code from one pixel a module, as encoders give it. It adds the
// quiet zone of four modules and enlarges by whole pixels, so that every module is as sharp as
// on paper. side is the least side in Fyne units.
func (k *Kit) QR(modules image.Image, side float32) fyne.CanvasObject {
	var kept *image.Gray // the same picture each time, so that a painter sees that it is
	r := canvas.NewRaster(func(w, h int) image.Image {
		if kept == nil || kept.Rect.Dx() != w || kept.Rect.Dy() != h {
			kept = qrPixels(modules, w, h)
		}
		return kept
	})
	r.ScaleMode = canvas.ImageScalePixels
	r.SetMinSize(fyne.NewSquareSize(round(side)))
	return r
}

// quietZone is the margin that ISO/IEC 18004 asks for, in modules.
const quietZone = 4

func qrPixels(modules image.Image, w, h int) *image.Gray {
	b := modules.Bounds()
	img := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	n := max(b.Dx(), b.Dy(), 1)
	px := min(w, h) / (n + 2*quietZone)
	if px < 1 {
		return img
	}
	left, top := (w-px*b.Dx())/2, (h-px*b.Dy())/2
	for y := range b.Dy() {
		for x := range b.Dx() {
			if r, _, _, _ := modules.At(b.Min.X+x, b.Min.Y+y).RGBA(); r < 0x8000 {
				cell := image.Rect(left+x*px, top+y*px, left+(x+1)*px, top+(y+1)*px)
				draw.Draw(img, cell, image.Black, image.Point{}, draw.Src)
			}
		}
	}
	return img
}

// Countdown makes the bar that shows how much of a time is left, left of 1. It stands still:
// a page that is built each second draws it a little shorter each time.
func (k *Kit) Countdown(left float32) fyne.CanvasObject {
	track, rest := canvas.NewRectangle(Sand), canvas.NewRectangle(Ink)
	return &fyne.Container{
		Layout:  barLayout{part: min(1, max(0, left)), height: 3 * k.Border},
		Objects: []fyne.CanvasObject{track, rest},
	}
}

type barLayout struct{ part, height float32 }

func (b barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(b.height, b.height) }

func (b barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	o[1].Resize(fyne.NewSize(round(size.Width*b.part), size.Height))
}
