package screen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
)

// Pad is a page with a keypad: a PIN or the digits of a number. It holds what is shown of what
// was typed, never a PIN itself.
type Pad struct {
	Head  Head
	Title string
	Say   string // may be empty
	Note  Note
	// Typed is shown as it is; Dots is how many digits of a PIN were typed.
	Typed string
	PIN   bool
	Dots  int
	// Enter and Erase are the words of the two keys beside the 0.
	Enter, Erase string
	Ways         []Item
}

// Draw implements [Model].
func (m Pad) Draw(v View) fyne.CanvasObject {
	k := v.Kit
	words := []look.Cell{look.Fixed(k.Title(m.Title)), look.Fixed(m.entry(v))}
	if k.Low && m.Note.Text != "" {
		words = words[1:] // the note says what to do now
	}
	if m.Say != "" && (!k.Low || m.Note.Text == "") {
		words = append(words, look.Fixed(k.Paragraph(m.Say)))
	}
	words = append(words, v.note(m.Note))
	if k.Portrait {
		cells := append([]look.Cell{v.masthead(m.Head), look.Space(0.2)}, words...)
		return k.Page(append(cells, look.Space(0.4), look.Weighted(3, m.keys(v)), v.wayBand(m.Ways))...)
	}
	left := append(words, look.Space(1), look.Fixed(tall(v.wayHeight(), k.Row(shares(v.ways(m.Ways))...))))
	if !k.Low {
		left = append([]look.Cell{look.Space(0.5)}, left...)
	}
	return k.Page(v.masthead(m.Head), look.Weighted(1, k.Row(
		look.Weighted(1, k.Column(left...)), look.Fixed(gap(k.Gap)), look.Weighted(1, m.keys(v)),
	)))
}

// entry shows what was typed.
func (m Pad) entry(v View) fyne.CanvasObject {
	k := v.Kit
	height := k.Metrics.Title * 2
	if k.Low {
		height = k.Metrics.Title * 1.5
	}
	if m.PIN {
		dots := strings.TrimSpace(strings.Repeat("• ", m.Dots))
		return k.Card(tall(height, k.Middle(k.Heading(dots).Centred().On(look.OnWhite))))
	}
	return k.Card(tall(height, k.Number(m.Typed).On(look.RedOnWhite)))
}

// keys is the keypad, as on a telephone.
func (m Pad) keys(v View) fyne.CanvasObject {
	k := v.Kit
	key := func(d int) *look.Tile {
		s := strconv.Itoa(d)
		return v.tile(Press{Do: Digit, Text: s}, look.TileSpec{Name: s, Other: true, Keypad: true, Blind: m.PIN})
	}
	var digits []*look.Tile
	for d := range 9 {
		digits = append(digits, key(d+1))
	}
	erase := v.tile(Press{Do: Erase}, look.TileSpec{Kind: look.Quiet, Name: m.Erase, Other: true})
	enter := v.tile(Press{Do: Enter}, look.TileSpec{Kind: look.Primary, Name: m.Enter, Other: true})
	last := k.Row(look.Weighted(1, erase), look.Weighted(1, k.Grid(1, key(0))), look.Weighted(1, enter))
	// The gaps between the rows are not the same share of a grid of three and of a row.
	return &fyne.Container{Layout: padLayout(k.Gap), Objects: []fyne.CanvasObject{k.Grid(3, digits...), last}}
}

// padLayout sets three rows of keys and the fourth below them, all of one height.
type padLayout float32

func (g padLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+float32(g)+b.Height)
}

func (g padLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	row := (size.Height - 3*float32(g)) / 4
	top := 3*row + 2*float32(g)
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width, top))
	o[1].Move(fyne.NewPos(0, top+float32(g)))
	o[1].Resize(fyne.NewSize(size.Width, row))
}
