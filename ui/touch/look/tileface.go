package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// face is where the parts of a tile go.
type face struct {
	icon         fyne.Position
	iconSide     float32
	text         fyne.Position // of the block of name and fact
	area         fyne.Size     // that the block may fill
	align        fyne.TextAlign
	nameH, factH float32
}

// arrange builds the tile's objects for its size and state. Everything is an opaque rectangle,
// a cached picture or a line of text: a border is a rectangle behind a smaller one, because a
// stroke costs an anti-aliased path in each frame.
func (t *Tile) arrange() {
	size := t.Size()
	if size.Width <= 0 || size.Height <= 0 {
		return
	}
	held, pressed := t.kit.shared.under(t)
	name, fact, edge := t.style(pressed)
	p := t.plan
	if p == nil {
		own := choosePlan([]*Tile{t}, size)
		p = &own
	}
	f := t.face(size, *p)
	objects := []fyne.CanvasObject{box(edge, fyne.Position{}, size)}
	if edge != name.Bg {
		b := t.kit.Border
		objects = append(objects, box(name.Bg, fyne.NewPos(b, b), size.SubtractWidthHeight(2*b, 2*b)))
	}
	if f.iconSide > 0 {
		objects = append(objects, t.kit.picture(t.spec.Icon, tonesOn(name), f.icon, f.iconSide))
	}

	factText := t.spec.Fact
	if pressed && t.spec.HoldFact != "" {
		factText = t.spec.HoldFact
	}
	limit := p.limit
	if t.spec.Keypad {
		limit = t.nameLimit(size) // a key does not shrink for the words on the tile beside it
	}
	lines, nameSize := t.fitName(f, limit)
	t.nameSize = nameSize
	factFlow := flow{t.kit.letters, false}
	_, factSize := factFlow.fit(factText, min(t.kit.Small, factRatio*nameSize), f.area.Width, f.factH, 1)
	h := blockHeight(len(lines), nameSize)
	if factText != "" {
		h += factGap*factSize + blockHeight(1, factSize)
	}
	y := f.text.Y + max(0, (f.area.Height-h)/2)
	nameFlow := flow{t.kit.letters, true}
	objects = append(objects, nameFlow.set(lines, nameSize, name.Fg, fyne.NewPos(f.text.X, y), f.area.Width, f.align)...)
	if factText != "" {
		y += blockHeight(len(lines), nameSize) + factGap*factSize
		objects = append(objects, factFlow.set([]string{factText}, factSize, fact.Fg, fyne.NewPos(f.text.X, y), f.area.Width, f.align)...)
	}
	if t.spec.Hold > 0 && pressed {
		part := min(1, float32(held)/float32(t.spec.Hold))
		bar := 3 * t.kit.Border
		objects = append(objects, box(name.Fg, fyne.NewPos(0, size.Height-bar), fyne.NewSize(size.Width*part, bar)))
	}
	t.root.Objects = objects
}

// factGap is the space above the fact in ems of the fact.
const factGap = 0.1

// factRatio keeps the fact below the name in rank also where the name had to shrink.
const factRatio = 0.85

// pad is the space within the edge; a small tile has less of it.
func (t *Tile) pad() float32 {
	if t.spec.Other {
		return round(t.kit.Pad * 0.6)
	}
	return t.kit.Pad
}

// factHeight is the height kept for the fact and the space above it.
func (t *Tile) factHeight() float32 {
	if t.spec.Fact == "" && t.spec.HoldFact == "" {
		return 0
	}
	return t.kit.Small*factGap + blockHeight(1, t.kit.Small)
}

// wordsHeight is the height of a tile with a name of n lines.
func (t *Tile) wordsHeight(n int) float32 {
	return ceil(blockHeight(n, t.kit.Name) + t.factHeight() + t.pad())
}

// face places pictogram and words; a tile without a pictogram centres its words.
func (t *Tile) face(size fyne.Size, p plan) face {
	pad := t.pad()
	// The box of a line of type has room above and below the letters, so words need half the
	// padding there.
	f := face{text: fyne.NewPos(pad, pad/2), area: size.SubtractWidthHeight(2*pad, pad), align: fyne.TextAlignCenter}
	switch {
	case t.spec.Icon == "":
	case p.stacked:
		f.iconSide = round(min(size.Width*0.6, size.Height*0.4) * p.icon)
		f.icon = fyne.NewPos(round((size.Width-f.iconSide)/2), round(size.Height*0.09*p.icon))
		f.text.Y = f.icon.Y + f.iconSide
		f.area.Height = size.Height - f.text.Y - pad/2
	default:
		f.iconSide = round(min(size.Height-pad, size.Width*0.24, t.kit.Name*3.6) * p.icon)
		f.icon = fyne.NewPos(pad, round((size.Height-f.iconSide)/2))
		f.text.X += f.iconSide + pad
		f.area.Width -= f.iconSide + pad
		f.align = fyne.TextAlignLeading
	}
	f.factH = t.factHeight()
	f.nameH = f.area.Height - f.factH
	return f
}

// fitName returns the name's lines and their size, at most limit.
func (t *Tile) fitName(f face, limit float32) ([]string, float32) {
	flow := flow{t.kit.letters, true}
	lines, size := flow.fit(t.spec.Name, limit, f.area.Width, f.nameH, 2)
	if t.spec.Other && len(lines) == 2 {
		// Two words on a small tile read better in one line, if a little smaller.
		if one, s := flow.fit(t.spec.Name, limit, f.area.Width, f.nameH, 1); s >= 0.8*limit {
			return one, s
		}
	}
	return flow.balance(lines, size), size
}

// set makes the objects of a block of lines.
func (f flow) set(lines []string, size float32, fg Colour, at fyne.Position, width float32, align fyne.TextAlign) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	ascent := baseline(run{"x", f.letters.regular}, size, false)
	for i, line := range lines {
		x := at.X
		if w := f.width(line, size); align == fyne.TextAlignCenter {
			x += (width - w) / 2
		} else if align == fyne.TextAlignTrailing {
			x += width - w
		}
		base := at.Y + ascent + leading*size*float32(i)
		for _, r := range f.letters.runs(line, f.bold) {
			o := &canvas.Text{Text: r.text, Color: fg, TextSize: size, TextStyle: style(f.bold), FontSource: r.font}
			box := measure(r, size, f.bold)
			o.Resize(box)
			o.Move(fyne.NewPos(round(x), round(base-baseline(r, size, f.bold))))
			out = append(out, o)
			x += box.Width
		}
	}
	return out
}

// box is an opaque rectangle.
func box(c Colour, at fyne.Position, size fyne.Size) *canvas.Rectangle {
	r := canvas.NewRectangle(c)
	r.Resize(size)
	r.Move(at)
	return r
}
