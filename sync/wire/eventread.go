package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of an event's attributes that this version does not know.
const (
	maxMore     = 32 // of one event
	maxMoreName = 64 // bytes
)

// appendMore appends the unknown attributes, by name.
func (e *Event) appendMore(b []byte) ([]byte, error) {
	if len(e.More) == 0 {
		return b, nil
	}
	for _, name := range slices.Sorted(maps.Keys(e.More)) {
		if !attributeName(name) || e.known(name) || !valid(string(e.More[name])) {
			return nil, fmt.Errorf("write event %s: an attribute: %w", e.ID, ErrSyntax)
		}
		b = append(appendName(b, name), e.More[name]...)
	}
	return b, nil
}

// known reports whether an attribute has a field of its own.
func (e *Event) known(name string) bool {
	switch name {
	case "clocksure", "late", "data":
		return true
	}
	for _, a := range e.attributes() {
		if a.name == name {
			return true
		}
	}
	return false
}

// attributeName reports whether a name can be one: of a–z and 0–9, as CloudEvents wants it, or the
// one member that is no attribute.
func attributeName(name string) bool {
	if name == dataBase64 {
		return true
	}
	return name != "" && len(name) <= maxMoreName && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// dataBase64 is where CloudEvents keeps data that is not JSON.
const dataBase64 = "data_base64"

// UnmarshalJSON reads an event, and fails with ErrSyntax or ErrTooLarge. An attribute that stands
// there twice is refused: whoever looked at the event on its way may have seen the other one.
// Data in base64 that is JSON becomes Data; any other stays in More.
func (e *Event) UnmarshalJSON(b []byte) error {
	if len(b) > MaxEventBytes {
		return tooLong(len(b))
	}
	return e.read(string(b))
}

func tooLong(n int) error {
	return fmt.Errorf("event of %d bytes, at most %d: %w", n, MaxEventBytes, ErrTooLarge)
}

// read reads an event, whose attributes become pieces of the text.
func (e *Event) read(s string) error {
	if len(s) > MaxEventBytes {
		return tooLong(len(s))
	}
	if !utf8.ValidString(s) || !valid(s) {
		return fmt.Errorf("event: %w", ErrSyntax)
	}
	var read Event
	in := eventReader{event: &read, attributes: read.attributes()}
	if err := members(s, in.member); err != nil {
		return err
	}
	if read.SpecVersion != SpecVersion || read.ID == "" || read.Source == "" || read.Type == "" {
		return fmt.Errorf("event: want specversion %s, id, source and type: %w", SpecVersion, ErrSyntax)
	}
	if err := read.unpack(); err != nil {
		return err
	}
	*e = read
	return nil
}

// eventReader fills an event.
type eventReader struct {
	event      *Event
	attributes [12]attribute
	seen       [15]bool        // of the attributes, then clocksure, late and data
	others     map[string]bool // what else was seen, nulls included
}

var errTwice = fmt.Errorf("event: an attribute twice: %w", ErrSyntax)

// member takes one member of the event's JSON.
func (r *eventReader) member(name, value string) error {
	bad := func() error { return fmt.Errorf("event: attribute %.64q: %w", name, ErrSyntax) }
	null := value == "null" // CloudEvents: the same as not there
	for i, a := range r.attributes {
		if a.name != name {
			continue
		}
		s, ok := readText(value)
		switch {
		case r.seen[i]:
			return errTwice
		case !null && (!ok || len(s) > a.most || hasControl(s)):
			return bad()
		}
		r.seen[i], *a.text = true, s
		return nil
	}
	e, seen := r.event, r.seen[len(r.attributes):]
	switch name {
	case "clocksure":
		if seen[0] {
			return errTwice
		}
		seen[0], e.Sure = true, value == "true"
		if !e.Sure && !null && value != "false" {
			return bad()
		}
		return nil
	case "late":
		if seen[1] {
			return errTwice
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil && !null {
			return bad()
		}
		seen[1], e.Late = true, n
		return nil
	case "data":
		if seen[2] {
			return errTwice
		}
		seen[2], e.Data = true, []byte(value)
		return nil
	}
	return r.other(name, value, null)
}

// other takes an attribute that this version does not know.
func (r *eventReader) other(name, value string, null bool) error {
	if !attributeName(name) {
		return fmt.Errorf("event: attribute %.64q: %w", name, ErrSyntax)
	}
	if r.others[name] {
		return errTwice
	}
	if len(r.others) == maxMore {
		return fmt.Errorf("event: more than %d unknown attributes: %w", maxMore, ErrTooLarge)
	}
	if r.others == nil {
		r.others = make(map[string]bool, 1)
	}
	r.others[name] = true
	if null {
		return nil
	}
	if r.event.More == nil {
		r.event.More = map[string]json.RawMessage{}
	}
	r.event.More[name] = []byte(value)
	return nil
}

// unpack makes JSON in base64 the data.
func (e *Event) unpack() error {
	packed, ok := e.More[dataBase64]
	if !ok {
		return nil
	}
	s, text := readText(string(packed))
	b, err := base64.StdEncoding.DecodeString(s)
	if !text || err != nil || e.Data != nil {
		return fmt.Errorf("event: %s, beside data or not base64: %w", dataBase64, ErrSyntax)
	}
	if !utf8.Valid(b) || !valid(string(b)) {
		return nil
	}
	if e.Data = b; len(e.More) == 1 {
		e.More = nil
		return nil
	}
	delete(e.More, dataBase64)
	return nil
}
