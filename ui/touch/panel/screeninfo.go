package panel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// The structures that the framebuffer's ioctls fill, from linux/fb.h. All fields are in the
// machine's order, which is little-endian on every board that the box runs on.
const (
	varInfoSize = 160 // struct fb_var_screeninfo
	fixInfoSize = 80  // struct fb_fix_screeninfo where a long has 8 bytes; 68 where it has 4
)

// screenInfo reads a layout, the length of the memory and the glass's width and height in
// millimetres (0 when the driver does not know) from the two structures. long is the size of
// a C long: 8, or 4 on 32-bit boards.
func screenInfo(variable, fixed []byte, long int) (l Layout, length, widthMM, heightMM int, err error) {
	if long != 4 && long != 8 || len(variable) < varInfoSize || len(fixed) < fixInfoSize {
		return l, 0, 0, 0, errors.New("framebuffer information is too short")
	}
	u32 := func(b []byte, at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
	v := func(at int) int { return u32(variable, at) }
	bits := v(24)
	l = Layout{
		Size:  image.Pt(v(0), v(4)),
		Bytes: bits / 8,
		Red:   v(32), Green: v(44), Blue: v(56),
		Stride: u32(fixed, 48),
	}
	if long == 4 {
		l.Stride = u32(fixed, 44)
	}
	length = u32(fixed, 16+long)
	if v(36) != v(60) || v(48) < v(36) || bits%8 != 0 {
		return l, 0, 0, 0, errLayout // widths of red, green, blue
	}
	if l.Bytes == 2 && v(48) != 6 || l.Bytes == 4 && v(48) != 8 {
		return l, 0, 0, 0, errLayout
	}
	xOffset, yOffset := v(16), v(20)
	if xOffset > maxSide || yOffset > maxSide*4 || l.Stride > 1<<20 {
		return l, 0, 0, 0, fmt.Errorf("framebuffer's picture begins at %d, %d", xOffset, yOffset)
	}
	l.Offset = yOffset*l.Stride + xOffset*l.Bytes
	if err := l.check(length); err != nil {
		return l, 0, 0, 0, err
	}
	return l, length, sane(v(92)), sane(v(88)), nil
}

// sane drops a length that no glass has: drivers put -1 where they know nothing.
func sane(mm int) int {
	if mm < 20 || mm > 5000 {
		return 0
	}
	return mm
}
