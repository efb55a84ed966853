package screen

import (
	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
)

// Missing lets a citizen who got no paper choose the number among those of the last minutes.
type Missing struct {
	Head    Head
	Numbers []Recent // newest first; at most MaxRecent are shown
}

// MaxRecent is how many numbers a page shows at most.
const MaxRecent = 6

// Recent is a ticket of the last minutes.
type Recent struct {
	Number  kiosk.Number
	Service string
	Taken   string // the time of day; empty where it cannot be trusted
}

// Draw implements [Model].
func (m Missing) Draw(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words
	ways := []*look.Tile{v.back(), v.quiet(Press{Do: AskHelp}, look.IconHelp, w.Home.Help)}
	if len(m.Numbers) == 0 {
		return v.page(m.Head, nil, ways, v.question(look.IconNoPaper, "", w.NoSlip.Title, look.Fixed(k.Paragraph(w.NoSlip.None)))...)
	}
	var tiles []*look.Tile
	for _, n := range m.Numbers[:min(len(m.Numbers), MaxRecent)] {
		fact := n.Service
		if n.Taken != "" {
			fact += " · " + w.NoSlip.TakenAt(n.Taken)
		}
		tiles = append(tiles, v.tile(Press{Do: Pick, Number: n.Number}, look.TileSpec{Icon: look.IconSlip, Name: string(n.Number), Fact: fact}))
	}
	columns := 1
	if !k.Portrait && len(tiles) > 1 {
		columns = 2
	}
	if k.Low && len(tiles) > 4 {
		columns = 3
	}
	rows := (len(tiles) + columns - 1) / columns
	body := []look.Cell{look.Fixed(k.Title(w.NoSlip.Title))}
	if !k.Low {
		body = append(body, look.Fixed(k.Paragraph(w.NoSlip.Why)))
	}
	// A lone number does not swell to the whole page.
	body = append(body, look.Weighted(float32(rows), k.Grid(columns, tiles...)))
	if free := 4 - rows; free > 0 && !k.Low {
		body = append(body, look.Space(float32(free)))
	}
	return v.page(m.Head, nil, ways, body...)
}
