package panel

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// edidSize is the length of an EDID's base block.
const edidSize = 128

// SizeFromEDID returns the visible size of a display in millimetres from the base block of its
// EDID (VESA E-EDID 1.4). The detailed timing has it to the millimetre; bytes 21 and 22 to the
// centimetre. Both are 0 when the block does not say: projectors, and displays that give an
// aspect ratio only.
func SizeFromEDID(b []byte) (widthMM, heightMM int, err error) {
	if len(b) < edidSize || string(b[:8]) != "\x00\xff\xff\xff\xff\xff\xff\x00" {
		return 0, 0, errors.New("parse edid: no edid")
	}
	var sum byte
	for _, v := range b[:edidSize] {
		sum += v
	}
	if sum != 0 {
		return 0, 0, errors.New("parse edid: wrong checksum")
	}
	w, h := int(b[21])*10, int(b[22])*10
	if w == 0 || h == 0 {
		return 0, 0, nil
	}
	// The first descriptor is a timing when its pixel clock is not 0. Some displays copy a
	// timing of another size: it must agree with the centimetres.
	if d := b[54:72]; d[0] != 0 || d[1] != 0 {
		dw, dh := int(d[12])|int(d[14]>>4)<<8, int(d[13])|int(d[14]&0xf)<<8
		if near(dw, w) && near(dh, h) {
			w, h = dw, dh
		}
	}
	return sane(w), sane(h), nil
}

// near reports whether a length in millimetres is the given one rounded to centimetres.
func near(mm, rounded int) bool { return mm-rounded <= 10 && rounded-mm <= 10 }

// SizeFromDRM returns the size of the first connected display that tells it, from a folder
// like /sys/class/drm, and 0, 0 when none does.
func SizeFromDRM(dir string) (widthMM, heightMM int) {
	outputs, err := filepath.Glob(filepath.Join(dir, "card*-*"))
	if err != nil {
		return 0, 0 // only a malformed pattern
	}
	for _, o := range outputs {
		status, err := os.ReadFile(filepath.Join(o, "status"))
		if err != nil || strings.TrimSpace(string(status)) != "connected" {
			continue
		}
		edid, err := os.ReadFile(filepath.Join(o, "edid"))
		if err != nil {
			continue
		}
		if w, h, err := SizeFromEDID(edid); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return 0, 0
}
