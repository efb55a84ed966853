package look

import "fyne.io/fyne/v2"

// Grid sets tiles in equal cells, row by row. All have the same face: pictograms on one side
// and of one size, and names in the one size at which the longest fits.
func (k *Kit) Grid(columns int, tiles ...*Tile) *fyne.Container {
	c := &fyne.Container{Layout: &gridLayout{columns: max(1, columns), gap: k.Gap}}
	for _, t := range tiles {
		c.Objects = append(c.Objects, t)
	}
	return c
}

// gridLayout sets equal cells; see Kit.Grid.
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

// heightFor is what the tallest name needs, in each row.
func (g *gridLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	w := (width - g.gap*float32(g.columns-1)) / float32(g.columns)
	var cell float32
	for _, o := range objects {
		cell = max(cell, heightFor(o, w))
	}
	rows := float32(g.rows(objects))
	return cell*rows + g.gap*max(0, rows-1)
}

func (g *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rows := g.rows(objects)
	if rows == 0 {
		return
	}
	w := (size.Width - g.gap*float32(g.columns-1)) / float32(g.columns)
	h := (size.Height - g.gap*float32(rows-1)) / float32(rows)
	var tiles []*Tile
	for _, o := range objects {
		if t, ok := o.(*Tile); ok {
			tiles = append(tiles, t)
		}
	}
	// The cells may differ by a pixel of rounding; the face is chosen for the smallest.
	plan := choosePlan(tiles, fyne.NewSize(float32(int(w)), float32(int(h))))
	for i, o := range objects {
		x, y := float32(i%g.columns)*(w+g.gap), float32(i/g.columns)*(h+g.gap)
		pos := fyne.NewPos(round(x), round(y))
		if t, ok := o.(*Tile); ok {
			t.plan = &plan
		}
		o.Move(pos)
		o.Resize(fyne.NewSize(round(x+w)-pos.X, round(y+h)-pos.Y))
	}
	for _, t := range tiles {
		t.arrange() // also where the size is as before: the plan may not be
	}
}
