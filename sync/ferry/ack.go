package ferry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// PageName names a page.
type PageName struct {
	Dossier kiosk.DossierID `json:"dossier"`
	Hash    kiosk.Hash      `json:"sha256"`
}

// Ack is the hub's word on what has come by stick.
type Ack struct {
	Gateway wire.GatewayID `json:"gateway"`
	At      time.Time      `json:"at"`
	Marks   []wire.Mark    `json:"marks"`
	Pages   []PageName     `json:"pages"`
}

// maxAck bounds the file of it: a hundred thousand pages.
const maxAck = 16 << 20

// ackPath is where the hub's word for a gateway lies.
func ackPath(dir string, gateway wire.GatewayID) string {
	return filepath.Join(dir, filePrefix+string(gateway)+ackEnd)
}

func (h *Harbour) acknowledge(ctx context.Context, dir string, gateway wire.GatewayID, pages []PageName) (string, error) {
	marks, err := h.Door.Marks(ctx, gateway)
	if err != nil {
		return "", fmt.Errorf("marks of %s: %w", gateway, err)
	}
	jws, err := h.Sign(Ack{Gateway: gateway, At: h.Now(), Marks: marks, Pages: pages})
	if err != nil {
		return "", fmt.Errorf("sign for %s: %w", gateway, err)
	}
	path := ackPath(dir, gateway)
	return filepath.Base(path), writeWhole(path, []byte(jws))
}

// ErrNoAck means that no word of the hub's for this box lies there.
var ErrNoAck = errors.New("no word of the hub for this box lies there")

// Accept takes the hub's word from a folder of the stick: what the hub holds waits no more. An old
// one, or the same once more, changes nothing.
func (b *Box) Accept(ctx context.Context, dir string) (Trip, error) {
	path := ackPath(dir, b.Gateway)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Trip{}, fmt.Errorf("%w: %s", ErrNoAck, filepath.Base(path))
	}
	if err != nil || info.Size() > maxAck {
		return Trip{}, fmt.Errorf("%w: %s cannot be the hub's word", ErrDamaged, filepath.Base(path))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Trip{}, fmt.Errorf("read the hub's word: %w", err)
	}
	var ack Ack
	if err := b.Keys.Verify(string(text), &ack); err != nil {
		return Trip{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if ack.Gateway != b.Gateway {
		return Trip{}, fmt.Errorf("%w: it is for %s", ErrForeign, ack.Gateway)
	}
	return b.settle(ctx, ack)
}

func (b *Box) settle(ctx context.Context, ack Ack) (Trip, error) {
	backlog, err := b.Outbox.Waiting(ctx)
	if err != nil {
		return Trip{}, fmt.Errorf("look at the outbox: %w", err)
	}
	var s kiosk.Settled
	for _, m := range ack.Marks {
		at := m.Position()
		// Beyond our own last fact: of a box that this one was restored from. The line sorts it out.
		if at.Order() > backlog.Acked.Order() && at.Order() <= backlog.Last.Order() && at.Order() > s.Facts.Order() {
			s.Facts = at
		}
	}
	kept := make(map[PageName]bool, len(ack.Pages))
	for _, p := range ack.Pages {
		kept[p] = true
	}
	var trip Trip
	for after := (kiosk.BlobPlace{}); ; {
		some, err := b.Outbox.Pending(ctx, after, 256)
		if err != nil {
			return Trip{}, fmt.Errorf("look for pages: %w", err)
		}
		for _, r := range some {
			after = r.BlobPlace
			if kept[PageName{r.Dossier, r.Hash}] {
				s.Blobs = append(s.Blobs, r.BlobPlace)
				trip.Pages++
				trip.Bytes += r.Size
			}
		}
		if len(some) == 0 {
			break
		}
	}
	if err := b.Outbox.Settle(ctx, s); err != nil {
		return Trip{}, fmt.Errorf("keep what the hub holds: %w", err)
	}
	after, err := b.Outbox.Waiting(ctx)
	if err != nil {
		return Trip{}, fmt.Errorf("look at the outbox: %w", err)
	}
	trip.Facts = int(backlog.Facts) - int(after.Facts)
	return trip, nil
}
