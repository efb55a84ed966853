package screen

import (
	"cmp"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/motcua/gateway/ui/touch/look"
)

// maxColumns and maxRows bound what a grid of services is tried with.
const (
	maxColumns = 6
	maxRows    = 8
)

// fewServices are so few that their names may be larger than usual.
const fewServices = 4

// grid sets the services into the room that they have, on as few pages as let every tile keep a
// finger's size and every name a readable one. There is no scrolling: a hand that trembles
// would scroll where it means to press.
func (m Home) grid(v View, room fyne.Size) fyne.CanvasObject {
	if len(m.Services) == 0 {
		return &fyne.Container{}
	}
	if len(m.Services) <= fewServices {
		v = v.big()
	}
	n := len(m.Services)
	if m.Rating && v.crowded() {
		n++
	}
	return v.paged(room, m.Page, n, func(i int) *look.Tile {
		if i == len(m.Services) {
			return v.tile(Press{Do: Rate}, look.TileSpec{Kind: look.Quiet, Icon: look.IconContent, Name: v.Words.Rating.Tile})
		}
		s := m.Services[i]
		icon := look.Icon(s.Icon)
		if !icon.Valid() {
			icon = look.IconPapers
		}
		return v.tile(Press{Do: Choose, Service: s.Code}, look.TileSpec{Icon: icon, Name: v.name(s.Name), Fact: s.Fact})
	})
}

// paged sets n tiles into a room on as few pages as let each be pressed and read.
func (v View) paged(room fyne.Size, page, n int, tile func(i int) *look.Tile) fyne.CanvasObject {
	for pages := 1; ; pages++ {
		tiles := v.pageTiles(page, pages, n, tile)
		if grid, ok := v.bestGrid(tiles, room); ok || pages >= n {
			return grid
		}
	}
}

// pageTiles are the tiles of the present page when n of them are spread over pages.
func (v View) pageTiles(page, pages, n int, tile func(i int) *look.Tile) []*look.Tile {
	page = min(page, pages-1)
	var tiles []*look.Tile
	for i := page * n / pages; i < (page+1)*n/pages; i++ {
		tiles = append(tiles, tile(i))
	}
	of := v.Words.Ways.Of(page+1, pages)
	if page > 0 {
		tiles = append(tiles, v.tile(Press{Do: PrevPage, Page: page - 1}, look.TileSpec{Kind: look.Quiet, Icon: look.IconBack, Name: v.Words.Ways.Previous, Fact: of}))
	}
	if page < pages-1 {
		tiles = append(tiles, v.tile(Press{Do: NextPage, Page: page + 1}, look.TileSpec{Kind: look.Quiet, Icon: look.IconNext, Name: v.Words.Ways.Next, Fact: of}))
	}
	return tiles
}

// bestGrid returns the grid that reads best; false where none is good enough.
func (v View) bestGrid(tiles []*look.Tile, room fyne.Size) (fyne.CanvasObject, bool) {
	best, columns := math.Inf(-1), 1
	for _, s := range v.shapes(len(tiles), room) {
		if s.form+mostSize <= best {
			break // measuring letters is dear, and no names could make up for this shape
		}
		if size := v.measure(tiles, s.columns, room); size >= leastName && s.form+min(size, mostSize) > best {
			best, columns = s.form+min(size, mostSize), s.columns
		}
	}
	grid := v.Kit.Grid(columns, tiles...)
	grid.Resize(room)
	return grid, !math.IsInf(best, -1)
}

const (
	// leastName is how far the names of services may shrink before a second page is better.
	leastName = 0.82
	// mostSize is the size of names beyond which a better shape is worth more.
	mostSize = 1.1
	// leastMM is the least size of a fact, in millimetres of an em: a capital of 1.6 mm, 11
	// minutes of arc at half a metre, which is how one stands before a panel so small that it
	// comes to that.
	leastMM = 2.3
)

// shape is a grid of so many columns, and how good its form is: 0 without holes and with tiles
// a little wider than high, else less.
type shape struct {
	columns int
	form    float64
}

// shapes lists the grids in which every tile has room for a finger, best form first.
func (v View) shapes(n int, room fyne.Size) []shape {
	k := v.Kit
	var out []shape
	for c := 1; c <= min(maxColumns, n); c++ {
		rows := (n + c - 1) / c
		w := (room.Width - k.Gap*float32(c-1)) / float32(c)
		h := (room.Height - k.Gap*float32(rows-1)) / float32(rows)
		if rows > maxRows || w < k.MainTile+1 || h < k.MainTile+1 {
			continue
		}
		holes := float64(rows*c-n) / float64(rows*c)
		out = append(out, shape{c, -0.6*holes - 0.25*math.Abs(math.Log(float64(w/h)/1.7))})
	}
	slices.SortFunc(out, func(a, b shape) int { return cmp.Compare(b.form, a.form) })
	return out
}

// measure returns the size of the names when tiles stand in so many columns, of the size that
// names have; 0 where a fact becomes too small to read.
func (v View) measure(tiles []*look.Tile, columns int, room fyne.Size) float64 {
	k := v.Kit
	k.Grid(columns, tiles...).Resize(room)
	name := float32(math.Inf(1))
	for _, t := range tiles {
		name = min(name, t.NameSize())
		for _, o := range t.Parts() {
			if line, ok := o.(*canvas.Text); ok && line.TextSize < k.MM(leastMM) {
				return 0
			}
		}
	}
	return float64(name / k.Name)
}
