package enrol

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// ClaimKey is the SHA-256 of a code's secret: what the hub keeps of it.
type ClaimKey [sha256.Size]byte

// Hash is a SHA-256 of a public key.
type Hash [sha256.Size]byte

// Claim is the right of one box to become the gateway of a site.
type Claim struct {
	Key      ClaimKey
	Site     kiosk.SiteCode
	By       string // who made it
	Made     time.Time
	Until    time.Time
	Replaces wire.GatewayID // the living gateway that redeeming it ends; may be empty

	// What became of it; zero while it was not redeemed.
	Used      time.Time
	Gateway   wire.GatewayID
	PublicKey Hash // of the box that redeemed it
}

// Gateway is a box that was enrolled.
type Gateway struct {
	ID   wire.GatewayID
	Site kiosk.SiteCode
	By   string    // who made its claim
	Made time.Time // when the claim was redeemed

	// Its certificate, the only one but for Previous.
	Serial      string // 32 lower-case hexadecimal digits
	Certificate []byte // DER
	PublicKey   Hash
	Issued      time.Time
	Until       time.Time
	Used        time.Time // when a request first came with it; zero: not yet
	// Previous is the serial before: good while the newest one was not used, and an hour longer.
	Previous string

	Revoked   time.Time // zero: living
	RevokedBy string
	Why       string
}

// Living reports whether the gateway was not revoked.
func (g Gateway) Living() bool { return g.Revoked.IsZero() }

// ErrNotFound means that nothing has that key.
var ErrNotFound = errors.New("not found")

// Store keeps claims and gateways. Its methods are safe for concurrent use, also by several
// processes over one database. Times are whole seconds in UTC.
type Store interface {
	// Update runs f in one transaction. No other Update, of any process, runs between f's first
	// reading and the commit. What f wrote is durable when Update returns nil; when f returns an
	// error, nothing of it is kept, and Update returns that error. f may be run again from its
	// beginning where the database asks for it.
	Update(ctx context.Context, f func(Tx) error) error
	// View runs f over one state of the store, which other transactions go on changing.
	View(ctx context.Context, f func(Reader) error) error
}

// Reader reads within a transaction and is worth nothing after it. What it returns is a copy.
type Reader interface {
	// Claim, Gateway and LivingAt return ErrNotFound where there is none.
	Claim(key ClaimKey) (Claim, error)
	Gateway(id wire.GatewayID) (Gateway, error)
	LivingAt(site kiosk.SiteCode) (Gateway, error)
	// Several returns those of some gateways that there are, in no order.
	Several(ids []wire.GatewayID) ([]Gateway, error)
	// OpenClaims returns the claims of a site that were not redeemed, in the order of their making.
	OpenClaims(site kiosk.SiteCode) ([]Claim, error)
	// Gateways returns all of them, revoked ones included, by ID.
	Gateways() ([]Gateway, error)
}

// Tx writes as well. Put adds a row or replaces the one with the same key whole.
type Tx interface {
	Reader
	PutClaim(c Claim) error
	// PutGateway refuses a second living gateway of a site with an error that wraps ErrTwoLiving:
	// the rule is the Registrar's, and the database holds it too.
	PutGateway(g Gateway) error
}

// ErrTwoLiving means that a site would have two living gateways.
var ErrTwoLiving = errors.New("two living gateways of one site")

// hexDigits writes a hash or serial.
func hexDigits(b []byte) string { return hex.EncodeToString(b) }
