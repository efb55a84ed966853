package screen

import (
	"image"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// qrModules encodes text as one pixel a module; nil when it is too long. Level M survives a
// finger's width of glare on the glass.
func qrModules(text string) image.Image {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil || text == "" {
		return nil
	}
	b := code.Bounds()
	img := image.NewGray(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			img.Set(x, y, color.GrayModel.Convert(code.At(x, y)))
		}
	}
	return img
}
