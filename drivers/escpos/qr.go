package escpos

import (
	"github.com/boombuler/barcode/qr"
)

// qrMillimetres is how wide a code should be at most: it is read at arm's length from a
// phone, and every millimetre is paper and, as dots, bytes.
const qrMillimetres = 24

// qrNativeLimit is the longest text that the printers' own QR codes are trusted with; the
// longest texts that a slip has are addresses of about 60 characters.
const qrNativeLimit = 300

// qr lays out a QR code of text; ok is false when text is too long for one.
func (e *Encoder) qr(text string) (item, bool) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		// Some texts fit only the mode for bytes.
		if code, err = qr.Encode(text, qr.M, qr.Unicode); err != nil {
			return item{}, false
		}
	}
	modules := code.Bounds().Dx()
	native := e.profile.NativeQR && len(text) <= qrNativeLimit
	size := e.moduleSize(modules, native)
	if size < 2 {
		return item{}, false // smaller dots run together on thermal paper
	}
	gap := 4 * size // the code's own margin
	if native {
		return item{gap: gap, qr: text}, true
	}
	scale := 1
	if e.profile.RasterScale && size%2 == 0 {
		scale = 2
	}
	size /= scale
	b := newBitmap(modules*size, modules*size)
	for y := range modules {
		for x := range modules {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				b.fill(x*size, y*size, (x+1)*size, (y+1)*size)
			}
		}
	}
	return item{gap: gap, raster: &rasterBox{dots: b, scale: scale, below: gap / scale}}, true
}

// moduleSize is how many dots wide a module of the code is: an even number where the
// printer doubles dots, because that quarters the bytes; a printer that draws the code by
// itself needs none.
func (e *Encoder) moduleSize(modules int, native bool) int {
	wide := min(e.profile.DPI*qrMillimetres*10/254, e.profile.Width-8*8)
	size := min(wide/modules, 8)
	if !native && e.profile.RasterScale && size > 2 {
		size = size / 2 * 2
	}
	return size
}

// nativeQR sends text for the printer to draw: model 2, error correction M.
func (e *Encoder) nativeQR(s *stream, text string) {
	modules := 33
	if code, err := qr.Encode(text, qr.M, qr.Auto); err == nil {
		modules = code.Bounds().Dx()
	}
	size := e.moduleSize(modules, true)
	n := len(text) + 3
	s.b = append(s.b, gs, '(', 'k', 4, 0, 49, 65, 50, 0) // model 2
	s.b = append(s.b, gs, '(', 'k', 3, 0, 49, 67, byte(size))
	s.b = append(s.b, gs, '(', 'k', 3, 0, 49, 69, 49) // level M
	s.b = append(s.b, gs, '(', 'k', byte(n), byte(n>>8), 49, 80, 48)
	s.data([]byte(text))
	s.b = append(s.b, gs, '(', 'k', 3, 0, 49, 81, 48)
	s.rows += modules * size
}
