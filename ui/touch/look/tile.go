package look

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// Kind is what a tile means on its page.
type Kind string

// The kinds of tiles.
const (
	Plain   Kind = "plain"   // one of several choices: white with an edge
	Primary Kind = "primary" // what to press next: lacquer red; one a page
	Done    Kind = "done"    // it is done, go on: jade
	Quiet   Kind = "quiet"   // beside the way: back, help, languages
)

// TileSpec describes a tile. Only Name is needed.
type TileSpec struct {
	// Key names the press across rebuilds of the page: the same Key is the same tile. It
	// defaults to Name.
	Key  string
	Kind Kind // Plain when empty
	Icon Icon // none when empty
	// Name is shown in at most two lines, never cut. U+00A0 keeps words together.
	Name string
	// Fact is one line below the name, such as the people waiting.
	Fact string
	// Other makes the tile at least 12 mm instead of 20 mm high and wide.
	Other bool
	// Keypad makes the tile a key of a keypad: its name is as large as the tile allows, and a tap
	// on the key beside it may follow at once.
	Keypad bool
	// Blind makes the tile look the same under a finger: the keys of a PIN, because whoever watches
	// the screen, from behind or from afar, must not see which of them are pressed.
	Blind bool
	// Hold is how long the finger must stay; zero is an ordinary press. HoldFact stands in
	// place of Fact while the finger is down ("keep holding").
	Hold     time.Duration
	HoldFact string
	// OnPress is called once for each press, on Fyne's main goroutine. It must only start
	// work. A tile without OnPress is a notice, not a control.
	OnPress func()
}

// Tile is the one thing that can be pressed: a plain rectangle with a pictogram, a name and a
// fact.
//
// Fyne's embedded driver calls a press longer than 300 ms a secondary tap, and counts the time
// of painting in, so a tile takes both for the same; it takes a press only where it began.
// In a window a finger is a mouse.
type Tile struct {
	widget.BaseWidget
	kit  *Kit
	spec TileSpec
	root *fyne.Container

	// gated is set between the driver's "finger up" and the tap that follows it; allowed is
	// what the press decided. A tap that comes without either (test.Tap) is let through.
	gated, allowed bool
	plan           *plan // the grid's, so that all its tiles have one face; nil alone
	nameSize       float32
}

var (
	_ fyne.Tappable          = (*Tile)(nil)
	_ fyne.SecondaryTappable = (*Tile)(nil)
	_ mobile.Touchable       = (*Tile)(nil)
	_ desktop.Mouseable      = (*Tile)(nil)
	_ desktop.Hoverable      = (*Tile)(nil)
)

// Tile makes a tile.
func (k *Kit) Tile(s TileSpec) *Tile {
	if s.Key == "" {
		s.Key = s.Name
	}
	if s.Kind == "" {
		s.Kind = Plain
	}
	t := &Tile{kit: k, spec: s, root: &fyne.Container{}}
	t.ExtendBaseWidget(t)
	return t
}

// Spec returns what the tile was made from.
func (t *Tile) Spec() TileSpec { return t.spec }

// NameSize returns the size in which the name was last set: below Metrics.Small it is too long.
func (t *Tile) NameSize() float32 { return t.nameSize }

// MinSize is what a finger needs, and one line of the name with its fact.
func (t *Tile) MinSize() fyne.Size {
	return fyne.NewSize(t.finger(), max(t.finger(), t.wordsHeight(1)))
}

// HeightFor implements [Flowing]: what the name needs at its full size beside its pictogram.
func (t *Tile) HeightFor(width float32) float32 {
	f := t.face(fyne.NewSize(width, t.MinSize().Height), plan{icon: 1})
	lines, _ := flow{t.kit.letters, true}.wrap(t.spec.Name, t.kit.Name, f.area.Width)
	return max(t.finger(), t.wordsHeight(min(2, len(lines))))
}

// finger is the least side.
func (t *Tile) finger() float32 {
	if t.spec.Other {
		return t.kit.OtherTile
	}
	return t.kit.MainTile
}

// Tapped implements [fyne.Tappable].
func (t *Tile) Tapped(*fyne.PointEvent) { t.tap() }

// TappedSecondary implements [fyne.SecondaryTappable].
func (t *Tile) TappedSecondary(*fyne.PointEvent) { t.tap() }

// TouchDown implements [mobile.Touchable] for the embedded driver.
func (t *Tile) TouchDown(e *mobile.TouchEvent) { t.down(e.AbsolutePosition) }

// TouchUp implements [mobile.Touchable]: the driver's tap follows at once.
func (t *Tile) TouchUp(*mobile.TouchEvent) { t.up() }

// TouchCancel implements [mobile.Touchable]: the finger has slid off.
func (t *Tile) TouchCancel(*mobile.TouchEvent) { t.kit.shared.slid(t) }

// MouseDown implements [desktop.Mouseable] for windows.
func (t *Tile) MouseDown(e *desktop.MouseEvent) { t.down(e.AbsolutePosition) }

// MouseUp implements [desktop.Mouseable]. A window's driver sends the tap only to the object
// that saw the button go down; if the page was rebuilt in between, nothing follows.
func (t *Tile) MouseUp(*desktop.MouseEvent) {
	rebuilt := t.kit.shared.press.tile != t
	t.up()
	if rebuilt {
		t.tap()
	}
}

// MouseIn implements [desktop.Hoverable]: the pointer is back, or a rebuilt page has put this
// tile under it.
func (t *Tile) MouseIn(*desktop.MouseEvent) { t.kit.shared.back(t) }

// MouseMoved implements [desktop.Hoverable].
func (t *Tile) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable]: in a window nobody else says that the pointer left.
func (t *Tile) MouseOut() { t.kit.shared.slid(t) }

func (t *Tile) down(at fyne.Position) {
	if t.spec.OnPress != nil {
		t.kit.shared.down(t, at)
	}
}

func (t *Tile) up() { t.gated, t.allowed = true, t.kit.shared.up(t) }

// tap acts if the press allows it.
func (t *Tile) tap() {
	ok := t.spec.Hold == 0
	if t.gated {
		ok = t.allowed
	}
	t.gated, t.allowed = false, false
	if ok {
		t.act()
	}
}

func (t *Tile) act() {
	if t.spec.OnPress != nil {
		t.spec.OnPress()
	}
}

// style is the tile's pair of colours, that of its facts, and its edge.
func (t *Tile) style(pressed bool) (name, fact Pair, edge Colour) {
	switch t.spec.Kind {
	case Primary:
		if pressed {
			return OnRedDeep, OnRedDeep, RedDeep
		}
		return OnRed, OnRed, Red
	case Done:
		if pressed {
			return OnJadeDim, OnJadeDim, JadeDim
		}
		return OnJade, OnJade, Jade
	case Quiet:
		if pressed {
			return OnInk, OnInk, Ink
		}
		return OnSand, SoftOnSand, Sand
	}
	if pressed {
		return OnInk, OnInk, Ink
	}
	return OnWhite, SoftOnWhite, Line
}

// VisibleText implements [Spoken].
func (t *Tile) VisibleText() (string, bool) {
	s := t.spec.Name
	if t.spec.Fact != "" {
		s += "\n" + t.spec.Fact
	}
	return s, t.spec.OnPress != nil
}

// Parts implements [Composite].
func (t *Tile) Parts() []fyne.CanvasObject { return t.root.Objects }

// CreateRenderer implements [fyne.Widget]. The objects belong to the tile: Fyne throws
// renderers away a minute after they were last painted.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer { return &tileRenderer{t} }

type tileRenderer struct{ t *Tile }

func (r *tileRenderer) Destroy()                     {}
func (r *tileRenderer) Layout(fyne.Size)             { r.t.arrange() }
func (r *tileRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *tileRenderer) Objects() []fyne.CanvasObject { return r.t.root.Objects }
func (r *tileRenderer) Refresh()                     { r.t.arrange() }

// restyle draws the tile anew after the finger came or went.
func (t *Tile) restyle() {
	t.arrange()
	canvas.Refresh(t)
}
