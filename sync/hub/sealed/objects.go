package sealed

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// Objects are bytes under names. Methods are safe for concurrent use, also by several processes
// over one store, and what they have done is durable when they return nil.
type Objects interface {
	// Put keeps exactly size bytes of r under a name, or nothing: not where r ends early, gives
	// more, or fails. Its error is then r's. [hub.ErrFull] where there is no room.
	Put(ctx context.Context, name string, size int64, r io.Reader) error
	// Get returns the bytes of a name, or [hub.ErrNotFound].
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// List gives the objects whose names begin with a prefix that ends in "/", in no order.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Delete forgets names; one that is not there is no error.
	Delete(ctx context.Context, names []string) error
	// Tidy forgets what a killed Put has left behind before a moment.
	Tidy(ctx context.Context, before time.Time) error
}

// Object is a name that is kept.
type Object struct {
	Name    string
	Changed time.Time
}

const (
	pages   = "pages/"
	uploads = "uploads/"
	suffix  = ".age"
)

// pageFolder spreads dossiers by the end of their ID, which is random; its beginning is the time.
func pageFolder(d kiosk.DossierID) string {
	return pages + string(d[len(d)-2:]) + "/" + string(d) + "/"
}

func pageName(k hub.PageKey) string { return pageFolder(k.Dossier) + k.Hash.String() + suffix }

func uploadFolder(k hub.PageKey) string {
	return uploads + string(k.Dossier) + "/" + k.Hash.String() + "/"
}

// piece is kept bytes of a page that is still coming.
type piece struct {
	name     string
	at, size int64
}

func (p piece) end() int64 { return p.at + p.size }

func newPiece(k hub.PageKey, at int64, size int) piece {
	return piece{fmt.Sprintf("%s%010d-%06d%s", uploadFolder(k), at, size, suffix), at, int64(size)}
}

// parsePiece reads the name of a piece of a page, and nothing else.
func parsePiece(k hub.PageKey, name string) (piece, bool) {
	rest, ok1 := strings.CutPrefix(name, uploadFolder(k))
	rest, ok2 := strings.CutSuffix(rest, suffix)
	a, b, ok3 := strings.Cut(rest, "-")
	if !ok1 || !ok2 || !ok3 {
		return piece{}, false
	}
	at, err1 := strconv.ParseUint(a, 10, 32)
	size, err2 := strconv.ParseUint(b, 10, 20)
	p := newPiece(k, int64(at), int(size))
	return p, err1 == nil && err2 == nil && size > 0 && size <= hub.MaxPiece && p.name == name
}
