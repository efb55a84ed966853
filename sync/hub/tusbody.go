package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// uploadBody is the body of a request, read against time.
type uploadBody struct {
	io.Reader
	deadline func(time.Time) error
	limits   UploadLimits
	until    time.Time // for all of it
}

// fill reads until buf is full, what came has waited for long enough, or the body ends.
func (b *uploadBody) fill(buf []byte) (n int, err error) {
	for began := time.Now(); n < len(buf) && err == nil; {
		now := time.Now()
		if n > 0 && now.Sub(began) >= b.limits.Flush {
			return n, nil
		}
		next := now.Add(b.limits.Idle)
		if b.until.Before(next) {
			next = b.until
		}
		if err := b.deadline(next); err != nil {
			return n, fmt.Errorf("set a deadline: %w", err)
		}
		var m int
		m, err = b.Read(buf[n:])
		n += m
	}
	if n == len(buf) && err == io.EOF {
		err = nil // it will say so again
	}
	return n, err
}

// take reads a body that begins at a place of a page, makes it durable piece by piece, and returns
// where it ended. A body that breaks off is kept as far as it came. The piece that ends the page
// finishes it.
func (u *Uploads) take(w http.ResponseWriter, r *http.Request, f found, at int64) (int64, error) {
	leave, ok := u.places.enter(f.gateway)
	if !ok {
		return at, busy(http.StatusServiceUnavailable, "too many pages come at once")
	}
	defer leave()
	buf := u.buffers.Get().(*[MaxPiece]byte)
	defer u.buffers.Put(buf)
	l := u.cfg.Limits
	b := &uploadBody{
		Reader: r.Body, limits: l, deadline: http.NewResponseController(w).SetReadDeadline,
		until: time.Now().Add(l.Idle + time.Duration((f.state.Size-at)/l.Slowest)*time.Second),
	}
	// Bytes that have come are kept, whether their sender is still there or not.
	ctx := context.WithoutCancel(r.Context())
	for {
		n, ended := b.fill(buf[:min(MaxPiece, f.state.Size-at)])
		whole, err := u.keep(ctx, f, at, buf[:n])
		if err != nil {
			return at, err
		}
		at += int64(n)
		switch {
		case whole, ended == io.EOF:
			return at, nil
		case at == f.state.Size: // all of it came before, from somebody who is finishing it now
			return at, ErrBusy
		case ended != nil:
			w.Header().Set(headOffset, fmt.Sprint(at))
			return at, broken(ended)
		}
	}
}

// keep makes a piece durable, and the page where it is the last one. What somebody else has made
// durable of it meanwhile is skipped: it is the same page.
func (u *Uploads) keep(ctx context.Context, f found, at int64, piece []byte) (whole bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	for len(piece) > 0 {
		whole = at+int64(len(piece)) == f.state.Size
		if whole {
			err = u.finish(ctx, f, at, piece)
		} else {
			err = u.cfg.Pages.Append(ctx, f.page, at, piece, f.state)
		}
		moved, ok := errors.AsType[*OffsetError](err)
		if !ok || moved.Ends <= at {
			return whole && err == nil, err
		}
		skip := min(moved.Ends-at, int64(len(piece)))
		at, piece = at+skip, piece[skip:]
	}
	return false, nil
}

// finish makes a page of the pieces and the last one, and says so to the store.
func (u *Uploads) finish(ctx context.Context, f found, at int64, tail []byte) error {
	err := u.cfg.Pages.Finish(ctx, f.page, tail, f.state)
	if errors.Is(err, ErrHash) {
		return errors.Join(err, u.cfg.Pages.Drop(ctx, f.page))
	}
	if err != nil {
		return err
	}
	complete, err := u.cfg.Store.PageKept(ctx, f.gateway, f.page, u.cfg.Sign)
	if errors.Is(err, ErrErased) { // while it came
		return errors.Join(err, u.cfg.Pages.Remove(ctx, f.page.Dossier))
	}
	if err != nil {
		return err
	}
	if complete && u.cfg.Completed != nil {
		u.cfg.Completed(f.gateway)
	}
	if at > 0 {
		// The page is kept; its pieces are only in the way, and Sweep finds them as well.
		if err := u.cfg.Pages.Drop(ctx, f.page); err != nil {
			u.cfg.Log.Warn("the pieces of a kept page are still there", logPage, f.page, LogError, err)
		}
	}
	return nil
}

// uploadPlaces lets so many in at once, and so many of one gateway.
type uploadPlaces struct {
	mu         sync.Mutex
	all, ofOne int
	inside     int
	of         map[wire.GatewayID]int
}

func newUploadPlaces(all, ofOne int) *uploadPlaces {
	return &uploadPlaces{all: all, ofOne: ofOne, of: map[wire.GatewayID]int{}}
}

// enter reports whether there is room; whoever was let in has to leave.
func (g *uploadPlaces) enter(id wire.GatewayID) (leave func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside >= g.all || g.of[id] >= g.ofOne {
		return nil, false
	}
	g.inside++
	g.of[id]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.inside--
		if g.of[id]--; g.of[id] == 0 {
			delete(g.of, id)
		}
	}, true
}
