package thermal

import (
	"fmt"
	"io"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// Mechanism is what the firmware drives. Its methods that can fail do so when the power
// goes; the firmware then ends with that error.
type Mechanism interface {
	// Await returns at once while the printer is online, else when it is online again.
	Await() error
	// Row burns one dot row, nil for none, and moves the paper on by one. With the paper
	// out, the cover open or the blade stuck it waits before it does so.
	Row(dots []byte) error
	// Cut separates the paper at the blade.
	Cut() error
	// Answer sends bytes to the host.
	Answer(b []byte)
	// Sensors returns what the sensors say now.
	Sensors() Sensors
	// Automatic sets the mask of GS a.
	Automatic(mask byte)
	// LowStops lets the near-end sensor stop printing (ESC c 4).
	LowStops(yes bool)
	// Odd takes note of something that a host should not have sent.
	Odd(what string)
}

// Firmware interprets one power cycle's bytes. It is not safe for concurrent use.
type Firmware struct {
	machine Machine
	in      io.ByteReader
	mech    Mechanism
	face    *typeface
	err     error // why reading or the mechanism ended

	mode    mode
	line    line
	glyphs  [2]map[byte]*paper.Bitmap // ESC &, by font
	symbol  qrSymbol
	graphic *storedGraphic // GS ( L
	image   *paper.Bitmap  // GS *
	codes   barcodes
	pending []processID // GS ( H that waits for the line to be printed
}

// New returns a firmware that has just been switched on.
func New(m Machine, in io.ByteReader, mech Mechanism) *Firmware {
	f := &Firmware{machine: m, in: in, mech: mech, face: newTypeface()}
	f.reset()
	return f
}

// Run obeys what it reads until reading or the mechanism fails, and returns that error.
func (f *Firmware) Run() error {
	for f.err == nil {
		f.step()
	}
	return f.err
}

// step obeys one command or sets one character.
func (f *Firmware) step() {
	b := f.next()
	if f.err != nil {
		return
	}
	if b == codeDLE {
		f.skipRealTime() // obeyed on arrival
		return
	}
	// An offline printer leaves its buffer alone.
	if err := f.mech.Await(); err != nil {
		f.err = err
		return
	}
	switch {
	case f.mode.deselected && b != codeESC:
		// ESC = has taken the printer off the line: only ESC = and ESC @ are heard.
	case b == codeESC:
		f.escape()
	case b == codeGS:
		f.group()
	case b == codeFS:
		f.field()
	case b == codeLF:
		f.lineFeed()
	case b == codeHT:
		f.tab()
	case b == codeCR, b == codeFF, b == codeCAN, b == 0:
		// CR is ignored on serial lines, FF and CAN belong to page mode; NUL is padding.
	case b < 0x20:
		f.odd("control code %02X", b)
	case f.mode.doubleByte && b >= 0x81 && b != 0xFF:
		f.doubleByteCharacter(b)
	default:
		f.character(b)
	}
}

// next reads a byte; after the end it returns zeros and f.err is set.
func (f *Firmware) next() byte {
	if f.err != nil {
		return 0
	}
	b, err := f.in.ReadByte()
	if err != nil {
		f.err = err
		return 0
	}
	return b
}

// word reads a number of two bytes, low byte first.
func (f *Firmware) word() int {
	low := int(f.next())
	return low + int(f.next())<<8
}

// skip throws n bytes away.
func (f *Firmware) skip(n int) {
	for ; n > 0 && f.err == nil; n-- {
		f.next()
	}
}

// take reads n bytes, of which it keeps at most limit.
func (f *Firmware) take(n, limit int) []byte {
	kept := make([]byte, 0, min(n, limit))
	for i := 0; i < n && f.err == nil; i++ {
		b := f.next()
		if f.err == nil && len(kept) < limit {
			kept = append(kept, b)
		}
	}
	return kept
}

func (f *Firmware) odd(format string, args ...any) {
	if f.err == nil {
		f.mech.Odd(fmt.Sprintf(format, args...))
	}
}

// row lets one row pass the head.
func (f *Firmware) row(dots []byte) {
	if f.err == nil {
		f.err = f.mech.Row(dots)
	}
}

// feed lets n blank rows pass.
func (f *Firmware) feed(n int) {
	for ; n > 0 && f.err == nil; n-- {
		f.row(nil)
	}
}

// reset is ESC @: modes as at power-on, nothing in the line, no downloaded glyphs.
func (f *Firmware) reset() {
	f.mode = f.powerOnMode()
	f.line = newLine(f.machine.Width)
	f.glyphs = [2]map[byte]*paper.Bitmap{{}, {}}
	f.symbol = newQRSymbol()
	f.codes = newBarcodes()
	f.image = nil
	f.graphic = nil
	f.pending = nil
	f.mech.LowStops(false)
	// ESC @ brings back every mode of the time of switching on, GS a's among them: a host
	// that wants automatic status must ask again after it.
	f.mech.Automatic(0)
}

// Discard forgets the line being composed and whatever ended Run, so that Run can be called
// again: the print buffer was cleared by a real-time command. Modes and glyphs stay.
func (f *Firmware) Discard() {
	f.err = nil
	f.line = newLine(f.machine.Width)
	f.pending = nil
	f.graphic = nil
}
