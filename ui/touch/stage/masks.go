package stage

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
)

// masks keeps the letters of texts as they were last drawn: shaping and drawing a line takes a
// millisecond, laying its mask onto the screen microseconds.
type masks struct {
	kept  map[letters]*entry
	bytes int
	limit int // maxMaskBytes
	frame uint64
}

// letters is what the shape of a text depends on. Its colour is not part of that.
type letters struct {
	text string
	size float32
	bold bool
	font fyne.Resource
}

type entry struct {
	mask *image.Alpha
	used uint64 // the frame that last showed it
}

// maxMaskBytes bounds what is kept of texts that are not on the screen. A page has about 0.5 MB
// of masks at 1080×1920, the large number 0.4.
const maxMaskBytes = 6 << 20

func newMasks(limit int) masks { return masks{kept: map[letters]*entry{}, limit: limit} }

// get returns the mask of a text.
func (m *masks) get(t *canvas.Text) *image.Alpha {
	key := letters{t.Text, t.TextSize, t.TextStyle.Bold, t.FontSource}
	if e, ok := m.kept[key]; ok {
		e.used = m.frame
		return e.mask
	}
	e := &entry{mask: drawLetters(t), used: m.frame}
	m.kept[key] = e
	m.bytes += len(e.mask.Pix)
	return e.mask
}

// sweep ends a frame: when too much is kept, everything goes that this frame did not show.
func (m *masks) sweep() {
	if m.bytes > m.limit {
		for key, e := range m.kept {
			if e.used != m.frame {
				m.bytes -= len(e.mask.Pix)
				delete(m.kept, key)
			}
		}
	}
	m.frame++
}

// drawLetters draws a text with Fyne's own painter, so that it looks as anywhere else.
func drawLetters(t *canvas.Text) *image.Alpha {
	copied := &canvas.Text{
		Text: t.Text, TextSize: t.TextSize, TextStyle: t.TextStyle, FontSource: t.FontSource,
		Color: color.Black,
	}
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(copied) // sizes the canvas to the text
	drawn := c.Capture().(*image.NRGBA)
	mask := image.NewAlpha(image.Rectangle{Max: drawn.Rect.Size()})
	for i := range mask.Pix {
		mask.Pix[i] = drawn.Pix[4*i+3]
	}
	return mask
}
