package main

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/image/draw"
)

// cmdMarked looks for the reprint mark on a slip's picture, the only place with white letters
// on a black bar, and has tesseract read it: marked FILE; ! marked FILE.
func cmdMarked(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, "tesseract")
	bar, err := darkBar(ts.MkAbs(args[0]))
	ts.Check(err)
	if bar == nil {
		if !neg {
			ts.Fatalf("no mark on %s", args[0])
		}
		return
	}
	if neg {
		ts.Fatalf("%s carries a mark", args[0])
	}
	name := ts.MkAbs("mark.png")
	out, err := os.Create(name)
	ts.Check(err)
	ts.Check(errors.Join(png.Encode(out, bar), out.Close()))
	ts.Check(ts.Exec("tesseract", name, "-", "-l", "vie", "--psm", "7"))
}

// darkBar returns the black bar of a slip with its colours turned round, or nil. Its upper edge
// is a run of black longer than any stroke of the largest digit.
func darkBar(file string) (image.Image, error) {
	const longest = 200 // dots; the digits' strokes are 90
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	slip, err := png.Decode(in)
	if err != nil {
		return nil, err
	}
	dark := func(x, y int) bool { r, _, _, _ := slip.At(x, y).RGBA(); return r < 0x8000 }
	b := slip.Bounds()
	var bar image.Rectangle
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			run := 0
			for x+run < b.Max.X && dark(x+run, y) {
				run++
			}
			if run >= longest {
				bar = bar.Union(image.Rect(x, y, x+run, y+1))
			}
			x += run
		}
	}
	if bar.Dy() < 10 {
		return nil, nil
	}
	turned := image.NewGray(bar)
	for y := bar.Min.Y; y < bar.Max.Y; y++ {
		for x := bar.Min.X; x < bar.Max.X; x++ {
			if dark(x, y) {
				turned.Pix[turned.PixOffset(x, y)] = 0xff
			}
		}
	}
	// A border as of paper, and letters of the size that tesseract was trained on.
	large := image.NewGray(image.Rect(0, 0, 2*bar.Dx()+40, 2*bar.Dy()+40))
	draw.Draw(large, large.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(large, large.Bounds().Inset(20), turned, bar, draw.Src, nil)
	return large, nil
}

// drawPath paints what qrPath writes, three dots a module, with its quiet zone.
func drawPath(name, path string, size int) error {
	img := image.NewGray(image.Rect(0, 0, 3*size, 3*size))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, piece := range strings.Split(strings.TrimPrefix(path, "M"), "M") {
		var x, y, run int
		if _, err := fmt.Sscanf(piece, "%d %dh%d", &x, &y, &run); err != nil {
			return err
		}
		draw.Draw(img, image.Rect(3*(x+4), 3*(y+4), 3*(x+4+run), 3*(y+5)), image.Black, image.Point{}, draw.Src)
	}
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(out, img), out.Close())
}
