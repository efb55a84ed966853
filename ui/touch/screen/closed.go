package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/words"
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
	// Recent says that numbers were given in the last minutes, so paper may be missing.
	Recent bool
}

// Draw implements [Model].
func (m Closed) Draw(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words.Closed
	icon, title := look.IconClock, w.Title
	var say []look.Cell
	add := func(t *look.Text) { say = append(say, look.Fixed(t)) }
	if m.Fault != "" {
		icon, title = look.IconWarning, w.Stopped
		add(k.Paragraph(m.Fault))
	} else {
		reason := v.Words.Shut(m.Reason)
		if m.Holiday != "" {
			reason += " " + m.Holiday
		}
		add(k.Paragraph(reason))
		add(k.Heading(m.opens(v)).On(look.RedOnPaper))
	}
	if m.Served {
		add(k.Paragraph(w.Served))
	}
	if m.Phone != "" {
		add(k.Note(w.Phone(m.Phone)))
	}
	return v.page(m.Head, nil, m.ways(v), v.question(icon, "", title, say...)...)
}

// opens says when tickets are given again.
func (m Closed) opens(v View) string {
	w := v.Words
	switch {
	case m.Opens.IsZero():
		return w.Closed.Unknown
	case m.Today:
		return w.Closed.OpensA(w.Clock(m.Opens))
	}
	return w.Closed.Opens(w.Date(kiosk.DayOf(m.Opens)), w.Clock(m.Opens))
}

func (m Closed) ways(v View) []*look.Tile {
	w := v.Words.Home
	var tiles []*look.Tile
	for _, l := range m.Others {
		tiles = append(tiles, v.quiet(Press{Do: Speak, Language: l}, "", words.For(l).Own))
	}
	large := w.LargeText
	if m.Large {
		large = w.PlainText
	}
	tiles = append(tiles, v.quiet(Press{Do: Enlarge}, look.IconLetters, large))
	if m.Recent {
		tiles = append(tiles, v.quiet(Press{Do: NoSlip}, look.IconNoPaper, w.NoSlip))
	}
	return append(tiles, v.quiet(Press{Do: AskHelp}, look.IconHelp, w.Help))
}
