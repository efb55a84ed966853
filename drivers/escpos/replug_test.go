package escpos_test

import (
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/motcua/gateway/kiosk"
)

// TestReplugLeaksNothing: however often the cable comes and goes, no goroutine stays behind.
// It does not run beside others, which have some of their own; descriptors are counted in
// drivers/serialport.
func TestReplugLeaksNothing(t *testing.T) {
	atDesk(t, "tm-t20", "epson-tm-80", func(d *desk) {
		d.ready()
		synctest.Wait()
		before := runtime.NumGoroutine()
		for range 200 {
			d.device.Unplug()
			d.await("absent", func(s kiosk.PrinterStatus) bool { return s.State == kiosk.DeviceAbsent })
			synctest.Wait() // until the desk knows as well
			d.replug()
			d.ready()
		}
		synctest.Wait()
		if after := runtime.NumGoroutine(); after > before+5 {
			t.Errorf("%d goroutines, %d before 200 cables", after, before)
		}
		if _, err := d.print(sample()); err != nil {
			t.Error(err)
		}
	})
}
