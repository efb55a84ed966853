package sealed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// Pages keep pages as sealed objects.
type Pages struct {
	objects Objects
	none    int64 // see sealedSize
}

var _ hub.Pages = (*Pages)(nil)

// New returns pages over objects.
func New(objects Objects) (*Pages, error) {
	none, err := sealedNone()
	if err != nil {
		return nil, fmt.Errorf("seal nothing: %w", err)
	}
	return &Pages{objects, none}, nil
}

// Offset is described at [hub.Pages].
func (p *Pages) Offset(ctx context.Context, page hub.PageKey) (int64, error) {
	u, err := p.upload(ctx, page)
	return u.end, err
}

// Append is described at [hub.Pages]. A piece that fits into one with the piece before it takes
// its place: whoever sends a byte at a time makes as few objects as anybody else.
func (p *Pages) Append(ctx context.Context, page hub.PageKey, at int64, b []byte, state hub.PageState) error {
	switch {
	case len(b) == 0:
		return nil
	case len(b) > hub.MaxPiece || at < 0 || at+int64(len(b)) >= state.Size || state.Size > kiosk.MaxPageBytes:
		return fmt.Errorf("keep %d bytes at %d of page %v: beyond the bounds", len(b), at, page)
	}
	u, err := p.upload(ctx, page)
	if err != nil {
		return err
	}
	if at != u.end {
		return &hub.OffsetError{Ends: u.end}
	}
	var before *piece
	if n := len(u.reach); n > 0 && at-u.reach[n-1].at+int64(len(b)) <= hub.MaxPiece {
		before = &u.reach[n-1]
	}
	if before == nil {
		v := newPiece(page, at, len(b))
		return wrap("keep a piece of", page, p.put(ctx, v.name, v.size, bytes.NewReader(b), state))
	}
	old := &pieceReader{ctx: ctx, pages: p, state: state, rest: []piece{*before}, at: before.at}
	defer old.Close()
	v := newPiece(page, before.at, int(at-before.at)+len(b))
	err = p.put(ctx, v.name, v.size, io.MultiReader(old, bytes.NewReader(b)), state)
	if errors.Is(err, hub.ErrDamaged) { // then so is the page, and it can only come anew
		return errors.Join(&hub.OffsetError{}, p.Drop(ctx, page))
	}
	if err != nil {
		return wrap("keep a piece of", page, err)
	}
	return wrap("join pieces of", page, p.objects.Delete(ctx, []string{before.name}))
}

// Finish is described at [hub.Pages].
func (p *Pages) Finish(ctx context.Context, page hub.PageKey, tail []byte, state hub.PageState) error {
	u := upload{}
	if int64(len(tail)) != state.Size {
		var err error
		if u, err = p.upload(ctx, page); err != nil {
			return err
		}
		if u.end+int64(len(tail)) != state.Size {
			return &hub.OffsetError{Ends: u.end}
		}
	} else if kiosk.HashOf(tail) != page.Hash {
		return hub.ErrHash
	}
	r := &pieceReader{ctx: ctx, pages: p, state: state, rest: u.reach}
	defer r.Close()
	all := newWhole(io.MultiReader(r, bytes.NewReader(tail)), state.Size, page.Hash, hub.ErrHash)
	err := p.put(ctx, pageName(page), state.Size, all, state)
	if errors.Is(err, hub.ErrDamaged) {
		// What was kept of it went bad: no bytes of the header's hash can come of that.
		err = fmt.Errorf("%w: %w", hub.ErrHash, err)
	}
	return wrap("finish", page, err)
}

// Open is described at [hub.Pages].
func (p *Pages) Open(ctx context.Context, page hub.PageKey, state hub.PageState) (io.ReadCloser, error) {
	plain, err := p.open(ctx, pageName(page), state)
	if err != nil {
		return nil, wrap("open", page, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{newWhole(plain, state.Size, page.Hash, hub.ErrDamaged), plain}, nil
}

// Drop is described at [hub.Pages].
func (p *Pages) Drop(ctx context.Context, page hub.PageKey) error {
	return wrap("drop what came of", page, p.remove(ctx, uploadFolder(page)))
}

// Remove is described at [hub.Pages].
func (p *Pages) Remove(ctx context.Context, dossier kiosk.DossierID) error {
	if !dossier.Valid() {
		return errors.New("remove a dossier's pages: bad ID")
	}
	for _, folder := range []string{uploads + string(dossier) + "/", pageFolder(dossier)} {
		if err := p.remove(ctx, folder); err != nil {
			return fmt.Errorf("remove the pages of dossier %s: %w", dossier, err)
		}
	}
	return nil
}

// remove deletes what lies under a prefix.
func (p *Pages) remove(ctx context.Context, prefix string) error {
	var names []string
	for o, err := range p.objects.List(ctx, prefix) {
		if err != nil {
			return err
		}
		names = append(names, o.Name)
	}
	return p.objects.Delete(ctx, names)
}

// Sweep is described at [hub.Pages]. What goes is what was seen to be old, by its name: a gateway
// may have come back since, and gone on with its page.
func (p *Pages) Sweep(ctx context.Context, before time.Time) (int, error) {
	type upload struct {
		names []string
		young bool // something of it is
	}
	found := map[string]*upload{} // by folder of a page
	for o, err := range p.objects.List(ctx, uploads) {
		if err != nil {
			return 0, fmt.Errorf("sweep: %w", err)
		}
		folder := o.Name[:strings.LastIndexByte(o.Name, '/')+1]
		if found[folder] == nil {
			found[folder] = &upload{}
		}
		u := found[folder]
		u.names, u.young = append(u.names, o.Name), u.young || !o.Changed.Before(before)
	}
	n := 0
	for _, u := range found {
		if u.young {
			continue
		}
		if err := p.objects.Delete(ctx, u.names); err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		n++
	}
	if err := p.objects.Tidy(ctx, before); err != nil {
		return n, fmt.Errorf("sweep: %w", err)
	}
	return n, nil
}

// wrap says of which page an error is. A page's key tells nothing of a person.
func wrap(do string, page hub.PageKey, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s page %v: %w", do, page, err)
}
