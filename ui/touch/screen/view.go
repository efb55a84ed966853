package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/words"
)

// Model is the data of one screen.
type Model interface {
	// Draw makes the screen. It belongs to Fyne's main goroutine.
	Draw(v View) fyne.CanvasObject
}

// View is what every screen is drawn with.
type View struct {
	Kit   *look.Kit
	Words words.Words
	// Press is told each press, on Fyne's main goroutine. It must only start work.
	Press func(Press)
}

// Head is the head of every page.
type Head struct {
	Office string // the centre's name
	Site   string // the hall's, below it; may be empty
}

// on returns the function of a tile.
func (v View) on(p Press) func() { return func() { v.Press(p) } }

// tile makes a tile for a press.
func (v View) tile(p Press, s look.TileSpec) *look.Tile {
	s.Key, s.OnPress = p.String(), v.on(p)
	return v.Kit.Tile(s)
}

// quiet makes a tile beside the way.
func (v View) quiet(p Press, icon look.Icon, name string) *look.Tile {
	return v.tile(p, look.TileSpec{Kind: look.Quiet, Icon: icon, Name: name, Other: true})
}

func (v View) back() *look.Tile {
	return v.quiet(Press{Do: GoBack}, look.IconBack, v.Words.Ways.Back)
}

func (v View) home() *look.Tile {
	return v.quiet(Press{Do: GoHome}, look.IconBack, v.Words.Ways.Home)
}

// page makes a page: the head, what it says, and the two bands of tiles at the bottom.
func (v View) page(head Head, choices, ways []*look.Tile, body ...look.Cell) fyne.CanvasObject {
	k := v.Kit
	cells := append([]look.Cell{v.masthead(head)}, body...)
	if k.Low && len(choices)+len(ways) > 0 {
		// One band for both: the ways narrow, the choices wide.
		var row []look.Cell
		for _, t := range ways {
			row = append(row, look.Weighted(2, t))
		}
		for _, t := range choices {
			row = append(row, look.Weighted(5, t))
		}
		if len(row) == 1 {
			row = append(row, look.Space(3))
		}
		return k.Page(append(cells, look.Fixed(tall(v.choiceHeight(), k.Row(row...))))...)
	}
	if len(choices) > 0 {
		cells = append(cells, look.Fixed(tall(v.choiceHeight(), k.Row(shares(choices)...))))
	}
	if len(ways) > 0 {
		row := shares(ways)
		switch {
		case len(ways) > 1: // a lone way is no banner
		case ways[0].Spec().Kind == look.Done:
			row = append([]look.Cell{look.Space(1)}, row...)
		default:
			row = append(row, look.Space(1))
		}
		cells = append(cells, look.Fixed(tall(v.wayHeight(), k.Row(row...))))
	}
	return k.Page(cells...)
}

// masthead is the head of a page. On a low display its letters do not grow with the others:
// nobody needs it to press, and its height is taken from the tiles.
func (v View) masthead(h Head) look.Cell {
	k := v.Kit
	if k.Low {
		k = k.WithLarge(false)
	}
	return look.Fixed(k.Masthead(v.name(h.Office), v.name(h.Site), nil))
}

// name sets a name of the office's data so that lines end between words.
func (v View) name(s string) string {
	if v.Words.Language != kiosk.Vietnamese {
		return s
	}
	return words.Together(s)
}

// unbroken keeps a time or date on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// big is the view for pages that say little: where there is room they speak in large letters
// at any setting.
func (v View) big() View {
	if !v.Kit.Low {
		v.Kit = v.Kit.WithLarge(true)
	}
	return v
}

// choiceHeight and wayHeight are the heights of the two bands, the same on every page.
func (v View) choiceHeight() float32 {
	k := v.Kit
	switch {
	case k.Portrait:
		return max(k.MainTile, k.Size.Height*0.13)
	case k.Low:
		return k.MainTile
	}
	return max(k.MainTile, k.Size.Height*0.15)
}

func (v View) wayHeight() float32 {
	k := v.Kit
	if k.Portrait {
		return max(k.OtherTile, k.Size.Height*0.055)
	}
	return max(k.OtherTile, k.Size.Height*0.09)
}

// shares gives tiles equal parts of a row.
func shares(tiles []*look.Tile) []look.Cell {
	var cells []look.Cell
	for _, t := range tiles {
		cells = append(cells, look.Weighted(1, t))
	}
	return cells
}

// tall gives an object at least a height.
func tall(height float32, o fyne.CanvasObject) fyne.CanvasObject {
	return &fyne.Container{Layout: tallLayout(height), Objects: []fyne.CanvasObject{o}}
}

type tallLayout float32

func (h tallLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().Max(fyne.NewSize(0, float32(h)))
}

func (h tallLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(size)
}
