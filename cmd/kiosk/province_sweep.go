package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
)

// The bounds of a night's sweeping. A dossier that is begun before Tết may be finished after it:
// the longest holiday is nine days.
const (
	orphanAge  = 14 * 24 * time.Hour
	orphanMost = 500
)

// itemKnows is the name on the shelf of the line of what is known of the database's knowledge.
const itemKnows = "knows-dossiers"

// knowledge says since when this database has heard of every dossier: from its first night in an
// epoch on. One that was lost or put back from a backup begins another epoch, and the pages of
// dossiers that went with it are nobody's to sweep.
type knowledge struct {
	Epoch kiosk.Epoch `json:"epoch"`
	Since time.Time   `json:"since"`
}

// sweeper removes the pages that no dossier came to name.
type sweeper struct {
	site  kiosk.SiteCode
	pages *blobstore.Store
	known kiosk.Outbox
	shelf kiosk.Shelf
	last  func() kiosk.Position
	now   func() time.Time
}

func newSweeper(p *province) *sweeper {
	return &sweeper{
		site: p.office.Setup().Site.Code, pages: p.pages, known: p.bolt, shelf: p.shelf, last: p.office.Last, now: p.office.Time,
	}
}

func (s *sweeper) sweep(ctx context.Context) (int, error) {
	since, err := s.since(ctx)
	if err != nil {
		return 0, err
	}
	return s.pages.Sweep(ctx, blobstore.Orphans{After: since, Before: s.now().Add(-orphanAge), Names: s.names, Most: orphanMost})
}

// names returns the pages that a dossier names. Of one that was forgotten nothing should be left.
func (s *sweeper) names(ctx context.Context, id kiosk.DossierID) ([]kiosk.Hash, bool, error) {
	d, ok, err := s.known.Dossier(ctx, s.site, id)
	if err != nil || !ok || d.State == kiosk.DossierForgotten {
		return nil, false, err
	}
	var pages []kiosk.Hash
	for _, p := range d.Dossier.Pages {
		pages = append(pages, p.Hash)
	}
	return pages, true, nil
}

// since returns since when the database has heard of every dossier, and keeps it.
func (s *sweeper) since(ctx context.Context) (time.Time, error) {
	items, err := s.shelf.Read(ctx, itemKnows)
	if err != nil {
		return time.Time{}, fmt.Errorf("since when dossiers are known: %w", err)
	}
	var kept knowledge
	for _, v := range items {
		if v.Key == itemKnows && json.Unmarshal(v.Value, &kept) == nil && kept.Epoch == s.last().Epoch {
			return kept.Since, nil
		}
	}
	fresh := knowledge{s.last().Epoch, s.now()}
	value, err := json.Marshal(fresh)
	if err == nil {
		err = s.shelf.Write(ctx, kiosk.Item{Key: itemKnows, Value: value})
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("since when dossiers are known: %w", err)
	}
	return fresh.Since, nil
}
