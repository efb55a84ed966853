package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/motcua/gateway/kiosk/control"
)

func showLines(_ *session, list []string) string {
	if len(list) == 0 {
		return "none\n"
	}
	return strings.Join(list, "\n") + "\n"
}

func showAudit(_ *session, a control.Audit) string {
	return fmt.Sprintf("the audit log holds: %s, the last one %d-%d\n%s\n", count(int(a.Facts), "fact"), a.Epoch, a.Seq, a.Hash)
}

func showStaff(_ *session, list []control.Officer) string {
	if len(list) == 0 {
		return "no officers yet: kioskctl staff add LOGIN -name NAME -role lead\n"
	}
	var t table
	t.row("LOGIN", "CODE", "NAME", "ROLE", "COUNTERS", "")
	for _, o := range list {
		t.row(o.Login, o.Code, o.Name, o.Role, orDash(strings.Join(o.Counters, " ")), accountLine(o))
	}
	return t.String()
}

func accountLine(o control.Officer) string {
	switch {
	case o.Disabled:
		return "disabled"
	case !o.LockedUntil.IsZero():
		return "locked until " + hm(o.LockedUntil)
	}
	return ""
}

func showOfficer(_ *session, o control.Officer) string {
	s := fmt.Sprintf("%s  %s  %s  %s\n", o.Login, o.Code, o.Role, o.Name)
	if o.Secret != "" {
		s += "PIN " + o.Secret + " (it is not told again)\n"
	}
	return s
}

func showBoards(_ *session, list []control.Board) string {
	if len(list) == 0 {
		return "no boards yet: open /board on the television and confirm its digits\n"
	}
	var t table
	t.row("ID", "KIND", "NAME", "COUNTER", "SOUND", "SEEN")
	for _, b := range list {
		seen := "–"
		if !b.Seen.IsZero() {
			seen = when(b.Seen)
		}
		sound := ""
		if b.Sound {
			sound = "on"
		}
		t.row(b.ID, b.Kind, b.Name, orDash(b.Counter), orDash(sound), seen)
	}
	return t.String()
}

func showBoard(s *session, b control.Board) string { return showBoards(s, []control.Board{b}) }

// report prints a day's numbers as JSON: people look at them in the browser.
func report(ctx context.Context, s *session) error {
	method := http.MethodGet
	if s.officers {
		method = http.MethodPost // it leaves a fact
	}
	var raw json.RawMessage
	if err := s.do(ctx, request{method, "/v1/days/" + url.PathEscape(s.names[0]) + "/report", nil}, &raw); err != nil {
		return err
	}
	return s.printJSON(raw)
}

// exportAudit prints the facts of a day, one line each.
func exportAudit(ctx context.Context, s *session) error {
	var lines []json.RawMessage
	if err := s.do(ctx, request{http.MethodGet, "/v1/days/" + url.PathEscape(s.names[0]) + "/audit", nil}, &lines); err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(s.out, "%s\n", l); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
