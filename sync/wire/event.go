package wire

import "encoding/json"

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
	Sure  bool   `json:"clocksure,omitempty"` // Time is worth something
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
// follows can go on. Its data is an [Unsendable].
const TypeUnsendable = TypePrefix + "unsendable.v1"

// Unsendable says why a fact could not be encoded.
type Unsendable struct {
	Kind string `json:"kind"` // the Go type's name
	Why  string `json:"why"`
}
