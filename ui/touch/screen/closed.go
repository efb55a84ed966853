package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
)

// Closed says that no ticket can be had, why, and when it can again.
type Closed struct {
	Head   Head
	Reason kiosk.ClosedReason
	// Holiday is the name of the day, in the page's language; may be empty.
	Holiday string
	// Opens is when tickets are given again, zero where nobody knows; Today says that it is
	// on the present day.
	Opens time.Time
	Today bool
	// Served says that who has a number is still served.
	Served bool
	// Fault, where it is not empty, is why the machine gives no tickets although the office is
	// open; it stands in place of Reason and Opens.
	Fault  string
	Phone  string
	Others []kiosk.Language
	Large  bool
	// PaperCheck asks an officer to look at the test slip: rolls are changed before the hall opens.
	PaperCheck bool
	// Rating says that somebody was served today who may say how it was.
	Rating bool
	// Recent says that numbers were given in the last minutes, so paper may be missing.
	Recent bool
}

// Draw implements [Model].
func (m Closed) Draw(v View) fyne.CanvasObject {
	w, b := v.Words.Closed, v.big()
	icon, title := look.IconClock, w.Title
	var say []look.Cell
	if m.Fault != "" {
		icon, title = look.IconWarning, w.Stopped
		say = append(say, b.sentence(m.Fault))
	} else {
		reason := v.Words.Shut(m.Reason)
		if m.Holiday != "" {
			reason = w.Holiday(m.Holiday)
		}
		say = append(say, b.sentence(reason), look.Fixed(b.Kit.Heading(m.opens(v)).On(look.RedOnPaper)))
	}
	tight := v.Kit.Low && m.PaperCheck // the officer's strip needs the room
	if m.Served && !tight {
		say = append(say, b.sentence(w.Served))
	}
	if m.Phone != "" && !tight {
		say = append(say, b.sentence(w.Phone(m.Phone)))
	}
	var helps []*look.Tile
	if m.Recent {
		helps = append(helps, v.quiet(Press{Do: NoSlip}, look.IconNoPaper, v.Words.Home.NoSlip))
	}
	helps = append(helps, v.help())
	if m.Rating {
		helps = append(helps, v.rate())
	}
	cells := []look.Cell{v.masthead(m.Head)}
	if m.PaperCheck {
		cells = append(cells, look.Fixed(v.paperCheck()))
	}
	cells = append(cells, b.question(icon, "", title, say...))
	return v.Kit.Page(append(cells, v.bands(nil, helps, v.languages(m.Others, m.Large))...)...)
}

// opens says when tickets are given again.
func (m Closed) opens(v View) string {
	w := v.Words
	switch {
	case m.Opens.IsZero():
		return w.Closed.Unknown
	case m.Today:
		return w.Closed.OpensA(unbroken(w.Clock(m.Opens)))
	}
	return w.Closed.Opens(unbroken(w.Date(kiosk.DayOf(m.Opens))), unbroken(w.Clock(m.Opens)))
}
