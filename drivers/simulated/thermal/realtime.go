package thermal

// The control codes of ESC/POS.
const (
	codeEOT = 0x04
	codeENQ = 0x05
	codeHT  = 0x09
	codeLF  = 0x0A
	codeFF  = 0x0C
	codeCR  = 0x0D
	codeDLE = 0x10
	codeDC4 = 0x14
	codeCAN = 0x18
	codeESC = 0x1B
	codeFS  = 0x1C
	codeGS  = 0x1D
)

// RealTimeKind is a class of real-time command.
type RealTimeKind string

// The real-time commands that are obeyed.
const (
	RealTimeStatus  RealTimeKind = "status"  // DLE EOT n
	RealTimeRecover RealTimeKind = "recover" // DLE ENQ 1: go on from the line with the error
	RealTimeClear   RealTimeKind = "clear"   // DLE ENQ 2: recover, forgetting the buffers
	RealTimeReset   RealTimeKind = "reset"   // DLE DC4 8: forget the buffers, answer 37 25 00
)

// RealTime is a command that the interface obeys while it is being received, even when the
// buffer is full, the paper is out or a raster is being read.
type RealTime struct {
	Kind RealTimeKind
	N    byte // of DLE EOT
}

// Ear finds real-time commands in what arrives. As the reference warns, it knows nothing of
// command boundaries: the same bytes within raster data count as well, and stay in the data.
type Ear struct {
	seen [10]byte
	n    int
}

// Pending is the number of bytes that may yet turn out to belong to a real-time command.
func (e *Ear) Pending() int { return e.n }

// Hear takes the next byte and returns the command that it completes, if any.
func (e *Ear) Hear(b byte) (RealTime, bool) {
	if e.n == 0 {
		if b == codeDLE {
			e.seen[0], e.n = b, 1
		}
		return RealTime{}, false
	}
	e.seen[e.n] = b
	e.n++
	cmd, want := e.match()
	if want {
		return RealTime{}, false
	}
	found := cmd.Kind != ""
	e.n = 0
	if !found && b == codeDLE { // DLE DLE EOT 1
		e.seen[0], e.n = b, 1
	}
	return cmd, found
}

// match says what the bytes so far are, or that more are wanted.
func (e *Ear) match() (cmd RealTime, want bool) {
	s := e.seen[:e.n]
	switch {
	case s[1] == codeEOT:
		if len(s) < 3 {
			return cmd, true
		}
		if s[2] >= 1 && s[2] <= 4 {
			return RealTime{Kind: RealTimeStatus, N: s[2]}, false
		}
	case s[1] == codeENQ:
		if len(s) < 3 {
			return cmd, true
		}
		switch s[2] {
		case 1:
			return RealTime{Kind: RealTimeRecover}, false
		case 2:
			return RealTime{Kind: RealTimeClear}, false
		}
	case s[1] == codeDC4:
		const clearBuffers = "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
		if string(s) == clearBuffers {
			return RealTime{Kind: RealTimeReset}, false
		}
		return cmd, string(s) == clearBuffers[:len(s)]
	}
	return cmd, false
}
