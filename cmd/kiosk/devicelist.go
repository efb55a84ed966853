package main

import (
	"context"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
)

// deviceList tells the control socket of the attached devices.
type deviceList struct {
	office   *kiosk.Office
	printer  *printerConfig  // nil: there is none
	printing *kiosk.Printing // nil: there is none
}

var _ control.Devices = (*deviceList)(nil)

// Devices implements control.Devices.
func (d *deviceList) Devices() []control.Device {
	if d.printer == nil {
		return []control.Device{{Name: "printer", Kind: "none", State: string(kiosk.DeviceAbsent), Hint: "the configuration names no [printer]"}}
	}
	s := d.office.Snapshot().Printer
	v := control.Device{
		Name: "printer", Kind: d.printer.Kind, Port: d.printer.Port,
		State: string(s.State), Code: string(s.Code), Hint: s.Hint,
		Paper: string(s.Paper), Confirms: s.Confirms,
	}
	for _, k := range printerKinds() {
		if k.name == d.printer.Kind {
			v.Kinds = k.profiles()
		}
	}
	return []control.Device{v}
}

// Test implements control.Devices.
func (d *deviceList) Test(ctx context.Context, name string) error {
	if name != "printer" || d.printing == nil {
		return control.ErrNoDevice
	}
	return d.printing.PrintTest(ctx)
}
