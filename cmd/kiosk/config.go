package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// sampleOffice is what kiosk runs without -config, and what the demo shows.
//
//go:embed coto.toml
var sampleOffice []byte

// sampleName stands for the sample office in messages.
const sampleName = "coto.toml (built in)"

// config is a configuration file that has been read and checked.
type config struct {
	Setup   kiosk.Setup
	Printer *printerConfig // nil: the file names none
	Screen  screenConfig
	// Counters is what stands around the counters: officers, boards, voice.
	Counters countersConfig
	Line     lineConfig
}

// configUnread is a configuration file that cannot be read at all.
type configUnread struct{ error }

func (e *configUnread) Error() string { return "read config: " + e.error.Error() }
func (e *configUnread) Unwrap() error { return e.error }

// loadConfig reads the file, or the sample office where file is empty. Its error tells
// everything that is wrong with the file, with lines.
func loadConfig(file string) (*config, error) {
	if file == "" {
		return parseConfig(sampleName, sampleOffice)
	}
	// Opening a pipe would wait for a writer, and for nothing else: not for a signal either.
	if i, err := os.Stat(file); err == nil && !i.Mode().IsRegular() && !i.IsDir() {
		return nil, &configUnread{fmt.Errorf("%s is no file but %s", file, i.Mode().Type())}
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, &configUnread{err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	if err != nil {
		return nil, &configUnread{err}
	}
	return parseConfig(file, data)
}

// parseConfig reads a configuration. Its error is a *configError.
func parseConfig(name string, data []byte) (*config, error) {
	doc, err := parseDocument(name, data)
	if err != nil {
		return nil, err
	}
	top := doc.table()
	c := &config{
		Setup:    readSetup(top),
		Printer:  readPrinter(top),
		Screen:   readScreen(top.table("screen")),
		Counters: readCounters(top),
		Line:     readLine(top),
	}
	top.done()
	for _, p := range c.Setup.Check() {
		if p.Got == "" {
			doc.add(p.Path, "want "+p.Want)
		} else {
			doc.add(p.Path, fmt.Sprintf("found %s, want %s", show(p.Got), p.Want))
		}
	}
	if err := doc.err(name); err != nil {
		return nil, err
	}
	return c, nil
}

// readSetup reads the office. What it means is checked by kiosk.Setup.Check.
func readSetup(top *table) kiosk.Setup {
	var s kiosk.Setup
	office := top.table("office")
	s.Name, s.AlwaysOpen = office.name("name"), office.boolean("always_open")
	office.done()

	site := top.table("site")
	s.Site = kiosk.Site{
		Code: kiosk.SiteCode(site.text("code")), Name: site.name("name"),
		Address: site.text("address"), Phone: site.text("phone"),
	}
	site.done()

	for _, t := range top.tables("sector") {
		s.Sectors = append(s.Sectors, kiosk.Sector{Code: kiosk.SectorCode(t.text("code")), Name: t.name("name")})
		t.done()
	}
	for _, t := range top.tables("service") {
		s.Services = append(s.Services, readService(t))
		t.done()
	}
	for _, t := range top.tables("counter") {
		s.Counters = append(s.Counters, kiosk.Counter{Code: kiosk.CounterCode(t.text("code")), Serves: codes[kiosk.ServiceCode](t.texts("serves"))})
		t.done()
	}
	s.Hours = readHours(top)
	s.Queue = readQueue(top.table("queue"))
	s.Slips = readSlips(top.table("slips"))
	s.Report = readReport(top.table("report"))
	return s
}

func readService(t *table) kiosk.Service {
	return kiosk.Service{
		Code:      kiosk.ServiceCode(t.text("code")),
		Prefix:    t.text("prefix"),
		Name:      t.name("name"),
		Sectors:   codes[kiosk.SectorCode](t.texts("sectors")),
		Pictogram: t.pictogram("pictogram"),
		Guidance:  t.boolean("guidance"),
		Handling:  time.Duration(t.integer("minutes", 10)) * time.Minute,
		Where:     t.name("where"),
	}
}

// pictogram returns the name of a drawing, or none.
func (t *table) pictogram(key string) string {
	if !t.has(key) {
		t.get(key)
		return ""
	}
	return t.oneOf(key, pictograms()...)
}

// pictograms lists the drawings of ui/touch/look, which is not imported here: the
// configuration is read in builds that have no screen as well.
func pictograms() []string {
	return []string{
		"stamp", "family", "land", "construction", "business", "social", "health", "education",
		"agriculture", "residence", "card", "military", "tax", "papers", "results", "guide",
	}
}

func codes[T ~string](list []string) []T {
	out := make([]T, len(list))
	for i, s := range list {
		out[i] = T(s)
	}
	return out
}

func readHours(top *table) kiosk.Hours {
	t := top.table("hours")
	var h kiosk.Hours
	for d := time.Sunday; d <= time.Saturday; d++ {
		h.Weekly[d] = t.sessions(strings.ToLower(d.String()))
	}
	h.LastTicket = t.length("last_ticket", 30*time.Minute)
	h.Grace = t.length("grace", time.Hour)
	t.done()
	for _, t := range top.tables("calendar") {
		h.Calendar = append(h.Calendar, kiosk.CalendarEntry{
			Day: t.day("date"),
			Kind: kiosk.CalendarKind(t.oneOf("kind", string(kiosk.Holiday), string(kiosk.Compensation), string(kiosk.SwapOff),
				string(kiosk.SwapWork), string(kiosk.LocalClosure), string(kiosk.ExtraSession))),
			Name:      t.name("name"),
			Sessions:  t.sessions("sessions"),
			Source:    t.text("source"),
			Confirmed: t.boolean("confirmed"),
		})
		t.done()
	}
	return h
}

func readQueue(t *table) kiosk.QueueRules {
	d := kiosk.DefaultQueueRules()
	q := kiosk.QueueRules{
		Priority:      kiosk.PriorityRule(t.oneOf("priority", string(kiosk.Interleaved), string(kiosk.Strict))),
		PriorityEvery: t.integer("priority_every", d.PriorityEvery),
		LongestWait:   t.length("longest_wait", d.LongestWait),
		HoldAfter:     t.integer("hold_after", d.HoldAfter),
		Recalls:       t.integer("recalls", d.Recalls),
	}
	t.done()
	return q
}

func readSlips(t *table) kiosk.SlipRules {
	d := kiosk.DefaultSlipRules()
	r := kiosk.SlipRules{
		ReprintWithin: t.length("reprint_within", d.ReprintWithin),
		ReprintRun:    t.integer("reprint_run", d.ReprintRun),
		Attempts:      t.integer("attempts", d.Attempts),
		Copies:        t.integer("copies", d.Copies),
	}
	t.done()
	return r
}
