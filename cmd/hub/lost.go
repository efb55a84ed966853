package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// incident is what has to be known of a lost box: by the province at once, and by the authority
// for personal data within 72 hours. The names in its JSON are promised.
type incident struct {
	Gateway   wire.GatewayID `json:"gateway"`
	Site      kiosk.SiteCode `json:"site"`
	Revoked   string         `json:"revoked"`
	By        string         `json:"revoked_by"`
	Why       string         `json:"why"`
	Seen      string         `json:"last_seen,omitempty"`
	Cloned    string         `json:"cloned,omitempty"` // when two boxes were last known to speak as this one
	Health    *wire.Health   `json:"last_health,omitempty"`
	Marks     []wire.Mark    `json:"held_here"`
	KeySource string         `json:"key_source,omitempty"`
	Protected string         `json:"protected"`
	Kinds     []string       `json:"personal_data"`
	Dossiers  []incidentItem `json:"dossiers"`
}

// incidentItem is a dossier of which the box may hold a copy. Whose it is stands elsewhere.
type incidentItem struct {
	Dossier   kiosk.DossierID     `json:"dossier"`
	Code      kiosk.DossierCode   `json:"code,omitempty"`
	Procedure kiosk.ProcedureCode `json:"procedure"`
	Day       string              `json:"day"`
	Missing   int                 `json:"pages_only_on_box"`
	Named     bool                `json:"names_applicant"`
}

// lost ends a gateway for good and prints the sheet. Doing it again prints the sheet again. The
// note comes first: what was lost, and what was on it, is shown to nobody of whom no log tells.
func lost(ctx context.Context, s *session) error {
	why, err := s.need("why", "where and when it was lost, as far as it is known")
	if err != nil {
		return err
	}
	id := wire.GatewayID(s.name)
	_, err = s.registrar.Gateway(ctx, id)
	if err == nil {
		err = s.note(ctx, "lost", s.name, why)
	}
	if err != nil && !errors.Is(err, enrol.ErrNotFound) { // whom nobody knows, Revoke refuses
		return err
	}
	g, err := s.registrar.Revoke(ctx, id, why, s.by())
	if err != nil {
		return err
	}
	sheet, err := s.incident(ctx, g)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(sheet)
	}
	return sheet.print(s)
}

func (s *session) incident(ctx context.Context, g enrol.Gateway) (*incident, error) {
	v := &incident{
		Gateway: g.ID, Site: g.Site, Revoked: second(g.Revoked), By: g.RevokedBy, Why: g.Why, Marks: []wire.Mark{}, Dossiers: []incidentItem{},
		Kinds: []string{
			"numbers of tickets, services and times; no names",
			"accounts of the office's staff: names, and sealed hashes of their PINs and passwords",
		},
	}
	heard, err := s.heard(ctx)
	if err != nil {
		return nil, err
	}
	o := heard[g.ID]
	v.Seen, v.Cloned, v.Health, v.Marks = second(o.Seen), second(o.Cloned), o.Health, append(v.Marks, o.Marks...)
	if v.Health != nil {
		v.KeySource = v.Health.KeySource
	}
	v.Protected = protection(v.KeySource)
	dossiers, err := s.store.OnBox(ctx, g.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range dossiers {
		v.add(d)
	}
	if len(v.Dossiers) > 0 {
		v.Kinds = append(v.Kinds, "names and numbers of applicants, and scanned papers, of the dossiers below")
	}
	return v, nil
}

func (v *incident) add(d hub.Filed) {
	v.Dossiers = append(v.Dossiers, incidentItem{
		Dossier: d.Header.ID, Code: d.Header.Code, Procedure: d.Header.Procedure, Day: d.Day.String(), Missing: d.Missing, Named: d.Subject != nil,
	})
}

// protection says what stands between a thief and the data, by where the box's key came from.
func protection(source string) string {
	switch source {
	case "chip":
		return "encrypted; the key is held by a chip of the box and opens only on it, unchanged: a thief needs the whole box, running"
	case "passphrase":
		return "encrypted; the key is sealed with a passphrase of the lead: without it, and switched off, the box opens nothing"
	case "file":
		return "encrypted, but the key lay in a file on the same card: whoever has the card can read all of it"
	}
	return "unknown: the box never said where its key comes from; reckon with a key that lay beside the data"
}

func (v *incident) print(s *session) error {
	t := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("INCIDENT SHEET", "%s of %s", v.Gateway, v.Site)
	row("revoked", "%s by %s: it is refused everywhere within a minute, its line and its sticks", v.Revoked, v.By)
	row("why", "%s", v.Why)
	if v.Seen == "" {
		row("last seen", "never")
	} else {
		row("last seen", "%s", v.Seen)
	}
	if v.Cloned != "" {
		row("copied", "two boxes spoke with this identity, last at %s: a copy of its card holds what is listed here, wherever the box is", v.Cloned)
	}
	for _, m := range v.Marks {
		row("held here", "facts 1 to %d of epoch %d", m.Seq, m.Epoch)
	}
	if h := v.Health; h != nil {
		row("then", "version %s; %d facts and %d pages (%d bytes) had not been sent, and may exist nowhere else", h.Version, h.Facts, h.Blobs, h.Bytes)
	}
	row("protected", "%s", v.Protected)
	for _, k := range v.Kinds {
		row("personal data", "%s", k)
	}
	row("dossiers", "%d of which it may hold a copy", len(v.Dossiers))
	if err := t.Flush(); err != nil {
		return err
	}
	for _, d := range v.Dossiers {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s", d.Day, d.Dossier, d.Procedure, d.Code)
		if d.Missing > 0 {
			fmt.Fprintf(t, "\t%d pages only there", d.Missing)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
