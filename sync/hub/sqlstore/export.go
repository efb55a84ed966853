package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// Export is everything that the hub holds about a person, to be handed out as it is.
type Export struct {
	Number   string          `json:"number"`
	Dossiers []ExportDossier `json:"dossiers"`
	Aside    []ExportAside   `json:"quarantine"` // what was not understood and names the person
	// Spoilt is how many facts in quarantine cannot be opened: whom they name, nobody knows.
	Spoilt int `json:"quarantine_unreadable,omitempty"`
}

// ExportDossier is a dossier of an [Export].
type ExportDossier struct {
	Dossier   kiosk.DossierID   `json:"dossier"`
	Code      kiosk.DossierCode `json:"code,omitempty"`
	Procedure string            `json:"procedure"`
	Site      kiosk.SiteCode    `json:"site"`
	Day       string            `json:"day"`
	Applicant *wire.Subject     `json:"applicant,omitempty"`
	Pages     []ExportPage      `json:"pages"`
	Facts     []json.RawMessage `json:"facts"`
	Statement string            `json:"statement,omitempty"`
}

// ExportPage is a scanned page of an [ExportDossier]; its bytes are in the hub's pages.
type ExportPage struct {
	Component kiosk.ComponentCode `json:"component,omitempty"`
	Hash      kiosk.Hash          `json:"sha256"`
	Size      int64               `json:"size"`
	Media     string              `json:"media"`
}

// ExportAside is a fact of an [Export] that was put aside: as it came, and where it came from.
type ExportAside struct {
	Gateway   wire.GatewayID  `json:"gateway"`
	Place     string          `json:"place"`
	Why       string          `json:"why"`
	Kept      string          `json:"kept"`
	Applicant *wire.Subject   `json:"applicant,omitempty"`
	Fact      json.RawMessage `json:"fact"`
}

// Export returns everything that is held about a person; [ErrNobody] where it is nothing.
func (s *Store) Export(ctx context.Context, number string) (Export, error) {
	held, err := s.Held(ctx, number)
	if err != nil {
		return Export{}, err
	}
	out := Export{Number: number, Dossiers: []ExportDossier{}, Aside: []ExportAside{}, Spoilt: held.Spoilt}
	for _, f := range held.Dossiers {
		full, err := s.Dossier(ctx, f.Header.ID)
		if err != nil {
			return Export{}, err
		}
		d := exported(full)
		history, err := s.History(ctx, f.Header.ID)
		if err != nil {
			return Export{}, err
		}
		for _, h := range history {
			d.Facts = append(d.Facts, h.JSON)
		}
		out.Dossiers = append(out.Dossiers, d)
	}
	for _, v := range held.Aside {
		out.Aside = append(out.Aside, ExportAside{
			Gateway: v.Gateway, Place: wire.EventID(v.At), Why: v.Why, Kept: v.Kept.In(kiosk.ICT()).Format(time.RFC3339), Applicant: v.Subject, Fact: v.Event,
		})
	}
	return out, nil
}

func exported(f hub.Filed) ExportDossier {
	d := ExportDossier{
		Dossier: f.Header.ID, Code: f.Header.Code, Procedure: string(f.Header.Procedure), Site: f.Site, Day: f.Day.String(),
		Applicant: f.Subject, Pages: []ExportPage{}, Facts: []json.RawMessage{}, Statement: f.Statement,
	}
	for _, p := range f.Header.Pages {
		d.Pages = append(d.Pages, ExportPage(p))
	}
	return d
}
