package thermal

import (
	"strings"
	"testing"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ machine, stream, want string }{
		{"tm-t20", "\x1dr\x01", "\x00"},
		{"tm-t20", "\x1dr1\x1dr2", "\x00\x01"},
		{"xprinter-80", "\x1dr\x02", "\x00"},
		{"clone-80", "\x1dr\x01", ""},
		{"tm-t20", "\x1da\x0e", "\x14\x00\x00\x0f"},
		{"xprinter-80", "\x1da\xff", "\x10\x00\x00\x0f"},
		{"tm-t20", "\x1da\x00", ""},
		{"pos-5890", "\x1da\xff", ""},
		{"tm-t20", "\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", "\x16\x12\x12\x12"},
		{"pos-5890", "\x10\x04\x01", ""},
		{"tm-t20", "A\n\x1d(H\x06\x0000A012", "\x37\x22A012\x00"},
		{"tm-t20", "A\x1d(H\x06\x0000A012\x1dr1\n\x1dr1", "\x00\x37\x22A012\x00\x00"},
		{"tm-t20", "\x1dI\x01\x1dI2\x1dIB\x1dIC", "\x20\x02\x5fEPSON\x00\x5fTM-T20II\x00"},
		{"xprinter-80", "\x1dI\x02", "\x03"},
		{"clone-80", "\x1dI\x01", ""},
		{"tm-t20", "\x1bu\x00\x1bv", "\x01\x00"},
		// 17 bytes of data in a symbol of version 1, 21 modules of 3 dots.
		{"tm-t20", "\x1d(k\x0a\x001P0A012345\x1d(k\x03\x001R0", "\x37\x3663\x1f63\x1f1\x1f0\x00"},
	} {
		r := Render(machine(t, c.machine), []byte(c.stream))
		if string(r.Answers) != c.want {
			t.Errorf("%s % X: % X, want % X", c.machine, c.stream, r.Answers, c.want)
		}
	}
	odd(t, machine(t, "xprinter-80"), "\x1d(H\x06\x0000A012", "not known")
	odd(t, machine(t, "tm-t20"), "\x1d(H\x06\x0000A01\x07", "process ID")
	odd(t, machine(t, "tm-t20"), "\x1d(H\x02\x0000", "2 bytes")
	odd(t, machine(t, "tm-t20"), "\x1d(H\x06\x0010A012", "function 49")
	odd(t, machine(t, "tm-t20"), "A"+strings.Repeat("\x1d(H\x06\x0000A012", 17), "more than 16")
}

func TestStatusBits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		s         Sensors
		realTime  [4]byte
		automatic [4]byte
		offline   bool
	}{
		{"idle", Sensors{}, [4]byte{0x12, 0x12, 0x12, 0x12}, [4]byte{0x10, 0, 0, 0x0F}, false},
		{"drawer", Sensors{Drawer: true}, [4]byte{0x16, 0x12, 0x12, 0x12}, [4]byte{0x14, 0, 0, 0x0F}, false},
		{"low", Sensors{PaperLow: true}, [4]byte{0x12, 0x12, 0x12, 0x1E}, [4]byte{0x10, 0, 0x03, 0x0F}, false},
		{"low stops", Sensors{PaperLow: true, LowStops: true}, [4]byte{0x1A, 0x32, 0x12, 0x1E}, [4]byte{0x18, 0, 0x03, 0x0F}, true},
		{"out", Sensors{PaperOut: true}, [4]byte{0x1A, 0x32, 0x12, 0x7E}, [4]byte{0x18, 0, 0x0F, 0x0F}, true},
		{"cover", Sensors{CoverOpen: true}, [4]byte{0x1A, 0x16, 0x12, 0x12}, [4]byte{0x38, 0, 0, 0x0F}, true},
		{"cutter", Sensors{CutterError: true}, [4]byte{0x1A, 0x52, 0x1A, 0x12}, [4]byte{0x18, 0x08, 0, 0x0F}, true},
		{"feed", Sensors{Feeding: true}, [4]byte{0x5A, 0x1A, 0x12, 0x12}, [4]byte{0x58, 0, 0, 0x0F}, true},
	} {
		for n := range byte(4) {
			if got, ok := c.s.RealTime(n + 1); !ok || got != c.realTime[n] {
				t.Errorf("%s: DLE EOT %d is %02X, want %02X", c.name, n+1, got, c.realTime[n])
			}
		}
		if got := c.s.Automatic(); got != c.automatic {
			t.Errorf("%s: ASB is % X, want % X", c.name, got, c.automatic)
		}
		if c.s.Offline() != c.offline {
			t.Errorf("%s: offline is %t", c.name, c.s.Offline())
		}
	}
	if _, ok := (Sensors{}).RealTime(5); ok {
		t.Error("DLE EOT 5 is answered")
	}
}

// TestStatusBytesCanBeToldApart: on one wire a host knows a byte by its fixed bits, in every
// state that a printer can be in.
func TestStatusBytesCanBeToldApart(t *testing.T) {
	t.Parallel()
	for n := range 1 << 7 {
		on := func(i int) bool { return n>>i&1 != 0 }
		s := Sensors{PaperLow: on(0), PaperOut: on(1), CoverOpen: on(2), CutterError: on(3),
			Feeding: on(4), Drawer: on(5), LowStops: on(6)}
		for q := byte(1); q <= 4; q++ {
			if b, _ := s.RealTime(q); b&0x93 != 0x12 {
				t.Errorf("%+v: DLE EOT %d is %02X, not 0xx1xx10", s, q, b)
			}
		}
		asb := s.Automatic()
		if asb[0]&0x93 != 0x10 {
			t.Errorf("%+v: ASB begins with %02X, not 0xx1xx00", s, asb[0])
		}
		for _, b := range append(asb[1:], s.paperStatus(), s.drawerStatus()) {
			if b&0x90 != 0 {
				t.Errorf("%+v: %02X is not 0xx0xxxx", s, b)
			}
		}
	}
}

func TestWhichChangesAreTold(t *testing.T) {
	t.Parallel()
	idle := Sensors{}
	for _, c := range []struct {
		to   Sensors
		mask byte
		want bool
	}{
		{Sensors{PaperLow: true}, 0x08, true},
		{Sensors{PaperLow: true}, 0x07, false},
		{Sensors{PaperOut: true}, 0x02, true},
		{Sensors{CoverOpen: true}, 0x02, true},
		{Sensors{CoverOpen: true}, 0x08, false},
		{Sensors{CutterError: true}, 0x04, true},
		{Sensors{Drawer: true}, 0x01, true},
		{Sensors{Drawer: true}, 0x0E, false},
		{Sensors{PaperOut: true}, 0x00, false},
		{idle, 0xFF, false},
	} {
		if got := c.to.Changed(idle, c.mask); got != c.want {
			t.Errorf("%+v under %02X: %t", c.to, c.mask, got)
		}
	}
}

func TestEar(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string]string{
		"\x10\x04\x01":                 "status",
		"\x10\x10\x04\x04":             "status",
		"ab\x10\x04\x02cd\x10\x04\x03": "status status",
		"\x10\x04\x05":                 "",
		"\x10\x05\x01":                 "recover",
		"\x10\x05\x02":                 "clear",
		"\x10\x05\x00":                 "",
		"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08": "reset",
		"\x10\x14\x08\x01\x03\x10\x04\x01":         "status",
		"\x10\x14\x01\x00\x01\x10\x04\x01":         "status",
		"\x10":                                     "",
	} {
		var e Ear
		var got []string
		for _, b := range []byte(stream) {
			if c, ok := e.Hear(b); ok {
				got = append(got, string(c.Kind))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("% X: %q, want %q", stream, s, want)
		}
	}
}
