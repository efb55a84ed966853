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
	k, w, b := v.Kit, v.Words, v.big()
	ways := []*look.Tile{v.back(), v.help()}
	if len(m.Numbers) == 0 {
		return v.page(m.Head, nil, ways, b.question(look.IconNoPaper, "", w.NoSlip.Title, b.sentence(w.NoSlip.None)))
	}
	most := MaxRecent
	if k.Low {
		most = 4
	}
	var tiles []*look.Tile
	for _, n := range m.Numbers[:min(len(m.Numbers), most)] {
		tiles = append(tiles, b.tile(Press{Do: Pick, Number: n.Number}, look.TileSpec{Icon: look.IconSlip, Name: string(n.Number), Fact: n.fact(v)}))
	}
	columns := 1
	if !k.Portrait {
		columns = min(2, len(tiles))
	}
	rows := (len(tiles) + columns - 1) / columns
	body := []look.Cell{look.Fixed(k.Title(w.NoSlip.Title))}
	if !k.Low {
		body = append(body, look.Fixed(k.Paragraph(w.NoSlip.Why)))
	}
	body = append(body, look.Weighted(float32(rows), k.Grid(columns, tiles...)))
	// A lone number does not swell to the whole page.
	full := 2
	switch {
	case k.Portrait:
		full = 6
	case !k.Low:
		full = 3
	}
	if rows < full {
		body = append(body, look.Space(float32(full-rows)))
	}
	return v.page(m.Head, nil, ways, body...)
}

// fact tells tickets apart: what for and when.
func (n Recent) fact(v View) string {
	switch {
	case n.Taken == "":
		return n.Service
	case v.Kit.Low:
		return v.Words.NoSlip.TakenAt(n.Taken)
	}
	return n.Service + " · " + v.Words.NoSlip.TakenAt(n.Taken)
}
