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
	b, w := v.big(), v.Words.Priority
	yes := b.tile(Press{Do: HavePrio}, look.TileSpec{Icon: look.IconPriority, Name: w.Yes})
	no := b.tile(Press{Do: NoPrio}, look.TileSpec{Kind: look.Primary, Icon: look.IconSlip, Name: w.No})
	return v.page(m.Head, []*look.Tile{yes, no}, []*look.Tile{v.back()},
		b.question(look.IconPriority, m.Service, w.Title, b.sentence(w.Who), look.Fixed(b.Kit.Paragraph(w.NoReason).Bold())))
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
	b, w := v.big(), v.Words.Late
	take := b.tile(Press{Do: TakeAnyway}, look.TileSpec{Icon: look.IconSlip, Name: w.Yes})
	return v.page(m.Head, []*look.Tile{take}, []*look.Tile{v.back()},
		b.question(look.IconWarning, m.Service, w.Title, b.sentence(w.Waiting(m.Waiting, unbroken(m.Closes))), look.Fixed(b.Kit.Paragraph(w.Question).Bold())))
}

// question is the body of a page that says one thing: what it is about, the thing itself, and
// what there is to add, with a pictogram where there is room.
func (v View) question(icon look.Icon, about, title string, say ...look.Cell) look.Cell {
	k := v.Kit
	var words []look.Cell
	if about != "" {
		words = append(words, look.Fixed(k.Heading(v.name(about)).Lines(2).On(look.RedOnPaper)))
	}
	words = append(append(words, look.Fixed(k.Title(title))), say...)
	text := k.Column(words...)
	switch {
	case k.Low:
		return look.Weighted(1, k.Middle(text))
	case k.Portrait:
		// The pictogram keeps to the edge of the words.
		sign := k.Row(look.Fixed(k.Pictogram(icon, look.OnPaper, k.Size.Width*0.22)), look.Space(1))
		return look.Weighted(1, k.Column(look.Space(1), look.Fixed(sign), look.Fixed(tall(k.Gap, &fyne.Container{})), look.Fixed(text), look.Space(1)))
	}
	return look.Weighted(1, k.Row(
		look.Fixed(k.Middle(k.Pictogram(icon, look.OnPaper, k.Size.Height*0.24))),
		look.Fixed(gap(k.Margin)),
		look.Weighted(1, k.Middle(text)),
	))
}

// sentence is a line of a question's body.
func (v View) sentence(s string) look.Cell { return look.Fixed(v.Kit.Paragraph(s)) }

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
