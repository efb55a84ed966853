package panel

import "encoding/binary"

// Codes of linux/input-event-codes.h that a touchscreen sends.
const (
	evSyn, evKey, evAbs = 0x00, 0x01, 0x03

	synReport, synDropped = 0, 3
	btnTouch              = 0x14a
	absX, absY            = 0x00, 0x01
	absSlot               = 0x2f
	absMTX, absMTY        = 0x35, 0x36
	absTrackingID         = 0x39

	propDirect = 0x01 // INPUT_PROP_DIRECT: what is touched is what is seen
)

// maxSlots bounds the fingers that are told apart; controllers have ten at most.
const maxSlots = 32

// phase is what a finger does.
type phase int

const (
	down phase = 1 + iota
	move
	up
	lost // events were dropped: what the finger does is unknown
)

// contact is a change of the finger, in the controller's own coordinates.
type contact struct {
	phase phase
	x, y  int32
}

// decoder turns evdev's events into what one finger does: the first that comes down; others
// are not heard until it leaves. It understands multi-touch protocol B (slots) and plain
// single touch. It is total: any bytes are events.
type decoder struct {
	multi bool
	// long is the size of a C long, which is that of the two halves of an event's time.
	long int
	rest []byte // an event that has not arrived whole

	slot     int // that the next multi-touch values belong to
	followed int // the slot of the finger that is down, or -1
	x, y     [maxSlots]int32
	touching bool // a finger is down, as told
	reported bool // as passed on
	moved    bool
	another  bool    // the finger that is down replaced another in the same slot
	at       contact // where the finger was last
	tracking int32   // the followed finger's number
}

func newDecoder(multi bool, long int) *decoder {
	return &decoder{multi: multi, long: long, followed: -1}
}

// feed decodes bytes as they were read and calls emit for each change.
func (d *decoder) feed(b []byte, emit func(contact)) {
	size := 2*d.long + 8
	d.rest = append(d.rest, b...)
	for len(d.rest) >= size {
		e := d.rest[2*d.long : size]
		d.event(binary.LittleEndian.Uint16(e), binary.LittleEndian.Uint16(e[2:]), int32(binary.LittleEndian.Uint32(e[4:])), emit)
		d.rest = d.rest[size:]
	}
	d.rest = append([]byte(nil), d.rest...) // let go of what was read
}

func (d *decoder) event(kind, code uint16, value int32, emit func(contact)) {
	switch {
	case kind == evSyn && code == synDropped:
		d.touching, d.reported, d.moved, d.another, d.followed = false, false, false, false, -1
		emit(contact{phase: lost})
	case kind == evSyn && code == synReport:
		d.report(emit)
	case kind == evAbs && d.multi:
		d.multiTouch(code, value)
	case kind == evAbs && code == absX:
		d.x[0], d.moved = value, true
	case kind == evAbs && code == absY:
		d.y[0], d.moved = value, true
	case kind == evKey && code == btnTouch && !d.multi:
		d.touching = value != 0
	}
}

func (d *decoder) multiTouch(code uint16, value int32) {
	if code == absSlot {
		d.slot = int(value)
		return
	}
	if d.slot < 0 || d.slot >= maxSlots {
		return // a finger beyond all bounds: not heard
	}
	switch code {
	case absMTX:
		d.x[d.slot] = value
		d.moved = d.moved || d.slot == d.followed
	case absMTY:
		d.y[d.slot] = value
		d.moved = d.moved || d.slot == d.followed
	case absTrackingID:
		switch {
		case value < 0 && d.slot == d.followed:
			d.touching, d.followed = false, -1
		case value >= 0 && d.slot == d.followed && value != d.tracking:
			d.another, d.tracking = true, value
		case value >= 0 && d.followed < 0 && !d.reported:
			d.touching, d.followed, d.tracking = true, d.slot, value
		}
	}
}

// report ends a packet: what was told in it holds at once.
func (d *decoder) report(emit func(contact)) {
	if d.another && d.reported {
		d.emit(up, emit)
	}
	before := d.reported && !d.another
	if d.touching {
		slot := max(0, d.followed)
		d.at.x, d.at.y = d.x[slot], d.y[slot]
	}
	switch {
	case d.touching && !before:
		d.emit(down, emit)
	case !d.touching && before:
		d.emit(up, emit)
	case d.touching && d.moved:
		d.emit(move, emit)
	}
	d.reported, d.moved, d.another = d.touching, false, false
}

// emit passes on what the finger does where it was last.
func (d *decoder) emit(p phase, emit func(contact)) {
	emit(contact{phase: p, x: d.at.x, y: d.at.y})
}

// axis is the range of a controller's coordinate.
type axis struct{ min, max int32 }

// scale maps a value to [0, n-1]; what lies outside the range is at the edge.
func (a axis) scale(v int32, n int) float32 {
	span := int64(a.max) - int64(a.min)
	if span <= 0 {
		return 0
	}
	at := float32(int64(v)-int64(a.min)) / float32(span) * float32(n-1)
	return min(max(at, 0), float32(n-1))
}

// set is a bit set as EVIOCGBIT gives it.
type set []byte

func (b set) has(n int) bool { return n/8 < len(b) && b[n/8]>>(n%8)&1 == 1 }

// touchscreen reports whether a device with these axes, keys and properties is a touchscreen,
// and of which protocol. A touchpad has no INPUT_PROP_DIRECT; a pen tablet has no BTN_TOUCH
// without a pen's tools, and is not looked for.
func touchscreen(abs, key, props set) (multi, ok bool) {
	if !props.has(propDirect) {
		return false, false
	}
	multi = abs.has(absMTX) && abs.has(absMTY) && abs.has(absSlot)
	return multi, multi || abs.has(absX) && abs.has(absY) && key.has(btnTouch)
}
