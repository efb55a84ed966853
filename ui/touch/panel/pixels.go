package panel

import (
	"errors"
	"fmt"
	"image"
)

// Rotation is how far the picture is turned clockwise on the panel, in degrees.
type Rotation int

// Valid reports whether r is 0, 90, 180 or 270.
func (r Rotation) Valid() bool { return r == 0 || r == 90 || r == 180 || r == 270 }

// sideways reports whether width and height change places.
func (r Rotation) sideways() bool { return r == 90 || r == 270 }

// turn returns a size as it is after the rotation, or before it.
func (r Rotation) turn(p image.Point) image.Point {
	if r.sideways() {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// rect returns where a part of a picture of size lies on the panel.
func (r Rotation) rect(part image.Rectangle, size image.Point) image.Rectangle {
	switch r {
	case 90:
		return image.Rect(size.Y-part.Max.Y, part.Min.X, size.Y-part.Min.Y, part.Max.X)
	case 180:
		return image.Rect(size.X-part.Max.X, size.Y-part.Max.Y, size.X-part.Min.X, size.Y-part.Min.Y)
	case 270:
		return image.Rect(part.Min.Y, size.X-part.Max.X, part.Max.Y, size.X-part.Min.X)
	}
	return part
}

// undo returns the pixel of a picture of size that is shown at (x, y) of the panel.
func (r Rotation) undo(x, y float32, size image.Point) (float32, float32) {
	w, h := float32(size.X), float32(size.Y)
	switch r {
	case 90:
		return y, h - 1 - x
	case 180:
		return w - 1 - x, h - 1 - y
	case 270:
		return w - 1 - y, x
	}
	return x, y
}

// Layout says how pixels lie in a framebuffer's memory.
type Layout struct {
	Size   image.Point // visible pixels of the panel, unrotated
	Stride int         // bytes from one row to the next
	Offset int         // bytes before the first visible pixel
	Bytes  int         // of a pixel: 2 (5-6-5 bits) or 4 (8-8-8 bits and eight that nobody looks at)
	// Red, Green and Blue are the places of the colours' lowest bits in a pixel, which is
	// stored with its low byte first.
	Red, Green, Blue int
}

// errLayout refuses what no panel of these boxes has: palettes, ten-bit colours, 24-bit pixels.
var errLayout = errors.New("framebuffer is neither RGB565 nor XRGB8888")

// maxSide bounds a panel; larger numbers are garbage.
const maxSide = 8192

// check reports whether a memory of n bytes can hold the layout.
func (l Layout) check(n int) error {
	if l.Size.X < 1 || l.Size.Y < 1 || l.Size.X > maxSide || l.Size.Y > maxSide {
		return fmt.Errorf("framebuffer of %d×%d pixels", l.Size.X, l.Size.Y)
	}
	fits := false
	switch l.Bytes {
	case 2:
		fits = l.Green == 5 && (l.Red == 11 && l.Blue == 0 || l.Red == 0 && l.Blue == 11)
	case 4:
		fits = l.Red%8 == 0 && l.Green%8 == 0 && l.Blue%8 == 0 &&
			l.Red >= 0 && l.Green >= 0 && l.Blue >= 0 && l.Red <= 24 && l.Green <= 24 && l.Blue <= 24 &&
			l.Red != l.Green && l.Green != l.Blue && l.Blue != l.Red
	}
	if !fits {
		return errLayout
	}
	if l.Stride < l.Size.X*l.Bytes || l.Stride > 1<<20 || l.Offset < 0 || l.Offset > 1<<30 {
		return fmt.Errorf("framebuffer with rows of %d bytes from %d for %d pixels", l.Stride, l.Offset, l.Size.X)
	}
	if need := l.Offset + (l.Size.Y-1)*l.Stride + l.Size.X*l.Bytes; need > n {
		return fmt.Errorf("framebuffer of %d bytes, its picture needs %d", n, need)
	}
	return nil
}

// copyPart writes the changed part of a picture into a framebuffer's memory, turned by r. The
// picture has the panel's size, turned; both were checked. Rows of the panel are written in
// order and whole: that memory is often uncached.
func copyPart(mem []byte, l Layout, r Rotation, img *image.RGBA, changed image.Rectangle) {
	size := r.turn(l.Size)
	changed = changed.Intersect(image.Rectangle{Max: size}).Intersect(img.Rect)
	if changed.Empty() {
		return
	}
	to := r.rect(changed, size)
	for y := to.Min.Y; y < to.Max.Y; y++ {
		sx, sy := r.undo(float32(to.Min.X), float32(y), size)
		from := img.PixOffset(int(sx), int(sy))
		step := 4
		switch r {
		case 90:
			step = -img.Stride
		case 180:
			step = -4
		case 270:
			step = img.Stride
		}
		start := l.Offset + y*l.Stride + to.Min.X*l.Bytes
		row := mem[start : start+to.Dx()*l.Bytes]
		if l.Bytes == 2 {
			copyRow16(row, l, img.Pix, from, step)
		} else {
			copyRow32(row, l, img.Pix, from, step)
		}
	}
}

func copyRow16(row []byte, l Layout, pix []byte, from, step int) {
	for i := 0; i < len(row); i += 2 {
		p := pix[from : from+3 : from+3]
		v := uint16(p[0]>>3)<<l.Red | uint16(p[1]>>2)<<l.Green | uint16(p[2]>>3)<<l.Blue
		row[i], row[i+1] = byte(v), byte(v>>8)
		from += step
	}
}

func copyRow32(row []byte, l Layout, pix []byte, from, step int) {
	for i := 0; i < len(row); i += 4 {
		p := pix[from : from+3 : from+3]
		v := uint32(p[0])<<l.Red | uint32(p[1])<<l.Green | uint32(p[2])<<l.Blue
		row[i], row[i+1], row[i+2], row[i+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
		from += step
	}
}
