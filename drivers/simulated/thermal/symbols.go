package thermal

import (
	"fmt"
	"strconv"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// maxQRData is what the largest QR symbol holds: 7089 digits.
const maxQRData = 7089

// qrSymbol is the QR part of the symbol storage area of GS ( k.
type qrSymbol struct {
	model  byte // '1' or '2'
	module int  // dots a module
	level  byte // '0' L to '3' H
	data   []byte
}

func newQRSymbol() qrSymbol { return qrSymbol{model: '2', module: 3, level: '0'} }

// twoDimensional is GS ( k with n bytes: cn, fn and parameters. Only QR is known.
func (f *Firmware) twoDimensional(n int) {
	if n < 2 {
		f.odd("GS ( k: %d bytes", n)
		f.skip(n)
		return
	}
	cn, fn := f.next(), f.next()
	n -= 2
	if cn != 49 || !f.machine.QR {
		f.odd("GS ( k %d %d: symbol not known here", cn, fn)
		f.skip(n)
		return
	}
	if fn == 80 {
		f.storeQR(n)
		return
	}
	p := f.take(n, 2)
	if f.err != nil {
		return
	}
	want := 1
	if fn == 65 {
		want = 2
	}
	if n != want {
		f.odd("GS ( k 49 %d: %d parameters", fn, n)
		return
	}
	f.qrFunction(fn, p[0])
}

func (f *Firmware) qrFunction(fn, p byte) {
	bad := func() { f.odd("GS ( k 49 %d %d: out of range", fn, p) }
	switch fn {
	case 65:
		if p != '2' { // models 1 and micro have no maker here
			bad()
			return
		}
		f.symbol.model = p
	case 67:
		if p < 1 || p > 16 {
			bad()
			return
		}
		f.symbol.module = int(p)
	case 69:
		if p < '0' || p > '3' {
			bad()
			return
		}
		f.symbol.level = p
	case 81:
		f.printQR()
	case 82:
		size := 0
		if b := f.encodeQR(); b != nil {
			size = b.W * f.symbol.module
		}
		s := strconv.Itoa(size)
		f.answer(f.machine.InOrder, []byte("\x37\x36"+s+"\x1F"+s+"\x1F1\x1F0\x00")...)
	default:
		f.odd("GS ( k 49 %d: unknown function", fn)
	}
}

// storeQR is function 180 (fn 80): m d1...dk.
func (f *Firmware) storeQR(n int) {
	if n < 2 || n-1 > maxQRData {
		f.odd("GS ( k 49 80: %d bytes of data", n-1)
		f.skip(n)
		return
	}
	if m := f.next(); m != 48 {
		f.odd("GS ( k 49 80: m is %d", m)
	}
	f.symbol.data = f.take(n-1, n-1)
}

func (f *Firmware) printQR() {
	b := f.encodeQR()
	if b == nil {
		f.odd("GS ( k 49 81: no symbol to print")
		return
	}
	if b.W*f.symbol.module > f.width() {
		// The reference prints nothing then.
		f.odd("GS ( k 49 81: symbol of %d dots is wider than the print area", b.W*f.symbol.module)
		return
	}
	f.finishLine("GS ( k")
	f.printBlock("GS ( k", b, f.symbol.module, f.symbol.module)
}

// encodeQR returns the stored data's symbol, one dot a module and without a quiet zone,
// which a printer leaves to its host; nil if there is none.
func (f *Firmware) encodeQR() *paper.Bitmap {
	if len(f.symbol.data) == 0 {
		return nil
	}
	level := []qr.ErrorCorrectionLevel{qr.L, qr.M, qr.Q, qr.H}[(f.symbol.level-'0')%4]
	code, err := qr.Encode(string(f.symbol.data), level, qr.Auto)
	if err != nil {
		f.odd("GS ( k 49: %v", err)
		return nil
	}
	return codeBitmap(code)
}

// codeBitmap copies a symbol's black modules.
func codeBitmap(code barcode.Barcode) *paper.Bitmap {
	box := code.Bounds()
	b := paper.NewBitmap(box.Dx(), box.Dy())
	for y := range b.H {
		for x := range b.W {
			if r, _, _, _ := code.At(box.Min.X+x, box.Min.Y+y).RGBA(); r < 0x8000 {
				b.Set(x, y)
			}
		}
	}
	return b
}

// String names a symbol in test failures.
func (s qrSymbol) String() string {
	return fmt.Sprintf("QR model %c, %d dots, level %c, %q", s.model, s.module, s.level, s.data)
}
