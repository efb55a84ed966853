package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Text is words that are not pressed. It wraps at spaces and shrinks rather than losing a word
// when its room is too small.
type Text struct {
	widget.BaseWidget
	kit   *Kit
	text  string
	size  float32
	bold  bool
	fill  bool // grow to the room: Number
	most  int  // lines that it asks for; 0: as many as it needs
	pair  Pair
	align fyne.TextAlign
	root  *fyne.Container
	shown float32
}

// Title makes the one sentence at the top of a page.
func (k *Kit) Title(s string) *Text { return k.text(s, k.Metrics.Title, true) }

// Heading makes a heading within a page.
func (k *Kit) Heading(s string) *Text { return k.text(s, k.Head, true) }

// Paragraph makes a sentence.
func (k *Kit) Paragraph(s string) *Text { return k.text(s, k.Body, false) }

// Note makes small print in a softer ink.
func (k *Kit) Note(s string) *Text { return k.text(s, k.Small, false).On(SoftOnPaper) }

// Number makes the biggest thing in the room: one line, as large as its place allows.
func (k *Kit) Number(s string) *Text {
	t := k.text(s, k.Metrics.Title, true).Centred()
	t.fill = true
	return t
}

func (k *Kit) text(s string, size float32, bold bool) *Text {
	t := &Text{kit: k, text: s, size: size, bold: bold, pair: OnPaper, root: &fyne.Container{}}
	t.ExtendBaseWidget(t)
	return t
}

// On sets the pair of colours; the text paints only its letters, the ground is the page's or
// the card's. It returns t.
func (t *Text) On(p Pair) *Text { t.pair = p; return t }

// Centred centres the lines. It returns t.
func (t *Text) Centred() *Text { t.align = fyne.TextAlignCenter; return t }

// Right sets the lines to the right edge. It returns t.
func (t *Text) Right() *Text { t.align = fyne.TextAlignTrailing; return t }

// Bold makes the letters bold. It returns t.
func (t *Text) Bold() *Text { t.bold = true; return t }

// ShownSize returns the size in which the text was last set: smaller than asked for when the
// room did not suffice.
func (t *Text) ShownSize() float32 { return t.shown }

// Lines asks for at most n lines: what is longer is set smaller. An office may give a service
// 120 letters, and they must not push the number off its card. It returns t.
func (t *Text) Lines(n int) *Text { t.most = n; return t }

// HeightFor implements [Flowing].
func (t *Text) HeightFor(width float32) float32 {
	if t.fill {
		return t.kit.Metrics.Title * 2
	}
	if t.text == "" {
		return 0
	}
	lines, _ := t.flow().wrap(t.text, t.size, width)
	n := len(lines)
	if t.most > 0 {
		n = min(n, t.most)
	}
	return ceil(blockHeight(n, t.size))
}

func (t *Text) flow() flow { return flow{t.kit.letters, t.bold} }

// MinSize implements [fyne.CanvasObject]: the width of the longest word, and the height on the
// whole width of the display. The kit's own columns ask HeightFor instead; it must not depend
// on the present width, or a text that was once squeezed would stay tall for ever.
func (t *Text) MinSize() fyne.Size {
	var widest float32
	if !t.fill {
		for _, w := range words(t.text) {
			widest = max(widest, t.flow().width(strings.TrimRight(w, " "), t.size))
		}
	}
	return fyne.NewSize(ceil(min(widest, t.kit.Size.Width/3)), t.HeightFor(t.kit.Size.Width-2*t.kit.Margin))
}

// VisibleText implements [Spoken].
func (t *Text) VisibleText() (string, bool) { return t.text, false }

// Parts implements [Composite].
func (t *Text) Parts() []fyne.CanvasObject { return t.root.Objects }

// CreateRenderer implements [fyne.Widget].
func (t *Text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{t} }

type textRenderer struct{ t *Text }

func (r *textRenderer) Destroy()                     {}
func (r *textRenderer) Layout(fyne.Size)             { r.t.arrange() }
func (r *textRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.t.root.Objects }
func (r *textRenderer) Refresh()                     { r.t.arrange(); canvas.Refresh(r.t) }

// capHeight is the height of Noto Sans's capitals and digits in ems.
const capHeight = 0.714

func (t *Text) arrange() {
	size := t.Size()
	if size.Width <= 0 || size.Height <= 0 || t.text == "" {
		t.root.Objects = nil
		return
	}
	f := t.flow()
	if t.fill {
		t.arrangeNumber(f, size)
		return
	}
	lines, em := f.fit(t.text, t.size, size.Width, size.Height, 0)
	if t.bold {
		lines = f.balance(lines, em)
	}
	t.shown = em
	y := max(0, (size.Height-blockHeight(len(lines), em))/2)
	t.root.Objects = f.set(lines, em, t.pair.Fg, fyne.NewPos(0, y), size.Width, t.align)
}

// arrangeNumber sets one line as large as it goes, centred by its capitals: a number has no
// descenders, and the eye centres what it sees.
func (t *Text) arrangeNumber(f flow, size fyne.Size) {
	const sample = 100
	em := min(size.Height/(capHeight*1.12), size.Width/max(1, f.width(t.text, sample))*sample*0.98)
	t.shown = em
	top := (size.Height+capHeight*em)/2 - baseline(run{"0", t.kit.letters.bold}, em, true)
	t.root.Objects = f.set([]string{t.text}, em, t.pair.Fg, fyne.NewPos(0, top), size.Width, t.align)
}
