package thermal

// Sensors is what a printer knows of itself at one moment.
type Sensors struct {
	PaperLow    bool // roll paper near-end sensor
	PaperOut    bool // roll paper end sensor
	CoverOpen   bool
	CutterError bool // the blade did not come back: needs a hand, then DLE ENQ
	Feeding     bool // somebody holds the feed button
	Drawer      bool // drawer connector, pin 3 high
	LowStops    bool // ESC c 4 let the near-end sensor stop printing
}

// Offline reports whether the printer has stopped working for its host.
func (s Sensors) Offline() bool {
	return s.CoverOpen || s.PaperOut || s.CutterError || s.Feeding || s.LowStops && s.PaperLow
}

func bit(on bool, value byte) byte {
	if on {
		return value
	}
	return 0
}

// RealTime is the answer to DLE EOT n, or false for an n that has none. Its fixed bits
// are 0xx1xx10, which no byte of ASB or GS r shares.
func (s Sensors) RealTime(n byte) (byte, bool) {
	const fixed = 0x12
	switch n {
	case 1: // printer
		return fixed | bit(s.Drawer, 0x04) | bit(s.Offline(), 0x08) | bit(s.Feeding, 0x40), true
	case 2: // cause of offline
		return fixed | bit(s.CoverOpen, 0x04) | bit(s.Feeding, 0x08) |
			bit(s.PaperOut || s.LowStops && s.PaperLow, 0x20) | bit(s.CutterError, 0x40), true
	case 3: // cause of error
		return fixed | bit(s.CutterError, 0x08), true
	case 4: // roll paper; a roll that is out is also near its end
		return fixed | bit(s.PaperLow || s.PaperOut, 0x0C) | bit(s.PaperOut, 0x60), true
	}
	return 0, false
}

// Automatic is the four bytes of automatic status back. The first is 0xx1xx00, the
// others 0xx0xxxx. An idle TM printer with no drawer sends 14 00 00 0F.
func (s Sensors) Automatic() [4]byte {
	return [4]byte{
		0x10 | bit(s.Drawer, 0x04) | bit(s.Offline(), 0x08) | bit(s.CoverOpen, 0x20) | bit(s.Feeding, 0x40),
		bit(s.CutterError, 0x08),
		bit(s.PaperLow || s.PaperOut, 0x03) | bit(s.PaperOut, 0x0C),
		0x0F,
	}
}

// Bits of GS a's parameter: which changes are worth a status.
const (
	asbDrawer = 0x01
	asbOnline = 0x02
	asbError  = 0x04
	asbPaper  = 0x08
)

// AutomaticAny are the bits of GS a's parameter that switch automatic status back on.
const AutomaticAny = asbDrawer | asbOnline | asbError | asbPaper

// Changed reports whether the step from old to s must be told under the mask of GS a.
func (s Sensors) Changed(old Sensors, mask byte) bool {
	a, b := s.Automatic(), old.Automatic()
	return mask&asbDrawer != 0 && (a[0]^b[0])&0x04 != 0 ||
		mask&asbOnline != 0 && (a[0]^b[0])&0x68 != 0 ||
		mask&asbError != 0 && a[1] != b[1] ||
		mask&asbPaper != 0 && a[2] != b[2]
}

// paperStatus is the answer to GS r 1. It is given only while the printer works, so that the
// end sensor's bits are clear unless the paper ran out in that very moment.
func (s Sensors) paperStatus() byte {
	return bit(s.PaperLow || s.PaperOut, 0x03) | bit(s.PaperOut, 0x0C)
}

// drawerStatus is the answer to GS r 2.
func (s Sensors) drawerStatus() byte { return bit(s.Drawer, 0x01) }
