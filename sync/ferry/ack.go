package ferry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/wire"
)

// PageName names a page.
type PageName struct {
	Dossier kiosk.DossierID `json:"dossier"`
	Hash    kiosk.Hash      `json:"sha256"`
}

// list is what the hub holds of what has come by stick. Its file has two lines: a JWS whose
// payload is a [wire.FerryWord], and the list, whose hash is signed there.
type list struct {
	Marks []wire.Mark `json:"marks"`
	Pages []PageName  `json:"pages"`
}

// maxAck bounds the file, and maxAckPages what the hub says in it: pages that are left out are
// brought once more.
const (
	maxAck      = 16 << 20
	maxAckPages = 120_000
)

// ackPath is where the hub's word for a gateway lies.
func ackPath(dir string, gateway wire.GatewayID) string {
	return filepath.Join(dir, filePrefix+string(gateway)+ackEnd)
}

func (h *Harbour) acknowledge(ctx context.Context, dir string, gateway wire.GatewayID, pages []PageName) (string, error) {
	marks, err := h.Door.Marks(ctx, gateway)
	if err != nil {
		return "", fmt.Errorf("marks of %s: %w", gateway, err)
	}
	text, err := json.Marshal(list{Marks: marks, Pages: pages[:min(len(pages), maxAckPages)]})
	if err != nil {
		return "", fmt.Errorf("write the word for %s: %w", gateway, err)
	}
	jws, err := h.Sign(wire.FerryWord{Gateway: gateway, At: h.Now(), List: kiosk.HashOf(text)})
	if err != nil {
		return "", fmt.Errorf("sign for %s: %w", gateway, err)
	}
	path := ackPath(dir, gateway)
	if err := durable.WriteFile(path, slices.Concat([]byte(jws), []byte{'\n'}, text), 0o600); err != nil {
		return "", fmt.Errorf("write to the stick: %w", err)
	}
	return filepath.Base(path), nil
}

// ErrNoAck means that no word of the hub's for this box lies there.
var ErrNoAck = errors.New("no word of the hub for this box lies there")

// Accept takes the hub's word from a folder of the stick: what the hub holds waits no more. An old
// one, or the same once more, changes nothing.
func (b *Box) Accept(ctx context.Context, dir string) (Trip, error) {
	path := ackPath(dir, b.Gateway)
	text, err := readWhole(path, maxAck)
	if errors.Is(err, fs.ErrNotExist) {
		return Trip{}, fmt.Errorf("%w: %s", ErrNoAck, filepath.Base(path))
	}
	if err != nil {
		return Trip{}, fmt.Errorf("read the hub's word: %w", err)
	}
	said, err := b.read(text)
	if err != nil {
		return Trip{}, err
	}
	return b.settle(ctx, said)
}

// read checks the hub's word and returns the list that it is for.
func (b *Box) read(text []byte) (said list, err error) {
	jws, body, _ := bytes.Cut(text, []byte{'\n'})
	var word wire.FerryWord
	switch err := b.Keys.Verify(string(jws), &word); {
	case err != nil:
		return said, fmt.Errorf("%w: %w", ErrForeign, err)
	case word.Gateway != b.Gateway:
		return said, fmt.Errorf("%w: it is for %s", ErrForeign, word.Gateway)
	case word.List != kiosk.HashOf(body):
		return said, fmt.Errorf("%w: its list is not the one that the hub has signed", ErrDamaged)
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return said, fmt.Errorf("%w: its list: %w", ErrDamaged, err)
	}
	return said, nil
}

// settle keeps what the hub holds.
func (b *Box) settle(ctx context.Context, said list) (trip Trip, err error) {
	before, err := b.Outbox.Waiting(ctx)
	if err != nil {
		return Trip{}, fmt.Errorf("look at the outbox: %w", err)
	}
	facts, err := b.covered(ctx, said.Marks, before.Acked)
	if err != nil {
		return Trip{}, err
	}
	blobs, trip, err := b.kept(ctx, said.Pages)
	if err != nil {
		return Trip{}, err
	}
	err = b.Outbox.Settle(ctx, kiosk.Settled{Blobs: blobs})
	if err == nil && facts != before.Acked {
		if err = b.Outbox.Settle(ctx, kiosk.Settled{Facts: facts}); errors.Is(err, kiosk.ErrSettledBack) {
			err = nil // the line has brought more meanwhile
		}
	}
	if err != nil {
		return Trip{}, fmt.Errorf("keep what the hub holds: %w", err)
	}
	after, err := b.Outbox.Waiting(ctx)
	if err != nil {
		return Trip{}, fmt.Errorf("look at the outbox: %w", err)
	}
	trip.Facts = int(before.Facts) - int(after.Facts)
	return trip, nil
}

// covered returns how far the hub's marks reach from a place on, fact by fact: the mark of a later
// epoch says nothing of an earlier one. A mark covers nothing of its epoch before it is seen to be
// of this box: at the fact where it stands, by the log's hash there, or where an epoch of ours ended
// before it and a backup was restored. Else this box may be an older copy that went on by itself: its
// facts stand in places of which the hub holds others, and only its line sorts that out.
func (b *Box) covered(ctx context.Context, marks []wire.Mark, at kiosk.Position) (kiosk.Position, error) {
	of := make(map[kiosk.Epoch]wire.Mark, len(marks))
	for _, m := range marks {
		of[m.Epoch] = m
	}
	for good := at; ; {
		some, err := b.Outbox.Outgoing(ctx, at, batchFacts)
		if err != nil {
			return good, fmt.Errorf("read the outbox: %w", err)
		}
		for _, o := range some {
			if o.Epoch != at.Epoch {
				if good != at && !shared(o) {
					return good, nil
				}
				good = at
			}
			at = o.Position
			switch m := of[o.Epoch]; {
			case o.Seq > m.Seq, o.Seq == m.Seq && m.Chain != "" && m.Chain != o.Chain.String():
				return good, nil
			case o.Seq == m.Seq:
				good = at
			}
		}
		if len(some) == 0 {
			return good, nil
		}
	}
}

// shared reports whether everything before the first fact of an epoch happened on the box that the
// hub has heard: that is so after a restored backup, and not where the line has found out that
// the hub knew more.
func shared(first kiosk.Outgoing) bool {
	f, begun := first.Fact.(kiosk.EpochBegun)
	return first.Broken == nil && !(begun && f.Why == kiosk.EpochOlder)
}

// kept returns those of the pages that wait here and that the hub holds.
func (b *Box) kept(ctx context.Context, pages []PageName) (blobs []kiosk.BlobPlace, trip Trip, err error) {
	held := make(map[PageName]bool, len(pages))
	for _, p := range pages {
		held[p] = true
	}
	for after := (kiosk.BlobPlace{}); ; {
		some, err := b.Outbox.Pending(ctx, after, 256)
		if err != nil {
			return nil, trip, fmt.Errorf("look for pages: %w", err)
		}
		for _, r := range some {
			after = r.BlobPlace
			if held[PageName{r.Dossier, r.Hash}] {
				blobs = append(blobs, r.BlobPlace)
				trip.Pages++
				trip.Bytes += r.Size
			}
		}
		if len(some) == 0 {
			return blobs, trip, nil
		}
	}
}
