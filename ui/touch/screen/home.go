package screen

import (
	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/words"
)

// Home is the first page: the services, with the other languages and all help within reach.
type Home struct {
	Head     Head
	Services []Service
	// Guide is the service behind "I don't know which"; empty where the office has none.
	Guide kiosk.ServiceCode
	// Others are the languages to change to.
	Others []kiosk.Language
	Large  bool
	// Notice is a fault in plain words, or empty.
	Notice string
	// HelpComes says that an officer is on the way to this screen.
	HelpComes bool
	// PaperCheck asks an officer to look at the test slip.
	PaperCheck bool
	// SlipsUnsure is true while the printer cannot say that a slip is out: "I did not get
	// paper" is larger then.
	SlipsUnsure bool
	// Rating says that somebody was served today who may say how it was.
	Rating bool
	// Page counts from 0; one that does not exist shows the last.
	Page int
}

// Service is the tile of a service.
type Service struct {
	Code kiosk.ServiceCode
	Icon string
	Name string
	Fact string
}

// Draw implements [Model].
func (m Home) Draw(v View) fyne.CanvasObject {
	k := v.Kit
	cells := []look.Cell{v.masthead(m.Head)}
	if !k.Low {
		cells = append(cells, look.Fixed(k.Title(v.Words.Home.Title)))
	}
	cells = append(cells, m.notices(v)...)
	langs, helps := v.languages(m.Others, m.Large), m.helps(v)
	return v.fitted(func(services look.Cell) *fyne.Container {
		cells = append(cells, services)
		return k.Page(append(cells, v.bands(m.guide(v), helps, langs)...)...)
	}, func(room fyne.Size) fyne.CanvasObject { return m.grid(v, room) })
}

// fitted makes a page with something in it that has to know its room.
func (v View) fitted(page func(look.Cell) *fyne.Container, fill func(room fyne.Size) fyne.CanvasObject) fyne.CanvasObject {
	hole := &fyne.Container{Layout: fillLayout{}}
	out := page(look.Weighted(1, hole))
	out.Resize(v.Kit.Size) // tells how much room there is
	hole.Objects = []fyne.CanvasObject{fill(hole.Size())}
	hole.Refresh()
	return out
}

// notices are the strips above the services: side by side where the page is wide, and one of
// them, the gravest, where it is low.
func (m Home) notices(v View) []look.Cell {
	k, w := v.Kit, v.Words
	var strips []look.Cell
	if m.PaperCheck {
		strips = append(strips, look.Weighted(1, v.paperCheck()))
	}
	if m.Notice != "" {
		strips = append(strips, look.Weighted(1, v.strip(look.Red, look.IconWarning, m.Notice)))
	}
	if m.HelpComes {
		strips = append(strips, look.Weighted(1, v.strip(look.Jade, look.IconHelp, w.Home.HelpComes)))
	}
	switch {
	case len(strips) == 0:
		return nil
	case k.Low:
		strips = strips[:1]
	case k.Portrait:
		for i := range strips {
			strips[i].Weight = 0
		}
		return strips
	}
	return []look.Cell{look.Fixed(k.Row(strips...))}
}

// bands sets the tiles at the bottom of the first page and of the closed one. Upright they are
// three rows; lying, one row as high as a main tile, which leaves the most to the services. A
// plain tile among the helps stands out and gets more room.
func (v View) bands(guide *look.Tile, helps, langs []*look.Tile) []look.Cell {
	k := v.Kit
	var row []look.Cell
	if guide != nil {
		row = append(row, look.Weighted(3, guide))
	}
	var loud []look.Cell
	if helps[0].Spec().Kind == look.Plain {
		loud, helps = []look.Cell{look.Weighted(1.7, helps[0])}, helps[1:]
	}
	if !k.Portrait {
		small := append(helps, langs...)
		row = append(append(row, loud...), look.Weighted(float32(len(small)), k.Grid(len(small), small...)))
		return []look.Cell{look.Fixed(tall(v.choiceHeight(), k.Row(row...)))}
	}
	var cells []look.Cell
	if guide != nil {
		cells = append(cells, look.Fixed(tall(v.choiceHeight()-v.wayHeight()-k.Gap, guide)))
	}
	return append(cells,
		look.Fixed(tall(v.wayHeight(), k.Row(append(loud, look.Weighted(1, k.Grid(len(helps), helps...)))...))),
		look.Fixed(tall(v.wayHeight(), k.Grid(len(langs), langs...))))
}

func (m Home) guide(v View) *look.Tile {
	if m.Guide == "" {
		return nil
	}
	return v.tile(Press{Do: Choose, Service: m.Guide}, look.TileSpec{
		Kind: look.Primary, Icon: look.IconGuide, Name: v.Words.Home.Guide, Fact: v.Words.Home.GuideFact,
	})
}

// languages are the tiles of the other languages, by their own names, and the large-text switch.
func (v View) languages(others []kiosk.Language, large bool) []*look.Tile {
	var tiles []*look.Tile
	for _, l := range others {
		tiles = append(tiles, v.quiet(Press{Do: Speak, Language: l}, "", words.For(l).Own))
	}
	name := v.Words.Home.LargeText
	if large {
		name = v.Words.Home.PlainText
	}
	return append(tiles, v.quiet(Press{Do: Enlarge}, look.IconLetters, name))
}

// helps are help and "I did not get paper". When the printer cannot be sure, that one says so
// in full and stands out; where it has a row of its own, it is as large as a service.
func (m Home) helps(v View) []*look.Tile {
	noSlip := look.TileSpec{Kind: look.Quiet, Icon: look.IconNoPaper, Name: v.Words.Home.NoSlip, Other: true}
	if m.SlipsUnsure {
		noSlip.Kind, noSlip.Name = look.Plain, v.Words.Ticket.AskPaper
	}
	helps := []*look.Tile{v.tile(Press{Do: NoSlip}, noSlip), v.help()}
	if m.Rating && !v.crowded() {
		helps = append(helps, v.rate())
	}
	return helps
}

// crowded reports whether the one row at the bottom of the first page has no room for another
// tile: on a low display in large letters the rating stands last among the services.
func (v View) crowded() bool { return v.Kit.Low && v.Kit.Large }

// rate leads to the rating, for who has been served.
func (v View) rate() *look.Tile {
	return v.quiet(Press{Do: Rate}, look.IconContent, v.Words.Rating.Tile)
}

func (v View) help() *look.Tile {
	return v.quiet(Press{Do: AskHelp}, look.IconHelp, v.Words.Home.Help)
}

// paperCheck asks an officer to look at the test slip.
func (v View) paperCheck() *look.Tile {
	icon := look.IconPrinter
	if v.Kit.Low {
		icon = "" // the words need the room
	}
	return v.quiet(Press{Do: CheckPaper}, icon, v.Words.Paper.Banner)
}

// strip is a notice across the page.
func (v View) strip(bar look.Colour, icon look.Icon, text string) fyne.CanvasObject {
	k := v.Kit
	return k.Notice(bar, k.Row(
		look.Fixed(k.Middle(k.Pictogram(icon, look.OnSand, k.Body*1.6))),
		look.Weighted(1, k.Middle(k.Paragraph(text).On(look.OnSand))),
	))
}

// fillLayout gives its objects all the room and asks for none.
type fillLayout struct{}

func (fillLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (fillLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}
