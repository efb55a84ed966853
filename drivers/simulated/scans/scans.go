// Package scans draws pages as a document scanner would give them: A4 at 300 dots an inch in black
// and white, filled with lines of writing, as PNG. A page has 50 to 90 kB, as a real one does
// (ANCHORS, F: 40 to 60 kB in G4), and no two pages are alike. What stands on them is no text:
// there is nobody in it.
package scans

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"

	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The size of A4 at 300 dots an inch, in dots.
const (
	Width  = 2480
	Height = 3508
)

// Media is what Page gives.
const Media = "image/png"

const (
	margin   = 280
	lineStep = 120 // dots: one line and a half
	points   = 13. // NĐ 30/2020 wants 13 to 14
	dpi      = 300
)

// syllables are put together to lines that look like Vietnamese and say nothing.
func syllables() []string {
	return []string{
		"ái", "bền", "cửu", "dặng", "đưởi", "êm", "ghẽn", "hoắc", "khuỵ", "lũng", "mướt", "ngoặt", "nhuần", "ốc",
		"phẩy", "quýt", "rượn", "sướt", "tuẫn", "thoảng", "trễ", "uỷ", "vượng", "xoẹt", "ỳ", "giẫm", "chõng", "kẽo",
	}
}

// Page draws a page: the same seed and number give the same one, byte for byte, and any other a
// different one.
func Page(seed uint64, number int) ([]byte, error) {
	f, err := opentype.Parse(liberationserifregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("draw a page: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: points, DPI: dpi, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("draw a page: %w", err)
	}
	defer face.Close()
	random := rand.New(rand.NewPCG(seed, uint64(number)))
	page := image.NewGray(image.Rect(0, 0, Width, Height))
	for i := range page.Pix {
		page.Pix[i] = 0xff
	}
	pen := &font.Drawer{Dst: page, Src: image.Black, Face: face}
	write := func(x, y int, text string) {
		pen.Dot = fixed.P(x, y)
		pen.DrawString(text)
	}
	write(Width/2-60, 160, fmt.Sprintf("– %d –", number))
	words := syllables()
	for y := margin; y < Height-margin; y += lineStep {
		line := ""
		for font.MeasureString(face, line).Ceil() < Width-2*margin-140 {
			line += words[random.IntN(len(words))] + " "
		}
		write(margin, y, line)
	}
	return encode(page, random)
}

// encode makes a page black and white, with the specks that a scanner's glass leaves.
func encode(page *image.Gray, random *rand.Rand) ([]byte, error) {
	out := image.NewPaletted(page.Rect, color.Palette{color.White, color.Black})
	for i, v := range page.Pix {
		if v < 0x80 {
			out.Pix[i] = 1
		}
	}
	for range 400 {
		out.Pix[random.IntN(len(out.Pix))] = 1
	}
	var b bytes.Buffer
	if err := png.Encode(&b, out); err != nil {
		return nil, fmt.Errorf("write a page: %w", err)
	}
	return b.Bytes(), nil
}
