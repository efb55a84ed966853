package uplink

import (
	"context"
	"fmt"
	"sync"

	"github.com/motcua/gateway/kiosk"
)

// again is what the hub had acknowledged and has lost: the dossiers of those facts are visited
// once more, and pages that it has not any more are sent. The facts go again by themselves; that
// they have gone says nothing of the pages, so that this is remembered over restarts.
type again struct {
	shelf kiosk.Shelf // nil: in memory alone

	mu    sync.Mutex
	todo  stretch
	added chan struct{} // closed when todo has grown
}

// stretch is the facts after From up to To; both zero: none.
type stretch struct {
	From kiosk.Position `json:"from"`
	To   kiosk.Position `json:"to"`
}

func newAgain(shelf kiosk.Shelf) *again { return &again{shelf: shelf, added: make(chan struct{})} }

func (a *again) load(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err := recall(ctx, a.shelf, keyAgain, &a.todo)
	return err
}

func (a *again) get() (stretch, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.todo, a.added
}

// add makes the facts after from up to to be visited.
func (a *again) add(ctx context.Context, from, to kiosk.Position) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := stretch{from, to}
	if a.todo != (stretch{}) {
		if a.todo.From.Before(from) {
			next.From = a.todo.From
		}
		if to.Before(a.todo.To) {
			next.To = a.todo.To
		}
	}
	if err := remember(ctx, a.shelf, keyAgain, next); err != nil {
		return err
	}
	a.todo = next
	close(a.added)
	a.added = make(chan struct{})
	return nil
}

// done says that everything up to at was visited, unless the hub has lost more meanwhile.
func (a *again) done(ctx context.Context, was stretch, at kiosk.Position) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.todo != was {
		return nil
	}
	next := stretch{at, was.To}
	var kept any = next
	if !at.Before(was.To) {
		next, kept = stretch{}, nil
	}
	if err := remember(ctx, a.shelf, keyAgain, kept); err != nil {
		return err
	}
	a.todo = next
	return nil
}

// visitAgain brings the pages that the hub has lost.
func (s *session) visitAgain(ctx context.Context) error {
	for ctx.Err() == nil {
		todo, added := s.again.get()
		if todo == (stretch{}) {
			await(ctx, added, lookEvery)
			continue
		}
		out, err := s.cfg.Outbox.Outgoing(ctx, todo.From, batchFacts)
		if err != nil {
			return fmt.Errorf("read the outbox: %w", err)
		}
		at := todo.To
		for _, o := range out {
			if todo.To.Before(o.Position) {
				break
			}
			d, ok := o.Fact.(kiosk.DossierReceived)
			if !ok || o.Broken != nil {
				continue
			}
			if err := s.bringAgain(ctx, o, d.Dossier); err != nil || ctx.Err() != nil {
				return err
			}
			at = o.Position
			break // it is kept how far this has come
		}
		if n := len(out); at == todo.To && n == batchFacts && out[n-1].Position.Before(todo.To) {
			at = out[n-1].Position
		}
		if err := s.again.done(ctx, todo, at); err != nil {
			return err
		}
	}
	return nil
}

// bringAgain brings the pages of a dossier, as far as they are kept here.
func (s *session) bringAgain(ctx context.Context, o kiosk.Outgoing, d kiosk.Dossier) error {
	for {
		sent, moved := s.sent.get()
		if !sent.Before(o.Position) {
			break
		}
		await(ctx, moved, lookEvery) // its header first
		if ctx.Err() != nil {
			return nil
		}
	}
	for i, p := range d.Blobs() {
		b := kiosk.BlobRecord{
			BlobPlace: kiosk.BlobPlace{Filed: o.Position, Index: uint32(i)},
			Dossier:   d.ID, Hash: p.Hash, Size: p.Size, State: kiosk.BlobPending, FiledAt: o.At,
		}
		for ctx.Err() == nil {
			if wait := s.shut(); wait > 0 {
				await(ctx, nil, min(wait, lookEvery))
				continue
			}
			wait, _, err := s.upload(ctx, b, false)
			if err != nil {
				return err
			}
			if wait == 0 {
				break
			}
			await(ctx, nil, wait)
		}
	}
	return nil
}
