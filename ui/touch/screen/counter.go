package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
)

// Counter is a counter's page in staff mode: whom it has in hand and what can be done.
type Counter struct {
	Head   Head
	Name   string       // of the counter
	Number kiosk.Number // in hand; empty: none
	State  string       // of the number, or of the counter without one
	About  []string     // what the number is about: service, priority, language
	Waits  string       // who waits
	Note   Note
	// Steps are what can be done, what is likeliest first.
	Steps []Item
	Ways  []Item
}

// Draw implements [Model].
func (m Counter) Draw(v View) fyne.CanvasObject {
	k := v.Kit
	head := v.masthead(m.Head)
	if k.Portrait {
		return k.Page(head, look.Weighted(4, m.card(v.big())), v.note(m.Note), look.Weighted(4, m.steps(v.big())), v.wayBand(m.Ways))
	}
	card, steps := m.card(v), m.steps(v)
	if k.Low {
		left := k.Column(look.Weighted(1, card), m.said(v))
		return k.Page(head, look.Weighted(1, k.Row(look.Weighted(9, left), look.Weighted(10, steps))), v.wayBand(m.Ways))
	}
	return k.Page(head,
		look.Weighted(1, k.Row(look.Weighted(9, card), look.Weighted(10, k.Column(v.note(m.Note), look.Weighted(1, steps))))),
		v.wayBand(m.Ways))
}

// card is the number in hand on its white sheet.
func (m Counter) card(v View) fyne.CanvasObject {
	k := v.Kit
	cells := []look.Cell{look.Fixed(k.Heading(m.Name + " · " + m.State).Lines(2).On(look.OnWhite).Centred())}
	if m.Number != "" {
		cells = append(cells, look.Weighted(1, k.Number(string(m.Number)).On(look.RedOnWhite)))
	} else {
		cells = append(cells, look.Space(1))
	}
	for i, s := range m.about(v) {
		if s == "" {
			continue
		}
		text := k.Paragraph(v.name(s)).Lines(2).On(look.OnWhite).Centred()
		if i > 0 {
			text = k.Paragraph(s).Lines(1).Bold().On(look.JadeOnWhite).Centred()
		}
		cells = append(cells, look.Fixed(text))
	}
	if m.Number == "" {
		cells = append(cells, look.Fixed(k.Paragraph(m.Waits).On(look.OnWhite).Centred()), look.Space(1))
	} else if m.Waits != "" && !k.Low {
		cells = append(cells, look.Fixed(k.Note(m.Waits).Lines(2).On(look.SoftOnWhite).Centred()))
	}
	return k.Card(k.Column(cells...))
}

// about are the lines about the number. A low card has room for two, and beside what went wrong
// for what the citizen needs only.
func (m Counter) about(v View) []string {
	if !v.Kit.Low || len(m.About) == 0 {
		return m.About
	}
	out := []string{m.About[0]}
	if m.Note.Text != "" && !m.Note.Good {
		out = []string{""}
	}
	if len(m.About) > 1 {
		out = append(out, strings.Join(m.About[1:], " · "))
	}
	return out
}

// said is the note on a low display: what went well shows on the card.
func (m Counter) said(v View) look.Cell {
	if m.Note.Good {
		return look.Cell{}
	}
	return v.note(m.Note)
}

// steps sets the likeliest step across, the others two by two below it.
func (m Counter) steps(v View) fyne.CanvasObject {
	k := v.Kit
	if len(m.Steps) == 0 {
		return &fyne.Container{}
	}
	first := v.stepTile(m.Steps[0])
	var rest []*look.Tile
	for _, i := range m.Steps[1:] {
		rest = append(rest, v.stepTile(i))
	}
	switch rows := (len(rest) + 1) / 2; {
	case len(rest) == 0:
		return k.Column(look.Weighted(1, first), look.Space(1))
	case len(rest) == 1:
		return k.Column(look.Weighted(1, first), look.Weighted(1, rest[0]))
	default:
		return k.Column(look.Weighted(1, first), look.Weighted(float32(rows), k.Grid(2, rest...)))
	}
}

// stepTile makes the tile of a step: officers' fingers know their way, and three rows of citizens'
// tiles have no room beside the number under a long note.
func (v View) stepTile(i Item) *look.Tile {
	return v.tile(i.Press, look.TileSpec{Kind: i.Kind, Icon: i.Icon, Name: i.Name, Other: !v.Kit.Portrait})
}
