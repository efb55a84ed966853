package main

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

func showLine(_ *session, l control.Uplink) string {
	var t table
	t.row("line", phaseLine(l))
	if l.Hub != "" {
		t.row("hub", l.Hub)
		t.row("gateway", l.Gateway+", certificate until "+when(l.Certificate))
	}
	if !l.Contact.IsZero() {
		t.row("contact", when(l.Contact))
	}
	if l.Trouble != "" {
		t.row("trouble", l.Trouble)
	}
	facts := count(int(l.Facts), "fact")
	if !l.OldestFact.IsZero() {
		facts += ", the oldest since " + when(l.OldestFact)
	}
	t.row("waits", facts)
	t.row("", fmt.Sprintf("%s, %s", count(l.Pages, "page"), bytesLine(l.Bytes)))
	if l.Parked > 0 {
		t.row("", fmt.Sprintf("%d of them refused for good: kioskctl line parked says why", l.Parked))
	}
	if l.Rate > 0 {
		t.row("rate", bytesLine(l.Rate)+" a second")
	}
	if !l.PagesFrom.IsZero() {
		t.row("pages", "go on at "+when(l.PagesFrom)+", as the office has it")
	}
	if l.Expected != nil && *l.Expected > 0 {
		t.row("done in", (time.Duration(*l.Expected) * time.Second).String())
	}
	return t.String()
}

func showParked(_ *session, list []control.Parked) string {
	if len(list) == 0 {
		return "no page was refused\n"
	}
	var t table
	t.row("DOSSIER", "PAGE", "SIZE", "FILED", "WHY")
	for _, p := range list {
		t.row(p.Dossier, fmt.Sprint(p.Page), bytesLine(p.Bytes), when(p.Filed), p.Why)
	}
	text := t.String() + "once the cause is gone: kioskctl line release\n"
	if len(list) == control.ParkedMost {
		text = fmt.Sprintf("the first %d\n", len(list)) + text
	}
	return text
}

func phaseLine(l control.Uplink) string {
	switch l.Phase {
	case "not-enrolled":
		return "this box is not known to the province: kioskctl enrol HUB CODE"
	case "up":
		return "up since " + hm(l.Since)
	case "down":
		return "down since " + hm(l.Since) + ", tried again at " + hm(l.Next)
	case "refused":
		return "the hub takes nothing from this box: ask the province"
	}
	return l.Phase
}

// bytesLine writes a number of bytes as people read it, in powers of ten.
func bytesLine(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func showDossiers(_ *session, list []control.Dossier) string {
	if len(list) == 0 {
		return "no dossiers\n"
	}
	var t table
	t.row("ID", "DAY", "PROCEDURE", "PAGES", "SIZE", "STATE")
	for _, d := range list {
		t.row(d.ID, d.Day, d.Procedure, fmt.Sprint(d.Pages), bytesLine(d.Bytes), d.State)
	}
	return t.String()
}

func showDossier(s *session, d control.Dossier) string { return showDossiers(s, []control.Dossier{d}) }

func showTrip(what string) func(*session, control.Trip) string {
	return func(_ *session, t control.Trip) string {
		s := fmt.Sprintf("%s: %s, %s, %s", what, count(t.Facts, "fact"), count(t.Pages, "page"), bytesLine(t.Bytes))
		if t.Files > 0 {
			s += ", in " + count(t.Files, "file")
		}
		if t.Skipped > 0 {
			s += fmt.Sprintf("; %d pages cannot be read here: kioskctl faults", t.Skipped)
		}
		if t.Behind > 0 {
			s += fmt.Sprintf("\n%s and their pages stay here until the next trip: %s", count(t.Behind, "fact"), t.Why)
		}
		return s + "\n"
	}
}

func showBackup(_ *session, b control.Backup) string {
	return fmt.Sprintf("%s: %s, sealed for the province\n", b.Path, bytesLine(b.Bytes))
}

func showKey(_ *session, k control.Key) string {
	switch k.Source {
	case "file":
		return "the key lies in a file: whoever carries the box away has it; kioskctl key set\n"
	case "passphrase":
		return "the key is sealed with a passphrase, and open\n"
	case "none":
		return "this box has no key yet: the lead chooses its passphrase, kioskctl key set\n"
	case "locked":
		return "the key waits for its passphrase: kioskctl key unlock\n"
	}
	return "the key is in the chip\n"
}
