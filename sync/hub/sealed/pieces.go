package sealed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/motcua/gateway/sync/hub"
)

// upload is what is kept of a page that is still coming.
type upload struct {
	names []string // all of it
	reach []piece  // what makes up its beginning without a gap; they may overlap
	end   int64
}

// upload looks at what is kept of a page. What is no piece is left alone.
func (p *Pages) upload(ctx context.Context, page hub.PageKey) (upload, error) {
	var u upload
	var all []piece
	for o, err := range p.objects.List(ctx, uploadFolder(page)) {
		if err != nil {
			return upload{}, fmt.Errorf("look for pieces of page %v: %w", page, err)
		}
		u.names = append(u.names, o.Name)
		if v, ok := parsePiece(page, o.Name); ok {
			all = append(all, v)
		}
	}
	u.reach, u.end = reach(all)
	return u, nil
}

// reach returns the pieces that make up a beginning without a gap, and where it ends.
func reach(all []piece) (along []piece, end int64) {
	// Of those that begin at one place the longest comes first, and the others add nothing.
	slices.SortFunc(all, func(a, b piece) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.size, a.size)) })
	for _, v := range all {
		if v.at > end {
			break
		}
		if v.end() > end {
			along, end = append(along, v), v.end()
		}
	}
	return along, end
}

// pieceReader gives the plain bytes of pieces that follow each other, one open at a time.
type pieceReader struct {
	ctx    context.Context
	pages  *Pages
	state  hub.PageState
	rest   []piece
	at     int64 // of the page
	opened io.ReadCloser
	left   int64 // of the opened one
}

func (r *pieceReader) Read(b []byte) (int, error) {
	for r.opened == nil {
		if len(r.rest) == 0 {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n, err := r.opened.Read(b[:min(int64(len(b)), r.left)])
	r.at, r.left = r.at+int64(n), r.left-int64(n)
	switch {
	case r.left == 0:
		return n, r.Close()
	case err == io.EOF:
		return n, fmt.Errorf("%w: a piece is too short", hub.ErrDamaged)
	}
	return n, err
}

// next opens the next piece and skips what the ones before have given already.
func (r *pieceReader) next() error {
	v := r.rest[0]
	r.rest = r.rest[1:]
	opened, err := r.pages.open(r.ctx, v.name, r.state)
	if errors.Is(err, hub.ErrNotFound) { // joined with another since we looked
		return hub.ErrBusy
	}
	if err != nil {
		return err
	}
	r.opened, r.left = opened, v.end()-r.at
	if _, err := io.CopyN(io.Discard, opened, r.at-v.at); err != nil {
		if err == io.EOF {
			err = hub.ErrDamaged
		}
		return fmt.Errorf("open a piece: %w", err)
	}
	return nil
}

// Close lets go of the piece that is open.
func (r *pieceReader) Close() error {
	if r.opened == nil {
		return nil
	}
	err := r.opened.Close()
	r.opened = nil
	return err
}
