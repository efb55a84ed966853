package screen

import (
	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
)

// Paper is what the paper of a ticket does, as far as the citizen at the screen is concerned.
type Paper string

// The states of the paper.
const (
	PaperComing Paper = "coming" // on its way
	PaperOut    Paper = "out"    // the printer said so
	PaperMaybe  Paper = "maybe"  // it should be out: this printer cannot say
	PaperNone   Paper = "none"   // it will not come now: the number has to be kept in mind
	PaperWaived Paper = "waived" // not wanted
)

// Ticket shows the number: the biggest thing in the room.
type Ticket struct {
	Head     Head
	Number   kiosk.Number
	Service  string
	Priority bool
	Where    string // the office's words; may be empty
	// Ahead and Wait are the forecast as at issue; HasAhead is false where there is none.
	HasAhead bool
	Ahead    int
	Wait     *kiosk.Range
	Paper    Paper
	Again    bool   // the paper is printed again
	Guide    bool   // an officer comes to the screen
	QR       string // plain text; shown while there is no paper
	// Leaving is how many seconds are left before the first page comes back; 0 while that is
	// not to be said yet.
	Leaving int
}

// Draw implements [Model].
func (m Ticket) Draw(v View) fyne.CanvasObject {
	k := v.Kit
	switch {
	case k.Low:
		// The tiles stand above the band at the bottom: a second tap meant for the page before
		// must not send the number away.
		return k.Page(
			v.masthead(m.Head),
			look.Weighted(1, k.Row(look.Weighted(5, m.card(v)), m.code(v, 3), look.Weighted(2, m.side(v)))),
			look.Fixed(m.state(v)),
		)
	case k.Portrait:
		b := v.big()
		return v.page(m.Head, nil, m.ways(v),
			look.Weighted(3, m.card(b)), m.code(v, 2), look.Fixed(m.facts(b)), look.Fixed(m.state(b)), look.Fixed(m.leaving(v)))
	}
	b := v.big()
	say := b
	if m.Paper == PaperNone {
		say.Kit = k.WithLarge(false) // words that grow would take the code's place
	}
	words := []look.Cell{m.code(say, 1), look.Fixed(m.facts(say)), look.Fixed(m.state(say)), look.Fixed(m.leaving(say))}
	if m.Paper != PaperNone {
		words = append(append([]look.Cell{look.Space(1)}, words...), look.Space(1))
	}
	return v.page(m.Head, nil, m.ways(v),
		look.Weighted(1, k.Row(look.Weighted(10, m.card(b)), look.Weighted(9, k.Column(words...)))))
}

// side sets the tiles beside the number; a lone one is as high as one of two.
func (m Ticket) side(v View) fyne.CanvasObject {
	cells := shares(m.ways(v))
	if len(cells) == 1 {
		cells = append([]look.Cell{look.Space(1)}, cells...)
	}
	return v.Kit.Column(cells...)
}

// card is the number on its white sheet.
func (m Ticket) card(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words.Ticket
	below := v.name(m.Service)
	if m.Priority && k.Low {
		below += " · " + w.Priority
	}
	cells := []look.Cell{
		look.Fixed(k.Heading(w.Yours).On(look.OnWhite).Centred()),
		look.Weighted(1, k.Number(string(m.Number)).On(look.RedOnWhite)),
		look.Fixed(k.Heading(below).Lines(2).On(look.OnWhite).Centred()),
	}
	if m.Priority && !k.Low {
		cells = append(cells, look.Fixed(k.Heading(w.Priority).On(look.JadeOnWhite).Centred()))
	}
	return k.Card(k.Column(cells...))
}

// code is the square code, while there is no paper to keep.
func (m Ticket) code(v View, weight float32) look.Cell {
	k := v.Kit
	if m.Paper != PaperNone {
		return look.Cell{}
	}
	modules := qrModules(m.QR)
	if modules == nil {
		return look.Cell{}
	}
	code := look.Weighted(1, k.QR(modules, k.MM(20)))
	if k.Low {
		return look.Weighted(weight, k.Card(k.Column(code)))
	}
	return look.Weighted(weight, k.Card(k.Column(code, look.Fixed(k.Note(v.Words.Ticket.ScanQR).On(look.SoftOnWhite).Centred()))))
}

// facts say where to wait and how long it may take.
func (m Ticket) facts(v View) fyne.CanvasObject {
	k := v.Kit
	where, ahead := k.Heading(m.where(v)).Lines(3), k.Paragraph(v.Words.Ticket.Ahead(m.Ahead, m.Wait))
	if k.Portrait {
		where, ahead = where.Centred(), ahead.Centred()
	}
	if !m.HasAhead {
		return where
	}
	return k.Column(look.Fixed(where), look.Fixed(ahead))
}

// where says where to wait.
func (m Ticket) where(v View) string {
	w := v.Words.Ticket
	switch {
	case m.Guide:
		return w.Guide
	case m.Where != "":
		return w.Where(v.name(m.Where))
	}
	return w.WhereElse
}

// state says what the paper does; on a low display also where to wait, in the same strip.
func (m Ticket) state(v View) fyne.CanvasObject {
	w := v.Words.Ticket
	bar, icon, text := look.Ink, look.IconPrinter, w.Printing
	switch m.Paper {
	case PaperOut:
		bar, icon, text = look.Jade, look.IconCheck, w.Take
	case PaperMaybe:
		bar, icon, text = look.Jade, look.IconSlip, w.TakeOrAsk
	case PaperNone:
		bar, icon, text = look.Red, look.IconNoPaper, w.NoPaper
	case PaperWaived:
		bar, icon, text = look.Jade, look.IconCheck, w.Noted
	default:
		if m.Again {
			text = w.Reprinting
		}
	}
	if !v.Kit.Low {
		return v.strip(bar, icon, text)
	}
	switch {
	case m.Leaving > 0:
		text = v.Words.Idle.Soon(m.Leaving) // the page has no other room for it
	case m.Paper == PaperMaybe:
		text = w.Take // the tile beside the number says the rest
	}
	k := v.Kit
	lines := []look.Cell{look.Fixed(k.Paragraph(m.where(v)).Lines(2).Bold().On(look.OnSand)), look.Fixed(k.Paragraph(text).On(look.OnSand))}
	return k.Notice(bar, k.Row(
		look.Fixed(k.Middle(k.Pictogram(icon, look.OnSand, k.Body*2.2))),
		look.Weighted(1, k.Middle(k.Column(lines...))),
	))
}

// leaving warns that the page will go.
func (m Ticket) leaving(v View) fyne.CanvasObject {
	if m.Leaving == 0 {
		return nil
	}
	text := v.Kit.Paragraph(v.Words.Idle.Soon(m.Leaving))
	if v.Kit.Portrait {
		return text.Centred()
	}
	return text
}

// ways are the tiles: what is left to do with the number.
func (m Ticket) ways(v View) []*look.Tile {
	w := v.Words
	var tiles []*look.Tile
	if m.Leaving > 0 {
		tiles = append(tiles, v.tile(Press{Do: MoreTime}, look.TileSpec{Name: w.Idle.More, Other: true}))
	} else if m.Paper == PaperOut || m.Paper == PaperMaybe {
		tiles = append(tiles, v.quiet(Press{Do: Pick, Number: m.Number}, look.IconNoPaper, w.Ticket.AskPaper))
	}
	last := v.tile(Press{Do: Finish}, look.TileSpec{Kind: look.Done, Icon: look.IconCheck, Name: w.Ticket.Done, Other: true})
	if m.Paper == PaperNone {
		last = v.tile(Press{Do: HaveIt}, look.TileSpec{Kind: look.Done, Icon: look.IconCheck, Name: w.Ticket.HaveIt, Other: true})
	}
	return append(tiles, last)
}
