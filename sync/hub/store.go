package hub

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Batch is facts of one gateway that have passed the envelope's checks: one epoch, places that
// follow each other.
type Batch struct {
	Gateway wire.GatewayID
	Site    kiosk.SiteCode
	Epoch   kiosk.Epoch
	Events  []Event // at least one
}

// Event is a fact as the hub keeps it.
type Event struct {
	Seq   kiosk.Seq
	Type  string
	Day   kiosk.Day // 0: not said
	At    time.Time
	Chain string
	// JSON is the event as it came, without what it says of a person.
	JSON []byte
	// Odd is why the fact goes into quarantine; empty for one that is understood.
	Odd string

	// What is projected from a fact that is understood; at most one of them.
	Number  *Number  // a number was given
	Dossier *Dossier // a dossier was received
	Seal    *Seal    // the audit log's head was sealed
}

// Number is a number given at a site.
type Number struct {
	Day     kiosk.Day
	Service kiosk.ServiceCode
	Seq     uint32
}

// Seal is the head of the gateway's audit log as it stood once a day: a later claim that the log
// said something else can be held against it.
type Seal struct {
	Day  kiosk.Day
	At   kiosk.Position
	Hash string
}

// Dossier is a dossier as its header tells of it.
type Dossier struct {
	Header  kiosk.Dossier // its Subject is empty
	Site    kiosk.SiteCode
	Gateway wire.GatewayID
	Day     kiosk.Day
	At      time.Time
	// Subject is who applies. A store seals it before it writes it.
	Subject *wire.Subject
}

// Appended is what became of a batch.
type Appended struct {
	Mark     wire.Mark
	Accepted int
	Replayed int
	Odd      int
	Forked   bool
	Known    []kiosk.DossierID // dossiers whose header is new
}

// Gap is a batch that begins after a place that is missing.
type Gap struct {
	Mark     wire.Mark
	Expected kiosk.Seq
}

// Error names the place.
func (g *Gap) Error() string { return "gap in the facts" }

// The errors of the stores.
var (
	ErrNotFound    = errors.New("not found")
	ErrHeaderFirst = errors.New("the dossier's header is not here yet")
	ErrNotNamed    = errors.New("the dossier's header does not name this page")
	ErrErased      = errors.New("erased at the person's wish")
	// ErrBusy means that another process writes there just now.
	ErrBusy = errors.New("busy")
)

// Store keeps everything with a key. Its methods are safe for concurrent use, also by several
// processes over one database, and what they return is durable.
type Store interface {
	// Append makes batches durable in one transaction, each on its own: the answers stand in the
	// same order, and a *Gap of one is no error of another. Dossiers whose pages are all here
	// already are completed by it.
	Append(ctx context.Context, batches []Batch) ([]Appended, []error, error)
	// Marks returns how far each epoch of a gateway is durable, by epoch.
	Marks(ctx context.Context, gateway wire.GatewayID) ([]wire.Mark, error)
	// Numbers returns the highest numbers of a site on a day, whichever gateway gave them.
	Numbers(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) (map[kiosk.ServiceCode]uint32, error)

	// Page says what is known of a page before its bytes are taken: ErrHeaderFirst, ErrNotNamed,
	// ErrErased, or its size, whether it is durable already, and the key for its bytes.
	Page(ctx context.Context, gateway wire.GatewayID, page PageKey) (PageState, error)
	// PageKept says that a page's bytes are durable. Where it was the last one, the dossier is
	// complete: sign makes the statement, and the word goes into the feed in the same transaction.
	PageKept(ctx context.Context, gateway wire.GatewayID, page PageKey, sign SignFunc) (complete bool, err error)

	// Push puts an item at the end of a gateway's feed and returns its cursor.
	Push(ctx context.Context, gateway wire.GatewayID, kind string, data []byte) (uint64, error)
	// Feed returns at most n items after a cursor, and the newest cursor of that gateway.
	Feed(ctx context.Context, gateway wire.GatewayID, after uint64, n int) ([]FeedItem, uint64, error)
	// Fed returns the gateways that have got items since a moment that an earlier call returned:
	// how one process learns what another has put there.
	Fed(ctx context.Context, since int64) (gateways []wire.GatewayID, now int64, err error)

	// Health keeps the latest state of a gateway.
	Health(ctx context.Context, gateway wire.GatewayID, health []byte) error

	// Close lets go of the database.
	Close() error
}

// SignFunc makes the signed statement of a dossier that has become complete.
type SignFunc func(wire.Statement) (jws string, err error)

// FeedItem is an item of a gateway's feed.
type FeedItem struct {
	Cursor uint64
	Kind   string // type of its event
	At     time.Time
	Data   []byte // JSON
}

// PageKey names the bytes of a page. The same bytes in two dossiers are two pages: each is sealed
// with its dossier's key, and one can be erased without the other.
type PageKey struct {
	Dossier kiosk.DossierID
	Hash    kiosk.Hash
}

// PageState is what is known of a page.
type PageState struct {
	Size int64
	Kept bool
	// Recipient seals the page's bytes and Identity opens them: age's X25519 keys of the dossier,
	// in age's own text forms. Neither is ever logged.
	Recipient, Identity string
}

// Pages keep the bytes of scans and of uploads that are not whole yet. Methods are safe for
// concurrent use, also by several processes over one store.
type Pages interface {
	// Offset returns how many bytes of an upload are durable; 0 where there are none.
	Offset(ctx context.Context, upload string) (int64, error)
	// Append adds what r gives at an offset that must be the upload's end, ErrBusy or *OffsetError
	// otherwise. The n bytes that it returns are durable, with an error too: a body that breaks off
	// is no reason to send again what has come.
	Append(ctx context.Context, upload string, at int64, r io.Reader, most int64) (n int64, err error)
	// Finish makes the whole upload a page, sealed to recipient, once its bytes have the hash that
	// the key names; else it drops them and returns ErrHash. It may be called again after a kill
	// at any line.
	Finish(ctx context.Context, upload string, page PageKey, size int64, recipient string) error
	// Open returns a page's bytes, unsealed.
	Open(ctx context.Context, page PageKey, identity string) (io.ReadCloser, error)
	// Drop forgets an upload, Remove all pages of a dossier. Neither minds what is not there.
	Drop(ctx context.Context, upload string) error
	Remove(ctx context.Context, dossier kiosk.DossierID) error
	// Sweep drops uploads that nobody has added to since a moment, and returns how many.
	Sweep(ctx context.Context, before time.Time) (int, error)
}

// ErrHash means that the bytes are not those that the header names.
var ErrHash = errors.New("the bytes are not those that the header names")

// OffsetError is an upload that ends elsewhere.
type OffsetError struct{ Ends int64 }

// Error says so.
func (e *OffsetError) Error() string { return "the upload ends elsewhere" }
