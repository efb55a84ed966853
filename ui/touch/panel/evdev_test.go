package panel

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// An event of a recording: type, code, value.
type event struct {
	kind, code uint16
	value      int32
}

// record gives events the form in which the kernel writes them.
func record(long int, events ...event) []byte {
	var b []byte
	for i, e := range events {
		b = append(b, make([]byte, 2*long)...)
		binary.LittleEndian.PutUint32(b[len(b)-long:], uint32(i*8000)) // microseconds
		b = binary.LittleEndian.AppendUint16(b, e.kind)
		b = binary.LittleEndian.AppendUint16(b, e.code)
		b = binary.LittleEndian.AppendUint32(b, uint32(e.value))
	}
	return b
}

func syn() event                      { return event{evSyn, synReport, 0} }
func abs(code uint16, v int32) event  { return event{evAbs, code, v} }
func slotEvent(n int32) event         { return abs(absSlot, n) }
func tracking(id int32) event         { return abs(absTrackingID, id) }
func at(x, y int32) []event           { return []event{abs(absMTX, x), abs(absMTY, y)} }
func packet(parts ...[]event) []event { return append(slices.Concat(parts...), syn()) }
func one(e ...event) []event          { return e }
func touchKey(v int32) event          { return event{evKey, btnTouch, v} }
func single(x, y int32) []event       { return []event{abs(absX, x), abs(absY, y)} }
func decode(d *decoder, b []byte) string {
	var out []string
	d.feed(b, func(c contact) {
		out = append(out, fmt.Sprintf("%s %d,%d", map[phase]string{down: "down", move: "move", up: "up", lost: "lost"}[c.phase], c.x, c.y))
	})
	return strings.Join(out, " ")
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		multi  bool
		events [][]event
		want   string
	}{
		{
			// As a Goodix controller of a 7-inch panel tells a tap, with the pointer emulation
			// that such drivers send along.
			"a tap", true, [][]event{
				packet(one(tracking(45)), at(512, 300), one(touchKey(1)), single(512, 300)),
				packet(at(514, 300), single(514, 300)),
				packet(one(tracking(-1), touchKey(0))),
			}, "down 512,300 move 514,300 up 514,300",
		},
		{
			// The kernel tells no coordinate that is as it was.
			"the same place again", true, [][]event{
				packet(one(tracking(1)), at(7, 8)), packet(one(tracking(-1))),
				packet(one(tracking(2))), packet(one(tracking(-1))),
			}, "down 7,8 up 7,8 down 7,8 up 7,8",
		},
		{
			"two fingers", true, [][]event{
				packet(one(tracking(1)), at(10, 10), one(slotEvent(1), tracking(2)), at(90, 90)),
				packet(at(91, 91)),
				packet(one(slotEvent(0)), at(11, 10)),
				packet(one(slotEvent(1), tracking(-1))),
				packet(one(slotEvent(0), tracking(-1))),
			}, "down 10,10 move 11,10 up 11,10",
		},
		{
			"the second finger stays", true, [][]event{
				packet(one(tracking(1)), at(10, 10)),
				packet(one(slotEvent(1), tracking(2)), at(90, 90)),
				packet(one(slotEvent(0), tracking(-1))),
				packet(one(slotEvent(1)), at(80, 80)),
				packet(one(tracking(-1))),
				packet(one(tracking(3)), at(70, 70)),
				packet(one(tracking(-1))),
			}, "down 10,10 up 10,10 down 70,70 up 70,70",
		},
		{
			"one finger after another without a gap", true, [][]event{
				packet(one(tracking(1)), at(10, 10)),
				packet(one(tracking(2)), at(60, 60)),
				packet(one(tracking(-1))),
			}, "down 10,10 up 10,10 down 60,60 up 60,60",
		},
		{
			"dropped events", true, [][]event{
				packet(one(tracking(1)), at(10, 10)),
				{{evSyn, synDropped, 0}, syn()},
				packet(at(20, 20)),
				packet(one(tracking(-1))),
				packet(one(tracking(2)), at(30, 30)),
			}, "down 10,10 lost 0,0 down 30,30",
		},
		{
			"a slot that does not exist", true, [][]event{
				packet(one(slotEvent(-3), tracking(1)), at(1, 1)),
				packet(one(slotEvent(1<<30), tracking(2)), at(2, 2)),
				packet(one(slotEvent(0), tracking(3)), at(3, 3)),
			}, "down 3,3",
		},
		{
			// A resistive controller.
			"single touch", false, [][]event{
				packet(one(touchKey(1)), single(2000, 1000)),
				packet(single(2010, 1000)),
				packet(one(abs(0x18, 200))), // pressure
				packet(one(touchKey(0))),
				packet(one(touchKey(1))),
				packet(one(touchKey(0))),
			}, "down 2000,1000 move 2010,1000 up 2010,1000 down 2010,1000 up 2010,1000",
		},
	} {
		for _, long := range []int{8, 4} {
			b := record(long, slices.Concat(c.events...)...)
			if got := decode(newDecoder(c.multi, long), b); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			// Bytes may arrive in any pieces.
			d, got := newDecoder(c.multi, long), []string{}
			for piece := range slices.Chunk(b, 7) {
				if s := decode(d, piece); s != "" {
					got = append(got, s)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s in pieces: %s, want %s", c.name, s, c.want)
			}
		}
	}
}

// Whatever comes, presses are well formed: down, moves, up or lost, never two downs in a row.
func FuzzDecode(f *testing.F) {
	f.Add(true, record(8, packet(one(tracking(1)), at(5, 5))...))
	f.Add(true, record(8, slices.Concat(packet(one(tracking(1)), at(5, 5)), packet(one(tracking(2))), packet(one(tracking(-1))))...))
	f.Add(false, record(8, packet(one(touchKey(1)), single(5, 5))...))
	f.Fuzz(func(t *testing.T, multi bool, b []byte) {
		isDown := false
		d := newDecoder(multi, 8)
		d.feed(b, func(c contact) {
			switch {
			case c.phase == lost:
				isDown = false
			case isDown == (c.phase == down):
				t.Fatalf("phase %d while down is %v", c.phase, isDown)
			default:
				isDown = c.phase != up
			}
		})
		if len(d.rest) >= 24 {
			t.Fatalf("%d bytes are left", len(d.rest))
		}
	})
}

func TestAxis(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a    axis
		v    int32
		want float32
	}{
		{axis{0, 4095}, 0, 0}, {axis{0, 4095}, 4095, 799}, {axis{100, 3900}, 2000, 399.5},
		{axis{0, 799}, 400, 400}, {axis{0, 4095}, -50, 0}, {axis{0, 4095}, 9999, 799},
		{axis{5, 5}, 5, 0}, {axis{-1 << 31, 1<<31 - 1}, 1<<31 - 1, 799},
	} {
		if got := c.a.scale(c.v, 800); got < c.want-0.01 || got > c.want+0.01 {
			t.Errorf("%+v: %d is at %v, want %v", c.a, c.v, got, c.want)
		}
	}
}

func TestTouchscreen(t *testing.T) {
	t.Parallel()
	of := func(n int, codes ...int) set {
		s := make(set, n)
		for _, c := range codes {
			s[c/8] |= 1 << (c % 8)
		}
		return s
	}
	for _, c := range []struct {
		name            string
		abs, key, props set
		multi, ok       bool
	}{
		{"a capacitive touchscreen", of(8, absX, absY, absSlot, absMTX, absMTY, absTrackingID), of(96, btnTouch), of(4, propDirect), true, true},
		{"a resistive touchscreen", of(8, absX, absY), of(96, btnTouch), of(4, propDirect), false, true},
		{"a touchpad", of(8, absX, absY, absSlot, absMTX, absMTY), of(96, btnTouch), of(4, 0), false, false},
		{"a keyboard", of(8), of(96, 30, 31), of(4), false, false},
		{"a joystick", of(8, absX, absY), of(96, 0x120), of(4), false, false},
		{"nothing", nil, nil, nil, false, false},
	} {
		if multi, ok := touchscreen(c.abs, c.key, c.props); multi != c.multi || ok != c.ok {
			t.Errorf("%s: multi %v, touchscreen %v", c.name, multi, ok)
		}
	}
}
