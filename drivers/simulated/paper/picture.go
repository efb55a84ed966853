package paper

import (
	"image"
	"image/color"
	"image/png"
	"io"
)

// Image returns the slip as a picture in two colours, paper and ink, with the paper's bare
// margins left and right of the printable area: Area tells where that lies.
func (s *Slip) Image() *image.Paletted {
	// Not pure black and white: that is how heat-sensitive paper looks, and the contrast of
	// 14:1 is still read by zbarimg and tesseract.
	palette := color.Palette{
		color.NRGBA{R: 0xFC, G: 0xFB, B: 0xF7, A: 0xFF},
		color.NRGBA{R: 0x1E, G: 0x1C, B: 0x20, A: 0xFF},
	}
	img := image.NewPaletted(image.Rect(0, 0, s.Dots.W+2*s.Margin, s.Dots.H), palette)
	for y := range s.Dots.H {
		row := img.Pix[y*img.Stride:]
		for x := range s.Dots.W {
			if s.Dots.Black(x, y) {
				row[s.Margin+x] = 1
			}
		}
	}
	return img
}

// Area is the printable part of Image.
func (s *Slip) Area() image.Rectangle {
	return image.Rect(s.Margin, 0, s.Margin+s.Dots.W, s.Dots.H)
}

// WritePNG writes the slip's picture: one bit per dot.
func (s *Slip) WritePNG(w io.Writer) error {
	return png.Encode(w, s.Image())
}
