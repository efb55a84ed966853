package hub_test

import (
	"context"
	"errors"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// heap is one page in memory, for tests that ask so often that a disk would be in the way.
type heap struct {
	hub.Pages // what is not asked of it
	came      []byte
	page      []byte
}

func (h *heap) Offset(context.Context, hub.PageKey) (int64, error) { return int64(len(h.came)), nil }

func (h *heap) Append(_ context.Context, _ hub.PageKey, at int64, b []byte, state hub.PageState) error {
	if at != int64(len(h.came)) {
		return &hub.OffsetError{Ends: int64(len(h.came))}
	}
	if at+int64(len(b)) >= state.Size {
		return errors.New("the last piece is Finish's")
	}
	h.came = append(h.came, b...)
	return nil
}

func (h *heap) Finish(_ context.Context, page hub.PageKey, tail []byte, state hub.PageState) error {
	if int64(len(h.came)+len(tail)) != state.Size {
		return &hub.OffsetError{Ends: int64(len(h.came))}
	}
	all := append(h.came[:len(h.came):len(h.came)], tail...)
	if kiosk.HashOf(all) != page.Hash {
		return hub.ErrHash
	}
	h.page = all
	return nil
}

func (h *heap) Drop(context.Context, hub.PageKey) error {
	h.came = nil
	return nil
}
