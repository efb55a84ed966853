package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/ui/words"
)

// world is what run needs of the outside.
type world struct {
	stdout, stderr io.Writer
	now            func() time.Time
	openStore      func(context.Context, boltstore.Options) (*boltstore.Store, error)
}

// officePatience is how long /healthz and the watchdog wait for the office.
const officePatience = 2 * time.Second

// run is the gateway: the parts, in the order in which they stand on each other. It returns
// when ctx ends, or when a part gives up.
func run(ctx context.Context, opt *options, w world) (err error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	log := newLogger(w.stderr, opt.log)
	tameRuntime(log)

	// The office as data.
	cfg, err := loadConfig(opt.config)
	if err != nil {
		return err
	}
	if opt.demo {
		cfg.Setup.AlwaysOpen = true
		if opt.config == "" {
			cfg.Printer = nil // the sample office's printer is nobody's
		}
	}

	// The store: everything else may fail and come back, this one must be there.
	bolt, err := w.openStore(ctx, boltstore.Options{Dir: opt.state, Log: log, Now: w.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bolt.Close()) }()
	if err := keepCrashes(opt.state); err != nil {
		log.Warn("a crash will leave no trace", logErr, err)
	}
	store := newTimedStore(bolt)

	// The office.
	office, err := kiosk.NewOffice(ctx, kiosk.OfficeConfig{Setup: &cfg.Setup, Store: store, Now: w.now, Built: built(), Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, office.Close(context.WithoutCancel(ctx))) }()

	// What runs stands in floors, which stop from the top down: doors, devices, office. Only
	// then are the office and its store closed.
	b := &building{log: log, fail: fail}
	defer func() { err = errors.Join(err, b.close()) }()
	ground := b.floor(ctx, "office")
	ground.run("office", office.Run)

	// The devices.
	han := chineseFont(&cfg.Setup, log)
	devices := b.floor(ctx, "devices")
	var sim *simulation
	if opt.demo {
		if sim, err = simulate(cfg, opt.state, log); err != nil {
			return err
		}
		sim.start(devices)
		if err := seatOfficers(ctx, office); err != nil {
			return err
		}
	}
	list := &deviceList{office: office, printer: cfg.Printer}
	if cfg.Printer != nil {
		p, err := openPrinter(*cfg.Printer, han, log)
		if err != nil {
			return err
		}
		list.printing = kiosk.NewPrinting(kiosk.PrintingConfig{Office: office, Printer: p, Slip: words.Slip, Test: words.TestSlip, Log: log})
		devices.run("printer", p.Run)
		devices.run("printing", list.printing.Run)
	}

	// The screen, which begins at the end.
	screen, err := newScreen(opt, cfg, office, han, log)
	if err != nil {
		return err
	}

	// The doors: the control socket, and HTTP for this machine.
	doors := b.floor(ctx, "doors")
	say := words.For(kiosk.Vietnamese)
	socket, err := control.Listen(opt.state)
	if err != nil {
		return err
	}
	port, err := net.Listen("tcp", opt.listen)
	if err != nil {
		return errors.Join(fmt.Errorf("%w (give another address with -listen)", err), socket.Close())
	}
	server := &control.Server{
		Office: office, Devices: list, Slip: words.Slip, Sentence: say.Refused, FaultSentence: say.Fault,
		Version: version(), Web: "http://" + port.Addr().String(), Log: log,
	}
	doors.run("control", func(ctx context.Context) error { return server.Run(ctx, socket) })
	pulse := &health{office: office, patience: officePatience}
	web := &pages{health: pulse, slip: &slipPage{office}, metrics: newMetrics(office, store, opt.state, version()), screen: screen.web(), open: opt.demo, log: log}
	doors.run("web", func(ctx context.Context) error { return web.run(ctx, port) })
	doors.run("watchdog", pulse.watch)

	announce(w.stdout, opt, &cfg.Setup, sim, port.Addr().String())
	log.Info("open", logState, opt.state, logAddr, port.Addr().String(), logScreen, opt.screens)

	// The screen has this goroutine: a window system asks for the main one.
	if err := screen.run(ctx); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	log.Info("stopping", "why", context.Cause(ctx))
	return nil
}
