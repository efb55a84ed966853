package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
)

// Busy stands while the office is asked for a number.
type Busy struct{ Head Head }

// Draw implements [Model].
func (m Busy) Draw(v View) fyne.CanvasObject {
	w, b := v.Words.Busy, v.big()
	return v.page(m.Head, nil, nil, b.question(look.IconSlip, "", w.Title, b.sentence(w.Wait)))
}

// HoldTime is how long a press has to be held when too many tickets were taken in a minute.
const HoldTime = 2 * time.Second

// Held asks for a press that is held, which a child who presses at random does not do.
type Held struct {
	Head    Head
	Service string
}

// Draw implements [Model].
func (m Held) Draw(v View) fyne.CanvasObject {
	w, b := v.Words.Hold, v.big()
	hold := b.tile(Press{Do: Hold}, look.TileSpec{Kind: look.Primary, Icon: look.IconSlip, Name: w.Tile, Hold: HoldTime, HoldFact: w.Holding})
	return v.page(m.Head, []*look.Tile{hold}, []*look.Tile{v.back()}, b.question(look.IconPeople, m.Service, w.Title, b.sentence(w.Why)))
}

// Sorry says in plain words what did not work.
type Sorry struct {
	Head  Head
	Text  string
	Again bool // trying again may help
}

// Draw implements [Model].
func (m Sorry) Draw(v View) fyne.CanvasObject {
	w, b := v.Words, v.big()
	var again []*look.Tile
	if m.Again {
		again = []*look.Tile{b.tile(Press{Do: TryAgain}, look.TileSpec{Kind: look.Primary, Icon: look.IconSlip, Name: w.Ways.Again})}
	}
	return v.page(m.Head, again, []*look.Tile{v.home(), v.help()}, b.question(look.IconWarning, "", w.Sorry.Title, b.sentence(m.Text)))
}

// Idle warns before the screen goes back to its first page.
type Idle struct {
	Head    Head
	Seconds int
}

// Draw implements [Model].
func (m Idle) Draw(v View) fyne.CanvasObject {
	w, b := v.Words, v.big()
	more := b.tile(Press{Do: MoreTime}, look.TileSpec{Kind: look.Primary, Icon: look.IconClock, Name: w.Idle.More})
	return v.page(m.Head, []*look.Tile{more}, []*look.Tile{v.home()}, b.question(look.IconClock, "", w.Idle.Title, b.sentence(w.Idle.Soon(m.Seconds))))
}

// Roll asks an officer whether the test slip of a new roll can be read: a roll that is in upside
// down prints blank, and the printer says that all is well.
type Roll struct{ Head Head }

// Draw implements [Model].
func (m Roll) Draw(v View) fyne.CanvasObject {
	w, b := v.Words.Paper, v.big()
	yes := b.tile(Press{Do: PaperGood}, look.TileSpec{Kind: look.Done, Icon: look.IconCheck, Name: w.Yes})
	no := b.tile(Press{Do: PaperBad}, look.TileSpec{Icon: look.IconNoPaper, Name: w.No})
	later := v.quiet(Press{Do: GoBack}, look.IconBack, w.Later)
	return v.page(m.Head, []*look.Tile{yes, no}, []*look.Tile{later}, b.question(look.IconPrinter, "", w.Title, b.sentence(w.Ask)))
}
