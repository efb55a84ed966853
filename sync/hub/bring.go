package hub

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// What did not come by the line goes through the same door: package ferry brings it from a stick,
// once it knows whose it is.

// Facts takes a batch of events of a gateway as a request would bring it.
func (h *Hub) Facts(ctx context.Context, gateway wire.GatewayID, site kiosk.SiteCode, b []byte) (wire.Ack, error) {
	batch, refused := openBatch(b, Identity{Gateway: gateway, Site: site})
	ack, err := h.keep(ctx, batch, func() {})
	switch {
	case err != nil:
		return wire.Ack{}, err
	case refused != nil:
		refused.Ack = ack
		return wire.Ack{}, refused
	}
	return *ack, nil
}

// Page takes the bytes of a page, from its beginning. What is kept of it already, by line or by
// stick, is passed over.
func (h *Hub) Page(ctx context.Context, gateway wire.GatewayID, page PageKey, size int64, r io.Reader) error {
	u := h.uploads
	f, err := u.find(ctx, gateway, page)
	switch {
	case err != nil:
		return err
	case f.state.Size != size:
		return fmt.Errorf("%w: it names one of %d bytes", ErrNotNamed, f.state.Size)
	case f.state.Kept:
		return nil
	}
	if _, err := io.CopyN(io.Discard, r, f.offset); err != nil {
		return fmt.Errorf("read a page: %w", err)
	}
	buf := u.buffers.Get().(*[MaxPiece]byte)
	defer u.buffers.Put(buf)
	for at := f.offset; ; {
		piece := buf[:min(MaxPiece, size-at)]
		if _, err := io.ReadFull(r, piece); err != nil {
			return fmt.Errorf("read a page: %w", err)
		}
		whole, err := u.keep(ctx, f, at, piece)
		if err != nil || whole {
			return err
		}
		if at += int64(len(piece)); at == size {
			return errors.Join(ErrBusy, ctx.Err()) // somebody else is finishing it
		}
	}
}

// Marks returns how far each epoch of a gateway is durable.
func (h *Hub) Marks(ctx context.Context, gateway wire.GatewayID) ([]wire.Mark, error) {
	return h.Store.Marks(ctx, gateway)
}
