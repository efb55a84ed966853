package wire

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// FeedBatch is what the hub has for a gateway after a cursor: events of types that begin with
// [TypeFeed], whose id is the cursor, in decimal digits, rising without a gap.
type FeedBatch struct {
	Events []Event `json:"events"`
	Cursor uint64  `json:"cursor"` // of the last one; what was asked for where there is none
	// More says that the answer was cut at the bounds.
	More bool `json:"more,omitempty"`
	// Item names the item at Cursor. Who asks gives it back beside the cursor: a hub that was put
	// back to an older copy of itself gives the same cursors to other items.
	Item string `json:"item,omitempty"`
	// Anew says that what was asked behind is not in this feed, or that what follows it is not kept
	// any more: the feed goes on behind Cursor, and some of it may have been done before. Only who
	// names an item, or an empty one, is told so.
	Anew bool `json:"anew,omitempty"`
}

// The types of the feed's items.
const (
	FeedDossier = TypeFeed + "dossier-complete.v1" // DossierComplete
	FeedErase   = TypeFeed + "subject-erase.v1"    // SubjectErase
	FeedPack    = TypeFeed + "pack.v1"             // Pack
	FeedNotice  = TypeFeed + "notice.v1"           // Notice
)

// DossierComplete says that the hub holds every page of a dossier.
type DossierComplete struct {
	Dossier kiosk.DossierID `json:"dossier"`
	// Statement is a JWS in compact form (RFC 7515) whose payload is a [Statement].
	Statement string `json:"statement"`
}

// Statement is what the hub signs when it holds a dossier whole: "complete" is not a flag, but a
// word that can be held against it.
type Statement struct {
	Gateway  GatewayID       `json:"gateway"`
	Site     kiosk.SiteCode  `json:"site"`
	Dossier  kiosk.DossierID `json:"dossier"`
	Manifest kiosk.Hash      `json:"manifest"` // [kiosk.Dossier.Manifest]
	Pages    int             `json:"pages"`
	Bytes    int64           `json:"bytes"`
	At       time.Time       `json:"at"`
}

// SubjectErase tells the box to forget its copies of dossiers: somebody has asked for it, and the
// province agreed. It names dossiers and never the person.
type SubjectErase struct {
	Order    string            `json:"order"` // the province's reference
	Dossiers []kiosk.DossierID `json:"dossiers"`
}

// Pack is versioned data for the box: catalogue, calendar, fees. It is taken over only if its
// signature is the province's.
type Pack struct {
	Name    string     `json:"name"`
	Version int64      `json:"version"`
	From    string     `json:"from"` // first day on which it holds, YYYY-MM-DD
	Hash    kiosk.Hash `json:"sha256"`
	Bytes   []byte     `json:"bytes"` // at most [MaxPack]
	// Signature is a JWS in compact form whose payload is a [PackClaim].
	Signature string `json:"signature"`
}

// PackClaim is what is signed of a pack.
type PackClaim struct {
	Name    string     `json:"name"`
	Version int64      `json:"version"`
	From    string     `json:"from"`
	Hash    kiosk.Hash `json:"sha256"`
}

// MaxPack bounds a pack, in bytes.
const MaxPack = 512 << 10

// Notice is a sentence for the office's staff, in Vietnamese, at most 500 runes.
type Notice struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Keys are the public keys of the hub's statements and the province's packs: a JWK set (RFC 7517)
// of Ed25519 keys (RFC 8037).
type Keys struct {
	Keys []Key `json:"keys"`
	// Recipients are the hub's public keys for files that reach it on a stick, "age1…": one of them
	// opens what is sealed to all.
	Recipients []string `json:"recipients,omitempty"`
}

// Key is one public key.
type Key struct {
	Type  string `json:"kty"` // "OKP"
	Curve string `json:"crv"` // "Ed25519"
	ID    string `json:"kid"`
	Use   string `json:"use"` // "sig"
	X     string `json:"x"`   // base64url without padding
}
