package screen

import (
	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
)

// Priority asks whether the citizen has priority. The reason is neither asked nor kept: it may
// be health data.
type Priority struct {
	Head    Head
	Service string
}

// Draw implements [Model].
func (m Priority) Draw(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words.Priority
	yes := v.tile(Press{Do: HavePrio}, look.TileSpec{Icon: look.IconPriority, Name: w.Yes})
	no := v.tile(Press{Do: NoPrio}, look.TileSpec{Kind: look.Primary, Icon: look.IconSlip, Name: w.No})
	return v.page(m.Head, []*look.Tile{yes, no}, []*look.Tile{v.back()}, v.question(look.IconPriority, m.Service, w.Title,
		look.Fixed(k.Paragraph(w.Who)), look.Fixed(k.Paragraph(w.NoReason).Bold()))...)
}

// Late warns, before a ticket is given, that it may not be served today.
type Late struct {
	Head    Head
	Service string
	Waiting int
	Closes  string // the time of day; empty where it is not known
}

// Draw implements [Model].
func (m Late) Draw(v View) fyne.CanvasObject {
	k, w := v.Kit, v.Words.Late
	take := v.tile(Press{Do: TakeAnyway}, look.TileSpec{Icon: look.IconSlip, Name: w.Yes})
	return v.page(m.Head, []*look.Tile{take}, []*look.Tile{v.back()}, v.question(look.IconWarning, m.Service, w.Title,
		look.Fixed(k.Paragraph(w.Waiting(m.Waiting, m.Closes))), look.Fixed(k.Paragraph(w.Question).Bold()))...)
}

// question is the body of a page that asks one thing: what it is about, the question, and what
// there is to say, with a pictogram where there is room.
func (v View) question(icon look.Icon, about, title string, say ...look.Cell) []look.Cell {
	k := v.Kit
	words := []look.Cell{look.Fixed(k.Title(title))}
	if about != "" {
		words = append([]look.Cell{look.Fixed(k.Heading(about).On(look.RedOnPaper))}, words...)
	}
	if k.Portrait {
		return append(append([]look.Cell{look.Space(1), look.Fixed(v.centre(icon, k.Size.Width*0.28)), look.Space(1)},
			append(words, say...)...), look.Space(1))
	}
	text := k.Column(append(append([]look.Cell{look.Space(1)}, append(words, say...)...), look.Space(1))...)
	if k.Low {
		return []look.Cell{look.Weighted(1, text)}
	}
	return []look.Cell{look.Weighted(1, k.Row(
		look.Fixed(k.Middle(k.Pictogram(icon, look.OnPaper, k.Size.Height*0.24))),
		look.Fixed(gap(k.Margin)),
		look.Weighted(1, text),
	))}
}

// centre is a pictogram in the middle of the page's width.
func (v View) centre(icon look.Icon, side float32) fyne.CanvasObject {
	return v.Kit.Pictogram(icon, look.OnPaper, side)
}

// gap is room of its own width.
func gap(width float32) fyne.CanvasObject {
	return tall(0, wide(width, &fyne.Container{}))
}

func wide(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return &fyne.Container{Layout: wideLayout(width), Objects: []fyne.CanvasObject{o}}
}

type wideLayout float32

func (w wideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().Max(fyne.NewSize(float32(w), 0))
}

func (w wideLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(size)
}
