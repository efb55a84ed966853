package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// Quarantine returns at most n facts that were put aside of a gateway, in the order of their
// places.
func (s *Store) Quarantine(ctx context.Context, gateway wire.GatewayID, n int) ([]hub.Aside, error) {
	var out []hub.Aside
	err := s.query(ctx, func(scan func(...any) error) error {
		v, err := s.scanAside(scan)
		out = append(out, v)
		return err
	}, `SELECT gateway, epoch, seq, why, chain, at, data FROM quarantine WHERE gateway = $1 ORDER BY epoch, seq, why, chain LIMIT $2`, gateway, n)
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	return out, nil
}

// Counts returns what happened at all sites on the days from first to last, in the order of day,
// site, service and kind.
func (s *Store) Counts(ctx context.Context, first, last kiosk.Day) ([]hub.Count, error) {
	var out []hub.Count
	err := s.query(ctx, func(scan func(...any) error) error {
		var v hub.Count
		err := scan(&v.Day, &v.Site, &v.Service, &v.What, &v.N)
		out = append(out, v)
		return err
	}, `SELECT day, site, service, what, n FROM tallies WHERE day BETWEEN $1 AND $2 ORDER BY day, site, service, what`, first, last)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	return out, nil
}

// Overview returns all gateways that were ever heard of, by ID.
func (s *Store) Overview(ctx context.Context) ([]hub.Overview, error) {
	var out []hub.Overview
	index := map[wire.GatewayID]int{}
	of := func(g wire.GatewayID) *hub.Overview {
		i, ok := index[g]
		if !ok {
			i = len(out)
			index[g] = i
			out = append(out, hub.Overview{Gateway: g})
		}
		return &out[i]
	}
	err := s.query(ctx, func(scan func(...any) error) error {
		var g wire.GatewayID
		var site kiosk.SiteCode
		var at int64
		var health, runs []byte
		if err := scan(&g, &site, &health, &at, &runs); err != nil {
			return err
		}
		heard, err := instances(runs)
		if err != nil {
			return err
		}
		v := of(g)
		v.Site, v.At, v.Seen, v.Cloned = site, moment(at), moment(at), heard.Cloned
		if len(health) > 0 {
			h := &wire.Health{}
			// One that another version has kept in another form must not be the end of all others.
			if json.Unmarshal(health, h) == nil {
				v.Health = h
			}
		}
		return nil
	}, `SELECT gateway, site, health, health_at, instances FROM gateways ORDER BY gateway`)
	if err == nil {
		err = s.query(ctx, func(scan func(...any) error) error {
			var g wire.GatewayID
			var m wire.Mark
			var at int64
			if err := scan(&g, &m.Epoch, &m.Seq, &m.Chain, &at); err != nil {
				return err
			}
			v := of(g)
			v.Marks = append(v.Marks, m)
			if seen := moment(at); seen.After(v.Seen) {
				v.Seen = seen
			}
			return nil
		}, `SELECT gateway, epoch, seq, chain, at FROM marks ORDER BY gateway, epoch`)
	}
	if err == nil {
		err = s.query(ctx, func(scan func(...any) error) error {
			var g wire.GatewayID
			var n int
			err := scan(&g, &n)
			of(g).Aside = n
			return err
		}, `SELECT gateway, count(*) FROM quarantine GROUP BY gateway`)
	}
	if err != nil {
		return nil, fmt.Errorf("read overview: %w", err)
	}
	return out, nil
}

// filedColumns are those that scanFiled reads.
const filedColumns = `dossier, gateway, site, day, at, proc, code, ticket, counter, officer, bytes, missing, complete_at, statement,
	erased_at, erased_by, identity, subject`

func (s *Store) scanFiled(scan func(...any) error) (hub.Filed, error) {
	var v hub.Filed
	var at, complete, erased int64
	var identity, subject []byte
	h := &v.Header
	err := scan(&h.ID, &v.Gateway, &v.Site, &v.Day, &at, &h.Procedure, &h.Code, &h.Ticket, &h.Counter, &h.Officer, &v.Bytes, &v.Missing,
		&complete, &v.Statement, &erased, &v.ErasedBy, &identity, &subject)
	if err != nil {
		return v, err
	}
	v.At, v.Complete, v.Erased = moment(at), moment(complete), moment(erased)
	v.Subject, err = s.subject(h.ID, identity, subject)
	return v, err
}

// Dossier returns a dossier with its pages; [hub.ErrNotFound] where there is none.
func (s *Store) Dossier(ctx context.Context, id kiosk.DossierID) (hub.Filed, error) {
	found, err := s.filed(ctx, `dossier = $1`, id)
	if err != nil {
		return hub.Filed{}, fmt.Errorf("read dossier: %w", err)
	}
	if len(found) == 0 {
		return hub.Filed{}, hub.ErrNotFound
	}
	v := found[0]
	err = s.query(ctx, func(scan func(...any) error) error {
		var p kiosk.Page
		var hash string
		if err := scan(&p.Component, &hash, &p.Size, &p.Media); err != nil {
			return err
		}
		var err error
		p.Hash, err = kiosk.ParseHash(hash)
		v.Header.Pages = append(v.Header.Pages, p)
		return err
	}, `SELECT component, hash, size, media FROM pages WHERE dossier = $1 ORDER BY place`, v.Header.ID)
	if err != nil {
		return hub.Filed{}, fmt.Errorf("read the pages of %s: %w", v.Header.ID, err)
	}
	return v, nil
}

// DossiersOf returns the dossiers of the person with a number, the newest first, without their
// pages.
func (s *Store) DossiersOf(ctx context.Context, number string) ([]hub.Filed, error) {
	if bare(number) == "" {
		return nil, nil
	}
	found, err := s.filed(ctx, `person IN ($1, $2, $3) ORDER BY at DESC, dossier`, s.persons(number)...)
	if err != nil {
		return nil, fmt.Errorf("read dossiers of a person: %w", err)
	}
	return found, nil
}

// Coded returns the dossiers that bear an official code, without their pages. The code is their
// gateways' word: several may bear one, of other sites too, and it may read as another dossier's
// ID. Whoever was here first comes first, so that none can be hidden behind those that claim its
// code later.
func (s *Store) Coded(ctx context.Context, code kiosk.DossierCode) ([]hub.Filed, error) {
	found, err := s.filed(ctx, `code = $1 AND code <> '' ORDER BY kept_at, dossier`, code)
	if err != nil {
		return nil, fmt.Errorf("read dossiers of a code: %w", err)
	}
	return found, nil
}

func (s *Store) filed(ctx context.Context, where string, args ...any) ([]hub.Filed, error) {
	var out []hub.Filed
	err := s.query(ctx, func(scan func(...any) error) error {
		v, err := s.scanFiled(scan)
		out = append(out, v)
		return err
	}, `SELECT `+filedColumns+` FROM dossiers WHERE `+where, args...)
	return out, err
}

// History returns the facts about a dossier, in the order in which their gateway made them.
func (s *Store) History(ctx context.Context, id kiosk.DossierID) ([]hub.Happened, error) {
	var out []hub.Happened
	err := s.query(ctx, func(scan func(...any) error) error {
		var v hub.Happened
		var at int64
		var data []byte
		err := scan(&v.Gateway, &v.At.Epoch, &v.At.Seq, &at, &v.Type, &data)
		v.Time, v.JSON = moment(at), data
		out = append(out, v)
		return err
	}, `SELECT gateway, epoch, seq, at, type, data FROM events WHERE about = $1 AND about <> '' ORDER BY gateway, epoch, seq`, id)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", id, err)
	}
	return out, nil
}

// OnBox returns the dossiers of a gateway of which its box may hold a copy: those whose forgetting
// it never told. The newest come first, without their pages.
func (s *Store) OnBox(ctx context.Context, gateway wire.GatewayID) ([]hub.Filed, error) {
	forgotten := map[kiosk.DossierID]bool{}
	err := s.query(ctx, func(scan func(...any) error) error {
		var data []byte
		if err := scan(&data); err != nil {
			return err
		}
		var e wire.Event
		if err := json.Unmarshal(data, &e); err != nil {
			return fmt.Errorf("read a kept fact: %w", err)
		}
		rec, _, err := wire.Decode(e)
		if settled, ok := rec.Fact.(kiosk.DossierSettled); ok && settled.State == kiosk.DossierForgotten {
			forgotten[settled.ID] = true
		}
		return err
	}, `SELECT data FROM events WHERE about <> '' AND gateway = $1 AND type = $2`, gateway, wire.TypeDossierSettled)
	var found []hub.Filed
	if err == nil {
		// Not by the dossiers' gateway alone: an heir has them now, and the old box its copies still.
		found, err = s.filed(ctx, `gateway = $1 OR dossier IN (SELECT about FROM events WHERE gateway = $2 AND about <> '') ORDER BY at DESC, dossier`, gateway, gateway)
	}
	if err != nil {
		return nil, fmt.Errorf("read what lay on %s: %w", gateway, err)
	}
	return slices.DeleteFunc(found, func(f hub.Filed) bool { return forgotten[f.Header.ID] }), nil
}
