package escpos

// Control bytes of the wire.
const (
	nul = 0x00
	eot = 0x04
	enq = 0x05
	lf  = 0x0A
	dle = 0x10
	dc4 = 0x14
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// asbItems enables, for GS a, the status items: online (bit 1), errors (2), paper sensors (3).
// Not the drawer (0): a floating pin of a drawer connector would send status all day.
const asbItems = 0x0E

// cellWidth and cellHeight are the dots of one character of font A.
const (
	cellWidth  = 12
	cellHeight = 24
)

// maxPayload bounds what follows one command. A printer that loses the host in mid-command
// waits for the rest; what it waits for can then be filled up with this many NULs at most.
// It is also the receive buffer of the common printers, so no band waits for the host.
const maxPayload = 4096

// The commands that are sent on their own, outside a slip.

// cmdStatus asks for status n (1 printer, 2 offline cause, 3 error cause, 4 paper) at once,
// ahead of everything in the buffer.
func cmdStatus(n byte) []byte { return []byte{dle, eot, n} }

// cmdClear empties the printer's buffers at once; the answer is 37h 25h 00h.
func cmdClear() []byte { return []byte{dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8} }

// cmdReset puts the printer's settings back; with auto it asks for status by itself again,
// because the reset forgets that.
func cmdReset(auto bool) []byte {
	b := []byte{esc, '@'}
	if auto {
		b = append(b, gs, 'a', asbItems)
	}
	return b
}

// cmdProcessID asks for id to be sent back when everything before it has been printed.
func cmdProcessID(id processID) []byte {
	return []byte{gs, '(', 'H', 6, 0, 48, 48, id[0], id[1], id[2], id[3]}
}

// cmdPaperInOrder asks for the paper sensors, in the order of the buffer.
func cmdPaperInOrder() []byte { return []byte{gs, 'r', 1} }

// defuse changes dots that a printer would take for a real-time command: the pairs DLE EOT,
// DLE ENQ and DLE DC4 act wherever they stand, in the middle of a picture too (ESC/POS
// reference, notes on real-time commands). One dot beside a black one is blackened.
func defuse(data []byte) {
	for i := 0; i+1 < len(data); i++ {
		if data[i] == dle && (data[i+1] == eot || data[i+1] == enq || data[i+1] == dc4) {
			data[i+1] |= 0x08
		}
	}
}

// stream collects the bytes of a slip and remembers the printer's settings, so that nothing
// is sent twice.
type stream struct {
	b       []byte
	profile Profile
	rows    int // dots of paper used so far
	longest int // bytes of the longest command's data
	breaks  []int

	page    byte
	size    byte
	bold    bool
	reverse bool
	feed    int // dots to feed before the next output
}

// begin resets the printer. It also leaves the Kanji mode, in which Chinese clones start and
// take every byte from 80h on for half a character, and the national character sets.
func (s *stream) begin() {
	s.b = append(s.b, cmdReset(s.profile.Status == StatusAuto)...)
	s.b = append(s.b, fs, '.', esc, 'R', 0)
	if s.profile.MotionUnits {
		s.b = append(s.b, gs, 'P', byte(min(s.profile.DPI, 255)), byte(min(s.profile.DPI, 255)))
	}
	if s.profile.Smoothing {
		s.b = append(s.b, gs, 'b', 1)
	}
	s.b = append(s.b, esc, 'a', 1) // everything on a slip is centred; effective for GS v 0 too
}

// mark notes that no command is under way.
func (s *stream) mark() { s.breaks = append(s.breaks, len(s.b)) }

// space asks for n dots of white before the next output.
func (s *stream) space(n int) { s.feed = max(s.feed+n, 0) }

func (s *stream) flushFeed() {
	for s.feed > 0 {
		n := min(s.feed, 255)
		s.b = append(s.b, esc, 'J', byte(n))
		s.rows += n
		s.feed -= n
	}
}

// style sets size, weight and colour of device text. w and h are 1 to 8.
func (s *stream) style(w, h int, bold, reverse bool) {
	if size := byte((w-1)<<4 | (h - 1)); size != s.size {
		s.b = append(s.b, gs, '!', size)
		s.size = size
	}
	if bold != s.bold {
		s.b = append(s.b, esc, 'E', bit(bold))
		s.bold = bold
	}
	if reverse != s.reverse {
		s.b = append(s.b, gs, 'B', bit(reverse))
		s.reverse = reverse
	}
}

// usePage selects code page n.
func (s *stream) usePage(n byte) {
	if n != s.page {
		s.b = append(s.b, esc, 't', n)
		s.page = n
	}
}

// data appends the data of a command, without what would act as another command.
func (s *stream) data(d []byte) {
	defuse(d)
	s.longest = max(s.longest, len(d))
	s.b = append(s.b, d...)
}

// end feeds the slip out and cuts it. It stands behind the last line: a slip is cut only when
// all of it is on paper.
func (s *stream) end() {
	s.space(s.profile.dots(24)) // a QR code at the end needs white around it
	s.flushFeed()
	s.style(1, 1, false, false)
	switch s.profile.Cut {
	case CutFeed:
		s.b = append(s.b, gs, 'V', 66, 0)
	case CutPresenter:
		s.b = append(s.b, esc, 'd', 1, esc, 'i', gs, 'e', 5)
	case CutNone:
		s.space(s.profile.TearFeed)
		s.flushFeed()
	}
	// From the print head to the cutter or the bar: 10 to 20 mm on all the printers of the
	// table, counted as 20.
	s.rows += s.profile.DPI * 20 / 25
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
