package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// auditLine is a line of `kioskctl audit export DAY`, by its promised names.
type auditLine map[string]any

// reading is where the event of a fact says what a field of the audit log says.
type reading struct {
	field string // of the line
	path  string // of the event's data
	as    func(any) any
}

// readings lists them by the kind of fact. The hash and the pages of a dossier's header are held
// against what the header consists of.
func readings() map[string][]reading {
	number := []reading{{"number", "number", nil}, {"service", "service", nil}, {"counter", "counter", nil}}
	and := func(list []reading, more ...reading) []reading { return append(list[:len(list):len(list)], more...) }
	return map[string][]reading{
		"ticket-issued": {
			{"number", "ticket.number", nil}, {"service", "ticket.service", nil}, {"language", "ticket.language", nil},
			{"priority", "ticket.priority", nil}, {"state", "ticket.state", nil}, {"day", "ticket.day", nil},
		},
		"ticket-moved":   and(number, reading{"verb", "verb", nil}, reading{"state", "state", nil}, reading{"why", "why", nil}),
		"ticket-sent":    and(number, reading{"to", "to", nil}, reading{"for", "for", nil}, reading{"place", "place", nil}, reading{"until", "after", moment}),
		"ticket-rated":   and(number, reading{"level", "level", nil}, reading{"reason", "reason", nil}),
		"priority-moved": and(number, reading{"was", "was", nil}, reading{"priority", "now", nil}),
		"step-undone": and(number, reading{"verb", "verb", nil}, reading{"before.number", "ticket.number", nil}, reading{"before.state", "ticket.state", nil},
			reading{"before.counter", "ticket.counter", nil}, reading{"before.calls", "ticket.calls", nil}, reading{"before.legs", "ticket.legs", nil}),
		"slip-moved":        {{"number", "number", nil}, {"service", "service", nil}, {"state", "state", nil}, {"yes", "asked", nil}},
		"counter-moved":     {{"counter", "counter", nil}, {"state", "state", nil}, {"until", "until", moment}, {"reason", "reason", oneLine}, {"officer", "officer", nil}},
		"hall-moved":        {{"yes", "open", nil}, {"what", "by_hand", is("by-hand")}},
		"outage-seen":       {{"from", "from", moment}, {"until", "to", moment}},
		"staff-moved":       {{"officer", "officer", nil}, {"what", "what", nil}, {"counter", "counter", nil}, {"detail", "detail", oneLine}},
		"log-sealed":        {{"what", "day", nil}, {"hash", "sha256", nil}, {"detail", "at", nil}},
		"dossier-received":  {{"dossier", "id", nil}, {"procedure", "procedure", nil}, {"number", "ticket", nil}, {"counter", "counter", nil}, {"officer", "officer", nil}},
		"dossier-settled":   {{"dossier", "id", nil}, {"state", "state", nil}, {"why", "why", nil}, {"hash", "manifest", nil}},
		"blob-moved":        {{"dossier", "dossier", nil}, {"hash", "sha256", nil}, {"state", "state", nil}, {"why", "why", oneLine}},
		"epoch-begun":       {{"was", "after", nil}, {"detail", "mark", nil}, {"why", "why", nil}},
		"line-moved":        {{"what", "what", nil}, {"detail", "detail", oneLine}},
		"fault-moved":       {{"what", "code", nil}, {"yes", "raised", nil}, {"detail", "hint", oneLine}},
		"clock-confirmed":   {{"what", "day", nil}, {"was", "was", nil}},
		"paper-checked":     {{"yes", "readable", nil}, {"what", "asked", is("asked")}},
		"numbers-confirmed": {{"service", "service", nil}, {"last", "last", nil}},
		"help-moved":        {{"yes", "waiting", nil}},
	}
}

// about is which field is the event's subject, by the kind of fact; the others have none.
func about(kind string) string {
	switch {
	case strings.HasPrefix(kind, "ticket-"), kind == "step-undone", kind == "priority-moved", kind == "slip-moved":
		return "number"
	case strings.HasPrefix(kind, "dossier-"), kind == "blob-moved":
		return "dossier"
	}
	return ""
}

// moment is a time as the wire has it: whole seconds at +07:00.
func moment(v any) any {
	at, err := time.Parse(time.RFC3339, text(v))
	if err != nil {
		return nil
	}
	return at.In(time.FixedZone("", 7*3600)).Format(time.RFC3339)
}

// oneLine is free text as the wire has it.
func oneLine(v any) any {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text(v), string(utf8.RuneError)))
}

// is reports whether a text is the one.
func is(word string) func(any) any { return func(v any) any { return text(v) == word } }

// readAudit reads the export of one day.
func readAudit(export []byte) (out []told, err error) {
	for n, line := range bytes.Split(bytes.TrimSpace(export), []byte("\n")) {
		var l auditLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, fmt.Errorf("line %d of the audit log: %w", n+1, err)
		}
		f, err := l.told()
		if err != nil {
			return nil, fmt.Errorf("line %d of the audit log: %w", n+1, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// told says what the province has to hold of a line.
func (l auditLine) told() (told, error) {
	line := map[string]any(l)
	f := told{kind: text(l["kind"]), says: map[string]any{}}
	list, known := readings()[f.kind]
	epoch, ok1 := l["epoch"].(float64)
	seq, ok2 := l["seq"].(float64)
	if !known || !ok1 || !ok2 {
		return f, fmt.Errorf("a fact of the kind %q, which nobody here can read", f.kind)
	}
	f.at = spot{uint64(epoch), uint64(seq)}
	for _, r := range list {
		v := look(line, r.field)
		if r.as != nil {
			v = r.as(v)
		}
		f.says["data."+r.path] = v
	}
	f.says["day"], f.says["actor"], f.says["stepkey"], f.says["late"] = l["day"], l["by"], l["key"], l["late_s"]
	f.says["time"], f.says["clocksure"] = moment(l["at"]), l["at_sure"]
	if field := about(f.kind); field != "" {
		f.says["subject"] = l[field]
	}
	if f.kind == "dossier-received" {
		pages, _ := l["pages"].(float64)
		f.dossier, f.manifest, f.pages = text(l["dossier"]), text(l["hash"]), int(pages)
	}
	return f, nil
}

// TestReadingsKnowTheWire: every type of the wire has readings, and every path of theirs stands in
// that type's golden file. A fact that the wire gets one day is not passed over.
func TestReadingsKnowTheWire(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../sync/wire/testdata/golden/facts/*.v1.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	known := readings()
	for _, file := range files {
		kind := strings.TrimSuffix(filepath.Base(file), ".v1.json")
		if kind == "unsendable" { // which no gateway of a test may ever need
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var event map[string]any
		if err := json.Unmarshal(b, &event); err != nil {
			t.Fatal(err)
		}
		if len(known[kind]) == 0 {
			t.Errorf("no readings for %s", kind)
		}
		for _, r := range known[kind] {
			if look(event, "data."+r.path) == nil {
				t.Errorf("%s: nothing at data.%s in the golden file", kind, r.path)
			}
		}
		if has := event["subject"] != nil; has != (about(kind) != "") {
			t.Errorf("%s: has a subject: %t", kind, has)
		}
		delete(known, kind)
	}
	for kind := range known {
		t.Errorf("%s is no type of the wire", kind)
	}
}
