package escpos

import "github.com/motcua/gateway/kiosk"

// condition is what the printer's sensors say.
type condition struct {
	offline   bool
	coverOpen bool
	paperOut  bool
	paperLow  bool
	cutter    bool // the cutter is stuck
	broken    bool // an error that only the power switch clears
	resting   bool // an error that passes by itself: the head is hot, a hand holds the feed button
}

// withStatus folds the answer to DLE EOT n into c. Bits are those of the ESC/POS reference.
func (c condition) withStatus(n, b byte) condition {
	has := func(bits byte) bool { return b&bits != 0 }
	switch n {
	case 1:
		c.offline = has(0x08)
		if !c.offline {
			// Whatever was wrong is over; the other three answers are asked for only when
			// something is.
			c.coverOpen, c.paperOut, c.cutter, c.broken, c.resting = false, false, false, false, false
		}
	case 2:
		c.coverOpen = has(0x04)
		c.resting = has(0x08)
		if has(0x20) {
			c.paperOut = true
		}
	case 3:
		c.cutter = has(0x08)
		c.broken = has(0x20)
		c.resting = c.resting || has(0x40)
	case 4:
		c.paperLow = has(0x0C)
		c.paperOut = has(0x60)
	}
	return c
}

// withAuto is what the four bytes of automatic status back say.
func withAuto(b [4]byte) condition {
	return condition{
		offline:   b[0]&0x08 != 0,
		coverOpen: b[0]&0x20 != 0,
		resting:   b[0]&0x40 != 0 || b[1]&0x40 != 0,
		cutter:    b[1]&0x08 != 0,
		broken:    b[1]&0x20 != 0,
		paperLow:  b[2]&0x03 != 0,
		paperOut:  b[2]&0x0C != 0,
	}
}

// stuck reports whether a slip in progress has come to grief. A hot head or a held button
// only makes it wait.
func (c condition) stuck() bool { return c.coverOpen || c.paperOut || c.cutter || c.broken }

// handInside reports whether the printer stands open or empty.
func (c condition) handInside() bool { return c.coverOpen || c.paperOut }

// trouble names what keeps the printer from printing; empty when nothing does.
func (c condition) trouble() (code kiosk.FaultCode, hint string) {
	switch {
	case c.coverOpen:
		return kiosk.FaultCoverOpen, "the printer's cover is open"
	case c.paperOut:
		return kiosk.FaultPaperOut, "the printer has no paper"
	case c.cutter:
		return kiosk.FaultCutterJam, "the printer's cutter is stuck: open the cover, free the blade, switch off and on"
	case c.broken:
		return kiosk.FaultPrinterOffline, "the printer reports an error that only its power switch clears"
	case c.resting:
		return kiosk.FaultPrinterOffline, "the printer pauses: hot print head, or the feed button is held"
	case c.offline:
		return kiosk.FaultPrinterOffline, "the printer is off line and does not say why"
	}
	return "", ""
}

// paper is the state of the roll as the office names it.
func (c condition) paper() kiosk.PaperState {
	switch {
	case c.paperOut:
		return kiosk.PaperOut
	case c.paperLow:
		return kiosk.PaperLow
	}
	return kiosk.PaperOK
}
