package panel

import (
	"encoding/binary"
	"image"
	"os"
	"path/filepath"
	"testing"
)

// fbInfo makes the two structures as the kernel fills them.
func fbInfo(long int, w, h, bits, stride, length int, red, green, blue [2]int, widthMM, heightMM int) (variable, fixed []byte) {
	variable, fixed = make([]byte, varInfoSize), make([]byte, fixInfoSize)
	v := func(at, n int) { binary.LittleEndian.PutUint32(variable[at:], uint32(n)) }
	v(0, w)
	v(4, h)
	v(8, w)
	v(12, 2*h)
	v(24, bits)
	for i, c := range [][2]int{red, green, blue} {
		v(32+12*i, c[0])
		v(36+12*i, c[1])
	}
	v(88, heightMM)
	v(92, widthMM)
	copy(fixed, "BCM2708 FB")
	binary.LittleEndian.PutUint32(fixed[16+long:], uint32(length))
	line := 48 // offsetof(struct fb_fix_screeninfo, line_length), by a C compiler
	if long == 4 {
		line = 44
	}
	binary.LittleEndian.PutUint32(fixed[line:], uint32(stride))
	return variable, fixed
}

func TestScreenInfo(t *testing.T) {
	t.Parallel()
	for _, long := range []int{8, 4} {
		variable, fixed := fbInfo(long, 800, 480, 16, 1664, 1664*960, [2]int{11, 5}, [2]int{5, 6}, [2]int{0, 5}, 154, 86)
		binary.LittleEndian.PutUint32(variable[20:], 480) // panned to the second half
		l, length, w, h, err := screenInfo(variable, fixed, long)
		want := Layout{Size: image.Pt(800, 480), Stride: 1664, Offset: 480 * 1664, Bytes: 2, Red: 11, Green: 5}
		if err != nil || l != want || length != 1664*960 || w != 154 || h != 86 {
			t.Errorf("%d-byte longs: %+v, %d bytes, %d×%d mm, %v", long, l, length, w, h, err)
		}
	}
	variable, fixed := fbInfo(8, 1080, 1920, 32, 4320, 4320*1920, [2]int{16, 8}, [2]int{8, 8}, [2]int{0, 8}, -1, 0)
	l, _, w, h, err := screenInfo(variable, fixed, 8)
	if err != nil || l.Bytes != 4 || l.Red != 16 || w != 0 || h != 0 {
		t.Errorf("%+v, %d×%d mm, %v", l, w, h, err)
	}
	for name, bad := range map[string]func(v, f []byte){
		"palette":         func(v, _ []byte) { binary.LittleEndian.PutUint32(v[24:], 8) },
		"a short memory":  func(_, f []byte) { binary.LittleEndian.PutUint32(f[24:], 4320) },
		"ten-bit colours": func(v, _ []byte) { v[36], v[48], v[60] = 10, 10, 10 },
		"nonsense":        func(v, f []byte) { clear(f); clear(v) },
		"a far offset":    func(v, _ []byte) { binary.LittleEndian.PutUint32(v[20:], 1<<31) },
	} {
		v, f := fbInfo(8, 1080, 1920, 32, 4320, 4320*1920, [2]int{16, 8}, [2]int{8, 8}, [2]int{0, 8}, 0, 0)
		bad(v, f)
		if l, _, _, _, err := screenInfo(v, f, 8); err == nil {
			t.Errorf("%s: taken as %+v", name, l)
		}
	}
}

// Whatever a driver says, a layout that is taken lies within the memory.
func FuzzScreenInfo(f *testing.F) {
	v, x := fbInfo(8, 800, 480, 16, 1600, 1600*480, [2]int{11, 5}, [2]int{5, 6}, [2]int{0, 5}, 154, 86)
	f.Add(v, x, true)
	f.Fuzz(func(t *testing.T, variable, fixed []byte, wide bool) {
		size := 4
		if wide {
			size = 8
		}
		l, length, w, h, err := screenInfo(variable, fixed, size)
		if err != nil {
			return
		}
		if err := l.check(length); err != nil || w < 0 || h < 0 {
			t.Errorf("%+v in %d bytes, %d×%d mm: %v", l, length, w, h, err)
		}
	})
}

// edid makes a base block of a display.
func edid(widthCM, heightCM byte, timing []byte) []byte {
	b := make([]byte, edidSize)
	copy(b, "\x00\xff\xff\xff\xff\xff\xff\x00")
	b[21], b[22] = widthCM, heightCM
	copy(b[54:72], timing)
	var sum byte
	for _, v := range b {
		sum += v
	}
	b[127] = -sum
	return b
}

// timing is a detailed timing with a picture size in millimetres.
func timing(w, h int) []byte {
	d := make([]byte, 18)
	d[0] = 0x02
	d[12], d[13], d[14] = byte(w), byte(h), byte(w>>8<<4|h>>8)
	return d
}

func TestSizeFromEDID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		b    []byte
		w, h int
	}{
		{"a 27-inch display", edid(60, 34, timing(598, 336)), 598, 336},
		{"centimetres only", edid(22, 14, nil), 220, 140},
		{"a timing of another display", edid(15, 9, timing(698, 392)), 150, 90},
		{"a projector", edid(0, 0, timing(598, 336)), 0, 0},
		{"an aspect ratio", edid(79, 0, nil), 0, 0},
	} {
		w, h, err := SizeFromEDID(c.b)
		if err != nil || w != c.w || h != c.h {
			t.Errorf("%s: %d×%d mm, %v; want %d×%d", c.name, w, h, err, c.w, c.h)
		}
	}
	wrong := edid(60, 34, nil)
	wrong[30]++
	for _, b := range [][]byte{nil, make([]byte, 128), edid(60, 34, nil)[:127], wrong} {
		if w, h, err := SizeFromEDID(b); err == nil {
			t.Errorf("%d bytes: %d×%d mm", len(b), w, h)
		}
	}
}

func FuzzSizeFromEDID(f *testing.F) {
	f.Add(edid(60, 34, timing(598, 336)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= edidSize {
			b[127] = 0 // let the fuzzer past the checksum
			for _, v := range b[:127] {
				b[127] -= v
			}
		}
		if w, h, err := SizeFromEDID(b); err == nil && (w < 0 || h < 0 || w > 5000 || h > 5000) {
			t.Errorf("%d×%d mm", w, h)
		}
	})
}

func TestSizeFromDRM(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(output, status string, edid []byte) {
		t.Helper()
		d := filepath.Join(dir, output)
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"status": []byte(status + "\n"), "edid": edid} {
			if err := os.WriteFile(filepath.Join(d, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if w, h := SizeFromDRM(filepath.Join(dir, "none")); w != 0 || h != 0 {
		t.Errorf("without displays: %d×%d mm", w, h)
	}
	put("card0-DSI-1", "connected", nil) // such panels have no EDID
	put("card0-HDMI-A-1", "disconnected", edid(99, 99, nil))
	put("card1-HDMI-A-2", "connected", edid(60, 34, timing(598, 336)))
	if w, h := SizeFromDRM(dir); w != 598 || h != 336 {
		t.Errorf("%d×%d mm, want 598×336", w, h)
	}
}
