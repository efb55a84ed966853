package thermal

import (
	"errors"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/codabar"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/code39"
	"github.com/boombuler/barcode/code93"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/twooffive"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// barcodes is what GS h, w, H and f set.
type barcodes struct {
	height int // dots
	module int // dots
	text   int // HRI: 0 none, 1 above, 2 below, 3 both
	font   int
}

func newBarcodes() barcodes { return barcodes{height: 162, module: 3} }

// maxBarcodeText ends a bar code of the NUL-terminated form whose NUL never comes.
const maxBarcodeText = 255

func (f *Firmware) barcodeSetting(c byte) {
	switch c {
	case 'h':
		if n := int(f.next()); n > 0 {
			f.codes.height = n
		}
	case 'w':
		n := int(f.next())
		if n < 2 || n > 6 {
			f.odd("GS w %d: out of range", n)
			return
		}
		f.codes.module = n
	case 'H':
		if n, ok := f.choose("GS H", 4); ok {
			f.codes.text = n
		}
	case 'f':
		if n, ok := f.choose("GS f", 2); ok {
			f.codes.font = n
		}
	}
}

// barcode is GS k m d...NUL for m up to 6, and GS k m n d... from 65.
func (f *Firmware) barcode() {
	m := f.next()
	var data []byte
	switch {
	case m <= 6:
		for b := f.next(); b != 0 && f.err == nil; b = f.next() {
			if len(data) == maxBarcodeText {
				f.odd("GS k %d: no NUL after %d characters", m, maxBarcodeText)
				return
			}
			data = append(data, b)
		}
		m += 'A'
	case m >= 65 && m <= 78:
		n := int(f.next())
		data = f.take(n, n)
	default:
		f.odd("GS k %d: unknown system", m)
		return
	}
	if f.err != nil {
		return
	}
	code, text, err := encodeBars(m, string(data))
	if err != nil {
		f.odd("GS k %d %q: %v", m, data, err)
		return
	}
	f.finishLine("GS k")
	f.printBars(codeBitmap(code), text)
}

var errNotDrawn = errors.New("system not simulated")

func encodeBars(m byte, s string) (barcode.Barcode, string, error) {
	switch m {
	case 67, 68: // EAN-13, EAN-8
		code, err := ean.Encode(s)
		return code, s, err
	case 69: // CODE39
		s = strings.Trim(s, "*")
		code, err := code39.Encode(s, false, false)
		return code, s, err
	case 70: // interleaved two of five
		code, err := twooffive.Encode(s, true)
		return code, s, err
	case 71:
		code, err := codabar.Encode(s)
		return code, s, err
	case 72:
		code, err := code93.Encode(s, true, false)
		return code, s, err
	case 73:
		// {A, {B and {C choose a code set, which the encoder here does by itself; in set C a
		// byte stands for two digits.
		text, err := code128Text(s)
		if err != nil {
			return nil, "", err
		}
		code, err := code128.Encode(text)
		return code, text, err
	}
	return nil, "", errNotDrawn
}

// code128Text undoes the code set escapes.
func code128Text(s string) (string, error) {
	var out strings.Builder
	set := byte(0)
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '{' && i+1 < len(s):
			i++
			switch s[i] {
			case 'A', 'B', 'C':
				set = s[i]
			case '{':
				out.WriteByte('{')
			default:
				return "", errNotDrawn // function codes
			}
		case set == 0:
			return "", errors.New("CODE128 begins without a code set")
		case set == 'C':
			if s[i] > 99 {
				return "", errors.New("CODE128 set C beyond 99")
			}
			out.WriteByte('0' + s[i]/10)
			out.WriteByte('0' + s[i]%10)
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String(), nil
}

// printBars prints the bars at their height, with the text where GS H wants it.
func (f *Firmware) printBars(bars *paper.Bitmap, text string) {
	if bars.W*f.codes.module > f.width() {
		f.odd("GS k: %d dots are wider than the print area", bars.W*f.codes.module)
		return
	}
	hri := f.textBitmap(f.codes.font, text)
	if f.codes.text&1 != 0 {
		f.printBlock("GS k", hri, 1, 1)
	}
	stripe := paper.NewBitmap(bars.W, 1)
	if bars.H > 0 {
		copy(stripe.Row(0), bars.Row(0))
	}
	f.printBlock("GS k", stripe, f.codes.module, f.codes.height)
	if f.codes.text&2 != 0 {
		f.printBlock("GS k", hri, 1, 1)
	}
}
