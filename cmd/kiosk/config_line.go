package main

import (
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/uplink"
)

// lineConfig is [line] and [key]: what the office decides about its line to the province, and how
// long the box keeps what the province holds. Where the hub is comes with the enrolment.
type lineConfig struct {
	Window uplink.Window
	// FactDays is how long acknowledged facts stay in the box, for its own reports; DossierDays how
	// long a dossier's pages stay once the province has signed for them.
	FactDays, DossierDays int
	// Passphrase says that the box's key is sealed by a lead's passphrase.
	Passphrase bool
}

// The bounds of [line].
const (
	leastFactDays = 8 // a report of last week can still be counted
	mostDays      = 3650
	mebi          = 1 << 20
)

// readLine returns what [line] and [key] say.
func readLine(top *table) lineConfig {
	t := top.table("line")
	c := lineConfig{FactDays: t.integer("fact_days", 400), DossierDays: t.integer("dossier_days", 30)}
	if c.FactDays < leastFactDays || c.FactDays > mostDays {
		t.wrong(join(t.path, "fact_days"), c.FactDays, "8 to 3650 days")
	}
	if c.DossierDays < 0 || c.DossierDays > mostDays {
		t.wrong(join(t.path, "dossier_days"), c.DossierDays, "0 to 3650 days")
	}
	c.Window.From, c.Window.To = t.minute("pages_from"), t.minute("pages_to")
	if t.has("pages_from") != t.has("pages_to") {
		t.wrong(t.path, "pages_from or pages_to alone", "both, or none of them")
	} else if t.has("pages_from") && c.Window.From == c.Window.To {
		t.wrong(t.path, "pages_from and pages_to are the same minute", "two times, or none of them where pages may always go")
	}
	if mb := t.integer("pages_mb_per_day", 0); mb < 0 || mb > 1<<20 {
		t.wrong(join(t.path, "pages_mb_per_day"), mb, "0 (no bound) to 1048576 megabytes")
	} else {
		c.Window.PerDay = int64(mb) * mebi
	}
	t.done()

	t = top.table("key")
	c.Passphrase = t.oneOf("source", "file", "passphrase") == "passphrase"
	t.done()
	return c
}

// minute reads a time of day such as "19:00"; 0 where there is none.
func (t *table) minute(key string) kiosk.Minute {
	text := t.text(key)
	if text == "" {
		return 0
	}
	m, err := kiosk.ParseMinute(text)
	if err != nil {
		t.wrong(join(t.path, key), text, `a time of day such as "19:00"`)
	}
	return m
}
