package blobstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/secret"
)

// childEnv, set in the environment, makes this test binary an office that is going to be killed.
// Its value is an order as JSON.
const childEnv = "BLOBSTORE_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := childMain(text, os.NewFile(3, "ack")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// order is what a child is to do.
type order struct {
	Dir  string
	Day  kiosk.Day
	Seed uint64
	// Pages makes it an office that keeps that many pages and ends by itself; see answer_test.go.
	Pages int
	// Sweep makes it one that keeps pages, of which some are never named, and sweeps.
	Sweep bool
}

// childMain scans, forgets and rewraps for ever, all at the same time, and says what it was told.
// A line is one write: it is there whole or not at all.
func childMain(text string, ack *os.File) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	key, err := secret.OpenKey(o.Dir)
	if err != nil {
		return err
	}
	ring, err := secret.OpenRing(o.Dir, key)
	if err != nil {
		return err
	}
	s, err := blobstore.Open(ctx, blobstore.Config{Dir: o.Dir, Ring: ring, Now: func() kiosk.Day { return o.Day }, Reserve: 1})
	if err != nil {
		return err
	}
	if o.Pages > 0 {
		return keepPages(ctx, s, o.Pages, ack)
	}
	if o.Sweep {
		return sweepForEver(ctx, s, rand.New(rand.NewPCG(o.Seed, 0)), ack)
	}
	forgot := make(chan struct{}, 1)
	var all sync.WaitGroup
	for n := range 3 {
		all.Go(func() { cancel(scanForEver(ctx, s, o, rand.New(rand.NewPCG(o.Seed, uint64(n))), forgot, ack)) })
	}
	all.Go(func() { cancel(rewrapForEver(ctx, s, forgot, ack)) })
	all.Wait()
	return context.Cause(ctx)
}

// scanForEver is one officer's dossiers, one after the other: some pages each, every other one
// forgotten. Before it is, the key that lies on the disk is told, as somebody may have copied it.
func scanForEver(ctx context.Context, s *blobstore.Store, o order, random *rand.Rand, forgot chan<- struct{}, ack *os.File) error {
	say := func(format string, args ...any) error {
		_, err := fmt.Fprintf(ack, format+"\n", args...)
		return err
	}
	for ctx.Err() == nil {
		id := kiosk.NewDossierID(time.Now())
		for range 1 + random.IntN(3) {
			page := scan(random.Uint64(), 1+random.IntN(3*blobstore.ChunkSize))
			blob, err := s.Put(ctx, id, bytes.NewReader(page))
			if err != nil {
				return err
			}
			if err := say("put %s %s", id, blob.Hash); err != nil {
				return err
			}
		}
		if random.IntN(2) == 0 {
			continue
		}
		key, err := os.ReadFile(filepath.Join(o.Dir, "blobs", string(id), "key"))
		if err != nil {
			return err
		}
		if err := say("forgetting %s %x", id, key); err != nil {
			return err
		}
		if err := s.Forget(ctx, id); err != nil {
			return err
		}
		if err := say("forgot %s", id); err != nil {
			return err
		}
		select {
		case forgot <- struct{}{}:
		default:
		}
	}
	return ctx.Err()
}

// rewrapForEver does the night's work at the start and after each forgetting.
func rewrapForEver(ctx context.Context, s *blobstore.Store, forgot <-chan struct{}, ack *os.File) error {
	for ctx.Err() == nil {
		if _, err := fmt.Fprintln(ack, "rewrapping"); err != nil {
			return err
		}
		if _, err := s.Rewrap(ctx); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(ack, "rewrapped"); err != nil {
			return err
		}
		select {
		case <-forgot:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// keepPages keeps pages of as many dossiers, forgets the last one and does the night's work, and
// says so.
func keepPages(ctx context.Context, s *blobstore.Store, n int, ack *os.File) error {
	var id kiosk.DossierID
	for i := range n {
		id = kiosk.NewDossierID(time.Now())
		blob, err := s.Put(ctx, id, bytes.NewReader(scan(uint64(i), 1000)))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(ack, "answer %s %s\n", id, blob.Hash); err != nil {
			return err
		}
	}
	if err := s.Forget(ctx, id); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(ack, "forgot %s\n", id); err != nil {
		return err
	}
	if _, err := s.Rewrap(ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintln(ack, "rewrapped")
	return err
}

// sweepForEver keeps dossiers of two pages, says of what was named that it is there, and sweeps
// what was not: a dossier, or one of its pages. Those of earlier lives are older than its book.
func sweepForEver(ctx context.Context, s *blobstore.Store, random *rand.Rand, ack *os.File) error {
	book := named{}
	began := time.Now()
	for {
		id := kiosk.NewDossierID(time.Now())
		name := random.IntN(3) // so many pages
		for i := range 2 {
			page := scan(random.Uint64(), 1000)
			blob, err := s.Put(ctx, id, bytes.NewReader(page))
			if err != nil {
				return err
			}
			if i < name {
				book[id] = append(book[id], blob.Hash)
				if _, err := fmt.Fprintf(ack, "put %s %s\n", id, blob.Hash); err != nil {
					return err
				}
			}
		}
		n, err := s.Sweep(ctx, blobstore.Orphans{After: began, Before: time.Now().Add(time.Hour), Names: book.names, Most: 9})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(ack, "swept %d\n", n); err != nil {
			return err
		}
	}
}
