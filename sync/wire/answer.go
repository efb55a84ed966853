package wire

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Mark is how far an epoch of a gateway is durable at the hub.
type Mark struct {
	Epoch kiosk.Epoch `json:"epoch"`
	Seq   kiosk.Seq   `json:"seq"`
	// Chain is the audit log's hash at that fact, 64 hexadecimal digits; empty where the gateway
	// gave none.
	Chain string `json:"chain,omitempty"`
}

// Position returns the mark's place.
func (m Mark) Position() kiosk.Position { return kiosk.Position{Epoch: m.Epoch, Seq: m.Seq} }

// Ack answers a batch of events.
type Ack struct {
	Mark     Mark `json:"mark"`
	Accepted int  `json:"accepted"` // of this batch, newly durable
	Replayed int  `json:"replayed"` // durable before
	// Quarantined were made durable but not understood. They are acknowledged all the same.
	Quarantined int `json:"quarantined,omitempty"`
	// Forked says that facts of this batch claim places that other facts have at the hub: this
	// gateway was restored without knowing it. They were kept aside, nothing is lost, and the
	// gateway has to begin a new epoch.
	Forked bool `json:"forked,omitempty"`
}

// Marks is how far every epoch of the gateway is durable.
type Marks struct {
	Marks []Mark `json:"marks"` // by epoch, rising
}

// Newest returns the mark of the latest epoch; false where the hub knows none.
func (m Marks) Newest() (Mark, bool) {
	if len(m.Marks) == 0 {
		return Mark{}, false
	}
	return m.Marks[len(m.Marks)-1], true
}

// Numbers are the highest numbers that the hub has seen given at the gateway's site on a day.
type Numbers struct {
	Site    kiosk.SiteCode               `json:"site"`
	Day     string                       `json:"day"`
	Highest map[kiosk.ServiceCode]uint32 `json:"highest"`
	// Heir says that another gateway served the site before, and that nothing has come from this one
	// yet. Whoever was cut off gave numbers that are not in Highest.
	Heir bool `json:"heir,omitempty"`
}

// Code names a refusal. Codes are stable: programs decide by them.
type Code string

// The refusals.
const (
	CodeGap          Code = "gap"           // events after a place that is missing; Expected names it
	CodeSyntax       Code = "syntax"        // not a batch of events; Index names the first bad one
	CodeIdentity     Code = "identity"      // of another source than the connection's
	CodeTooLarge     Code = "too-large"     // beyond the bounds; final for a blob
	CodeUnknown      Code = "unknown"       // no certificate, or one of nobody here
	CodeRevoked      Code = "revoked"       // this gateway was declared lost or replaced
	CodeExpired      Code = "expired"       // its certificate has ended: renew it
	CodeBusy         Code = "busy"          // try again after Retry-After
	CodeHeaderFirst  Code = "header-first"  // a blob of a dossier whose header is not here yet
	CodeNotNamed     Code = "not-named"     // a blob that its dossier's header does not name; final
	CodeErased       Code = "erased"        // the dossier was erased at the person's wish; final
	CodeHashMismatch Code = "hash-mismatch" // the bytes are not what the header names; the upload begins anew
	CodeOffset       Code = "offset"        // not where the upload ends
	CodeNotFound     Code = "not-found"     // no such upload, page or path
	CodeLocked       Code = "locked"        // another request writes to that upload just now
	CodeMethod       Code = "method"
	CodeInternal     Code = "internal" // the hub's own trouble
)

// Final reports whether the same request can never be taken: what was refused by it is parked and
// shown to a person.
func (c Code) Final() bool { return c == CodeTooLarge || c == CodeNotNamed || c == CodeErased }

// Problem is a refusal, in the form of RFC 9457.
type Problem struct {
	Status int    `json:"status"`
	Code   Code   `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	// Index is the first bad event of a batch, from 0; the ones before it are durable, and Ack
	// says so.
	Index *int `json:"index,omitempty"`
	// Expected is the place that a gap begins at, or the offset that an upload has.
	Expected uint64 `json:"expected,omitempty"`
	Ack      *Ack   `json:"ack,omitempty"`
	// RetryAfter is the header of that name; it is not in the body.
	RetryAfter time.Duration `json:"-"`
}

// Error names the refusal.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return fmt.Sprintf("the hub refused: %s (%s)", p.Title, p.Code)
	}
	return fmt.Sprintf("the hub refused: %s (%s): %s", p.Title, p.Code, p.Detail)
}

// BlobMeta is the Upload-Metadata of a page: its keys are the names below.
type BlobMeta struct {
	Dossier kiosk.DossierID // "dossier"
	Hash    kiosk.Hash      // "sha256", in hexadecimal digits
	Media   string          // "filetype"; may be empty
}

// Health is how a gateway does, now. Only the latest is kept.
type Health struct {
	At        time.Time      `json:"at"`
	ClockSure bool           `json:"clock_sure"`
	Site      kiosk.SiteCode `json:"site"`
	Version   string         `json:"version"`
	Uptime    int64          `json:"uptime_s"`
	Faults    []HealthFault  `json:"faults"`
	Hall      string         `json:"hall"` // phase of the hall
	Waiting   int            `json:"waiting"`
	Facts     uint64         `json:"backlog_facts"`
	Blobs     int            `json:"backlog_blobs"`
	Bytes     int64          `json:"backlog_bytes"`
	Parked    int            `json:"parked_blobs"`
	OldestAge int64          `json:"oldest_s"` // of the oldest fact that waits
	DiskFree  int64          `json:"disk_free_bytes"`
	KeySource string         `json:"key_source"` // chip, passphrase or file
	// Instance is drawn anew whenever the gateway's program starts: two that speak in turn are two
	// boxes with one identity.
	Instance string `json:"instance,omitempty"`
}

// HealthFault is a fault that stands.
type HealthFault struct {
	Code     kiosk.FaultCode `json:"code"`
	Severity kiosk.Severity  `json:"severity"`
	Since    time.Time       `json:"since"`
}
