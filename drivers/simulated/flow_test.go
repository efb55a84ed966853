package simulated

import (
	"strings"
	"testing"
	"time"
)

func TestBaudRateAndPrintSpeed(t *testing.T) {
	atDesk(t, PrinterConfig{Baud: 9600, Speed: 1}, func(d *desk) {
		started := time.Now()
		d.jobs <- "\x1dv0\x00\x48\x00\x0c\x00" + strings.Repeat("\x00", 864) + inOrder
		for d.answers() == "" {
			pass(time.Millisecond)
		}
		// 875 bytes of 10 bits.
		if took := time.Since(started); took < 900*time.Millisecond || took > 960*time.Millisecond {
			t.Errorf("875 bytes at 9600 baud took %v", took)
		}
		started = time.Now()
		d.jobs <- "\x1bJ\xff\x1bJ\xff\x1bJ\xff\x1bJ\xff" + inOrder
		for d.answers() == "" {
			pass(time.Millisecond)
		}
		// 1020 dots of 0.125 mm at 200 mm/s.
		if took := time.Since(started); took < 620*time.Millisecond || took > 690*time.Millisecond {
			t.Errorf("128 mm of paper took %v", took)
		}
	})
}

func TestSpeedIsAFactor(t *testing.T) {
	atDesk(t, PrinterConfig{Baud: 9600, Speed: 10}, func(d *desk) {
		started := time.Now()
		d.jobs <- strings.Repeat("\x00", 960) + inOrder
		for d.answers() == "" {
			pass(time.Millisecond)
		}
		if took := time.Since(started); took < 95*time.Millisecond || took > 115*time.Millisecond {
			t.Errorf("a second's bytes took %v", took)
		}
	})
}

func TestXONXOFF(t *testing.T) {
	atDesk(t, PrinterConfig{Flow: FlowXONXOFF}, func(d *desk) {
		d.OpenCover()
		// One byte is out of the buffer already: the firmware holds it and waits.
		d.send("\x00")
		d.send(strings.Repeat("\x00", 4096-128))
		d.expect("128 bytes are free", "")
		d.send("\x00")
		d.expect("less", "\x13")
		d.send(askPrinter)
		d.expect("still heard", "\x1e")
		d.CloseCover()
		d.expect("room again", "\x11")
		d.clean()
	})
}

// TestValveCodesKeepTheirOrder: an XOFF that is overtaken by its XON would stop the host for
// ever.
func TestValveCodesKeepTheirOrder(t *testing.T) {
	atDesk(t, PrinterConfig{Flow: FlowXONXOFF}, func(d *desk) {
		codes := func(c ...byte) {
			d.Printer.mu.Lock()
			defer d.Printer.mu.Unlock()
			for _, code := range c {
				d.sendFirst(code)
			}
		}
		codes(codeXOFF, codeXON)
		d.expect("both before either left", "")
		codes(codeXOFF)
		d.expect("stop", "\x13")
		codes(codeXON, codeXOFF, codeXON)
		d.expect("go", "\x11")
	})
}

func TestHoldTakesNoMoreThanFits(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.OpenCover()
		d.send(strings.Repeat("\x00", 5000))
		d.mu.Lock()
		d.Printer.mu.Lock()
		used := d.intake.used
		d.Printer.mu.Unlock()
		d.mu.Unlock()
		if used != 4096 {
			t.Errorf("%d bytes in the buffer", used)
		}
		d.CloseCover()
		d.send(inOrder)
		d.expect("all of it", "\x00")
	})
}
