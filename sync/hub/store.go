package hub

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

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
	// same order, and a *Gap of one is no error of another. A dossier without
	// pages is complete with its header: sign makes its statement, as in PageKept.
	Append(ctx context.Context, batches []Batch, sign SignFunc) ([]Appended, []error, error)
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
	// Cursors returns the newest cursor of each of some gateways: how one process learns what
	// another has put there. No clock and no common sequence is asked, which could skip one.
	Cursors(ctx context.Context, gateways []wire.GatewayID) (map[wire.GatewayID]uint64, error)

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
