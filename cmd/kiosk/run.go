package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/ui/board"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// world is what run needs of the outside.
type world struct {
	stdout, stderr io.Writer
	now            func() time.Time
	mono           func() time.Duration // nil: the runtime's
	openStore      func(context.Context, boltstore.Options) (*boltstore.Store, error)
}

// officePatience is how long /healthz and the watchdog wait for the office.
const officePatience = 2 * time.Second

// run is the gateway: the parts, in the order in which they stand on each other. It returns when
// ctx ends, or when a part gives up.
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
	han := chineseFont(&cfg.Setup, log)

	// The store: everything else may fail and come back, this one must be there.
	bolt, err := w.openStore(ctx, boltstore.Options{Dir: opt.state, Log: log, Now: w.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bolt.Close()) }()
	keepCrashes(opt.state, log)
	store := newTimedStore(bolt)

	// The office.
	office, err := kiosk.NewOffice(ctx, kiosk.OfficeConfig{Setup: &cfg.Setup, Store: store, Now: w.now, Mono: w.mono, Built: buildinfo.Time(), Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, office.Close(context.WithoutCancel(ctx))) }()

	// What runs stands on floors, which stop from the top down: doors, devices, office. Only
	// then are the office and its store closed.
	b := &building{log: log, fail: fail}
	defer func() { err = errors.Join(err, b.close()) }()
	ground := b.floor(ctx, "office")
	ground.run("office", office.Run)

	// The box's key, or who waits for the passphrase that opens it.
	keys := newVault(office, newLock(cfg, opt), log)
	ring, err := newKeyring(ctx, keys, bolt.Shelf(shelfUnlock), log)
	if err != nil {
		return err
	}

	// The devices. Slips carry a code for the rating where the office wants one.
	slip := slipper(keys, cfg.Counters.RatingURL)
	devices := b.floor(ctx, "devices")
	var sim *simulation
	if opt.demo {
		if sim, err = simulate(cfg, opt.state, log); err != nil {
			return err
		}
		devices.run("simulated printer", sim.runPrinter)
		devices.run("simulated hands", sim.control.Run)
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
		list.printing = kiosk.NewPrinting(kiosk.PrintingConfig{Office: office, Printer: p, Slip: slip, Test: words.TestSlip, Log: log})
		devices.run("printer", p.Run)
		devices.run("printing", list.printing.Run)
	}

	// What calls numbers: the voice, and the line of announcements that boards follow.
	voice, err := newSpeaker(ctx, cfg.Counters.Voice, opt.state, bolt.Shelf(shelfVoice), func() kiosk.Day { return office.Snapshot().Day }, log)
	if err != nil {
		return err
	}
	calls := newAnnouncing(office, voice, cfg.Counters, log)
	if cfg.Counters.Voice.Off {
		devices.run("voice's clips", voice.RunSilent)
	} else {
		devices.run("voice", voice.Run)
	}
	devices.run("announcing", calls.Run)
	paired, err := openPairing(ctx, bolt.Shelf(shelfBoards), office, log)
	if err != nil {
		return err
	}
	devices.run("boards", (&watched{office: office, paired: paired}).Run)

	// The screen, which begins when everything else stands.
	screen, err := newScreen(opt, cfg, office, pinpad{keys}, han, log)
	if err != nil {
		return err
	}

	// What stands on the key: the staff, the line to the province with all that goes there, and
	// the pages of officers, leads and ratings. Boards need none.
	counted := report.NewLive(office, &cfg.Setup)
	metrics := newMetrics(office, store, counted, opt.state, buildinfo.Version())
	told := make(chan struct{})
	keys.begin(ctx, keyedParts{
		officeParts: officeParts{office: office, paired: paired, voice: voice, live: counted},
		opt:         opt, cfg: cfg, bolt: bolt, metrics: metrics, ground: ground, told: told, stdout: w.stdout, log: log,
	})
	say := words.For(kiosk.Vietnamese)
	boardPage, err := board.New(board.Config{
		Office: office, Calls: calls, Screens: paired, Sound: voice.WAV, Free: atHome(opt.demo), Words: say, Log: log,
	})
	if err != nil {
		return err
	}

	// The doors: the control socket, HTTP for this machine and for the office's network, and
	// systemd's watchdog.
	socket, port, err := listen(opt)
	if err != nil {
		return err
	}
	addr := port.Addr().String()
	server := &control.Server{
		Office: office, Devices: list, Boards: boards{composedBoards{paired}}, Key: ring, Keyed: keys.forControl,
		Acked: func(ctx context.Context) (kiosk.Position, error) {
			b, err := bolt.Waiting(ctx)
			return b.Acked, err
		},
		Report: dayReports{counted, office}.of,
		Slip:   slip, Sentence: say.Refused, FaultSentence: say.Fault, AuditBroken: words.ForLead().Audit.Broken,
		Version: buildinfo.Version(), Web: "http://" + addr, Log: log,
	}
	unlock, err := counter.NewUnlock(counter.UnlockConfig{Office: office, Key: pageKey{ring}, Shield: lan.Shield{Words: say, Log: log}})
	if err != nil {
		return errors.Join(err, socket.Close(), port.Close())
	}
	pulse := &health{office: office, patience: officePatience}
	web := &pages{
		health: pulse, slip: &slipPage{office, slip}, metrics: metrics,
		screen: screen.web(), open: opt.demo, board: boardPage, office: keys.pages, unlock: unlock, words: say, log: log,
	}
	hall, err := openNetwork(opt, cfg, office, web, w.now)
	if err != nil {
		return errors.Join(err, socket.Close(), port.Close())
	}
	server.LAN = hall.address
	keys.where = func() string { return hall.unlockAt(addr) }
	hall.changed = keys.say
	keys.say()
	doors := b.floor(ctx, "doors")
	doors.run("control", func(ctx context.Context) error { return server.Run(ctx, socket) })
	doors.run("web", func(ctx context.Context) error { return web.run(ctx, port) })
	hall.run(doors)
	doors.run("watchdog", pulse.watch)

	announce(w.stdout, opt, &cfg.Setup, sim, web, addr, hall)
	close(told)
	log.Info("open", logState, opt.state, logAddr, addr, logScreen, opt.screens)

	// The screen has this goroutine: a window system asks for the main one.
	if err := screen.run(ctx); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	log.Info("stopping", "why", context.Cause(ctx))
	return nil
}

// listen opens both doors, or none.
func listen(opt *options) (socket, port net.Listener, err error) {
	if socket, err = control.Listen(opt.state); err != nil {
		return nil, nil, err
	}
	if port, err = net.Listen("tcp", opt.listen); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%w (give another address with -listen)", err), socket.Close())
	}
	return socket, port, nil
}
