package look

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
)

// Options describe a display.
type Options struct {
	Size    fyne.Size        // of the canvas, in Fyne units
	WidthMM float32          // of the glass; 0 when unknown
	Large   bool             // the large-text switch
	Han     []byte           // a font with Chinese letters (see HanFontPaths), or nil
	Now     func() time.Time // for press and hold; nil means time.Now
}

// Kit makes the pieces of the screens of one display. It needs a running Fyne app (or
// test.NewApp) and belongs to Fyne's main goroutine.
type Kit struct {
	Metrics
	letters letters
	shared  *shared
}

// shared is what a kit and its large-text twin have in common.
type shared struct {
	press    press
	tapped   tapped
	pictures map[pictureKey]*image.RGBA
	density  float32 // pixels that Fyne's SVG painter makes of one unit; see vector
	now      func() time.Time
}

// NewKit returns the kit for a display.
func NewKit(o Options) *Kit {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Kit{
		Metrics: NewMetrics(o.Size, o.WidthMM, o.Large),
		letters: newLetters(o.Han),
		shared:  &shared{pictures: map[pictureKey]*image.RGBA{}, density: 1, now: o.Now},
	}
}

// WithLarge returns a kit for the same display with the large-text switch set to large. The
// two share a finger: a press that began on one page ends rightly on the other.
func (k *Kit) WithLarge(large bool) *Kit {
	c := *k
	c.Metrics = NewMetrics(k.Size, k.Size.Width/k.PxPerMM, large)
	return &c
}

// HasHan reports whether Chinese can be shown. Offer 中文 only then.
func (k *Kit) HasHan() bool { return k.letters.han != nil }

// Theme returns the theme that goes with the kit, for app.Settings().SetTheme.
func (k *Kit) Theme() fyne.Theme { return NewTheme(k.Metrics) }

// paintObject draws one object alone on a transparent ground, with Fyne's own painter and at
// the size that the object has.
func paintObject(o fyne.CanvasObject) *image.NRGBA {
	size := o.Size()
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
	return c.Capture().(*image.NRGBA)
}

// paintText draws a text alone at its natural size.
func paintText(t *canvas.Text) *image.NRGBA {
	t.Resize(t.MinSize())
	return paintObject(t)
}
