package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Cell is an object with its share of a row or column.
type Cell struct {
	Object fyne.CanvasObject
	Weight float32 // share of the room that is left; 0 takes the least size
}

// Fixed is a cell of the object's least size.
func Fixed(o fyne.CanvasObject) Cell { return Cell{Object: o} }

// Weighted is a cell that shares the room that is left with the other weighted ones.
func Weighted(weight float32, o fyne.CanvasObject) Cell { return Cell{o, weight} }

// Space is an empty cell that takes room.
func Space(weight float32) Cell { return Cell{&fyne.Container{}, weight} }

// Column stacks cells from top to bottom with the kit's gap between them. The height of text
// in it follows from the column's width.
func (k *Kit) Column(cells ...Cell) *fyne.Container { return k.line(true, cells) }

// Row sets cells side by side with the kit's gap between them.
func (k *Kit) Row(cells ...Cell) *fyne.Container { return k.line(false, cells) }

func (k *Kit) line(vertical bool, cells []Cell) *fyne.Container {
	l := &lineLayout{vertical: vertical, gap: k.Gap}
	c := &fyne.Container{Layout: l}
	for _, cell := range cells {
		if cell.Object != nil {
			l.weights = append(l.weights, cell.Weight)
			c.Objects = append(c.Objects, cell.Object)
		}
	}
	return c
}

// Page is a column on the whole display, with the ground and the margins. It never asks for
// more than the display has, because Fyne would enlarge the canvas beyond the glass; whether
// all of it has room is what [Kit.Check] tells.
func (k *Kit) Page(cells ...Cell) *fyne.Container {
	page := stack(canvas.NewRectangle(Paper), Inset(k.Margin, k.Column(cells...)))
	page.Layout = pageLayout{}
	return page
}

// Inset puts a margin around an object.
func Inset(margin float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: insetLayout(margin), Objects: []fyne.CanvasObject{o}}
}

// Middle centres an object in the height that it gets; it keeps the width.
func (k *Kit) Middle(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: middleLayout{}, Objects: []fyne.CanvasObject{o}}
}

type middleLayout struct{}

func (middleLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (middleLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return heightFor(objects[0], width)
}

func (middleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := min(size.Height, heightFor(objects[0], size.Width))
	objects[0].Move(fyne.NewPos(0, round((size.Height-h)/2)))
	objects[0].Resize(fyne.NewSize(size.Width, h))
}

// flowLayout is a layout whose height depends on its width.
type flowLayout interface {
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// heightFor is the height that an object needs when it is width wide.
func heightFor(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case Flowing:
		return o.HeightFor(width)
	case *fyne.Container:
		if l, ok := o.Layout.(flowLayout); ok {
			return l.heightFor(o.Objects, width)
		}
	}
	return o.MinSize().Height
}

type insetLayout float32

func (m insetLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	for _, o := range objects {
		h = max(h, heightFor(o, width-2*float32(m)))
	}
	return h + 2*float32(m)
}

func (m insetLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(2*float32(m), 2*float32(m))
}

func (m insetLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(float32(m), float32(m)))
		o.Resize(size.SubtractWidthHeight(2*float32(m), 2*float32(m)))
	}
}

// stack puts objects on top of each other.
func stack(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: insetLayout(0), Objects: objects}
}

type pageLayout struct{ insetLayout }

func (pageLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
