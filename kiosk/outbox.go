package kiosk

import (
	"context"
	"time"
)

// Outbox is the side of a store that remembers how much the province has made durable. Facts are
// their own outbox entries: what waits is what lies behind the acknowledged position. All methods
// may be called from any goroutine, beside the Office's commits.
type Outbox interface {
	// Outgoing returns at most n records after pos with the hash of the log at each, the oldest
	// first. They are copies. Facts of earlier epochs come before those of later ones.
	Outgoing(ctx context.Context, after Position, n int) ([]Outgoing, error)
	// Pending returns at most n blobs that the province has not made durable, in the order in
	// which they were filed, after a place. Those that are parked come along with their reason.
	Pending(ctx context.Context, after BlobPlace, n int) ([]BlobRecord, error)
	// Settle keeps durably what the province has said that it holds. A position behind the last
	// fact, or before what is acknowledged already in the same epoch, is refused and changes
	// nothing: a hub that acknowledges too much is believed nothing.
	Settle(ctx context.Context, s Settled) error
	// Waiting returns what waits, in numbers. It is cheap enough to be asked every second.
	Waiting(ctx context.Context) (Backlog, error)
	// Prune removes at most n of the oldest facts of days before a day, in one transaction, and
	// what was kept of those days beside them. Nothing that is not acknowledged is removed. It
	// returns how many went; 0 when there is nothing left to do.
	Prune(ctx context.Context, before Day, n int) (int, error)
	// Dossiers returns at most n dossiers of a site after an ID, in the order of their IDs.
	Dossiers(ctx context.Context, site SiteCode, after DossierID, n int) ([]DossierRecord, error)
	// Dossier returns one; false where it is not kept.
	Dossier(ctx context.Context, site SiteCode, id DossierID) (DossierRecord, bool, error)
}

// Outgoing is a fact on its way to the province.
type Outgoing struct {
	Record
	// Chain is the hash of the audit log at this fact. The hub keeps it: two facts that claim one
	// place are told apart by it.
	Chain Hash
}

// BlobState is how far a blob has come. A blob that the province holds has no record any more.
type BlobState string

// The states of a blob that has a record. The values are stable.
const (
	BlobPending BlobState = "pending"
	BlobParked  BlobState = "parked" // refused for good; a person decides
)

// BlobPlace is the place of a blob in the queue: the fact that filed its dossier, and its index
// among the blobs of that one, from 0.
type BlobPlace struct {
	Filed Position
	Index uint32
}

// BlobRecord is a blob that waits.
type BlobRecord struct {
	BlobPlace
	Dossier DossierID
	Hash    Hash
	Size    int64
	State   BlobState
	Why     string // it is parked: a code of the hub's, at most 48 bytes
	FiledAt time.Time
}

// Settled is what the province holds. Zero values change nothing.
type Settled struct {
	Facts Position    // up to here, of this epoch and every earlier one
	Blobs []BlobPlace // these are durable there
	Feed  uint64      // cursor: what came down to here has been done
}

// Backlog is what waits for the line, in numbers.
type Backlog struct {
	Acked, Last Position
	Feed        uint64
	Facts       uint64
	OldestFact  time.Time // when the oldest that waits happened; zero: none waits
	Blobs       int
	BlobBytes   int64
	OldestBlob  time.Time
	Parked      int
	Pruned      Position // the last fact that is no longer kept; zero: all are
}
