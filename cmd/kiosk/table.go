package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
)

// maxText bounds a text of a configuration, in characters.
const maxText = 500

// table is one TOML table being read. Each getter takes the key's value, or what is given
// for a key that is not there, and notes a problem where the value is of the wrong kind.
// Keys that no getter asked for are unknown: done tells them.
type table struct {
	doc    *document
	path   string
	values map[string]any
	asked  []string
}

func (d *document) table() *table { return &table{doc: d, values: d.root} }

func (t *table) get(key string) (v any, path string, ok bool) {
	t.asked = append(t.asked, key)
	v, ok = t.values[key]
	return v, join(t.path, key), ok
}

// has reports whether the key is there.
func (t *table) has(key string) bool { _, ok := t.values[key]; return ok }

func (t *table) wrong(path string, found any, want string) {
	t.doc.add(path, fmt.Sprintf("found %s, want %s", show(found), want))
}

// text returns a string in NFC.
func (t *table) text(key string) string {
	v, path, ok := t.get(key)
	if !ok {
		return ""
	}
	return t.str(path, v, "a text in quotes")
}

func (t *table) str(path string, v any, want string) string {
	s, ok := v.(string)
	if !ok {
		t.wrong(path, v, want)
		return ""
	}
	s = norm.NFC.String(strings.TrimSpace(s))
	if n := utf8.RuneCountInString(s); n > maxText {
		t.doc.add(path, fmt.Sprintf("found %d characters, want at most %d", n, maxText))
		return ""
	}
	// Line breaks and the marks that turn the direction of writing would end on slips and screens.
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		t.doc.add(path, fmt.Sprintf("found the invisible character U+%04X, want text on one line", r))
		return ""
	}
	return s
}

// name returns a text in several languages: { vi = "…", en = "…" }, or one string, which is
// Vietnamese.
func (t *table) name(key string) kiosk.Text {
	const want = `a name: "…" or { vi = "…", en = "…", zh = "…" }`
	v, path, ok := t.get(key)
	if !ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return kiosk.Text{kiosk.Vietnamese: t.str(path, v, want)}
	}
	in, text := &table{doc: t.doc, path: path, values: m}, kiosk.Text{}
	for _, l := range kiosk.Languages() {
		if in.has(string(l)) {
			text[l] = in.text(string(l))
		} else {
			in.get(string(l))
		}
	}
	in.done()
	return text
}

// texts returns a list of strings.
func (t *table) texts(key string) []string {
	const want = `a list of texts: ["…", "…"]`
	v, path, ok := t.get(key)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		t.wrong(path, v, want)
		return nil
	}
	var out []string
	for i, e := range list {
		out = append(out, t.str(fmt.Sprintf("%s[%d]", path, i), e, "a text in quotes"))
	}
	return out
}

func (t *table) integer(key string, otherwise int) int {
	v, path, ok := t.get(key)
	if !ok {
		return otherwise
	}
	n, ok := v.(int64)
	if !ok || int64(int32(n)) != n {
		t.wrong(path, v, "a whole number")
		return otherwise
	}
	return int(n)
}

func (t *table) boolean(key string) bool {
	v, path, ok := t.get(key)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		t.wrong(path, v, "true or false")
	}
	return b
}

// oneOf returns one of the allowed values; the first where the key is not there.
func (t *table) oneOf(key string, allowed ...string) string {
	v, path, ok := t.get(key)
	if !ok {
		return allowed[0]
	}
	s, _ := v.(string)
	if !slices.Contains(allowed, s) {
		t.wrong(path, v, choice(s, allowed))
		return allowed[0]
	}
	return s
}

// oneOfInts is oneOf for numbers.
func (t *table) oneOfInts(key string, otherwise int, allowed ...int) int {
	n := t.integer(key, otherwise)
	if !slices.Contains(allowed, n) {
		t.wrong(join(t.path, key), int64(n), "one of "+strings.Trim(strings.ReplaceAll(fmt.Sprint(allowed), " ", ", "), "[]"))
		return otherwise
	}
	return n
}

// length returns a length of time written "30 min" or "1 h 30 min".
func (t *table) length(key string, otherwise time.Duration) time.Duration {
	v, path, ok := t.get(key)
	if !ok {
		return otherwise
	}
	s, _ := v.(string)
	d, ok := parseLength(s)
	if !ok {
		t.wrong(path, v, `a length of time such as "30 min" or "1 h 30 min"`)
		return otherwise
	}
	return d
}

// parseLength reads whole hours, minutes and seconds: "2 h", "45 min", "1h30m", "6 s".
func parseLength(s string) (time.Duration, bool) {
	s = strings.ReplaceAll(s, " ", "")
	var total time.Duration
	for _, unit := range []struct {
		is   time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		n, digits := 0, 0
		for digits < len(s) && digits < 5 && s[digits] >= '0' && s[digits] <= '9' {
			n, digits = n*10+int(s[digits]-'0'), digits+1
		}
		if rest, ok := strings.CutPrefix(s[digits:], unit.name); ok && digits > 0 {
			total += time.Duration(n) * unit.is
			s = rest
			if unit.name == "m" {
				s = strings.TrimPrefix(s, "in")
			}
			if s == "" {
				return total, true
			}
		}
	}
	return 0, false
}

// day returns a date: 2026-11-24, with or without quotes.
func (t *table) day(key string) kiosk.Day {
	v, path, ok := t.get(key)
	if !ok {
		t.doc.add(path, "missing, want a date such as 2026-11-24")
		return 0
	}
	s, _ := v.(string)
	if l, is := v.(toml.LocalDate); is {
		s = l.String()
	}
	d, err := kiosk.ParseDay(s)
	if err != nil {
		t.wrong(path, v, "a date such as 2026-11-24")
	}
	return d
}

// sessions returns stretches of opening hours: ["07:30-11:30", "13:30-17:00"].
func (t *table) sessions(key string) []kiosk.Session {
	var out []kiosk.Session
	for i, s := range t.texts(key) {
		from, to, ok := strings.Cut(s, "-")
		f, err1 := kiosk.ParseMinute(strings.TrimSpace(from))
		u, err2 := kiosk.ParseMinute(strings.TrimSpace(to))
		if !ok || err1 != nil || err2 != nil {
			t.wrong(fmt.Sprintf("%s[%d]", join(t.path, key), i), s, `opening hours such as "07:30-11:30"`)
		}
		out = append(out, kiosk.Session{From: f, To: u})
	}
	return out
}

// table returns the table under key, empty where it is not there.
func (t *table) table(key string) *table {
	v, path, ok := t.get(key)
	in := &table{doc: t.doc, path: path}
	if in.values, _ = v.(map[string]any); ok && in.values == nil {
		t.wrong(path, v, "a table: ["+path+"]")
	}
	return in
}

// tables returns the elements of the array of tables under key.
func (t *table) tables(key string) []*table {
	v, path, ok := t.get(key)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		t.wrong(path, v, "one or more tables, each under [["+path+"]]")
	}
	var out []*table
	for i, e := range list {
		in := &table{doc: t.doc, path: fmt.Sprintf("%s[%d]", path, i)}
		if in.values, ok = e.(map[string]any); !ok {
			t.wrong(in.path, e, "a table under [["+path+"]]")
		}
		out = append(out, in)
	}
	return out
}

// done notes the keys that nobody asked for.
func (t *table) done() {
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if !slices.Contains(t.asked, key) {
			t.doc.add(join(t.path, key), "no such key, want "+choice(key, t.asked))
		}
	}
}

// show writes a value as it is found, bounded.
func show(v any) string {
	switch v := v.(type) {
	case string:
		if r := []rune(v); len(r) > 60 {
			return fmt.Sprintf("%q…", string(r[:60]))
		}
		return fmt.Sprintf("%q", v)
	case map[string]any:
		return "a table"
	case []any:
		return "a list"
	}
	return fmt.Sprint(v)
}
