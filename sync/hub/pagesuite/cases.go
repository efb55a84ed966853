package pagesuite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

func once(t *testing.T, w *World) {
	for _, size := range []int{1, 60_000, 65_535, 65_536, 65_537, hub.MaxPiece} {
		b, page, state := w.Page(size)
		_, err := w.Read(t.Context(), page, state)
		wantErr(t, err, hub.ErrNotFound)
		must(t, w.Pages.Finish(t.Context(), page, b, state))
		must(t, w.Pages.Finish(t.Context(), page, b, state)) // by one that was killed before it could say so
		w.holds(t, page, b)
		w.ends(t, page, 0)
		must(t, w.Pages.Drop(t.Context(), page))
		w.holds(t, page, b)
	}
}

func pieces(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(700_000)
	at := int64(0)
	for _, n := range []int{200_000, 100_000, 262_144, 1} {
		must(t, w.Pages.Append(ctx, page, at, b[at:at+int64(n)], state))
		at += int64(n)
		w.ends(t, page, at)
		wantEnd(t, w.Pages.Append(ctx, page, at+1, b[:10], state), at)
		wantEnd(t, w.Pages.Append(ctx, page, 0, b[:10], state), at)
	}
	must(t, w.Pages.Append(ctx, page, at, nil, state))
	wantEnd(t, w.Pages.Finish(ctx, page, b[at+1:], state), at)
	wantEnd(t, w.Pages.Finish(ctx, page, b[at-1:], state), at)
	_, err := w.Read(ctx, page, state)
	wantErr(t, err, hub.ErrNotFound)
	must(t, w.Pages.Finish(ctx, page, b[at:], state))
	w.ends(t, page, at)
	must(t, w.Pages.Finish(ctx, page, b[at:], state))
	for range 2 {
		must(t, w.Pages.Drop(ctx, page))
		w.ends(t, page, 0)
	}
	w.holds(t, page, b)
}

func otherBytes(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(300_000)
	liar := slices.Clone(b)
	liar[100] ^= 1
	wantErr(t, w.Pages.Finish(ctx, page, b[1:], w.State(len(b)-1)), hub.ErrHash)
	must(t, w.Pages.Append(ctx, page, 0, liar[:200_000], state))
	wantErr(t, w.Pages.Finish(ctx, page, b[200_000:], state), hub.ErrHash)
	if _, err := w.Read(ctx, page, state); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("bytes of another hash are a page: %v", err)
	}
	w.ends(t, page, 200_000)
	must(t, w.Pages.Drop(ctx, page))
	must(t, w.Pages.Append(ctx, page, 0, b[:200_000], state))
	must(t, w.Pages.Finish(ctx, page, b[200_000:], state))
	w.holds(t, page, b)
}

func bounds(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(hub.MaxPiece + 1)
	for _, c := range []struct {
		at   int64
		b    []byte
		keys hub.PageState
	}{
		{0, b, w.State(1 << 20)}, {-1, b[:1], state}, {kiosk.MaxPageBytes, b[:1], state},
		{0, b[:100], w.State(100)}, // the last piece is Finish's
		{0, b[:1], hub.PageState{Size: state.Size, Recipient: "age1none"}},
	} {
		if err := w.Pages.Append(ctx, page, c.at, c.b, c.keys); err == nil {
			t.Errorf("%d bytes at %d were kept", len(c.b), c.at)
		}
	}
	if err := w.Pages.Remove(ctx, "../../etc"); err == nil {
		t.Error("removed what is no dossier")
	}
	if names := w.names(t); len(names) > 0 {
		t.Errorf("kept: %q", names)
	}
}

// byteAtATime: whoever sends crumbs makes no heap of objects of them.
func byteAtATime(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(40)
	for i := range len(b) - 1 {
		must(t, w.Pages.Append(ctx, page, int64(i), b[i:i+1], state))
	}
	if names := w.names(t); len(names) != 1 {
		t.Errorf("39 bytes are %d objects: %q", len(names), names)
	}
	must(t, w.Pages.Finish(ctx, page, b[len(b)-1:], state))
	w.holds(t, page, b)
}

// several processes get the same page at once, each cut in another way: it becomes whole, and
// nobody has to wait for anybody.
func several(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(500_000)
	var all sync.WaitGroup
	for i := range 3 {
		p := Over(t, w.again(t))
		all.Go(func() {
			for at, n := int64(0), int64(70_000+13_337*i); ; {
				tail := min(n, state.Size-at)
				do := func() error { return p.Append(ctx, page, at, b[at:at+tail], state) }
				if at+tail == state.Size {
					do = func() error { return p.Finish(ctx, page, b[at:], state) }
				}
				err := do()
				var e *hub.OffsetError
				switch {
				case err == nil && at+tail == state.Size:
					return
				case err == nil:
					at += tail
				case errors.As(err, &e):
					at = e.Ends
				case !errors.Is(err, hub.ErrBusy):
					t.Errorf("process %d at %d: %v", i, at, err)
					return
				}
			}
		})
	}
	all.Wait()
	w.holds(t, page, b)
}

// damage: bytes that have changed are noticed, wherever they lie.
func damage(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(150_000)
	must(t, w.Pages.Finish(ctx, page, b, state))
	name := w.names(t)[0]
	var good []byte
	w.rewrite(t, name, func(b []byte) []byte { good = slices.Clone(b); return b })
	broken := map[string][]byte{"nothing": {}, "half": good[:len(good)/2], "a chunk less": good[:len(good)-(150_000-131_072)-16], "one byte more": append(slices.Clone(good), 0)}
	for _, at := range []int{0, 30, 100, 190, 250, 70_000, len(good) - 1, w.Random.IntN(len(good)), w.Random.IntN(len(good))} {
		bad := slices.Clone(good)
		bad[at] ^= 1 << w.Random.IntN(8)
		broken[fmt.Sprintf("a bit of byte %d", at)] = bad
	}
	for what, bad := range broken {
		w.rewrite(t, name, func([]byte) []byte { return bad })
		if _, err := w.Read(ctx, page, state); !errors.Is(err, hub.ErrDamaged) {
			t.Errorf("%s: read with %v", what, err)
		}
	}
	w.rewrite(t, name, func([]byte) []byte { return good })
	w.holds(t, page, b)

	// Another page of the same dossier, whole and sealed with the same key, under this name.
	other, key, _ := w.Page(150_000)
	must(t, w.Pages.Finish(ctx, key, other, state))
	for _, n := range w.names(t) {
		if n != name {
			w.rewrite(t, n, func([]byte) []byte { return good })
		}
	}
	_, err := w.Read(ctx, key, state)
	wantErr(t, err, hub.ErrDamaged)

	// A piece: the page can only come anew, and a sender of crumbs hears it at once.
	b, page, state = w.Page(300_000)
	must(t, w.Pages.Append(ctx, page, 0, b[:200_000], state))
	flip := func() {
		for _, n := range w.names(t) {
			if strings.HasPrefix(n, "uploads/") {
				w.rewrite(t, n, func(b []byte) []byte { b[len(b)-20] ^= 4; return b })
			}
		}
	}
	flip()
	wantErr(t, w.Pages.Finish(ctx, page, b[200_000:], state), hub.ErrHash)
	wantEnd(t, w.Pages.Append(ctx, page, 200_000, b[200_000:200_010], state), 0)
	w.ends(t, page, 0)
}

func nothingPlain(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(200_000)
	must(t, w.Pages.Append(ctx, page, 0, b[:100_000], state))
	must(t, w.Pages.Finish(ctx, page, b[100_000:], state))
	names := w.names(t)
	if len(names) != 2 {
		t.Fatalf("kept: %q", names)
	}
	for _, n := range names {
		w.rewrite(t, n, func(kept []byte) []byte {
			for at := 0; at+32 < 100_000; at += 1000 {
				if bytes.Contains(kept, b[at:at+32]) {
					t.Errorf("%s holds plain bytes", n)
					break
				}
			}
			return kept
		})
	}
	stranger, err := age.GenerateX25519Identity()
	must(t, err)
	state.Identity = stranger.String()
	if _, err := w.Read(ctx, page, state); err == nil || strings.Contains(err.Error(), "AGE-SECRET-KEY") {
		t.Errorf("with another's key: %v", err)
	}
	state.Identity = "AGE-SECRET-KEY-1NONE"
	if _, err := w.Read(ctx, page, state); err == nil || strings.Contains(err.Error(), "AGE-SECRET-KEY") {
		t.Errorf("with a key that is none: %v", err)
	}
}

func remove(t *testing.T, w *World) {
	ctx := t.Context()
	one, page, state := w.Page(5000)
	must(t, w.Pages.Finish(ctx, page, one, state))
	half, key, _ := w.Page(5000)
	must(t, w.Pages.Append(ctx, key, 0, half[:100], state))
	mine := w.Dossier
	w.Dossier = kiosk.NewDossierID(time.Now())
	other, theirs, _ := w.Page(5000)
	must(t, w.Pages.Finish(ctx, theirs, other, state))
	for range 2 {
		must(t, w.Pages.Remove(ctx, mine))
		_, err := w.Read(ctx, page, state)
		wantErr(t, err, hub.ErrNotFound)
		w.ends(t, key, 0)
		w.holds(t, theirs, other)
	}
	must(t, w.Pages.Finish(ctx, page, one, state)) // its folder can be made again
	w.holds(t, page, one)
}

func sweep(t *testing.T, w *World) {
	ctx := t.Context()
	b, page, state := w.Page(5000)
	must(t, w.Pages.Finish(ctx, page, b, state))
	for range 3 {
		half, key, _ := w.Page(5000)
		must(t, w.Pages.Append(ctx, key, 0, half[:100], state))
	}
	for _, c := range []struct {
		before time.Duration
		want   int
	}{{-time.Hour, 0}, {time.Hour, 3}, {time.Hour, 0}} {
		if n, err := w.Pages.Sweep(ctx, time.Now().Add(c.before)); n != c.want || err != nil {
			t.Errorf("swept %d, %v; want %d", n, err, c.want)
		}
	}
	w.holds(t, page, b)
}

// ended: whose time is over is told so, and nothing is there by half.
func ended(t *testing.T, w *World) {
	b, page, state := w.Page(5000)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, w.Pages.Append(ctx, page, 0, b[:100], state), context.Canceled)
	wantErr(t, w.Pages.Finish(ctx, page, b, state), context.Canceled)
	if names := w.names(t); len(names) > 0 {
		t.Errorf("kept: %q", names)
	}
}

// wholeOrNot is what pages rely on of objects.
func wholeOrNot(t *testing.T, w *World) {
	ctx := t.Context()
	trouble := errors.New("trouble")
	for what, c := range map[string]struct {
		r    io.Reader
		want error
	}{
		"fails at once":    {errReader{trouble}, trouble},
		"fails at its end": {io.MultiReader(bytes.NewReader(make([]byte, 100_000)), errReader{trouble}), trouble},
		"fails half way":   {io.MultiReader(bytes.NewReader(make([]byte, 50_000)), errReader{trouble}), trouble},
		"ends early":       {bytes.NewReader(make([]byte, 99_999)), nil},
	} {
		err := w.Objects.Put(ctx, "uploads/x/y", 100_000, c.r)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("a reader that %s: %v", what, err)
		}
	}
	if names := w.names(t); len(names) > 0 {
		t.Errorf("kept: %q", names)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }
