package screen

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
)

// Item is a tile of a page whose tiles depend on how things stand.
type Item struct {
	Press Press
	Kind  look.Kind
	Icon  look.Icon
	Name  string
	Fact  string
	// Letter makes the name as large as the tile allows: a letter or two of a number.
	Letter bool
}

// Note is what became of the last press, in a strip above what can be pressed; the zero value
// is none.
type Note struct {
	Text string
	// Short is what a low display has room for; empty: the whole text.
	Short string
	Good  bool
}

// choice makes the tile of one of several choices.
func (v View) choice(i Item) *look.Tile {
	return v.tile(i.Press, look.TileSpec{Kind: i.Kind, Icon: i.Icon, Name: v.name(i.Name), Fact: clipped(i.Fact), Keypad: i.Letter})
}

// maxFact is how many letters a fact has room for on the narrowest tile of a list.
const maxFact = 34

// clipped cuts a fact that is too long after a word: an office may give a service 120 letters,
// and here the number beside it says which one it is.
func clipped(s string) string {
	if utf8.RuneCountInString(s) <= maxFact {
		return s
	}
	cut := string([]rune(s)[:maxFact])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,·") + "…"
}

// ways makes the tiles beside the way.
func (v View) ways(items []Item) []*look.Tile {
	var tiles []*look.Tile
	for _, i := range items {
		kind := i.Kind
		if kind == "" {
			kind = look.Quiet
		}
		fact := i.Fact
		if v.Kit.Low {
			fact = "" // the name needs the height
		}
		tiles = append(tiles, v.tile(i.Press, look.TileSpec{Kind: kind, Icon: i.Icon, Name: i.Name, Fact: fact, Other: true}))
	}
	return tiles
}

// note is the strip of a note.
func (v View) note(n Note) look.Cell {
	if v.Kit.Low && n.Short != "" {
		n.Text = n.Short
	}
	switch {
	case n.Text == "":
		return look.Cell{}
	case n.Good:
		return look.Fixed(v.strip(look.Jade, look.IconCheck, n.Text))
	}
	return look.Fixed(v.strip(look.Red, look.IconWarning, n.Text))
}

// wayBand is the band of ways at the bottom of a page that is all ways and list; a lone way is
// no banner.
func (v View) wayBand(items []Item) look.Cell {
	if half := (len(items) + 1) / 2; v.Kit.Portrait && len(items) > 3 {
		return look.Fixed(v.Kit.Column(v.wayBand(items[:half]), v.wayBand(items[half:])))
	}
	row := shares(v.ways(items))
	if len(row) == 1 {
		row = append(row, look.Space(2))
	}
	return look.Fixed(tall(v.wayHeight(), v.Kit.Row(row...)))
}

// List is a page on which one of several things is chosen, however many they are.
type List struct {
	Head  Head
	Title string
	Say   string // may be empty
	// Stands is how things stand, beneath the title. A low display has room for it only where the
	// strip of the note is empty.
	Stands Note
	Note   Note
	Items  []Item
	// Scale says that the items are the steps of a scale: they stand in one row, or in one column
	// where the page is upright.
	Scale bool
	// Page counts from 0; one that does not exist shows the last.
	Page int
	Ways []Item
}

// Draw implements [Model].
func (m List) Draw(v View) fyne.CanvasObject {
	k := v.Kit
	cells := []look.Cell{v.masthead(m.Head), look.Fixed(k.Title(m.Title))}
	if m.Say != "" && (!k.Low || len(m.Items) == 0) {
		cells = append(cells, look.Fixed(k.Paragraph(m.Say)))
	}
	note := m.Note
	switch {
	case m.Stands.Text != "" && !k.Low:
		cells = append(cells, look.Fixed(k.Paragraph(m.Stands.Text)))
	case note.Text == "":
		note = m.Stands
	}
	cells = append(cells, v.note(note))
	return v.fitted(func(hole look.Cell) *fyne.Container {
		cells = append(cells, hole)
		if share := m.spare(v); share > 0 {
			cells = append(cells, look.Space(share))
		}
		return k.Page(append(cells, v.wayBand(m.Ways))...)
	}, func(room fyne.Size) fyne.CanvasObject {
		if len(m.Items) == 0 {
			return &fyne.Container{}
		}
		b := v
		if m.Scale {
			return b.big().scale(m.Items)
		}
		if len(m.Items) <= fewServices {
			b = v.big()
		}
		return b.paged(room, m.Page, len(m.Items), func(i int) *look.Tile { return b.choice(m.Items[i]) })
	})
}

// scale sets items in one row or column.
func (v View) scale(items []Item) fyne.CanvasObject {
	columns := len(items)
	if v.Kit.Portrait {
		columns = 1
	}
	var tiles []*look.Tile
	for _, i := range items {
		tiles = append(tiles, v.choice(i))
	}
	return v.Kit.Grid(columns, tiles...)
}

// spare is the room that a short list leaves: a lone tile does not swell to the whole page.
func (m List) spare(v View) float32 {
	switch n := len(m.Items); {
	case v.Kit.Low, m.Scale:
		return 0
	case n <= 2:
		return 1
	case n <= 4 && v.Kit.Portrait:
		return 0.6
	}
	return 0
}

// Ask is a page that says one thing and offers a few answers.
type Ask struct {
	Head    Head
	Icon    look.Icon
	Title   string
	Say     []string
	Note    Note
	Choices []Item
	Ways    []Item
}

// Draw implements [Model].
func (m Ask) Draw(v View) fyne.CanvasObject {
	b := v.big()
	var say []look.Cell
	for _, s := range m.Say {
		say = append(say, b.sentence(s))
	}
	var choices []*look.Tile
	for _, i := range m.Choices {
		choices = append(choices, b.choice(i))
	}
	return v.page(m.Head, choices, v.ways(m.Ways), b.question(m.Icon, "", m.Title, say...), v.note(m.Note))
}
