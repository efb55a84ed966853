package kiosk

import (
	"context"
	"errors"
	"time"
)

// Outbox is the side of a store that remembers how much the province has made durable. Facts are
// their own outbox entries: what waits is what lies behind the acknowledged position. All methods
// may be called from any goroutine, beside the Office's commits.
type Outbox interface {
	// Outgoing returns at most n records after pos with the hash of the log at each, the oldest
	// first. They are copies. Facts of earlier epochs come before those of later ones. One that
	// cannot be read any more is among them, with a reason: it must not stop those behind it.
	Outgoing(ctx context.Context, after Position, n int) ([]Outgoing, error)
	// Pending returns at most n blobs that the province has not made durable, in the order in
	// which they were filed, after a place. Those that are parked come along with their reason.
	Pending(ctx context.Context, after BlobPlace, n int) ([]BlobRecord, error)
	// Blob returns the blob that waits at a place; false where none does.
	Blob(ctx context.Context, place BlobPlace) (BlobRecord, bool, error)
	// Settle keeps durably, all of it or nothing, what the province has said that it holds. A
	// place that no fact has is refused with ErrSettledTooMuch, one before what is acknowledged
	// already, and a cursor before the one that is kept, with ErrSettledBack: a refusal changes
	// nothing. What is said again, and blobs that do not wait, change nothing either.
	Settle(ctx context.Context, s Settled) error
	// Waiting returns what waits, in numbers. It is cheap enough to be asked every second.
	Waiting(ctx context.Context) (Backlog, error)
	// Prune removes at most n of the oldest facts of days before a day, in one transaction, and
	// what was kept of a day with its last fact. A site's present day stays, and so does a day of
	// which anything is not acknowledged; facts leave in their order, so that what follows such
	// a day stays too. Records of dossiers stay, but for those whose forgetting leaves with the
	// facts. It returns how many facts went; 0 when there is nothing left to do.
	Prune(ctx context.Context, before Day, n int) (int, error)
	// Dossiers returns at most n dossiers of a site after an ID, in the order of their IDs.
	Dossiers(ctx context.Context, site SiteCode, after DossierID, n int) ([]DossierRecord, error)
	// Dossier returns one; false where it is not kept.
	Dossier(ctx context.Context, site SiteCode, id DossierID) (DossierRecord, bool, error)
}

// The refusals of Settle.
var (
	ErrSettledTooMuch = errors.New("acknowledged what was never sent")
	ErrSettledBack    = errors.New("acknowledged less than before")
)

// Outgoing is a fact on its way to the province.
type Outgoing struct {
	Record
	// Chain is the hash of the audit log at this fact. The hub keeps it: two facts that claim one
	// place are told apart by it.
	Chain Hash
	// Broken is why the fact cannot be read any more; nil where it can. Nothing of the Record but
	// its Position is known then.
	Broken error
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

// Before reports whether p comes before q in the queue.
func (p BlobPlace) Before(q BlobPlace) bool {
	return p.Filed.Before(q.Filed) || p.Filed == q.Filed && p.Index < q.Index
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
	Blobs       int       // those that are parked included
	BlobBytes   int64     // of those that are not
	OldestBlob  time.Time // when the first of those was filed; zero: none waits
	Parked      int
	Pruned      Position // the last fact that is no longer kept; zero: all are
}
