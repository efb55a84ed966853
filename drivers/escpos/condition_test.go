package escpos

import (
	"testing"

	"github.com/motcua/gateway/kiosk"
)

func TestCondition(t *testing.T) {
	t.Parallel()
	type answer struct{ n, b byte }
	for name, c := range map[string]struct {
		polled []answer
		auto   [4]byte
		code   kiosk.FaultCode
		paper  kiosk.PaperState
	}{
		"ready":       {[]answer{{1, 0x12}, {4, 0x12}}, [4]byte{0x10, 0, 0, 0x0F}, "", kiosk.PaperOK},
		"drawer":      {[]answer{{1, 0x16}, {4, 0x12}}, [4]byte{0x14, 0, 0, 0x0F}, "", kiosk.PaperOK},
		"paper low":   {[]answer{{1, 0x12}, {4, 0x1E}}, [4]byte{0x10, 0, 0x03, 0x0F}, "", kiosk.PaperLow},
		"paper out":   {[]answer{{1, 0x1A}, {2, 0x32}, {3, 0x12}, {4, 0x7E}}, [4]byte{0x18, 0, 0x0F, 0x0F}, kiosk.FaultPaperOut, kiosk.PaperOut},
		"cover open":  {[]answer{{1, 0x1A}, {2, 0x16}, {3, 0x12}, {4, 0x12}}, [4]byte{0x38, 0, 0, 0x0F}, kiosk.FaultCoverOpen, kiosk.PaperOK},
		"open, empty": {[]answer{{1, 0x1A}, {2, 0x36}, {3, 0x12}, {4, 0x7E}}, [4]byte{0x38, 0, 0x0F, 0x0F}, kiosk.FaultCoverOpen, kiosk.PaperOut},
		"cutter":      {[]answer{{1, 0x1A}, {2, 0x52}, {3, 0x1A}, {4, 0x12}}, [4]byte{0x18, 0x08, 0, 0x0F}, kiosk.FaultCutterJam, kiosk.PaperOK},
		"broken":      {[]answer{{1, 0x1A}, {2, 0x52}, {3, 0x32}, {4, 0x12}}, [4]byte{0x18, 0x20, 0, 0x0F}, kiosk.FaultPrinterOffline, kiosk.PaperOK},
		"hot":         {[]answer{{1, 0x1A}, {2, 0x52}, {3, 0x52}, {4, 0x12}}, [4]byte{0x18, 0x40, 0, 0x0F}, kiosk.FaultPrinterOffline, kiosk.PaperOK},
		"feed button": {[]answer{{1, 0x5A}, {2, 0x1A}, {3, 0x12}, {4, 0x12}}, [4]byte{0x58, 0, 0, 0x0F}, kiosk.FaultPrinterOffline, kiosk.PaperOK},
		"unexplained": {[]answer{{1, 0x1A}, {2, 0x12}, {3, 0x12}, {4, 0x12}}, [4]byte{0x18, 0, 0, 0x0F}, kiosk.FaultPrinterOffline, kiosk.PaperOK},
	} {
		var polled condition
		for _, a := range c.polled {
			polled = polled.withStatus(a.n, a.b)
		}
		for way, got := range map[string]condition{"asked": polled, "by itself": withAuto(c.auto)} {
			code, hint := got.trouble()
			if code != c.code || (hint == "") != (code == "") || got.paper() != c.paper {
				t.Errorf("%s, %s: %q %q %q, want %q %q", name, way, code, hint, got.paper(), c.code, c.paper)
			}
		}
		// The next answers say that all is well.
		if again := polled.withStatus(1, 0x12).withStatus(4, 0x12); again != (condition{}) {
			t.Errorf("%s: does not pass: %+v", name, again)
		}
	}
}
