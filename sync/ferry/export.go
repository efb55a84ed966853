package ferry

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/wire"
)

// Pages opens what is kept of dossiers, as package uplink has it.
type Pages interface {
	Open(ctx context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error)
	Subject(ctx context.Context, dossier kiosk.DossierID, sealed []byte) (*wire.Subject, error)
}

// Box is the gateway's side.
type Box struct {
	Gateway     wire.GatewayID
	Site        kiosk.SiteCode
	Outbox      kiosk.Outbox
	Pages       Pages
	Signer      crypto.Signer // of the box's certificate
	Certificate [][]byte      // it, and those that lead to the authority, in DER
	Recipients  []string      // the hub's, in age's text form: any of them opens the files
	Keys        wire.Keys     // by which the hub's word is checked
	Now         func() time.Time
	// PartBytes is how many bytes of pages one file holds; 0: [PartBytes].
	PartBytes int64
}

// Trip is what an export or an import has done.
type Trip struct {
	Files   int   `json:"files"`
	Facts   int   `json:"facts"`
	Pages   int   `json:"pages"`
	Bytes   int64 `json:"bytes"`   // of pages
	Skipped int   `json:"skipped"` // pages that could not be read here
	// Behind is how many facts stay behind, the pages of their dossiers with them, and Why what
	// the first of them waits for: the box cannot open just now who applies.
	Behind int    `json:"behind"`
	Why    string `json:"why,omitempty"`
}

// ErrNoHub means that the hub's key for sticks is not known here yet.
var ErrNoHub = errors.New("the hub's key is not known: this box has to be online once before it can use a stick")

// batchFacts and batchBytes bound one entry of facts.
const (
	batchFacts = 1000
	batchBytes = 512 << 10
)

// Export writes everything that the hub has not acknowledged into a folder of a stick: facts
// first, then pages in their order. progress is told after each entry; it may be nil. What was
// exported stays in the outbox until the hub's word for it has come back, by stick or by line. A
// fact that has to wait keeps back those behind it and no others.
func (b *Box) Export(ctx context.Context, dir string, progress func(Trip)) (trip Trip, err error) {
	if progress == nil {
		progress = func(Trip) {}
	}
	var to []age.Recipient
	for _, text := range b.Recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return trip, fmt.Errorf("a key of the hub's: %w", err)
		}
		to = append(to, r)
	}
	if len(to) == 0 {
		return trip, ErrNoHub
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return trip, fmt.Errorf("%s is no folder: is the stick there?", dir)
	}
	if err := durable.TidyUp(dir, filePrefix+"*"); err != nil { // half a trip may fill the stick
		return trip, fmt.Errorf("tidy up the stick: %w", err)
	}
	made, err := freeMoment(dir, b.Gateway, b.Now())
	if err != nil {
		return trip, fmt.Errorf("look at the stick: %w", err)
	}
	e := &export{Box: b, to: to, dir: dir, trip: trip, tell: progress, made: made}
	defer func() {
		trip = e.trip
		if e.w != nil {
			err = errors.Join(err, e.w.file.Drop())
		}
	}()
	if err := e.facts(ctx); err != nil {
		return e.trip, err
	}
	if err := e.pages(ctx); err != nil {
		return e.trip, err
	}
	return e.trip, e.finish()
}

// export is one on its way.
type export struct {
	*Box
	to   []age.Recipient
	dir  string
	made time.Time
	tell func(Trip)
	w    *writer
	end  kiosk.Position // the last fact that is on the stick or was acknowledged
	trip Trip
}

// file returns the file that is being written, a new one where there is none or it is full.
func (e *export) file(more int64) (*writer, error) {
	if e.w != nil && (e.w.bytes+more > cmp.Or(e.PartBytes, PartBytes) && e.w.bytes > 0 || len(e.w.m.Entries) >= maxEntries) {
		if err := e.finish(); err != nil {
			return nil, err
		}
	}
	if e.w == nil {
		part := e.trip.Files + 1
		name := fmt.Sprintf("%s%02d%s", tripPrefix(e.Gateway, e.made), part, fileEnd)
		m := manifest{Version: version, Gateway: e.Gateway, Site: e.Site, Made: e.made, Part: part, Certificate: e.Certificate}
		w, err := create(filepath.Join(e.dir, name), m, e.to...)
		if err != nil {
			return nil, err
		}
		e.w = w
	}
	return e.w, nil
}

func (e *export) finish() error {
	if e.w == nil {
		return nil
	}
	w := e.w
	e.w = nil
	if err := w.finish(e.Signer); err != nil {
		return err
	}
	e.trip.Files++
	e.tell(e.trip)
	return nil
}

// facts writes what lies behind the acknowledged place, in batches of one epoch each.
func (e *export) facts(ctx context.Context) error {
	backlog, err := e.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	for e.end = backlog.Acked; ; {
		out, err := e.Outbox.Outgoing(ctx, e.end, batchFacts)
		if err != nil {
			return fmt.Errorf("read the outbox: %w", err)
		}
		if len(out) == 0 {
			return nil
		}
		p := wire.Gather(ctx, e.Gateway, out, e.Pages, batchBytes, func(kiosk.Position, error) {})
		if err := ctx.Err(); err != nil {
			return err // also why one could not be opened
		}
		if n := len(p.Events); n > 0 {
			if err := e.batch(p.Events); err != nil {
				return err
			}
			e.end = out[n-1].Position
		}
		if p.Waits != nil {
			e.trip.Behind, e.trip.Why = int(backlog.Facts)-e.trip.Facts, p.Waits.Error()
			return nil
		}
	}
}

// batch writes an entry of facts.
func (e *export) batch(events []wire.Event) error {
	body, err := wire.AppendBatch(nil, events)
	if err != nil {
		return fmt.Errorf("write a batch: %w", err)
	}
	w, err := e.file(0)
	if err != nil {
		return err
	}
	if err := w.add(factsFolder+events[0].ID+".json", int64(len(body)), bytes.NewReader(body)); err != nil {
		return err
	}
	e.trip.Facts += len(events)
	e.tell(e.trip)
	return nil
}

// pages writes the pages that wait and whose dossier's header the hub knows. One that cannot be read
// to its end is left out and counted: the others must not stay behind for it.
func (e *export) pages(ctx context.Context) error {
	for after := (kiosk.BlobPlace{}); ; {
		some, err := e.Outbox.Pending(ctx, after, 256)
		if err != nil {
			return fmt.Errorf("look for pages: %w", err)
		}
		for _, b := range some {
			after = b.BlobPlace
			if b.State != kiosk.BlobPending || e.end.Before(b.Filed) {
				continue
			}
			if err := e.page(ctx, b); err != nil {
				return err
			}
		}
		if len(some) == 0 {
			return nil
		}
	}
}

func (e *export) page(ctx context.Context, b kiosk.BlobRecord) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	page, err := e.Pages.Open(ctx, b.Dossier, b.Hash)
	if err != nil {
		e.trip.Skipped++
		return nil
	}
	defer func() { err = errors.Join(err, page.Close()) }()
	if !readable(page, b) {
		e.trip.Skipped++
		return nil
	}
	w, err := e.file(b.Size)
	if err != nil {
		return err
	}
	if err := w.add(pageName(b.Dossier, b.Hash), b.Size, page); err != nil {
		return err
	}
	w.bytes += b.Size
	e.trip.Pages++
	e.trip.Bytes += b.Size
	e.tell(e.trip)
	return nil
}

// readable reads a page to its end: once half of one is in a file of the stick, there is no way
// back.
func readable(page io.ReadSeeker, b kiosk.BlobRecord) bool {
	sum := sha256.New()
	n, err := io.Copy(sum, page)
	if err != nil || n != b.Size || kiosk.Hash(sum.Sum(nil)) != b.Hash {
		return false
	}
	_, err = page.Seek(0, io.SeekStart)
	return err == nil
}
