package hub

import (
	"context"
	"errors"
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
	// ErrRevoked means that the gateway has ended, and perhaps has an heir: nothing more is taken in
	// its name.
	ErrRevoked = errors.New("this gateway was revoked")
	// ErrBusy means that another process writes there just now.
	ErrBusy = errors.New("busy")
)

// Store keeps everything with a key. Its methods are safe for concurrent use, also by several
// processes over one database, and what they return is durable.
type Store interface {
	// Append makes batches durable in one transaction, each on its own: the answers stand in the
	// same order, and a *Gap or ErrRevoked of one is no error of another. A dossier without
	// pages is complete with its header: sign makes its statement, as in PageKept.
	Append(ctx context.Context, batches []Batch, sign SignFunc) ([]Appended, []error, error)
	// Marks returns how far each epoch of a gateway is durable, by epoch.
	Marks(ctx context.Context, gateway wire.GatewayID) ([]wire.Mark, error)
	// Numbers returns the highest numbers of a site on a day, whichever gateway gave them.
	Numbers(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) (map[kiosk.ServiceCode]uint32, error)
	// Heir reports whether a gateway follows another one at its site and has said nothing so far.
	Heir(ctx context.Context, gateway wire.GatewayID, site kiosk.SiteCode) (bool, error)

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
	// FeedDone notes that a gateway has done its feed up to a cursor, which lies in it.
	FeedDone(ctx context.Context, gateway wire.GatewayID, cursor uint64) error
	// Cursors returns the newest cursor of each of some gateways: how one process learns what
	// another has put there. No clock and no common sequence is asked, which could skip one.
	Cursors(ctx context.Context, gateways []wire.GatewayID) (map[wire.GatewayID]uint64, error)

	// Health keeps the latest state of a gateway, and which run of its program has told it. cloned
	// says that this is the first report by which two boxes are known to speak as this gateway.
	Health(ctx context.Context, gateway wire.GatewayID, health []byte, instance string) (cloned bool, err error)

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
