package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

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
	kept      []byte // the hub's keys as they were kept last; the line's goroutine alone
}

// openProvince opens the pages, the enrolment and the line. Nothing runs yet.
func openProvince(ctx context.Context, office *kiosk.Office, bolt *boltstore.Store, lock *secret.Lock, cfg *config, opt *options, log *slog.Logger) (*province, error) {
	key := lock.Key()
	ring, err := secret.OpenRing(opt.state, key)
	if err != nil {
		return nil, err
	}
	p := &province{office: office, bolt: bolt, shelf: bolt.Shelf(shelfLine), state: opt.state, lock: lock, demo: opt.demo, began: time.Now(), log: log}
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
		Outbox: bolt, Site: office.Setup().Site.Code, Forget: adapter.ForgetDossier, Now: office.Time,
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
	if b := built(); b.After(now) {
		return b
	}
	return now
}

// rewrapEvery is how often it is looked at whether keys are still to be destroyed.
const rewrapEvery = time.Hour

// forget destroys the keys that could still open copies of what was forgotten: after a power cut
// in between, and where a dossier's key could not be read at first.
func (p *province) forget(ctx context.Context) error {
	tick := time.NewTicker(rewrapEvery)
	defer tick.Stop()
	for {
		if p.pages.NeedsRewrap() {
			if _, err := p.pages.Rewrap(ctx); err != nil && ctx.Err() == nil {
				p.log.Warn("destroy the keys of forgotten dossiers", logErr, err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// The names on the shelf of the line.
const itemKeys = "hub-keys"

// keepKeys keeps the hub's keys for the day on which there is no line: a stick is sealed to them
// and the word that comes back is checked by them.
func (p *province) keepKeys(keys wire.Keys) {
	value, err := json.Marshal(keys)
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

// hubKeys returns what keepKeys kept; none where the box was never online.
func (p *province) hubKeys(ctx context.Context) (keys wire.Keys, err error) {
	items, err := p.shelf.Read(ctx, itemKeys)
	if err != nil {
		return keys, fmt.Errorf("read the hub's keys: %w", err)
	}
	for _, v := range items {
		if v.Key == itemKeys {
			err = json.Unmarshal(v.Value, &keys)
		}
	}
	return keys, err
}
