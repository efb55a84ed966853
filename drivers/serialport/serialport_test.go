package serialport_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/motcua/gateway/drivers/serialport"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	good := serialport.Config{Name: "/dev/kiosk-printer", Baud: 38400}
	with := func(change func(*serialport.Config)) serialport.Config {
		c := good
		change(&c)
		return c
	}
	for _, baud := range []int{9600, 19200, 38400, 57600, 115200} {
		if err := with(func(c *serialport.Config) { c.Baud = baud }).Validate(); err != nil {
			t.Errorf("%d baud: %v", baud, err)
		}
	}
	for _, flow := range []serialport.Flow{"", serialport.FlowNone, serialport.FlowXONXOFF, serialport.FlowRTSCTS} {
		if err := with(func(c *serialport.Config) { c.Flow = flow }).Validate(); err != nil {
			t.Errorf("flow %q: %v", flow, err)
		}
	}
	const rates = "9600, 19200, 38400, 57600, 115200"
	for _, bad := range []struct {
		c    serialport.Config
		says string // what would be right
	}{
		{with(func(c *serialport.Config) { c.Baud = 0 }), rates},
		{with(func(c *serialport.Config) { c.Baud = -9600 }), rates},
		{with(func(c *serialport.Config) { c.Baud = 4800 }), rates},
		{with(func(c *serialport.Config) { c.Baud = 9601 }), rates},
		{with(func(c *serialport.Config) { c.Baud = 230400 }), rates}, // tarm could, the box does not offer it
		{with(func(c *serialport.Config) { c.Flow = "XON/XOFF" }), `"xon-xoff"`},
		{with(func(c *serialport.Config) { c.Name = "" }), "/dev/kiosk-printer"},
		{with(func(c *serialport.Config) { c.Name = "/dev/kiosk\x00printer" }), "zero byte"},
	} {
		err := bad.c.Validate()
		if err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%+v: %v; want it to say %s", bad.c, err, bad.says)
		}
		if _, openErr := serialport.Open(t.Context(), bad.c); openErr == nil || !strings.Contains(openErr.Error(), bad.says) {
			t.Errorf("open %+v: %v; want it to say %s", bad.c, openErr, bad.says)
		}
	}
}

func TestOpenHeedsItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// The name is a terminal for nobody: an ended context is seen before it.
	_, err := serialport.Open(ctx, serialport.Config{Name: "/nonexistent", Baud: 9600})
	if !errors.Is(err, context.Canceled) || errors.Is(err, serialport.ErrAbsent) {
		t.Error(err)
	}
}
