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
	k, w := v.Kit, v.Words
	cells := []look.Cell{look.Fixed(k.Masthead(m.Head.Office, m.Head.Site, nil))}
	if !k.Low {
		cells = append(cells, look.Fixed(k.Title(w.Home.Title)))
	}
	cells = append(cells, m.notices(v)...)
	services := &fyne.Container{Layout: fillLayout{}}
	cells = append(cells, look.Weighted(1, services))
	page := k.Page(append(cells, m.bands(v)...)...)
	page.Resize(k.Size) // tells how much room the services have
	services.Objects = []fyne.CanvasObject{m.grid(v, services.Size())}
	return page
}

// notices are the strips above the services. A low display has room for one.
func (m Home) notices(v View) []look.Cell {
	k, w := v.Kit, v.Words
	var cells []look.Cell
	if m.PaperCheck {
		cells = append(cells, look.Fixed(v.quiet(Press{Do: CheckPaper}, look.IconPrinter, w.Paper.Banner)))
	}
	if m.Notice != "" {
		cells = append(cells, look.Fixed(v.strip(look.Red, look.IconWarning, m.Notice)))
	}
	if m.HelpComes {
		cells = append(cells, look.Fixed(v.strip(look.Jade, look.IconHelp, w.Home.HelpComes)))
	}
	if k.Low && len(cells) > 1 {
		cells = cells[:1]
	}
	return cells
}

// bands are the two bands at the bottom; on a low display they are one.
func (m Home) bands(v View) []look.Cell {
	k := v.Kit
	langs, helps := m.languages(v), m.helps(v)
	guide := m.guide(v)
	switch {
	case k.Low:
		var row []look.Cell
		if guide != nil {
			row = append(row, look.Weighted(3, guide))
		}
		for _, t := range append(langs, helps...) {
			row = append(row, look.Weighted(1, t))
		}
		return []look.Cell{look.Fixed(tall(v.choiceHeight(), k.Row(row...)))}
	case k.Portrait:
		// Three lower rows of the height that two bands have on the other pages: help stands
		// beside the guide's row, the languages below.
		var cells []look.Cell
		if guide != nil {
			cells = append(cells, look.Fixed(tall(v.choiceHeight()-v.wayHeight()-k.Gap, guide)))
		}
		return append(cells,
			look.Fixed(tall(v.wayHeight(), k.Row(m.helpShares(helps)...))),
			look.Fixed(tall(v.wayHeight(), k.Row(shares(langs)...))))
	}
	var cells []look.Cell
	if guide != nil {
		cells = append(cells, look.Fixed(tall(v.choiceHeight(), guide)))
	}
	return append(cells, look.Fixed(tall(v.wayHeight(), k.Row(append(shares(langs), m.helpShares(helps)...)...))))
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
func (m Home) languages(v View) []*look.Tile {
	var tiles []*look.Tile
	for _, l := range m.Others {
		tiles = append(tiles, v.quiet(Press{Do: Speak, Language: l}, "", words.For(l).Own))
	}
	name := v.Words.Home.LargeText
	if m.Large {
		name = v.Words.Home.PlainText
	}
	return append(tiles, v.quiet(Press{Do: Enlarge}, look.IconLetters, name))
}

func (m Home) helps(v View) []*look.Tile {
	noSlip := look.TileSpec{Kind: look.Quiet, Icon: look.IconNoPaper, Name: v.Words.Home.NoSlip, Other: true}
	if m.SlipsUnsure {
		noSlip.Kind = look.Plain
		if !v.Kit.Low {
			noSlip.Name = v.Words.Ticket.AskPaper
		}
	}
	return []*look.Tile{
		v.tile(Press{Do: NoSlip}, noSlip),
		v.quiet(Press{Do: AskHelp}, look.IconHelp, v.Words.Home.Help),
	}
}

// helpShares gives "I did not get paper" more room when the printer cannot be sure.
func (m Home) helpShares(tiles []*look.Tile) []look.Cell {
	cells := shares(tiles)
	if m.SlipsUnsure {
		cells[0].Weight = 2
	}
	return cells
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
