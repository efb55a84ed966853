package thermal

// escape obeys what follows ESC.
func (f *Firmware) escape() {
	c := f.next()
	if f.mode.deselected && c != '=' && c != '@' {
		return
	}
	switch c {
	case '@':
		f.reset()
	case '=':
		f.mode.deselected = f.next()&0x01 == 0
	case 't':
		f.codeTable()
	case 'R':
		f.internationalSet()
	case '!':
		f.printMode()
	case 'M':
		if n, ok := f.choose("ESC M", 2); ok {
			f.mode.font = n
		}
	case 'E', 'G': // emphasised, double-strike: the same to a thermal head
		f.mode.bold = f.next()&1 != 0
	case '-':
		if n, ok := f.choose("ESC -", 3); ok {
			f.mode.underline = n
		}
	case 'V':
		if n, ok := f.choose("ESC V", 3); ok {
			f.mode.rotated = n != 0
		}
	case '{':
		on := f.next()&1 != 0
		if f.atLineStart("ESC {") {
			f.mode.upsideDown = on
		}
	case ' ':
		f.mode.spacing = f.dotsX(int(f.next()))
	case 'a':
		f.alignment()
	case '2':
		f.mode.lineSpacing = f.machine.LineSpacing
	case '3':
		f.mode.lineSpacing = f.dotsY(int(f.next()))
	case 'd':
		f.printLine(int(f.next()) * f.mode.lineSpacing)
	case 'J':
		f.printLine(f.dotsY(int(f.next())))
	case 'D':
		f.tabStops()
	case '$':
		f.moveTo("ESC $", f.dotsX(f.word()))
	case '\\':
		f.moveTo("ESC \\", f.line.x+f.dotsX(int(int16(uint16(f.word())))))
	case '*':
		f.bitImage()
	case '&', '%', '?':
		f.downloaded(c)
	case 'i', 'm': // obsolete: full and partial cut
		f.finishLine("ESC i")
		f.cut()
	default:
		f.escapeRest(c)
	}
}

// escapeRest obeys the ESC commands that move no paper on a receipt printer.
func (f *Firmware) escapeRest(c byte) {
	switch c {
	case 'u': // obsolete: drawer
		f.answer(f.machine.InOrder, f.mech.Sensors().drawerStatus())
	case 'v': // obsolete: paper
		f.answer(f.machine.InOrder, f.mech.Sensors().paperStatus())
	case 'c':
		f.sensorCommand()
	case 'p': // drawer pulse: pin, on, off
		f.skip(3)
	case 'S': // standard mode, which this is
	case 'r': // colour
		f.skip(1)
	case 'L':
		f.odd("ESC L: page mode not simulated")
	case 'T':
		f.skip(1)
	case 'W':
		f.skip(8)
	case '(':
		name := f.next()
		n := f.word()
		f.odd("ESC ( %c: not simulated", printable(name))
		f.skip(n)
	default:
		f.odd("ESC %c (%02X): unknown command", printable(c), c)
	}
}

// sensorCommand is ESC c 3, 4 and 5.
func (f *Firmware) sensorCommand() {
	switch which := f.next(); which {
	case '3': // which sensors drive the parallel interface's paper-end line
		f.skip(1)
	case '4':
		f.mech.LowStops(f.next()&0x03 != 0)
	case '5': // panel buttons
		f.skip(1)
	default:
		f.odd("ESC c %02X: unknown command", which)
	}
}

// printable keeps a report readable whatever byte it names.
func printable(b byte) rune {
	if b <= 0x20 || b >= 0x7F {
		return '.'
	}
	return rune(b)
}
