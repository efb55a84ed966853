// Package pagesuite is what every store of pages has to do, as tests: [Run] runs them on objects,
// through pages made of them.
package pagesuite

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// Open returns objects that are empty, and cleans up after the test. Called again on the same
// objects, as another process would, the second function gives another view of them.
type Open func(t *testing.T) (objects sealed.Objects, again func(t *testing.T) sealed.Objects)

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *World){
		"a page at once":           once,
		"a page in pieces":         pieces,
		"other bytes":              otherBytes,
		"bounds":                   bounds,
		"a byte at a time":         byteAtATime,
		"several at once":          several,
		"damage":                   damage,
		"sealed":                   nothingPlain,
		"remove":                   remove,
		"sweep":                    sweep,
		"an end to waiting":        ended,
		"put whole or not at all":  wholeOrNot,
		"faults, kills, two sides": random,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, NewWorld(t, open))
		})
	}
}

// World is a store with what the tests say about it.
type World struct {
	Objects sealed.Objects
	Pages   *sealed.Pages
	again   func(t *testing.T) sealed.Objects
	Random  *rand.Rand
	keys    *age.X25519Identity
	Dossier kiosk.DossierID
}

// NewWorld returns a world on empty objects. PAGESUITE_SEED repeats one.
func NewWorld(t *testing.T, open Open) *World {
	t.Helper()
	objects, again := open(t)
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("PAGESUITE_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("PAGESUITE_SEED=%d", seed)
	keys, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return &World{
		Objects: objects, Pages: Over(t, objects), again: again, keys: keys,
		Random: rand.New(rand.NewPCG(seed, 0)), Dossier: kiosk.NewDossierID(time.Now()),
	}
}

// Over returns pages over objects.
func Over(t *testing.T, o sealed.Objects) *sealed.Pages {
	t.Helper()
	p, err := sealed.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Page returns the bytes of a page of a size that nobody else has, with all that names them.
func (w *World) Page(size int) ([]byte, hub.PageKey, hub.PageState) {
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], w.Random.Uint64())
	b := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(b) // never fails
	return b, hub.PageKey{Dossier: w.Dossier, Hash: kiosk.HashOf(b)}, w.State(size)
}

// State is what the store of keys says of a page.
func (w *World) State(size int) hub.PageState {
	return hub.PageState{Size: int64(size), Recipient: w.keys.Recipient().String(), Identity: w.keys.String()}
}

// Read returns a kept page.
func (w *World) Read(ctx context.Context, page hub.PageKey, state hub.PageState) ([]byte, error) {
	r, err := w.Pages.Open(ctx, page, state)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

// holds fails where a page is not kept as it was given.
func (w *World) holds(t *testing.T, page hub.PageKey, want []byte) {
	t.Helper()
	got, err := w.Read(t.Context(), page, w.State(len(want)))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("a page of %d bytes is read as %d bytes, %v", len(want), len(got), err)
	}
}

// ends fails where what came of a page ends elsewhere.
func (w *World) ends(t *testing.T, page hub.PageKey, want int64) {
	t.Helper()
	if n, err := w.Pages.Offset(t.Context(), page); n != want || err != nil {
		t.Errorf("the pieces end at %d, %v; want %d", n, err, want)
	}
}

func (w *World) names(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, prefix := range []string{"pages/", "uploads/"} {
		for o, err := range w.Objects.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, o.Name)
		}
	}
	return out
}

// rewrite gives an object other bytes behind the store's back.
func (w *World) rewrite(t *testing.T, name string, change func([]byte) []byte) {
	t.Helper()
	r, err := w.Objects.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	b = change(b)
	if err := w.Objects.Put(t.Context(), name, int64(len(b)), bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func wantEnd(t *testing.T, err error, want int64) {
	t.Helper()
	var e *hub.OffsetError
	if !errors.As(err, &e) || e.Ends != want {
		t.Errorf("got %v, want the end at %d", err, want)
	}
}
