package stage

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/motcua/gateway/ui/touch/look"
)

// painter draws object trees of look's pieces. It belongs to Fyne's goroutine.
type painter struct {
	screen *image.RGBA
	shown  []op // what the screen shows; nil when that is unknown
	spare  []op
	texts  masks
	opaque map[*image.RGBA]bool // whether the pictures on the screen are, which is slow to see
}

// op is one thing drawn, in pixels of the screen. Two ops that are equal draw the same.
type op struct {
	rect   image.Rectangle
	colour color.RGBA   // of a rectangle or of letters
	mask   *image.Alpha // letters; its bounds begin at zero
	img    image.Image  // a picture, *image.RGBA or *image.Gray; its bounds begin at zero
	opaque bool
}

func newPainter(size image.Point) *painter {
	return &painter{
		screen: image.NewRGBA(image.Rectangle{Max: size}),
		texts:  newMasks(maxMaskBytes),
		opaque: map[*image.RGBA]bool{},
	}
}

// maxDirty is the number of rectangles painted one by one; more are painted as one. Pages
// differ in everything or in a tile and a clock.
const maxDirty = 6

// paint brings the screen up to date with the tree below root and returns the bounds of what
// changed. It returns false, with the screen untouched, when it meets an object that it does
// not know.
func (p *painter) paint(root fyne.CanvasObject) (image.Rectangle, bool) {
	ops, ok := p.list(root, p.spare[:0])
	if !ok {
		return image.Rectangle{}, false
	}
	clear(p.opaque)
	for _, o := range ops {
		if img, ok := o.img.(*image.RGBA); ok {
			p.opaque[img] = o.opaque
		}
	}
	dirty := []image.Rectangle{p.screen.Rect}
	if p.shown != nil {
		dirty = differences(p.shown, ops, p.screen.Rect)
	}
	p.shown, p.spare = ops, p.shown
	var changed image.Rectangle
	for _, r := range dirty {
		p.replay(r)
		changed = changed.Union(r)
	}
	p.texts.sweep()
	return changed, true
}

// copyFrom takes a picture that somebody else painted and returns the bounds of the rows that
// differ from the screen.
func (p *painter) copyFrom(img image.Image) image.Rectangle {
	p.shown = nil
	next := image.NewRGBA(p.screen.Rect)
	draw.Draw(next, next.Rect, img, img.Bounds().Min, draw.Src)
	changed := image.Rectangle{}
	for y := next.Rect.Min.Y; y < next.Rect.Max.Y; y++ {
		a, b := next.PixOffset(0, y), next.PixOffset(next.Rect.Max.X, y)
		if string(next.Pix[a:b]) != string(p.screen.Pix[a:b]) {
			changed = changed.Union(image.Rect(0, y, next.Rect.Max.X, y+1))
		}
	}
	p.screen = next
	return changed
}

// list walks the tree and appends what it draws. It rounds as Fyne's painter does: positions
// and sizes up.
func (p *painter) list(root fyne.CanvasObject, ops []op) ([]op, bool) {
	ops = append(ops, op{rect: p.screen.Rect, colour: rgba(look.Paper), opaque: true})
	ok := true
	look.Walk(root, func(o fyne.CanvasObject, at fyne.Position) bool {
		var next op
		known := true
		switch o := o.(type) {
		case *fyne.Container, look.Composite:
			return ok
		case *canvas.Rectangle:
			next, known = rectangle(o, at)
		case *canvas.Raster:
			next, known = p.raster(o, at)
		case *canvas.Text:
			next = p.text(o, at)
		default:
			known = false
		}
		if ok = ok && known; ok && !next.rect.Empty() {
			ops = append(ops, next)
		}
		return ok
	})
	return ops, ok
}

func rectangle(o *canvas.Rectangle, at fyne.Position) (op, bool) {
	c := rgba(o.FillColor)
	plain := o.CornerRadius == 0 && o.TopLeftCornerRadius == 0 && o.TopRightCornerRadius == 0 &&
		o.BottomLeftCornerRadius == 0 && o.BottomRightCornerRadius == 0 &&
		(o.StrokeColor == nil || o.StrokeWidth <= 0) && o.Aspect == 0 && c.A == 0xff
	return op{rect: bounds(at, o.Size()), colour: c, opaque: true}, plain
}

func (p *painter) raster(o *canvas.Raster, at fyne.Position) (op, bool) {
	r := bounds(at, o.Size())
	if r.Empty() {
		return op{}, true
	}
	img := o.Generator(r.Dx(), r.Dy())
	var opaque bool
	switch img := img.(type) {
	case *image.RGBA:
		var seen bool
		if opaque, seen = p.opaque[img]; !seen {
			opaque = img.Opaque()
		}
	case *image.Gray:
		opaque = true
	default:
		return op{}, false
	}
	fits := img.Bounds() == image.Rectangle{Max: r.Size()}
	return op{rect: r, img: img, opaque: opaque}, fits
}

func (p *painter) text(o *canvas.Text, at fyne.Position) op {
	least, size := o.MinSize(), o.Size()
	switch o.Alignment {
	case fyne.TextAlignTrailing:
		at.X += size.Width - least.Width
	case fyne.TextAlignCenter:
		at.X += (size.Width - least.Width) / 2
	}
	if size.Height > least.Height {
		at.Y += (size.Height - least.Height) / 2
	}
	mask := p.texts.get(o)
	r := bounds(at, least)
	return op{rect: image.Rectangle{Min: r.Min, Max: r.Min.Add(mask.Rect.Size())}, colour: rgba(o.Color), mask: mask}
}

// differences returns rectangles that hold everything that two lists draw differently.
func differences(before, after []op, all image.Rectangle) []image.Rectangle {
	same := 0
	for same < len(before) && same < len(after) && before[same] == after[same] {
		same++
	}
	tail := 0
	for tail < len(before)-same && tail < len(after)-same &&
		before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	before, after = before[same:len(before)-tail], after[same:len(after)-tail]
	var dirty []image.Rectangle
	add := func(o op) { dirty = join(dirty, o.rect.Intersect(all)) }
	if len(before) == len(after) {
		for i := range before {
			if before[i] != after[i] {
				add(before[i])
				add(after[i])
			}
		}
	} else {
		for _, o := range before {
			add(o)
		}
		for _, o := range after {
			add(o)
		}
	}
	if len(dirty) > maxDirty {
		whole := dirty[0]
		for _, r := range dirty {
			whole = whole.Union(r)
		}
		return []image.Rectangle{whole}
	}
	return dirty
}

// join adds r to a list of rectangles that do not overlap.
func join(list []image.Rectangle, r image.Rectangle) []image.Rectangle {
	if r.Empty() {
		return list
	}
	for i := 0; i < len(list); {
		if !list[i].Overlaps(r) {
			i++
			continue
		}
		if r.In(list[i]) {
			return list
		}
		r = r.Union(list[i])
		list = append(list[:i], list[i+1:]...)
		i = 0
	}
	return append(list, r)
}

// replay draws everything within clip, from the last thing that hides all before it.
func (p *painter) replay(clip image.Rectangle) {
	first := 0
	for i, o := range p.shown {
		if o.opaque && clip.In(o.rect) {
			first = i
		}
	}
	for _, o := range p.shown[first:] {
		r := o.rect.Intersect(clip)
		if r.Empty() {
			continue
		}
		src := r.Min.Sub(o.rect.Min)
		switch {
		case o.mask != nil:
			draw.DrawMask(p.screen, r, image.NewUniform(o.colour), image.Point{}, o.mask, src, draw.Over)
		case o.img != nil && o.opaque:
			draw.Draw(p.screen, r, o.img, src, draw.Src)
		case o.img != nil:
			draw.Draw(p.screen, r, o.img, src, draw.Over)
		default:
			draw.Draw(p.screen, r, image.NewUniform(o.colour), image.Point{}, draw.Src)
		}
	}
}

// bounds are the pixels of an object.
func bounds(at fyne.Position, size fyne.Size) image.Rectangle {
	up := func(v float32) int { return int(math.Ceil(float64(v))) }
	x, y := up(at.X), up(at.Y)
	return image.Rect(x, y, x+max(0, up(size.Width)), y+max(0, up(size.Height)))
}

// rgba converts a colour; nil is none.
func rgba(c color.Color) color.RGBA {
	if c == nil {
		return color.RGBA{}
	}
	return color.RGBAModel.Convert(c).(color.RGBA)
}
