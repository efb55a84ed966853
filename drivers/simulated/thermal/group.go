package thermal

// group obeys what follows GS.
func (f *Firmware) group() {
	switch c := f.next(); c {
	case '!':
		f.size()
	case 'B':
		f.mode.reverse = f.next()&1 != 0
	case 'b': // smoothing: the resident fonts are drawn as they are
		f.skip(1)
	case 'L':
		f.leftMargin()
	case 'W':
		f.areaWidth()
	case 'P':
		f.motionUnits()
	case 'V':
		f.cutCommand()
	case 'v':
		f.raster()
	case '*':
		f.defineImage()
	case '/':
		f.printImage()
	case 'a':
		mask := f.next()
		if f.machine.Automatic {
			f.mech.Automatic(mask)
		}
	case 'r':
		f.transmitStatus()
	case 'I':
		f.identify()
	case 'k':
		f.barcode()
	case 'h', 'w', 'H', 'f':
		f.barcodeSetting(c)
	case '(':
		f.parenthesised()
	case '8':
		if kind := f.next(); kind != 'L' {
			f.odd("GS 8 %c: unknown command", printable(kind))
			return
		}
		low := f.word()
		f.graphics("GS 8 L", low+f.word()<<16)
	case 'T': // print position to the beginning of the line
		if f.next()&1 != 0 && !f.line.empty() {
			f.printLine(0)
		} else {
			f.line = newLine(f.machine.Width)
		}
	case ':': // macro definition
		f.odd("GS :: macros not simulated")
	case '^':
		f.skip(3)
		f.odd("GS ^: macros not simulated")
	case 'c': // counter
		f.odd("GS c: counter not simulated")
	default:
		f.odd("GS %c (%02X): unknown command", printable(c), c)
	}
}

// parenthesised obeys GS ( and its letter: two bytes of length make it skippable.
func (f *Firmware) parenthesised() {
	kind := f.next()
	n := f.word()
	switch kind {
	case 'k':
		f.twoDimensional(n)
	case 'L':
		f.graphics("GS ( L", n)
	case 'H':
		f.response(n)
	case 'D': // which real-time commands are obeyed: always the ones that Ear knows
		f.skip(n)
	case 'K', 'E', 'M': // print control, user settings, customised values: nothing to see
		f.skip(n)
	default:
		f.odd("GS ( %c: not simulated", printable(kind))
		f.skip(n)
	}
}

// field obeys what follows FS.
func (f *Firmware) field() {
	switch c := f.next(); c {
	case '.':
		f.mode.doubleByte = false
	case '&':
		if !f.machine.DoubleByte {
			f.odd("FS &: no double-byte characters here")
			return
		}
		f.mode.doubleByte = true
	case '!', '-', 'C', 'W':
		f.skip(1)
	case 'S':
		f.skip(2)
	case '2': // define a double-byte character of 24 by 24
		f.skip(2 + 72)
	case '?':
		f.skip(2)
	case 'p':
		n := f.next()
		f.skip(1)
		f.odd("FS p %d: no such stored image", n)
	case 'q':
		f.storedImages()
	case '(':
		kind := f.next()
		n := f.word()
		f.odd("FS ( %c: not simulated", printable(kind))
		f.skip(n)
	default:
		f.odd("FS %c (%02X): unknown command", printable(c), c)
	}
}

// storedImages is FS q: images for memory that outlasts the power. A printer that is told to
// write its flash with every slip wears it out, hence the report.
func (f *Firmware) storedImages() {
	f.odd("FS q: writes non-volatile memory")
	for n := f.next(); n > 0 && f.err == nil; n-- {
		x, y := f.word(), f.word()
		if x == 0 || x > 1023 || y == 0 || y > 288 {
			f.odd("FS q: an image of %d by %d", x, y)
			return
		}
		f.skip(x * y * 8)
	}
}

// skipRealTime steps over a real-time command in the buffer: it was obeyed on arrival.
func (f *Firmware) skipRealTime() {
	switch c := f.next(); c {
	case codeEOT:
		if n := f.next(); n == 7 || n == 8 || n == 18 {
			f.skip(1)
		} else if n < 1 || n > 4 {
			f.odd("DLE EOT %d: unknown status", n)
		}
	case codeENQ:
		f.skip(1)
	case codeDC4:
		switch n := f.next(); n {
		case 1, 2: // drawer pulse; power off
			f.skip(2)
		case 3: // buzzer
			f.skip(5)
		case 7:
			f.skip(1)
		case 8:
			f.skip(7)
		default:
			f.odd("DLE DC4 %d: unknown command", n)
		}
	default:
		f.odd("DLE %02X: unknown command", c)
	}
}
