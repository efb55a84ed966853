package thermal

import (
	"fmt"
	"strings"
)

// Machine describes a simulated model: what it can do and what it gets wrong. It has nothing
// to do with a host's idea of a printer, its "profile".
type Machine struct {
	Name string // by which the demo selects it: "tm-t20"

	Width       int // printable dots in a row
	Margin      int // bare paper on each side, in dots
	Gap         int // dots between print head and blade
	DotsPerInch int
	LineSpacing int // dots, ESC 2
	Speed       int // paper, in millimetres a second
	Buffer      int // receive buffer, in bytes

	Pages      map[byte]CodePage // ESC t; page 0 is the one at power-on
	UserGlyphs UserGlyphs        // ESC &
	QR         bool              // GS ( k
	Raster     bool              // GS v 0
	Stored     bool              // GS ( L and GS 8 L
	Cutter     bool              // without it a hand tears where the host cuts

	RealTime  bool // answers DLE EOT
	Automatic bool // answers GS a
	InOrder   bool // answers GS r
	ProcessID bool // answers GS ( H function 48
	Identity  bool // answers GS I
	Drawer    bool // the drawer connector's pin 3 reads high, as without a drawer

	// DoubleByte machines speak GBK and are switched to it at power-on: two bytes from 81 up
	// are one Chinese character until FS . is sent.
	DoubleByte bool

	// Misprints48 makes GS v 0 spill its data as text whenever the height is a multiple of
	// 48, which a POS-5890K does (hennedo/escpos#22).
	Misprints48 bool

	Maker, Model, Firmware string // GS I 66, 67, 65
	ModelID                byte   // GS I 1
}

// UserGlyphs says which codes ESC & may define. The zero value knows no ESC &.
type UserGlyphs struct {
	First, Last byte
	Max         int // definitions kept at a time; one more is ignored
}

// Machines returns the models that can be simulated, a fresh description each.
func Machines() []Machine {
	return []Machine{tmT20(), tmT88III(), xprinter80(), clone80(), pos5890()}
}

// MachineNamed returns the model of that name.
func MachineNamed(name string) (Machine, error) {
	var names []string
	for _, m := range Machines() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Machine{}, fmt.Errorf("no simulated printer %q; there are %s", name, strings.Join(names, ", "))
}

// tmT20 resembles Epson's TM-T20II: 80 mm paper at 203 dpi, Vietnamese pages 30 and 31, and
// every way to confirm.
func tmT20() Machine {
	return Machine{
		Name: "tm-t20", Maker: "EPSON", Model: "TM-T20II", Firmware: "1.00 SIM", ModelID: 0x20,
		Width: 576, Margin: 32, Gap: 96, DotsPerInch: 203, LineSpacing: 30, Speed: 200, Buffer: 4096,
		Pages: map[byte]CodePage{
			0: PagePC437, 16: PageWPC1252, 30: PageTCVN3Small, 31: PageTCVN3Capital, 52: PageWPC1258,
		},
		UserGlyphs: UserGlyphs{First: 0x20, Last: 0x7E, Max: 95},
		QR:         true, Raster: true, Stored: true, Cutter: true,
		RealTime: true, Automatic: true, InOrder: true, ProcessID: true, Identity: true, Drawer: true,
	}
}

// tmT88III resembles Epson's TM-T88III: 180 dpi, no QR, no GS ( H, hence confirming only in
// order.
func tmT88III() Machine {
	return Machine{
		Name: "tm-t88iii", Maker: "EPSON", Model: "TM-T88III", Firmware: "1.00 SIM", ModelID: 0x20,
		Width: 512, Margin: 28, Gap: 84, DotsPerInch: 180, LineSpacing: 30, Speed: 150, Buffer: 4096,
		Pages:      map[byte]CodePage{0: PagePC437, 16: PageWPC1252},
		UserGlyphs: UserGlyphs{First: 0x20, Last: 0x7E, Max: 95},
		Raster:     true, Cutter: true,
		RealTime: true, Automatic: true, InOrder: true, Identity: true, Drawer: true,
	}
}

// xprinter80 resembles the Xprinter XP-N160 family: no Vietnamese pages, but downloaded
// glyphs, a QR command and answers in order.
func xprinter80() Machine {
	return Machine{
		Name: "xprinter-80", Maker: "XPRINTER", Model: "XP-80C", Firmware: "SIM", ModelID: 0x02,
		Width: 576, Margin: 32, Gap: 96, DotsPerInch: 203, LineSpacing: 30, Speed: 160, Buffer: 4096,
		Pages:      map[byte]CodePage{0: PagePC437, 16: PageWPC1252},
		UserGlyphs: UserGlyphs{First: 0x20, Last: 0x7E, Max: 95},
		QR:         true, Raster: true, Cutter: true, DoubleByte: true,
		RealTime: true, Automatic: true, InOrder: true, Identity: true,
	}
}

// clone80 is a nameless 80 mm printer that answers DLE EOT and nothing else: it tells that
// paper is out but never that a slip is done.
func clone80() Machine {
	return Machine{
		Name:  "clone-80",
		Width: 576, Margin: 32, Gap: 96, DotsPerInch: 203, LineSpacing: 30, Speed: 120, Buffer: 4096,
		Pages:  map[byte]CodePage{0: PagePC437, 16: PageWPC1252},
		Raster: true, Cutter: true, DoubleByte: true,
		RealTime: true,
	}
}

// pos5890 resembles a POS-5890K: 58 mm paper, no blade, no answers, and the raster bug.
func pos5890() Machine {
	return Machine{
		Name:  "pos-5890",
		Width: 384, Margin: 40, Gap: 64, DotsPerInch: 203, LineSpacing: 30, Speed: 90, Buffer: 4096,
		Pages:  map[byte]CodePage{0: PagePC437, 16: PageWPC1252, 27: PageWPC1258},
		Raster: true, DoubleByte: true, Misprints48: true,
	}
}
