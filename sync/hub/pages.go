package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// PageKey names the bytes of a page. The same bytes in two dossiers are two pages: each is sealed
// with its dossier's key, and one can be erased without the other.
type PageKey struct {
	Dossier kiosk.DossierID
	Hash    kiosk.Hash
}

// String returns "DOSSIER-HASH": a page's upload has this name on the wire, so that whoever
// creates it again, at whichever process, gets the same one, and nobody has to keep a list.
func (k PageKey) String() string { return string(k.Dossier) + "-" + k.Hash.String() }

// ParsePageKey reads what String writes, and nothing else.
func ParsePageKey(s string) (PageKey, error) {
	dossier, hex, _ := strings.Cut(s, "-")
	hash, err := kiosk.ParseHash(hex)
	if k := (PageKey{kiosk.DossierID(dossier), hash}); err == nil && k.Dossier.Valid() {
		return k, nil
	}
	return PageKey{}, errors.New("parse the name of a page: want a dossier's ID, a dash and a hash")
}

// PageState is what is known of a page.
type PageState struct {
	Size int64
	Kept bool
	// Recipient seals the page's bytes and Identity opens them: age's X25519 keys of the dossier,
	// in age's own text forms. Neither is ever logged.
	Recipient, Identity string
}

// MaxPiece bounds what is given to Pages at once, in bytes: so much of a page is in memory.
const MaxPiece = 256 << 10

// Pages keep the bytes of pages, whole ones and what has come of the others, sealed in both cases.
// What a method has done is durable when it returns nil. Methods are safe for concurrent use, also
// by several processes over one store, and each may be called again after a kill at any line.
type Pages interface {
	// Offset returns how many bytes of a page that is not whole are durable; 0 for none.
	Offset(ctx context.Context, page PageKey) (int64, error)
	// Append keeps a piece of at most [MaxPiece] bytes that begins where the bytes before it end;
	// *[OffsetError] otherwise. The piece that ends the page is Finish's: what is kept here is
	// never all of it. Two who append at once can do no harm, for nothing that was kept is ever
	// replaced.
	Append(ctx context.Context, page PageKey, at int64, piece []byte, state PageState) error
	// Finish makes what was appended, and tail after it, a whole page; *[OffsetError] where they do
	// not meet. Where the bytes have another hash, nothing changes and the error is [ErrHash]. The
	// pieces stay until Drop.
	Finish(ctx context.Context, page PageKey, tail []byte, state PageState) error
	// Open returns a whole page's bytes, unsealed, or [ErrNotFound]. Who has read to the end
	// without an error has the bytes that the hash names: whatever else lies there is [ErrDamaged].
	Open(ctx context.Context, page PageKey, state PageState) (io.ReadCloser, error)
	// Drop forgets what was appended, Remove everything of a dossier. Neither minds what is not
	// there.
	Drop(ctx context.Context, page PageKey) error
	Remove(ctx context.Context, dossier kiosk.DossierID) error
	// Sweep drops pieces of pages that nobody has added to since a moment, and says of how many
	// pages.
	Sweep(ctx context.Context, before time.Time) (int, error)
}

// The errors of Pages.
var (
	ErrHash    = errors.New("the bytes are not those that the header names")
	ErrDamaged = errors.New("the kept bytes are damaged")
	ErrFull    = errors.New("no room left for pages")
)

// OffsetError is a piece for a place where the kept bytes do not end.
type OffsetError struct{ Ends int64 }

// Error names the place.
func (e *OffsetError) Error() string { return fmt.Sprintf("the kept bytes end at %d", e.Ends) }
