package thermal

import "github.com/motcua/gateway/drivers/simulated/paper"

// answer sends b where the machine answers that kind of question at all.
func (f *Firmware) answer(able bool, b ...byte) {
	if able && f.err == nil {
		f.mech.Answer(b)
	}
}

// transmitStatus is GS r n. It is answered in buffer order: everything before it has been
// obeyed, and an offline printer does not get this far.
func (f *Firmware) transmitStatus() {
	switch n := f.next(); n {
	case 1, '1':
		f.answer(f.machine.InOrder, f.mech.Sensors().paperStatus())
	case 2, '2':
		f.answer(f.machine.InOrder, f.mech.Sensors().drawerStatus())
	default:
		f.odd("GS r %d: unknown status", n)
	}
}

// identify is GS I n: one byte for an ID, 5F text 00 for information.
func (f *Firmware) identify() {
	text := func(s string) { f.answer(f.machine.Identity, append([]byte{0x5F}, s+"\x00"...)...) }
	switch n := f.next(); n {
	case 1, '1':
		f.answer(f.machine.Identity, f.machine.ModelID)
	case 2, '2':
		f.answer(f.machine.Identity, bit(f.machine.DoubleByte, 0x01)|bit(f.machine.Cutter, 0x02))
	case 3, '3':
		f.answer(f.machine.Identity, 0x01)
	case 65:
		text(f.machine.Firmware)
	case 66:
		text(f.machine.Maker)
	case 67:
		text(f.machine.Model)
	case 68:
		text("SIM0000001")
	case 69:
		text("")
	default:
		f.odd("GS I %d: unknown ID", n)
	}
}

// processID is what GS ( H function 48 gives to the data before it.
type processID [4]byte

// maxPending bounds the process IDs that wait for one line.
const maxPending = 16

// response is GS ( H.
func (f *Firmware) response(n int) {
	if !f.machine.ProcessID {
		f.odd("GS ( H: not known here")
		f.skip(n)
		return
	}
	if n != 6 {
		f.odd("GS ( H: %d bytes", n)
		f.skip(n)
		return
	}
	fn, m := f.next(), f.next()
	id := processID(append(f.take(4, 4), 0, 0, 0, 0)[:4])
	if fn != 48 || m != 48 {
		f.odd("GS ( H function %d, %d: not simulated", fn, m)
		return
	}
	for _, d := range id {
		if d < 0x20 || d > 0x7E {
			f.odd("GS ( H: process ID % X", id)
			return
		}
	}
	if f.line.empty() {
		// Whatever came before has been printed and cut.
		f.sendProcessID(id)
		return
	}
	if len(f.pending) == maxPending {
		f.odd("GS ( H: more than %d process IDs in a line", maxPending)
		return
	}
	f.pending = append(f.pending, id)
}

func (f *Firmware) sendProcessID(id processID) {
	f.answer(true, append(append([]byte{0x37, 0x22}, id[:]...), 0)...)
}

// confirmPending answers for the line that has just been printed.
func (f *Firmware) confirmPending() {
	for _, id := range f.pending {
		f.sendProcessID(id)
	}
	f.pending = nil
}

// cutCommand is GS V m (n). Functions with a feed move the paper until the row printed last
// has passed the blade, plus n. The others cut where the blade is: above the last lines.
func (f *Firmware) cutCommand() {
	switch m := f.next(); m {
	case 0, 1, '0', '1': // full or partial: one point holds a partial cut, which a hand tears
		f.finishLine("GS V")
		f.cut()
	case 65, 66, 103, 104: // feed to the blade and cut; 103 and 104 would also feed back
		n := f.dotsY(int(f.next()))
		f.finishLine("GS V")
		f.feed(f.machine.Gap + n)
		f.cut()
	case 97, 98:
		f.skip(1)
		f.odd("GS V %d: reserved cuts not simulated", m)
	default:
		f.odd("GS V %d: unknown cut", m)
	}
}

func (f *Firmware) cut() {
	if f.err == nil {
		f.err = f.mech.Cut()
	}
}

// textBitmap sets a short text, as stands below or above a bar code.
func (f *Firmware) textBitmap(font int, s string) *paper.Bitmap {
	cell := f.face.cells[font]
	b := paper.NewBitmap(len(s)*cell.w, cell.h)
	for i, r := range []byte(s) {
		if g := f.face.glyph(font, rune(r)); g != nil {
			b.Draw(g, i*cell.w, 0, 1, 1)
		}
	}
	return b
}
