package screen

import (
	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
)

// Help says how the machine is used and offers to call an officer.
type Help struct{ Head Head }

// Draw implements [Model].
func (m Help) Draw(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words.Help
	call := v.tile(Press{Do: CallOfficer}, look.TileSpec{Kind: look.Primary, Icon: look.IconHelp, Name: w.Call})
	var steps []look.Cell
	for _, s := range w.Steps {
		steps = append(steps, look.Fixed(k.Paragraph(s)))
	}
	return v.page(m.Head, []*look.Tile{call}, []*look.Tile{v.back()}, v.question(look.IconHelp, "", w.Title, steps...)...)
}

// Called says that an officer has been called.
type Called struct{ Head Head }

// Draw implements [Model].
func (m Called) Draw(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words.Help
	return v.page(m.Head, nil, []*look.Tile{v.home()}, v.question(look.IconHelp, "", w.Called, look.Fixed(k.Paragraph(w.CalledWait)))...)
}
