package look

import (
	"errors"
	"fmt"

	"fyne.io/fyne/v2"
)

// Check lays a page out on the kit's display and reports what a person could not use: a tile
// smaller than a finger needs, words set smaller than three quarters of the small print,
// anything that reaches over the display's edge, tiles that lie on each other. It is for
// tests; the error joins one line for each finding.
func (k *Kit) Check(page fyne.CanvasObject) error {
	page.Resize(k.Size)
	var errs []error
	report := func(o fyne.CanvasObject, format string, args ...any) {
		name := fmt.Sprintf("%T", o)
		if s, ok := o.(Spoken); ok {
			text, _ := s.VisibleText()
			name = fmt.Sprintf("%q", text)
		}
		errs = append(errs, fmt.Errorf("check %s: %s", name, fmt.Sprintf(format, args...)))
	}
	var tiles []placed
	Walk(page, func(o fyne.CanvasObject, at fyne.Position) bool {
		end := at.Add(o.Size())
		if at.X < -0.5 || at.Y < -0.5 || end.X > k.Size.Width+0.5 || end.Y > k.Size.Height+0.5 {
			report(o, "reaches from %v to %v on a display of %v", at, end, k.Size)
		}
		switch o := o.(type) {
		case *Tile:
			// Rounding to whole pixels may take half of one.
			if least := o.finger() - 1; o.spec.OnPress != nil && (o.Size().Width < least || o.Size().Height < least) {
				report(o, "is %v, a finger needs %v", o.Size(), o.finger())
			}
			if o.nameSize < k.least() {
				report(o, "its name is set in %.1f, the least is %.1f", o.nameSize, k.least())
			}
			for _, other := range tiles {
				if other.overlaps(at, o.Size()) {
					report(o, "lies on %q", other.tile.spec.Name)
				}
			}
			tiles = append(tiles, placed{o, at})
			return false
		case *Text:
			if o.text != "" && o.shown < k.least() {
				report(o, "is set in %.1f, the least is %.1f", o.shown, k.least())
			}
			return false
		}
		return true
	})
	return errors.Join(errs...)
}

// least is the smallest size that words may be set in.
func (m Metrics) least() float32 { return 0.75 * m.Small }

type placed struct {
	tile *Tile
	at   fyne.Position
}

func (p placed) overlaps(at fyne.Position, size fyne.Size) bool {
	a, b := p.at, p.at.Add(p.tile.Size())
	return at.X < b.X && at.Y < b.Y && at.X+size.Width > a.X && at.Y+size.Height > a.Y
}
