package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// shelfLine holds what the line knows and no fact tells: the bytes of the day, and the hub's keys.
const shelfLine = "line"

// province is the box's line to the province and all that hangs on it: who the box is there, the
// pages that go there, and the loop that brings them.
type province struct {
	office    *kiosk.Office
	bolt      *boltstore.Store
	pages     *blobstore.Store
	enrolment *enrol.Enrolment
	uplink    *uplink.Uplink
	keeper    *uplink.Keeper
	shelf     kiosk.Shelf
	state     string // folder
	lock      *secret.Lock
	demo      bool
	began     time.Time
	log       *slog.Logger
	kept      []byte        // the hub's keys as they were kept last; the line's goroutine alone
	forgot    chan struct{} // holds a token while a forgotten dossier's key is still to be destroyed
}

// openProvince opens the pages, the enrolment and the line. Nothing runs yet.
func openProvince(ctx context.Context, office *kiosk.Office, bolt *boltstore.Store, lock *secret.Lock, cfg *config, opt *options, log *slog.Logger) (*province, error) {
	key := lock.Key()
	ring, err := secret.OpenRing(opt.state, key)
	if err != nil {
		return nil, err
	}
	p := &province{office: office, bolt: bolt, shelf: bolt.Shelf(shelfLine), state: opt.state, lock: lock, demo: opt.demo, began: time.Now(), log: log,
		forgot: make(chan struct{}, 1)}
	p.pages, err = blobstore.Open(ctx, blobstore.Config{Dir: opt.state, Ring: ring, Now: func() kiosk.Day { return office.Snapshot().Day }, Log: log})
	if err != nil {
		return nil, err
	}
	p.enrolment, err = enrol.Open(enrol.Config{
		Dir: filepath.Join(opt.state, "line"), Sealer: key, Site: office.Setup().Site.Code, Time: p.time, Log: log,
	})
	if err != nil {
		return nil, err
	}
	adapter := lineOffice{office, p}
	p.uplink, err = uplink.New(uplink.Config{
		Enrolment: enrolled{p.enrolment}, Office: adapter, Outbox: bolt, Pages: linePages{p.pages}, Health: p.health,
		Window: cfg.Line.Window, Shelf: p.shelf, Keys: p.keepKeys, Log: log,
	})
	if err != nil {
		return nil, err
	}
	p.keeper = &uplink.Keeper{
		Outbox: bolt, Site: office.Setup().Site.Code, Forget: adapter.ForgetDossier, Sweep: newSweeper(p).sweep, Now: office.Time,
		Sure:  func() bool { return office.Snapshot().Clock.Sure },
		Facts: cfg.Line.FactDays, Dossiers: cfg.Line.DossierDays, Log: log,
	}
	return p, nil
}

// run starts everything that runs.
func (p *province) run(on *floor) {
	on.run("line", p.uplink.Run)
	on.run("enrolment", p.enrolment.Run)
	on.run("forgetting", p.forget)
	on.run("keeping", p.keeper.Run)
}

// time is the latest of what is known to have passed: certificates end by it.
func (p *province) time() time.Time {
	now := p.office.Time()
	if b := buildinfo.Time(); b.After(now) {
		return b
	}
	return now
}

const (
	// rewrapEvery is how often it is looked at whether keys are still to be destroyed.
	rewrapEvery = time.Hour
	// rewrapSoon is for how long what is forgotten is gathered before. A night forgets many dossiers,
	// and each time every one that lives is wrapped anew, at two fsyncs.
	rewrapSoon = time.Minute
)

// forget destroys the keys that could still open copies of what was forgotten: soon after it was,
// after a power cut in between, and where a dossier's key could not be read at first.
func (p *province) forget(ctx context.Context) error {
	tick := time.NewTicker(rewrapEvery)
	defer tick.Stop()
	for {
		if p.pages.NeedsRewrap() {
			p.rewrap(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-p.forgot:
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(rewrapSoon):
			}
		}
	}
}

// rewrap destroys what can be destroyed. While one dossier's key file is damaged nothing can, and
// a person has to know: what was forgotten is not gone for good until then.
func (p *province) rewrap(ctx context.Context) {
	_, err := p.pages.Rewrap(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		p.log.Warn("destroy the keys of forgotten dossiers", logErr, err)
		p.office.RaiseFault(kiosk.FaultKeysKept, err.Error())
	default:
		p.office.ClearFault(kiosk.FaultKeysKept)
	}
}

// The names on the shelf of the line.
const itemKeys = "hub-keys"

// knownKeys are the hub's keys and whose hub it is: a box that was enrolled anew must not seal for
// the province that it has left.
type knownKeys struct {
	Gateway wire.GatewayID `json:"gateway"`
	Keys    wire.Keys      `json:"keys"`
}

// keepKeys keeps the hub's keys for the day on which there is no line: a stick is sealed to them
// and the word that comes back is checked by them.
func (p *province) keepKeys(of wire.GatewayID, keys wire.Keys) {
	value, err := json.Marshal(knownKeys{of, keys})
	if err == nil && !bytes.Equal(value, p.kept) {
		// Short, and not the end of anything: the next connection brings them again.
		err = p.shelf.Write(context.Background(), kiosk.Item{Key: itemKeys, Value: value})
	}
	if err != nil {
		p.log.Warn("keep the hub's keys", logErr, err)
		return
	}
	p.kept = value
}

// hubKeys returns what keepKeys kept; none where the box was never online at the hub that it is
// enrolled at.
func (p *province) hubKeys(ctx context.Context) (wire.Keys, error) {
	items, err := p.shelf.Read(ctx, itemKeys)
	if err != nil {
		return wire.Keys{}, fmt.Errorf("read the hub's keys: %w", err)
	}
	who := p.enrolment.Status()
	for _, v := range items {
		var known knownKeys
		if v.Key != itemKeys {
			continue
		}
		if err := json.Unmarshal(v.Value, &known); err != nil {
			return wire.Keys{}, fmt.Errorf("read the hub's keys: %w", err)
		}
		if who.Enrolled && known.Gateway == who.Gateway {
			return known.Keys, nil
		}
	}
	return wire.Keys{}, nil
}
