package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/ui/province"
)

// pageHub is the hub as the province's page sees it.
type pageHub struct{ *parts }

var _ province.Hub = pageHub{}

// notFound says in the page's words what the hub's say.
func notFound(err error) error {
	if errors.Is(err, hub.ErrNotFound) || errors.Is(err, sqlstore.ErrNobody) {
		return fmt.Errorf("%w: %w", province.ErrNotFound, err)
	}
	return err
}

// Gateways implements [province.Hub].
func (h pageHub) Gateways(ctx context.Context) ([]province.Gateway, error) {
	boxes, err := h.registrar.Gateways(ctx)
	if err != nil {
		return nil, err
	}
	heard, err := h.heard(ctx)
	if err != nil {
		return nil, err
	}
	asides, err := h.store.Asides(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]province.Gateway, 0, len(boxes))
	for _, b := range boxes {
		v := heard[b.ID]
		g := province.Gateway{ID: string(b.ID), Site: b.Site, Seen: v.Seen, Until: b.Until, Revoked: b.Revoked, Cloned: v.Cloned}
		if m, ok := (wire.Marks{Marks: v.Marks}).Newest(); ok {
			g.Last = m.Position()
		}
		for why, n := range asides[b.ID] {
			g.Aside += n
			switch why {
			case hub.OddFork:
				g.Forked += n
			case hub.OddForged:
				g.Forged += n
			}
		}
		if v.Health != nil {
			tellHealth(&g, v.Health, v.At)
		}
		out = append(out, g)
	}
	return out, nil
}

// tellHealth adds what a box has told of itself at a moment of the hub's clock.
func tellHealth(g *province.Gateway, h *wire.Health, at time.Time) {
	g.Told, g.Facts, g.Pages, g.Bytes, g.Parked = at, h.Facts, h.Blobs, h.Bytes, h.Parked
	g.Oldest = time.Duration(h.OldestAge) * time.Second
	g.Version, g.ClockSure, g.ClockOff, g.KeySource = h.Version, h.ClockSure, h.At.Sub(at), h.KeySource
	for _, f := range h.Faults {
		g.Faults = append(g.Faults, province.Fault{Code: f.Code, Severity: f.Severity, Since: f.Since})
	}
}

// Aside implements [province.Hub].
func (h pageHub) Aside(ctx context.Context, gateway string, n int) ([]province.Aside, error) {
	found, err := h.store.Quarantine(ctx, wire.GatewayID(gateway), n)
	return shownAside(found), err
}

// shownAside is what was put aside, without what it says.
func shownAside(found []hub.Aside) []province.Aside {
	out := make([]province.Aside, 0, len(found))
	for _, v := range found {
		out = append(out, province.Aside{Gateway: string(v.Gateway), At: v.At, Why: v.Why, Kept: v.Kept})
	}
	return out
}

// Counts implements [province.Hub].
func (h pageHub) Counts(ctx context.Context, first, last kiosk.Day) ([]province.Count, error) {
	found, err := h.store.Counts(ctx, first, last)
	out := make([]province.Count, 0, len(found))
	for _, v := range found {
		out = append(out, province.Count{Day: v.Day, Site: v.Site, Service: v.Service, What: string(v.What), N: v.N})
	}
	return out, err
}

// shown is a dossier as the page shows it.
func (h pageHub) shown(f hub.Filed) province.Dossier {
	d := province.Dossier{
		Dossier: f.Header, Site: f.Site, Gateway: string(f.Gateway), Day: f.Day, At: f.At, Bytes: f.Bytes, Missing: f.Missing,
		Complete: f.Complete, Statement: f.Statement, Erased: f.Erased, ErasedBy: f.ErasedBy,
	}
	if f.Statement != "" {
		var st wire.Statement
		err := wire.Keys{Keys: []wire.Key{h.signer.Key()}}.Verify(f.Statement, &st)
		d.Signed = err == nil && st.Dossier == f.Header.ID && (len(f.Header.Pages) == 0 || st.Manifest == f.Header.Manifest())
	}
	if f.Subject != nil {
		d.Applicant = &province.Applicant{Name: f.Subject.Name, Number: f.Subject.Number}
	}
	return d
}

func (h pageHub) shownAll(found []hub.Filed, err error) ([]province.Dossier, error) {
	out := make([]province.Dossier, 0, len(found))
	for _, f := range found {
		f.Subject = nil // lists are without applicants
		out = append(out, h.shown(f))
	}
	return out, notFound(err)
}

// Dossier implements [province.Hub].
func (h pageHub) Dossier(ctx context.Context, id kiosk.DossierID) (province.Dossier, error) {
	f, err := h.store.Dossier(ctx, id)
	if err != nil {
		return province.Dossier{}, notFound(err)
	}
	return h.shown(f), nil
}

// Coded implements [province.Hub].
func (h pageHub) Coded(ctx context.Context, code kiosk.DossierCode) ([]province.Dossier, error) {
	return h.shownAll(h.store.Coded(ctx, code))
}

// Visit implements [province.Hub].
func (h pageHub) Visit(ctx context.Context, site kiosk.SiteCode, day kiosk.Day, number kiosk.Number) ([]province.Dossier, error) {
	return h.shownAll(h.store.Visit(ctx, site, day, number))
}

// Of implements [province.Hub].
func (h pageHub) Of(ctx context.Context, number string) ([]province.Dossier, error) {
	return h.shownAll(h.store.DossiersOf(ctx, number))
}

// History implements [province.Hub].
func (h pageHub) History(ctx context.Context, id kiosk.DossierID) ([]province.Event, error) {
	found, err := h.store.History(ctx, id)
	out := make([]province.Event, 0, len(found))
	for _, v := range found {
		out = append(out, province.Event{Time: v.Time, At: v.At, What: whatHappened(v)})
	}
	return out, err
}

// whatHappened names a fact about a dossier; its type, where there is no other name.
func whatHappened(v hub.Happened) string {
	var e wire.Event
	if json.Unmarshal(v.JSON, &e) != nil {
		return v.Type
	}
	r, _, err := wire.Decode(e)
	if err != nil {
		return v.Type
	}
	switch f := r.Fact.(type) {
	case kiosk.DossierReceived:
		return province.EventReceived
	case kiosk.DossierSettled:
		if f.State == kiosk.DossierForgotten {
			return province.EventForgotten
		}
		return province.EventConfirmed
	case kiosk.BlobMoved:
		if f.State == kiosk.BlobParked {
			return province.EventParked
		}
	}
	return v.Type
}

// Page implements [province.Hub].
func (h pageHub) Page(ctx context.Context, id kiosk.DossierID, hash kiosk.Hash) (io.ReadCloser, error) {
	f, err := h.store.Dossier(ctx, id)
	if err != nil {
		return nil, notFound(err)
	}
	key := hub.PageKey{Dossier: id, Hash: hash}
	state, err := h.store.Page(ctx, f.Gateway, key)
	if err != nil || !state.Kept {
		return nil, notFound(errors.Join(err, hub.ErrNotFound))
	}
	r, err := h.pages.Open(ctx, key, state)
	return r, notFound(err)
}

// Held implements [province.Hub].
func (h pageHub) Held(ctx context.Context, number string) (province.Held, error) {
	held, err := h.store.Held(ctx, number)
	found, err := h.shownAll(held.Dossiers, err)
	return province.Held{Dossiers: found, Aside: shownAside(held.Aside)}, err
}

// Export implements [province.Hub].
func (h pageHub) Export(ctx context.Context, number string) (any, error) {
	out, err := h.store.Export(ctx, number)
	return out, notFound(err)
}

// Erase implements [province.Hub].
func (h pageHub) Erase(ctx context.Context, number, order string) (int, error) {
	erased, err := h.erase(ctx, number, order)
	if n := reached(erased); n > 0 && erased.Spoilt > 0 {
		return n, errors.Join(err, errors.New(spoilt(erased)))
	}
	return reached(erased), notFound(err)
}

// pageLog is the hub's log of who looked at what.
type pageLog struct{ store *sqlstore.Store }

var _ province.Log = pageLog{}

// Audit implements [province.Log].
func (l pageLog) Audit(ctx context.Context, e province.Entry) error {
	_, err := l.store.Audit(ctx, hub.Audited{Who: e.Who, What: e.What, About: e.About, Purpose: e.Purpose})
	return err
}

// Audits implements [province.Log].
func (l pageLog) Audits(ctx context.Context, before int64, n int) ([]province.Entry, error) {
	found, err := l.store.Audits(ctx, before, n)
	out := make([]province.Entry, 0, len(found))
	for _, v := range found {
		out = append(out, province.Entry{Seq: v.Seq, At: v.At, Who: v.Who, What: v.What, About: v.About, Purpose: v.Purpose, Hash: v.Hash})
	}
	return out, err
}

// VerifyAudit implements [province.Log].
func (l pageLog) VerifyAudit(ctx context.Context) (int64, error) {
	n, err := l.store.VerifyAudit(ctx)
	if errors.Is(err, sqlstore.ErrAudit) {
		err = fmt.Errorf("%w: %w", province.ErrBroken, err)
	}
	return n, err
}
