package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Event is a CloudEvents 1.0 event in JSON: a fact on its way up, or an item of the feed on its
// way down.
type Event struct {
	SpecVersion string `json:"specversion"` // "1.0"
	ID          string `json:"id"`          // of a fact [EventID], of the feed the cursor
	Source      string `json:"source"`
	Type        string `json:"type"`
	Time        string `json:"time,omitempty"`    // RFC 3339; of a fact: whole seconds at +07:00
	Subject     string `json:"subject,omitempty"` // a ticket's number or a dossier's ID
	ContentType string `json:"datacontenttype,omitempty"`
	// The extensions of a fact.
	Site  string `json:"site,omitempty"`
	Day   string `json:"day,omitempty"` // the office's day, YYYY-MM-DD
	By    string `json:"actor,omitempty"`
	Key   string `json:"stepkey,omitempty"`
	Late  int64  `json:"late,omitempty"`      // seconds that the step was pressed before Time
	Sure  bool   `json:"clocksure,omitempty"` // Time is worth something; on facts only
	Chain string `json:"chain,omitempty"`     // the audit log's hash at this fact, 64 hexadecimal digits

	Data json.RawMessage `json:"data,omitempty"`
	// More holds attributes that this version does not know. They are kept.
	More map[string]json.RawMessage `json:"-"`
}

// SpecVersion is the version of CloudEvents.
const SpecVersion = "1.0"

// TypePrefix is what the types of all facts begin with, TypeFeed those of the feed.
const (
	TypePrefix = "vn.motcua.fact."
	TypeFeed   = "vn.motcua.feed."
)

// TypeUnsendable is a fact that its gateway could not encode: it takes its place, so that what
// follows can go on. [Unsendable] makes it.
const TypeUnsendable = TypePrefix + "unsendable.v1"

// The errors of what comes over the wire.
var (
	// ErrSyntax is what is not JSON, or not a CloudEvent.
	ErrSyntax = errors.New("not well formed")
	// ErrTooLarge is what is beyond the bounds.
	ErrTooLarge = errors.New("too large")
)

// Gateway returns the gateway that an event is from; false where its source is none's.
func (e *Event) Gateway() (GatewayID, bool) {
	s, ok := strings.CutPrefix(e.Source, sourcePrefix)
	return GatewayID(s), ok && GatewayID(s).Valid()
}

// attribute is an attribute that is text.
type attribute struct {
	name string
	text *string
	most int // bytes
}

// attributes lists those of an event in the order in which they are written.
func (e *Event) attributes() [12]attribute {
	return [...]attribute{
		{"specversion", &e.SpecVersion, 8},
		{"id", &e.ID, 64},
		{"source", &e.Source, 256},
		{"type", &e.Type, 128},
		{"time", &e.Time, 64},
		{"subject", &e.Subject, 256},
		{"datacontenttype", &e.ContentType, 128},
		{"site", &e.Site, maxCode},
		{"day", &e.Day, 16},
		{"actor", &e.By, maxActor},
		{"stepkey", &e.Key, maxKey},
		{"chain", &e.Chain, 64},
	}
}

// AppendEvent appends an event as JSON: its attributes in one order that never changes, then the
// unknown ones by name, then the data.
func AppendEvent(b []byte, e *Event) ([]byte, error) {
	b = append(b, '{')
	for _, a := range e.attributes() {
		if *a.text != "" {
			b = appendText(appendName(b, a.name), *a.text)
		}
	}
	if strings.HasPrefix(e.Type, TypePrefix) {
		b = strconv.AppendBool(appendName(b, "clocksure"), e.Sure)
	}
	if e.Late != 0 {
		b = strconv.AppendInt(appendName(b, "late"), e.Late, 10)
	}
	b, err := e.appendMore(b)
	if err != nil {
		return nil, err
	}
	if len(e.Data) > 0 {
		if !valid(string(e.Data)) {
			return nil, fmt.Errorf("write event %s: its data: %w", e.ID, ErrSyntax)
		}
		b = append(appendName(b, "data"), e.Data...)
	}
	return append(b, '}'), nil
}

// MarshalJSON writes what AppendEvent writes.
func (e Event) MarshalJSON() ([]byte, error) {
	return AppendEvent(make([]byte, 0, 512+len(e.Data)), &e)
}

// appendName begins a member of an object.
func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(append(append(b, '"'), name...), '"', ':')
}

// appendText appends a JSON string. What has nothing to escape, nearly everything, is copied.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			q, _ := json.Marshal(s) // a string always can be
			return append(b, q...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
