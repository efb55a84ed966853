package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
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

// Page is a column on the whole display, with the ground and the margins.
func (k *Kit) Page(cells ...Cell) *fyne.Container {
	return container.NewStack(canvas.NewRectangle(Paper), Inset(k.Margin, k.Column(cells...)))
}

// Inset puts a margin around an object.
func Inset(margin float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: insetLayout(margin), Objects: []fyne.CanvasObject{o}}
}

// Grid sets tiles in equal cells, row by row, and gives all their names the one size at which
// the longest fits.
func (k *Kit) Grid(columns int, tiles ...*Tile) *fyne.Container {
	c := &fyne.Container{Layout: &gridLayout{columns: max(1, columns), gap: k.Gap}}
	for _, t := range tiles {
		c.Objects = append(c.Objects, t)
	}
	return c
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

type lineLayout struct {
	vertical bool
	gap      float32
	weights  []float32
}

// along and across return the sizes in and against the direction of the line.
func (l *lineLayout) along(s fyne.Size) float32 {
	if l.vertical {
		return s.Height
	}
	return s.Width
}

func (l *lineLayout) across(s fyne.Size) float32 {
	if l.vertical {
		return s.Width
	}
	return s.Height
}

func (l *lineLayout) size(along, across float32) fyne.Size {
	if l.vertical {
		return fyne.NewSize(across, along)
	}
	return fyne.NewSize(along, across)
}

func (l *lineLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var along, across float32
	shown := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		along += l.along(m)
		across = max(across, l.across(m))
		shown++
	}
	return l.size(along+l.gap*float32(max(0, shown-1)), across)
}

func (l *lineLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var at float32
	for i, length := range l.lengths(objects, size) {
		o := objects[i]
		if !o.Visible() {
			continue
		}
		start, end := round(at), round(at+length)
		pos := fyne.NewPos(start, 0)
		if l.vertical {
			pos = fyne.NewPos(0, start)
		}
		o.Move(pos)
		o.Resize(l.size(end-start, l.across(size)))
		at += length + l.gap
	}
}

// lengths returns the length of each object in the line's direction.
func (l *lineLayout) lengths(objects []fyne.CanvasObject, size fyne.Size) []float32 {
	lengths := make([]float32, len(objects))
	var weights float32
	room := l.along(size)
	shown := 0
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		if w := l.weights[i]; w > 0 {
			weights += w
			continue
		}
		lengths[i] = l.least(o, size)
		room -= lengths[i]
	}
	room = max(0, room-l.gap*float32(max(0, shown-1)))
	l.share(objects, lengths, room, weights)
	return lengths
}

// share gives the weighted objects their parts of the room, none less than its least size
// while the others can spare it.
func (l *lineLayout) share(objects []fyne.CanvasObject, lengths []float32, room, weights float32) {
	taken := make([]bool, len(objects))
	for again := true; again; {
		again = false
		for i, o := range objects {
			w := l.weights[i]
			if !o.Visible() || w <= 0 || taken[i] {
				continue
			}
			least := l.along(o.MinSize())
			if part := room * w / weights; part < least && weights > w {
				lengths[i], taken[i], again = least, true, true
				room, weights = max(0, room-least), weights-w
				break
			}
		}
	}
	for i, o := range objects {
		if w := l.weights[i]; o.Visible() && w > 0 && !taken[i] {
			lengths[i] = room * w / weights
		}
	}
}

// least is the length that an object needs when it is as wide as the line.
func (l *lineLayout) least(o fyne.CanvasObject, size fyne.Size) float32 {
	if l.vertical {
		return heightFor(o, size.Width)
	}
	return o.MinSize().Width
}

func (l *lineLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	shown := 0
	for i, o := range objects {
		switch {
		case !o.Visible():
		case !l.vertical:
			h = max(h, heightFor(o, l.widthOf(objects, i, width)))
		default:
			h += heightFor(o, width)
			shown++
		}
	}
	return h + l.gap*float32(max(0, shown-1))
}

// widthOf is the width that the i-th object of a row will get.
func (l *lineLayout) widthOf(objects []fyne.CanvasObject, i int, width float32) float32 {
	return l.lengths(objects, fyne.NewSize(width, 0))[i]
}

type gridLayout struct {
	columns int
	gap     float32
}

func (g *gridLayout) rows(objects []fyne.CanvasObject) int {
	return (len(objects) + g.columns - 1) / g.columns
}

func (g *gridLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var cell fyne.Size
	for _, o := range objects {
		cell = cell.Max(o.MinSize())
	}
	rows := float32(g.rows(objects))
	return fyne.NewSize(
		cell.Width*float32(g.columns)+g.gap*float32(g.columns-1),
		cell.Height*rows+g.gap*max(0, rows-1))
}

func (g *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rows := g.rows(objects)
	if rows == 0 {
		return
	}
	w := (size.Width - g.gap*float32(g.columns-1)) / float32(g.columns)
	h := (size.Height - g.gap*float32(rows-1)) / float32(rows)
	limit := float32(0)
	for i, o := range objects {
		x, y := float32(i%g.columns)*(w+g.gap), float32(i/g.columns)*(h+g.gap)
		pos := fyne.NewPos(round(x), round(y))
		o.Move(pos)
		o.Resize(fyne.NewSize(round(x+w)-pos.X, round(y+h)-pos.Y))
		if t, ok := o.(*Tile); ok {
			t.nameLimit = t.freeLimit()
			if _, fits := t.fitName(t.face(t.Size())); limit == 0 || fits < limit {
				limit = fits
			}
		}
	}
	for _, o := range objects {
		if t, ok := o.(*Tile); ok {
			t.nameLimit = limit
			t.arrange()
		}
	}
}
