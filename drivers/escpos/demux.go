package escpos

// What a printer sends on one wire, told apart by the bits that are fixed in each kind (the
// appendix "transmission status identification" of the manuals of Epson and Citizen):
//
//	DLE EOT answer      0xx1xx10
//	automatic status    0xx1xx00, then three of 0xx0xxxx, together but for XON and XOFF
//	GS r answer         0xx0xxxx
//	XON, XOFF           00010001, 00010011
//	blocks              37h, identifier, data, 00h; XON and XOFF may stand inside
//
// The answer to GS r and the tail of an automatic status look alike; only what came before
// tells them apart.

// eventKind says what a printer has sent.
type eventKind string

const (
	eventStatus    eventKind = "status"     // answer to DLE EOT
	eventAuto      eventKind = "auto"       // automatic status
	eventInOrder   eventKind = "in-order"   // answer to GS r 1
	eventProcessID eventKind = "process-id" // answer to GS ( H
	eventCleared   eventKind = "cleared"    // answer to DLE DC4 8
	eventFlow      eventKind = "flow"       // XON, XOFF, or a clone's acknowledgement of a picture
	eventNoise     eventKind = "noise"      // nothing that a printer sends
)

// event is one thing that a printer has sent.
type event struct {
	kind  eventKind
	data  [4]byte // status and in-order in the first byte, auto and process-id in all four
	bytes int     // how many bytes of the wire it took
}

// demux cuts a byte stream into events. It takes any bytes, keeps at most seven of them, and
// after noise finds its feet at the next byte that begins something.
type demux struct {
	held []byte // an event that is not complete
}

const (
	blockHeader    = 0x37
	blockProcessID = 0x22
	blockCleared   = 0x25
	xon            = 0x11
	xoff           = 0x13
	// Some clones (HPRT TP80K manual, GS v 0) acknowledge each picture: 06h done, 15h failed.
	ack = 0x06
	nak = 0x15
)

func isStatus(b byte) bool    { return b&0x93 == 0x12 }
func isAutoFirst(b byte) bool { return b&0x93 == 0x10 }
func isPlain(b byte) bool     { return b&0x90 == 0x00 }

// isPaper reports whether b can be the answer to GS r 1: the two bits of each paper sensor
// are always equal. It keeps a clone's 06h from passing for a confirmation.
func isPaper(b byte) bool {
	return isPlain(b) && (b&0x03 == 0 || b&0x03 == 0x03) && (b&0x0C == 0 || b&0x0C == 0x0C)
}

// feed takes the next byte and appends to out what is complete with it.
func (d *demux) feed(b byte, out []event) []event {
	if b == xon || b == xoff {
		return append(out, event{kind: eventFlow, bytes: 1})
	}
	if len(d.held) == 0 {
		return d.begin(b, out)
	}
	if !d.fits(b) {
		out = append(out, event{kind: eventNoise, bytes: len(d.held)})
		d.held = d.held[:0]
		return d.begin(b, out)
	}
	d.held = append(d.held, b)
	h := d.held
	var e event
	switch {
	case h[0] != blockHeader && len(h) == 4:
		e = event{kind: eventAuto, data: [4]byte(h), bytes: 4}
	case h[0] == blockHeader && h[1] == blockProcessID && len(h) == 7:
		e = event{kind: eventProcessID, data: [4]byte(h[2:6]), bytes: 7}
	case h[0] == blockHeader && h[1] == blockCleared && len(h) == 3:
		e = event{kind: eventCleared, bytes: 3}
	default:
		return out
	}
	d.held = d.held[:0]
	return append(out, e)
}

// begin takes a byte that does not continue anything.
func (d *demux) begin(b byte, out []event) []event {
	switch {
	case b == blockHeader || isAutoFirst(b):
		d.held = append(d.held, b)
		return out
	case isStatus(b):
		return append(out, event{kind: eventStatus, data: [4]byte{b}, bytes: 1})
	case isPaper(b):
		return append(out, event{kind: eventInOrder, data: [4]byte{b}, bytes: 1})
	case b == ack || b == nak:
		return append(out, event{kind: eventFlow, bytes: 1})
	}
	return append(out, event{kind: eventNoise, bytes: 1})
}

// fits reports whether b can follow what is held.
func (d *demux) fits(b byte) bool {
	h := d.held
	if h[0] != blockHeader {
		return isPlain(b)
	}
	switch {
	case len(h) == 1:
		return b == blockProcessID || b == blockCleared
	case h[1] == blockProcessID && len(h) < 6:
		// Our ids have bit 4 clear (see processID): anything else begins something new.
		return b >= 32 && b <= 126 && isPlain(b)
	}
	return b == nul
}
