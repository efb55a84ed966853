package look

import (
	"math"

	"fyne.io/fyne/v2"
)

// What a finger needs, in millimetres (DESIGN: main tiles 20 mm, others 12 mm).
const (
	MainTileMM  = 20.0
	OtherTileMM = 12.0
)

// lowMM is the height below which a display is called low: a 7-inch panel has 92 mm, a
// 10-inch one 136 mm.
const lowMM = 115

// largeText is the factor of the large-text switch.
const largeText = 1.3

// Metrics are the sizes of one display in Fyne units; see the package comment for units.
type Metrics struct {
	Size     fyne.Size // the whole display
	PxPerMM  float32   // Fyne units in a millimetre
	Large    bool      // the large-text switch is on
	Portrait bool      // higher than wide
	Low      bool      // so low that every millimetre of height counts

	MainTile  float32 // least height and width of a main tile: 20 mm
	OtherTile float32 // least height and width of any other tile: 12 mm

	Margin float32 // from the edge of the display to what is on it
	Gap    float32 // between tiles, and between a page's parts
	Pad    float32 // inside a tile
	Border float32 // the edge of a tile

	Small float32 // size of facts and small print
	Body  float32 // size of sentences
	Name  float32 // size of a tile's name
	Head  float32 // size of a heading within a page
	Title float32 // size of a page's one sentence
}

// NewMetrics returns the sizes for a display of size, widthMM millimetres wide. A widthMM
// that is not positive, or that would make the display a postage stamp or a wall, means
// unknown: see [GuessWidthMM].
func NewMetrics(size fyne.Size, widthMM float32, large bool) Metrics {
	if perMM := size.Width / widthMM; !(widthMM > 0) || perMM < 0.5 || perMM > 25 {
		widthMM = GuessWidthMM(size)
	}
	m := Metrics{
		Size:     size,
		PxPerMM:  size.Width / widthMM,
		Large:    large,
		Portrait: size.Height > size.Width,
	}
	m.Low = size.Height < lowMM*m.PxPerMM
	m.MainTile = ceil(MainTileMM * m.PxPerMM)
	m.OtherTile = ceil(OtherTileMM * m.PxPerMM)

	// A large display is read from further away, so type grows with the display's side; on a
	// small one it must not fall below what is read at arm's length: an em of 3.7 mm is a
	// capital of 2.6 mm, 18 minutes of arc at half a metre.
	side := float32(math.Sqrt(float64(size.Width * size.Height)))
	m.Body = max(side/44, 3.7*m.PxPerMM)
	if large {
		m.Body *= largeText
	}
	m.Body = round(m.Body)
	m.Small = round(m.Body * 0.84)
	m.Name = round(m.Body * 1.14)
	m.Head = round(m.Body * 1.3)
	m.Title = round(m.Body * 1.6)

	m.Margin = round(side / 40)
	m.Gap = round(side / 72)
	m.Pad = round(side / 64)
	m.Border = max(2, round(side/560))
	return m
}

// GuessWidthMM returns a plausible width for a display whose width nobody knows. Small pixel
// counts are small panels (7 to 10 inches, about 5.5 px/mm); 1080×1920 is a 27-inch kiosk.
func GuessWidthMM(size fyne.Size) float32 {
	perMM := float32(5.5)
	if min(size.Width, size.Height) > 900 {
		perMM = 3.2
	}
	return size.Width / perMM
}

// MM returns n millimetres in Fyne units.
func (m Metrics) MM(n float32) float32 { return n * m.PxPerMM }

func round(v float32) float32 { return float32(math.Round(float64(v))) }
func ceil(v float32) float32  { return float32(math.Ceil(float64(v))) }
