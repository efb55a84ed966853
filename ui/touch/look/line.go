package look

import "fyne.io/fyne/v2"

// lineLayout sets objects one after the other; see Kit.Column and Kit.Row.
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
	l.share(objects, lengths, room, weights, size)
	return lengths
}

// share gives the weighted objects their parts of the room, none less than its least size
// while the others can spare it.
func (l *lineLayout) share(objects []fyne.CanvasObject, lengths []float32, room, weights float32, size fyne.Size) {
	taken := make([]bool, len(objects))
	for again := true; again; {
		again = false
		for i, o := range objects {
			w := l.weights[i]
			if !o.Visible() || w <= 0 || taken[i] {
				continue
			}
			least := l.least(o, size)
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
