package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/motcua/gateway/drivers/simulated"
	"github.com/motcua/gateway/kiosk"
)

// simulation is the devices of a demonstration that nobody has: programs behind ptys.
type simulation struct {
	printer *simulated.Printer // nil: the configuration names one
	control *simulated.Control // takes the paper away, pulls the cable …
	slips   string             // folder of the pictures
}

// simulate prepares every device that the configuration does not name and enters it there. The
// printer is an ordinary one on an ordinary serial line; speed 1 is as slow as life.
func simulate(c *config, state string, log *slog.Logger) (*simulation, error) {
	s := &simulation{
		control: &simulated.Control{Path: filepath.Join(state, "simulated.sock"), Devices: map[string]simulated.Commander{}, Log: log},
		slips:   filepath.Join(state, "slips"),
	}
	if c.Printer != nil {
		return s, nil
	}
	c.Printer = &printerConfig{Kind: "escpos", Port: filepath.Join(state, "printer"), Baud: 38400, Profile: "epson-tm-80", Flow: "none"}
	var err error
	s.printer, err = simulated.NewPrinter(simulated.PrinterConfig{
		Link: c.Printer.Port, Out: s.slips, Baud: c.Printer.Baud, Speed: 1, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("simulate printer: %w", err)
	}
	s.control.Devices["printer"] = s.printer
	return s, nil
}

// runPrinter is the simulated printer, where there is one.
func (s *simulation) runPrinter(ctx context.Context) error {
	if s.printer == nil {
		<-ctx.Done()
		return nil
	}
	return s.printer.Run(ctx)
}

// seatOfficers opens the counters of a demonstration on a day on which nobody has done so:
// without them every button would say that nobody serves it.
func seatOfficers(ctx context.Context, office *kiosk.Office) error {
	s := office.Snapshot()
	for _, c := range s.Counters {
		if c.State != kiosk.CounterClosed || len(s.Tickets) > 0 {
			return nil
		}
	}
	for _, c := range s.Counters {
		if err := office.OpenCounter(ctx, c.Counter.Code, "demo"); err != nil {
			return fmt.Errorf("open counter %s: %w", c.Counter.Code, err)
		}
	}
	return nil
}
