package escpos

import (
	"reflect"
	"testing"
)

func events(in ...byte) []event {
	var d demux
	var out []event
	for _, b := range in {
		out = d.feed(b, out)
	}
	if n := len(d.held); n > 0 {
		out = append(out, event{kind: "held", bytes: n})
	}
	return out
}

func TestDemux(t *testing.T) {
	t.Parallel()
	status := func(b byte) event { return event{kind: eventStatus, data: [4]byte{b}, bytes: 1} }
	flow := event{kind: eventFlow, bytes: 1}
	noise := func(n int) event { return event{kind: eventNoise, bytes: n} }
	auto := event{kind: eventAuto, data: [4]byte{0x14, 0, 0, 0x0F}, bytes: 4}
	id := event{kind: eventProcessID, data: [4]byte{'@', 'A', 'N', 'O'}, bytes: 7}
	inOrder := func(b byte) event { return event{kind: eventInOrder, data: [4]byte{b}, bytes: 1} }
	for name, c := range map[string]struct {
		in   []byte
		want []event
	}{
		"DLE EOT":                     {[]byte{0x12, 0x1A, 0x7E}, []event{status(0x12), status(0x1A), status(0x7E)}},
		"automatic status":            {[]byte{0x14, 0, 0, 0x0F}, []event{auto}},
		"XOFF inside":                 {[]byte{0x14, 0x13, 0, 0, 0x11, 0x0F}, []event{flow, flow, auto}},
		"question inside":             {[]byte{0x14, 0, 0x12, 0, 0x0F}, []event{noise(2), status(0x12), inOrder(0), inOrder(0x0F)}},
		"automatic twice":             {[]byte{0x14, 0, 0, 0x0F, 0x14, 0, 0, 0x0F}, []event{auto, auto}},
		"automatic cut short":         {[]byte{0x14, 0, 0x14, 0, 0, 0x0F}, []event{noise(2), auto}},
		"GS r":                        {[]byte{0x00, 0x03, 0x0C, 0x0F}, []event{inOrder(0), inOrder(3), inOrder(0x0C), inOrder(0x0F)}},
		"a clone acknowledges":        {[]byte{0x06, 0x15, 0x06}, []event{flow, flow, flow}},
		"half a sensor":               {[]byte{0x01, 0x04, 0x05}, []event{noise(1), noise(1), noise(1)}},
		"process id":                  {[]byte("\x37\x22@ANO\x00"), []event{id}},
		"process id and XON":          {[]byte("\x37\x22@A\x13\x11NO\x00"), []event{flow, flow, id}},
		"process id of somebody else": {[]byte("\x37\x221234\x00"), []event{noise(2), noise(1), status('2'), noise(1), {kind: "held", bytes: 2}}},
		"cleared":                     {[]byte("\x37\x25\x00"), []event{{kind: eventCleared, bytes: 3}}},
		"block cut short":             {[]byte("\x37\x22@A\x12\x37\x22@ANO\x00"), []event{noise(4), status(0x12), id}},
		"unknown block":               {[]byte("\x37\x30\x14"), []event{noise(1), noise(1), {kind: "held", bytes: 1}}},
		"garbage":                     {[]byte{0xFF, 0x80, 0x93}, []event{noise(1), noise(1), noise(1)}},
	} {
		if got := events(c.in...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestProcessIDStandsAlone: no byte of an id can be taken for the start of anything else, so a
// status between its bytes breaks the block and is not swallowed.
func TestProcessIDStandsAlone(t *testing.T) {
	t.Parallel()
	seen := make(map[processID]bool)
	for n := range 1 << 16 {
		id := newProcessID(uint16(n))
		if seen[id] {
			t.Fatalf("%q twice", id)
		}
		seen[id] = true
		for _, b := range id {
			if b < 32 || b > 126 || isStatus(b) || isAutoFirst(b) || b == blockHeader || b == xon || b == xoff {
				t.Fatalf("%q holds %02X", id, b)
			}
		}
	}
}

// FuzzDemux: any bytes are taken, every byte ends in exactly one event or is still held, and
// what is held is bounded.
func FuzzDemux(f *testing.F) {
	f.Add([]byte("\x14\x00\x00\x0f\x12\x37\x22@ABC\x00\x06"))
	f.Add([]byte("\x37\x37\x22\x13@\x11\x25\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var d demux
		var out []event
		for _, b := range in {
			out = d.feed(b, out)
			if len(d.held) > 6 {
				t.Fatalf("%d bytes held", len(d.held))
			}
		}
		n := len(d.held)
		for _, e := range out {
			n += e.bytes
			if e.bytes < 1 {
				t.Fatalf("%v took no bytes", e)
			}
		}
		if n != len(in) {
			t.Fatalf("%d bytes accounted for, %d fed", n, len(in))
		}
		// After any garbage, four bytes later at the latest, an id is heard.
		for _, b := range []byte("\xff\xff\xff\xff\x37\x22@ANO\x00") {
			out = d.feed(b, out[:0])
		}
		if len(out) != 1 || out[0].kind != eventProcessID {
			t.Fatalf("an id after it gives %v", out)
		}
	})
}
