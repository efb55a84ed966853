package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/uplink"
)

func TestSampleOffice(t *testing.T) {
	t.Parallel()
	c, err := loadConfig("")
	if err != nil {
		t.Fatal(err)
	}
	s := &c.Setup
	if n := len(s.Services); n < 7 || n > 9 {
		t.Errorf("%d services, want 6 to 8 and guidance", n)
	}
	if _, ok := s.Guidance(); !ok {
		t.Error("no guidance service")
	}
	for _, v := range s.Services {
		for _, l := range kiosk.Languages() {
			if v.Name[l] == "" || v.Where[l] == "" {
				t.Errorf("service %s has no name or place in %s", v.Code, l)
			}
		}
		if v.Pictogram == "" {
			t.Errorf("service %s has no pictogram", v.Code)
		}
	}
	day := func(text string) kiosk.Day {
		d, err := kiosk.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	// The first Culture Day is a Tuesday, the Monday before it an ordinary day.
	if open, entry := s.Hours.On(day("2026-11-24")); len(open) != 0 || entry == nil || !entry.Confirmed {
		t.Errorf("24 November 2026: %v, %+v", open, entry)
	}
	if open, _ := s.Hours.On(day("2026-11-23")); len(open) != 2 {
		t.Errorf("23 November 2026: %v", open)
	}
	for _, e := range s.Hours.Calendar {
		if e.Source == "" {
			t.Errorf("%s has no source", e.Day)
		}
		if e.Day >= day("2027-01-01") && e.Confirmed {
			t.Errorf("%s is marked as confirmed; the notice for 2027 was not found", e.Day)
		}
		if e.Kind == kiosk.Holiday && e.Day.Weekday() == time.Sunday && e.Day != day("2027-02-07") {
			t.Errorf("%s is a Sunday: a slip in the calendar?", e.Day)
		}
	}
	if c.Printer == nil || c.Printer.Port != "/dev/kiosk-printer" || c.Screen.WidthMM == 0 {
		t.Errorf("devices: %+v %+v", c.Printer, c.Screen)
	}
}

// small is a whole configuration, the least that works.
const small = `[office]
name = "Trung tâm"
[site]
code = "x"
name = "Sảnh"
[[service]]
code = "a"
prefix = "A"
name = "Chứng thực"
[[counter]]
code = "1"
serves = ["a"]
[hours]
monday = ["07:30-11:30"]
`

func TestLeastConfig(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("small.toml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if c.Setup.Queue != kiosk.DefaultQueueRules() || c.Setup.Slips != kiosk.DefaultSlipRules() {
		t.Errorf("rules: %+v %+v", c.Setup.Queue, c.Setup.Slips)
	}
	if c.Printer != nil {
		t.Errorf("a printer nobody named: %+v", c.Printer)
	}
	if got := c.Setup.Services[0].Handling; got != 10*time.Minute {
		t.Errorf("handling %v", got)
	}
}

// What the sample office leaves to be switched on is right where it is.
func TestTheSampleNamesLanguagesThatAreRecorded(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("coto.toml")
	if err != nil {
		t.Fatal(err)
	}
	on := strings.Replace(string(sample), "#   also = ", "also = ", 1)
	c, err := parseConfig("coto.toml", []byte(on))
	if err != nil || len(c.Counters.Voice.Also) == 0 {
		t.Errorf("with its languages the sample is refused: %v, %q", err, c.Counters.Voice.Also)
	}
}

func TestTextIsNFC(t *testing.T) {
	t.Parallel()
	decomposed := strings.Replace(small, "Sảnh", "Sa\u0309nh", 1)
	c, err := parseConfig("x.toml", []byte("\ufeff"+strings.ReplaceAll(decomposed, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Setup.Site.Name[kiosk.Vietnamese]; got != "S\u1ea3nh" {
		t.Errorf("site name %+q", got)
	}
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		from, to string // replaced in small; from "" appends
		want     []string
	}{
		{"unknown key, near", "prefix = ", "prefx = ", []string{"x.toml:8: service[0].prefx: no such key, want one of code, prefix, ", "(did you mean prefix?)", "x.toml:6: service[0].prefix: want 1 to 3 capital letters"}},
		{"unknown key, far", "", "[bogus]\n", []string{"x.toml:15: bogus: no such key, want one of office, site, sector, service, counter, hours, calendar, queue, slips, report, printer, screen, officers, board, voice, rating, line, key\n"}},
		{"unknown key in a name", `name = "Sảnh"`, `name = { vi = "Sảnh", fr = "Hall" }`, []string{"x.toml:5: site.name.fr: no such key, want one of vi, en, zh"}},
		{"wrong type", `code = "x"`, `code = 7`, []string{"x.toml:4: site.code: found 7, want a text in quotes\n"}},
		{"two at once, in order", "monday", "mondey", []string{"x.toml:14: hours.mondey: no such key", "did you mean monday?"}},
		{"prefix", `prefix = "A"`, `prefix = "a1"`, []string{`x.toml:8: service[0].prefix: found "a1", want 1 to 3 capital letters A–Z`}},
		{"unknown service of a counter", `serves = ["a"]`, `serves = [ "a",` + "\n" + `"b" ]`, []string{`x.toml:13: counter[0].serves[1]: found "b", want the code of a [[service]]`}},
		{"hours", "07:30-11:30", "07:30-25:00", []string{`x.toml:14: hours.monday[0]: found "07:30-25:00", want opening hours such as "07:30-11:30"`}},
		{"hours backwards", "07:30-11:30", "11:30-07:30", []string{`x.toml:14: hours.monday[0]: found "11:30-07:30", want HH:MM-HH:MM, beginning before it ends`}},
		{"length", "", "grace = 30", []string{`x.toml:15: hours.grace: found 30, want a length of time such as "30 min"`}},
		{"length without unit", "", `grace = "30"`, []string{`x.toml:15: hours.grace: found "30", want a length of time`}},
		{"rule", "", "[queue]\npriority = \"interleavd\"", []string{`x.toml:16: queue.priority: found "interleavd", want one of interleaved, strict (did you mean interleaved?)`}},
		{"bounds", "", "[queue]\nrecalls = 99", []string{`x.toml:16: queue.recalls: found "99", want 0 to 20`}},
		{"voice", "", "[voice]\nalso = [\"tyz\", \"dao\"]", []string{`x.toml:16: voice.also[1]: found "dao", want one of ium, mji, tyz, yue-x-sanchi`}},
		{"date", "", "[[calendar]]\ndate = 2026-13-01\nname=\"x\"", []string{"x.toml:16: "}},
		{"date in quotes", "", "[[calendar]]\ndate = \"2026-02-30\"\nname=\"x\"", []string{`x.toml:16: calendar[0].date: found "2026-02-30", want a date such as 2026-11-24`}},
		{"no date", "", "[[calendar]]\nname=\"x\"", []string{"x.toml:15: calendar[0].date: missing, want a date"}},
		{"same date twice", "", "[[calendar]]\ndate = 2026-11-24\nname=\"x\"\n[[calendar]]\ndate = 2026-11-24\nname=\"y\"", []string{`x.toml:19: calendar[1].date: found "2026-11-24", want a date of its own; this one is taken`}},
		{"printer kind", "", "[printer]\nkind = \"zebra\"\nport = \"/dev/x\"", []string{`x.toml:16: printer.kind: found "zebra", want escpos`}},
		{"printer baud", "", "[printer]\nport = \"/dev/x\"\nbaud = 12345", []string{`x.toml:17: printer.baud: found 12345, want one of 9600, 19200, 38400, 57600, 115200`}},
		{"printer profile", "", "[printer]\nport = \"/dev/x\"\nprofile = \"epson-tm-08\"", []string{`x.toml:17: printer.profile: found "epson-tm-08", want one of generic-80, `, "(did you mean epson-tm-80?)"}},
		{"printer port", "", "[printer]\nport = \"COM1\"", []string{`x.toml:16: printer.port: found "COM1", want a path`}},
		{"printer address", "", "[printer]\nport = \"tcp://10.0.0.5\"", []string{`x.toml:16: printer.port: found "tcp://10.0.0.5", want`}},
		{"printer without a port", "", "[printer]\nkind = \"escpos\"", []string{`x.toml:15: printer.port: found "", want`}},
		{"screen", "", "[screen]\nwidth_mm = 5", []string{"x.toml:16: screen.width_mm: found 5, want the width of the picture"}},
		{"screen pixels", "", "[screen]\npixels = \"1080*1920\"", []string{`x.toml:16: screen.pixels: found "1080*1920", want`}},
		{"a table that is a value", "[hours]\nmonday = [\"07:30-11:30\"]", "hours = 3", []string{"x.toml:13: counter[0].hours: no such key"}},
		{"a list that is a table", "[[service]]", "[service]", []string{"x.toml:6: service: found a table, want one or more tables, each under [[service]]"}},
		{"sooner idle while serving", "", "[officers]\nidle_serving = \"10 min\"", []string{`x.toml:16: officers.idle_serving: found "10m0s", want no shorter than idle`}},
		{"line's key", "", "[line]\nhub = \"https://x\"", []string{"x.toml:16: line.hub: no such key"}},
		{"facts gone too soon", "", "[line]\nfact_days = 7", []string{"x.toml:16: line.fact_days: found 7, want 8 to 3650 days"}},
		{"dossiers kept too long", "", "[line]\ndossier_days = 3651", []string{"x.toml:16: line.dossier_days: found 3651, want 0 to 3650 days"}},
		{"half a window", "", "[line]\npages_from = \"19:00\"", []string{"want both, or none of them"}},
		{"a window of no length", "", "[line]\npages_from = \"19:00\"\npages_to = \"19:00\"", []string{"the same minute\", want two times"}},
		{"no time of day", "", "[line]\npages_from = \"7pm\"\npages_to = \"06:00\"", []string{`x.toml:16: line.pages_from: found "7pm", want a time of day such as "19:00"`}},
		{"less than nothing", "", "[line]\npages_mb_per_day = -1", []string{"x.toml:16: line.pages_mb_per_day: found -1, want 0 (no bound) to 1048576 megabytes"}},
		{"source of the key", "", "[key]\nsource = \"cloud\"", []string{`x.toml:16: key.source: found "cloud"`}},
		{"passphrase in the file", "", "[key]\npassphrase = \"hoa ban\"", []string{"x.toml:16: key.passphrase: no such key"}},
		{"syntax", `code = "x"`, `code = "x`, []string{"x.toml:4: "}},
		{"same key twice", `code = "x"`, "code = \"x\"\ncode = \"y\"", []string{"x.toml:5: "}},
		{"invisible", "Sảnh", "Sả\u202enh", []string{"x.toml:5: site.name: found the invisible character U+202E, want text on one line"}},
		{"line break", "Sảnh", `Sả\nnh`, []string{"x.toml:5: site.name: found the invisible character U+000A"}},
		{"long", "Sảnh", strings.Repeat("x", 501), []string{"x.toml:5: site.name: found 501 characters, want at most 500"}},
		{"not UTF-8", "Sảnh", "S\xe1nh", []string{"x.toml:5: found the byte 0xE1, want text in UTF-8"}},
		{"empty", small, "", []string{"x.toml:1: office.name: want a name in Vietnamese", "x.toml:1: service: want 1 to 40 services"}},
		{"too many", "", strings.Repeat("#=\n", maxKeys), []string{"x.toml:1: found more than 6000 keys"}},
		{"too large", "", strings.Repeat("#\n", maxDocument/2), []string{"x.toml:1: found more than 1048576 bytes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := small + tt.to
			if tt.from != "" {
				data = strings.Replace(small, tt.from, tt.to, 1)
				if data == small {
					t.Fatalf("nothing to replace: %q", tt.from)
				}
			}
			_, err := parseConfig("x.toml", []byte(data))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error()+"\n", want) {
					t.Errorf("found:\n%v\nwant in it:\n%s", err, want)
				}
			}
		})
	}
}

func TestProblemsInOrderAndBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(small)
	for i := range 300 {
		fmt.Fprintf(&b, "bogus%d = 1\n", i)
	}
	_, err := parseConfig("x.toml", []byte(b.String()))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxProblems+1 {
		t.Errorf("%d lines", len(lines))
	}
	if want := "x.toml: and 250 more"; lines[len(lines)-1] != want {
		t.Errorf("last line %q, want %q", lines[len(lines)-1], want)
	}
	if !strings.HasPrefix(lines[0], "x.toml:15: ") {
		t.Errorf("first line %q", lines[0])
	}
}

// A file built to be slow must not be: each of these once took time that grew with the square
// of its size.
func TestHostileConfigIsQuick(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"nested lists":  "a = " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deeper lists":  "a = " + strings.Repeat("[", maxDocument/2),
		"dotted key":    strings.Repeat("a.", maxDocument/4) + "a = 1",
		"dotted table":  "[" + strings.Repeat("a.", maxDocument/4) + "a]",
		"unknown keys":  manyKeys(maxKeys - 1),
		"more keys":     manyKeys(100_000),
		"nested tables": strings.Repeat("[[a]]\n", maxDocument/8),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if _, err := parseConfig("x.toml", []byte(data)); err == nil {
				t.Error("no error")
			}
			if took := time.Since(start); took > hostilePatience {
				t.Errorf("took %v", took)
			}
		})
	}
}

func manyKeys(n int) string {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "k%d=1\n", i)
	}
	return b.String()
}

func TestParseLength(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30 min": 30 * time.Minute, "1 h": time.Hour, "1 h 30 min": 90 * time.Minute, "1h30m": 90 * time.Minute,
		"0 min": 0, "90m": 90 * time.Minute,
	} {
		if got, ok := parseLength(text); !ok || got != want {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "30", "min", "-1 min", "1.5 h", "30 min 1 h", "1 h 30", "1 d", "999999999999999 h", "1 minute"} {
		if got, ok := parseLength(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(small))
	f.Add(sampleOffice)
	f.Add([]byte("[[service]]\n[service.name]\nvi='x'\n[[service]]\nname={vi='y'}\n"))
	f.Add([]byte("a=[{b=[1,2]},\n{b=[[3]]}]\n[x]\ny.z=1"))
	f.Add([]byte("[[calendar]]\ndate=2026-11-24T00:00:00Z\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseConfig("f.toml", data)
		if err == nil {
			if p := c.Setup.Check(); len(p) > 0 {
				t.Fatalf("accepted with problems: %v", p)
			}
			return
		}
		bad, ok := errors.AsType[*configError](err)
		if !ok || len(bad.problems) == 0 {
			t.Fatalf("error without a place: %v", err)
		}
		last := 1 + bytes.Count(data, []byte("\n"))
		for _, p := range bad.problems {
			if p.line < 1 || p.line > last || p.text == "" {
				t.Fatalf("line %d of %d: %q", p.line, last, p.text)
			}
		}
	})
}

func TestLineConfig(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]lineConfig{
		"": {FactDays: 400, DossierDays: 30},
		"[line]\nfact_days = 8\ndossier_days = 0\npages_from = \"19:00\"\npages_to = \"06:30\"\npages_mb_per_day = 3\n[key]\nsource = \"passphrase\"\n": {
			FactDays: 8, Passphrase: true, Window: uplink.Window{From: 19 * 60, To: 6*60 + 30, PerDay: 3 << 20},
		},
	} {
		c, err := parseConfig("x.toml", []byte(small+text))
		if err != nil || c.Line != want {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
}
