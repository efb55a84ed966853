package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire/openapi"
)

// The keys under which the program itself logs.
const (
	logState = "state"
	logAddr  = "addr"
)

// run is the hub: the parts, in the order in which they stand on each other. It returns when ctx
// ends, or when a part gives up.
func run(ctx context.Context, opt *options, w world) (err error) {
	log := newLogger(w.stderr, opt.log)
	cfg, err := loadConfig(opt.config)
	if err != nil {
		return err
	}
	if err := cfg.override(opt); err != nil {
		return err
	}

	// The keys, the database, the pages, and who may speak.
	p, err := openParts(ctx, cfg, opt.state, w.now, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()

	// The hub, and the broom behind it.
	h := hub.New(hub.Config{
		Store: p.store, Pages: p.pages, Identify: identified, Signer: p.signer, Recipients: recipients(p.sticks), OpenAPI: openapi.Document(buildinfo.Version()), Log: log,
	})
	broom := &hub.Sweeper{Erasures: p.store, Feeds: p.store, Pages: p.pages, Now: w.now, Log: log}

	// The doors: gateways, whoever watches this machine, and the province's people.
	gateways, status, err := listen(cfg)
	if err != nil {
		return err
	}
	page, err := openPage(ctx, cfg, opt.state, p, w.now, log)
	if err != nil {
		return errors.Join(err, gateways.Close(), status.Close())
	}
	line := newLine(h, p.registrar, log)
	watch := newStatus(h, log)

	// Doors stand on the hub: they stop first, and only then the hub they lead to.
	behind, stopBehind := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBehind()
	ground, behind := errgroup.WithContext(behind)
	ground.Go(func() error { return h.Run(behind) })
	ground.Go(func() error { return broom.Run(behind) })
	doors, open := errgroup.WithContext(ctx)
	doors.Go(func() error { return serve(open, line, newShare(cfg.Line, log).at(gateways), h.Quiet) })
	doors.Go(func() error { return serve(open, watch, netutil.LimitListener(status, maxWatchers), func() {}) })
	page.run(open, doors)

	announce(w.stdout, cfg, gateways.Addr(), status.Addr(), page)
	log.Info("open", logState, opt.state, logAddr, gateways.Addr().String())
	err = doors.Wait()
	log.Info("stopping")
	stopBehind()
	return errors.Join(err, ground.Wait())
}

// listen opens both doors, or none.
func listen(c *config) (gateways, status net.Listener, err error) {
	if gateways, err = net.Listen("tcp", c.Listen); err != nil {
		return nil, nil, fmt.Errorf("%w (give another address with -listen)", err)
	}
	if status, err = net.Listen("tcp", c.Status); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%w (give another address with -status)", err), gateways.Close())
	}
	return gateways, status, nil
}

// override puts what the command line says above the file.
func (c *config) override(opt *options) error {
	if opt.listen != "" {
		c.Listen = opt.listen
	}
	if opt.status != "" {
		c.Status = opt.status
	}
	if opt.page != "" {
		c.Page.Listen = opt.page
	}
	var err error
	c.check(func(key, want string) { err = errUsage(fmt.Sprintf("-%s: %s", key, want)) }) // the file was checked before
	return err
}

// stopTime is how long requests under way may take to end, once nothing new is let in.
const stopTime = 20 * time.Second
