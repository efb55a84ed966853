package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// shownGateway is a gateway as `gateways -json` has it. The names are promised.
type shownGateway struct {
	Gateway     wire.GatewayID `json:"gateway"`
	Site        kiosk.SiteCode `json:"site"`
	State       string         `json:"state"` // "living", "revoked"
	Until       string         `json:"certificate_until"`
	Seen        string         `json:"last_seen,omitempty"`
	Cloned      string         `json:"cloned,omitempty"` // when two boxes were last known to speak as this one
	Epoch       kiosk.Epoch    `json:"epoch,omitempty"`
	Seq         kiosk.Seq      `json:"seq,omitempty"`
	Quarantined int            `json:"quarantined,omitempty"`
	Health      *wire.Health   `json:"health,omitempty"`
}

func gateways(ctx context.Context, s *session) error {
	list, err := s.shownGateways(ctx)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(list)
	}
	t := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "SITE\tGATEWAY\tSTATE\tLAST SEEN\tFACT\tBACKLOG\tFAULTS\tVERSION")
	for _, g := range list {
		backlog, faults, version := "-", "-", "-"
		if h := g.Health; h != nil {
			backlog, version = fmt.Sprintf("%d facts, %d pages", h.Facts, h.Blobs), h.Version
			faults = faultCodes(h)
		}
		if g.Cloned != "" {
			faults = "COPIED " + faults
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d-%d\t%s\t%s\t%s\n", g.Site, g.Gateway, g.State, cmp.Or(g.Seen, "never"), g.Epoch, g.Seq, backlog, faults, version)
	}
	return t.Flush()
}

func faultCodes(h *wire.Health) string {
	var codes []string
	for _, f := range h.Faults {
		codes = append(codes, string(f.Code))
	}
	return cmp.Or(strings.Join(codes, " "), "none")
}

// shownGateways joins who was enrolled with what was heard of them, by site.
func (s *session) shownGateways(ctx context.Context) ([]shownGateway, error) {
	enrolled, err := s.registrar.Gateways(ctx)
	if err != nil {
		return nil, err
	}
	heard, err := s.heard(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]shownGateway, 0, len(enrolled))
	for _, g := range enrolled {
		o := heard[g.ID]
		v := shownGateway{
			Gateway: g.ID, Site: g.Site, State: stateOf(g), Until: day(g.Until),
			Seen: second(o.Seen), Cloned: second(o.Cloned), Quarantined: o.Aside, Health: o.Health,
		}
		if m, ok := (wire.Marks{Marks: o.Marks}).Newest(); ok {
			v.Epoch, v.Seq = m.Epoch, m.Seq
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b shownGateway) int {
		return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.State, b.State), cmp.Compare(a.Gateway, b.Gateway))
	})
	return list, nil
}

func stateOf(g enrol.Gateway) string {
	if g.Living() {
		return "living"
	}
	return "revoked"
}

func day(t time.Time) string { return t.In(kiosk.ICT()).Format(time.DateOnly) }

// second is a moment as it is shown; empty for none.
func second(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(kiosk.ICT()).Format("2006-01-02 15:04:05")
}

// audit shows the newest entries of the audit log, once all of it is checked.
func audit(ctx context.Context, s *session) error {
	n, err := s.store.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	list, err := s.store.Audits(ctx, 0, 50)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	if s.json {
		return s.printJSON(shownAudit(list))
	}
	fmt.Fprintf(s.stdout, "%d entries, each as it was written\n", n)
	t := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
	for _, e := range list {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", e.Seq, second(e.At), e.Who, e.What, e.About, e.Purpose)
	}
	return t.Flush()
}

// auditEntry is an entry as `audit -json` has it.
type auditEntry struct {
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Who     string `json:"who"`
	What    string `json:"what"`
	About   string `json:"about,omitempty"`
	Purpose string `json:"purpose"`
	Hash    string `json:"hash"`
}

func shownAudit(list []hub.Audited) []auditEntry {
	out := make([]auditEntry, 0, len(list))
	for _, e := range list {
		out = append(out, auditEntry{e.Seq, second(e.At), e.Who, e.What, e.About, e.Purpose, e.Hash})
	}
	return out
}
