package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Spoken is a piece that says what a person reads on it and whether it can be pressed.
type Spoken interface {
	VisibleText() (text string, pressable bool)
}

// Composite is a piece that is made of other objects. Fyne keeps a widget's objects behind an
// internal cache; the look's own pieces show theirs.
type Composite interface{ Parts() []fyne.CanvasObject }

// Flowing is a piece whose height depends on its width.
type Flowing interface{ HeightFor(width float32) float32 }

// Item is a piece of text on the screen with the rectangle that it stands in (for a tile, the
// one that can be pressed), in Fyne units from the top left of the canvas.
type Item struct {
	Text      string
	Position  fyne.Position
	Size      fyne.Size
	Pressable bool
}

// VisibleText returns what a person can read below root, in the order of drawing, which a
// page's layouts make the order of reading. It is for scripts, screen readers and tests, and
// belongs to Fyne's main goroutine like everything that looks at objects.
func VisibleText(root fyne.CanvasObject) []Item {
	var items []Item
	Walk(root, func(o fyne.CanvasObject, at fyne.Position) bool {
		var text string
		var pressable bool
		switch o := o.(type) {
		case Spoken:
			text, pressable = o.VisibleText()
		case *canvas.Text:
			text = o.Text
		default:
			return true
		}
		// A no-break space only steers where lines end; who searches for words types a plain one.
		if text = strings.TrimSpace(strings.ReplaceAll(text, "\u00a0", " ")); text != "" {
			items = append(items, Item{text, at, o.Size(), pressable})
		}
		return false
	})
	return items
}

// Walk calls visit for each visible object below and including root, parents first, with its
// position on the canvas. When visit returns false the object's children are left out.
func Walk(root fyne.CanvasObject, visit func(o fyne.CanvasObject, at fyne.Position) bool) {
	if root != nil {
		walk(root, fyne.Position{}, visit)
	}
}

func walk(o fyne.CanvasObject, offset fyne.Position, visit func(fyne.CanvasObject, fyne.Position) bool) {
	if !o.Visible() {
		return
	}
	at := offset.Add(o.Position())
	if !visit(o, at) {
		return
	}
	for _, child := range children(o) {
		walk(child, at, visit)
	}
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case Composite:
		return o.Parts()
	}
	return nil
}
