package screen

import (
	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/words"
)

// Help says how the machine is used and offers to call an officer.
//
// Here is also the way into staff mode. On the first page every millimetre belongs to citizens,
// and a place there that has to be held would be known to nobody on the day the PCs fail; this
// page is one touch away at any hour, also while the hall is closed, and it is where the officer
// whom somebody called stands anyway.
type Help struct {
	Head Head
	// Staff offers the way into staff mode.
	Staff bool
}

// Draw implements [Model].
func (m Help) Draw(v View) fyne.CanvasObject {
	w, b := v.Words.Help, v.big()
	call := b.tile(Press{Do: CallOfficer}, look.TileSpec{Kind: look.Primary, Icon: look.IconHelp, Name: w.Call})
	signs := []look.Icon{look.IconPapers, look.IconSlip, look.IconVoice}
	var steps []look.Cell
	for i, s := range w.Steps {
		steps = append(steps, b.step(signs[i%len(signs)], s))
	}
	ways := []*look.Tile{v.back()}
	if m.Staff {
		ways = append(ways, v.quiet(Press{Do: StaffIn}, look.IconStaff, words.InStaffMode().Enter))
	}
	return v.page(m.Head, []*look.Tile{call}, ways, b.question(look.IconHelp, "", w.Title, steps...))
}

// step is a sentence beside its pictogram.
func (v View) step(icon look.Icon, s string) look.Cell {
	k := v.Kit
	return look.Fixed(k.Row(look.Fixed(k.Middle(k.Pictogram(icon, look.OnPaper, k.Body*2))), look.Weighted(1, k.Middle(k.Paragraph(s)))))
}

// Called says that an officer has been called.
type Called struct{ Head Head }

// Draw implements [Model].
func (m Called) Draw(v View) fyne.CanvasObject {
	w, b := v.Words.Help, v.big()
	return v.page(m.Head, nil, []*look.Tile{v.home()}, b.question(look.IconHelp, "", w.Called, b.sentence(w.CalledWait)))
}
