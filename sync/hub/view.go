package hub

import (
	"encoding/json"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// What the province's page and the hub's verbs look at. None of it is asked by a gateway.

// Overview is a gateway as the hub sees it.
type Overview struct {
	Gateway wire.GatewayID
	Site    kiosk.SiteCode
	Seen    time.Time // the last contact: a fact or its health, whichever is later; zero: never
	Marks   []wire.Mark
	Health  *wire.Health // nil: it never said, or not so that this version understands it
	At      time.Time    // of Health
	Aside   int          // facts in quarantine
	Cloned  time.Time    // when two boxes were last known to speak as this one; zero: never
}

// Aside is a fact in quarantine, opened.
type Aside struct {
	Gateway wire.GatewayID
	At      kiosk.Position
	Why     string
	Kept    time.Time
	Chain   string
	// Event is the fact as it came; empty where it lies among the others and this is a note on it.
	Event   json.RawMessage
	Subject *wire.Subject
	// Spoilt says that it cannot be opened: nobody knows what it holds.
	Spoilt bool
}

// Count is how often something happened at a site on a day.
type Count struct {
	Day     kiosk.Day
	Site    kiosk.SiteCode
	Service kiosk.ServiceCode
	What    TallyKind
	N       int
}

// Filed is a dossier as the hub holds it.
type Filed struct {
	Header   kiosk.Dossier // without Subject
	Site     kiosk.SiteCode
	Gateway  wire.GatewayID
	Day      kiosk.Day
	At       time.Time
	Bytes    int64
	Missing  int       // pages that are not here yet
	Complete time.Time // zero: not yet
	// Statement is the hub's signed word for it.
	Statement string
	Erased    time.Time // zero: not
	ErasedBy  string    // the order's reference
	// Subject is who applies; nil where it was erased, or never said.
	Subject *wire.Subject
}

// Happened is a fact about a dossier.
type Happened struct {
	Gateway wire.GatewayID
	At      kiosk.Position
	Time    time.Time
	Type    string
	JSON    json.RawMessage
}

// Audited is an entry of the log of who looked at what, and why. Nobody who has not the hub's key
// can take one out or change it without breaking the chain of hashes.
type Audited struct {
	Seq     int64
	At      time.Time
	Who     string // an account, or "hub" with the verb's user
	What    string // "search", "dossier", "page", "export", "erase", …
	About   string // a dossier, a gateway, a site, an account, or what was searched for; never a person
	Purpose string // as typed
	Hash    string // of all of it, and of the entry before, made with the hub's key
}
