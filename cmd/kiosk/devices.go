package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/serialport"
	"github.com/motcua/gateway/kiosk"
)

// printer is a slip printer with the goroutine that owns its wire.
type printer interface {
	kiosk.Printer
	Run(ctx context.Context) error
}

// printerKind is what kind= of [printer] may name.
type printerKind struct {
	name     string
	profiles func() []string // the models that it knows, the usual one first
	open     func(c printerConfig, han []byte, log *slog.Logger) (printer, error)
}

// printerKinds is the table of slip printers.
func printerKinds() []printerKind {
	return []printerKind{
		{"escpos", escposProfiles, openESCPOS},
	}
}

func kindNames() []string {
	var out []string
	for _, k := range printerKinds() {
		out = append(out, k.name)
	}
	return out
}

// openPrinter returns the printer of [printer]. One that is not there is no error: it is absent
// until it is. han is a font for Chinese, or nil.
func openPrinter(c printerConfig, han []byte, log *slog.Logger) (printer, error) {
	for _, k := range printerKinds() {
		if k.name == c.Kind {
			return k.open(c, han, log)
		}
	}
	return nil, fmt.Errorf("open printer: unknown kind %q", c.Kind)
}

func openESCPOS(c printerConfig, han []byte, log *slog.Logger) (printer, error) {
	profile, err := escpos.Lookup(c.Profile)
	if err != nil {
		return nil, err
	}
	if c.Flow != "" {
		profile.Flow = serialport.Flow(c.Flow)
	}
	return escpos.New(escpos.Config{Port: c.Port, Baud: c.Baud, Profile: profile, Fonts: onPaper(han, log), Log: log})
}

// escposProfiles lists the printers that drivers/escpos knows. The first fits most printers
// with 80 mm paper.
func escposProfiles() []string {
	names := []string{"generic-80"}
	for _, p := range escpos.Profiles() {
		if p.Name != names[0] {
			names = append(names, p.Name)
		}
	}
	return names
}
