package pagesuite

import (
	"context"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// errKilled is what a call returns of a process that is killed in it.
var errKilled = errors.New("killed")

// killed is objects of a process that is killed after some calls, before or after the last one has
// been done.
type killed struct {
	sealed.Objects
	random *rand.Rand
	left   int
}

// dies counts a call and reports whether it is the last.
func (k *killed) dies() bool { k.left--; return k.left < 0 }

func (k *killed) Put(ctx context.Context, name string, size int64, r io.Reader) error {
	if !k.dies() {
		return k.Objects.Put(ctx, name, size, r)
	}
	switch k.random.IntN(3) {
	case 0: // done, but nobody hears of it
		_ = k.Objects.Put(ctx, name, size, r)
	case 1: // half done
		_ = k.Objects.Put(ctx, name, size, io.MultiReader(io.LimitReader(r, size/2), errReader{errKilled}))
	}
	return errKilled
}

func (k *killed) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if k.dies() {
		return nil, errKilled
	}
	return k.Objects.Get(ctx, name)
}

func (k *killed) List(ctx context.Context, prefix string) iter.Seq2[sealed.Object, error] {
	if k.dies() {
		return func(yield func(sealed.Object, error) bool) { yield(sealed.Object{}, errKilled) }
	}
	return k.Objects.List(ctx, prefix)
}

func (k *killed) Delete(ctx context.Context, names []string) error {
	if !k.dies() {
		return k.Objects.Delete(ctx, names)
	}
	if len(names) > 0 {
		_ = k.Objects.Delete(ctx, names[:k.random.IntN(len(names)+1)])
	}
	return errKilled
}

// random sends pages with random cuts, by processes that are killed at any call, two of them at a
// time now and then, and holds what they say against a model: what was acknowledged is never lost,
// what is finished is the page, and every page becomes whole.
func random(t *testing.T, w *World) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for range rounds {
		sendOne(t, w)
		if t.Failed() {
			return
		}
	}
	for o, err := range w.Objects.List(t.Context(), "uploads/") {
		t.Errorf("left behind: %s, %v", o.Name, err)
	}
}

// model is what was said of a page.
type model struct {
	acked    int64 // the pieces end there or later
	finished bool
}

func sendOne(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(1 + w.Random.IntN(400_000))
	var m model
	for lives := 0; ; lives++ {
		objects := &killed{w.again(t), w.Random, 1 + w.Random.IntN(30)}
		if lives > 200 {
			objects.left = 1 << 20
		}
		p := Over(t, objects)
		if live(t, w, p, &m, b, page, state) || t.Failed() {
			break
		}
		// Whoever looks next finds at least what was acknowledged, and the page if it is one.
		n, err := w.Pages.Offset(ctx, page)
		must(t, err)
		if !m.finished && n < m.acked {
			t.Fatalf("acknowledged to %d, and %d is left", m.acked, n)
		}
		m.acked = max(m.acked, n)
		if m.finished {
			w.holds(t, page, b)
		}
	}
	w.holds(t, page, b)
}

// live is one process: it goes on where it finds the page, and reports whether it came to the end.
func live(t *testing.T, w *World, p *sealed.Pages, m *model, b []byte, page hub.PageKey, state hub.PageState) bool {
	ctx := t.Context()
	at, err := p.Offset(ctx, page)
	if err != nil {
		return false
	}
	if m.finished {
		return p.Drop(ctx, page) == nil
	}
	for {
		end := min(state.Size, at+1+w.Random.Int64N([]int64{200, 100_000, hub.MaxPiece}[w.Random.IntN(3)]))
		if end == state.Size {
			if err := p.Finish(ctx, page, b[at:], state); err != nil {
				isKilled(t, err)
				return false
			}
			m.finished = true
			return p.Drop(ctx, page) == nil
		}
		if w.Random.IntN(8) == 0 { // a request that was thought dead has sent the same, cut elsewhere
			n := 1 + w.Random.Int64N(end-at)
			must(t, w.Pages.Append(ctx, page, at, b[at:at+n], state))
			m.acked = max(m.acked, at+n)
		}
		err := p.Append(ctx, page, at, slices.Clone(b[at:end]), state)
		var moved *hub.OffsetError
		switch {
		case errors.As(err, &moved):
			if moved.Ends < m.acked {
				t.Errorf("acknowledged to %d, and it ends at %d", m.acked, moved.Ends)
				return true
			}
			at = moved.Ends
		case err != nil:
			isKilled(t, err)
			return false
		default:
			at, m.acked = end, max(m.acked, end)
		}
	}
}

func isKilled(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, errKilled) {
		t.Errorf("%v", err)
	}
}

// Tidy is never what kills.
func (k *killed) Tidy(ctx context.Context, before time.Time) error {
	return k.Objects.Tidy(ctx, before)
}
