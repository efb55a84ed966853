package uplink_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// cabinet is a box's pages in memory.
type cabinet struct {
	mu     sync.Mutex
	pages  map[kiosk.DossierID]map[kiosk.Hash][]byte
	locked error // what Subject answers; nil: the name
	opened atomic.Int64
}

// noClose is a reader of bytes.
type noClose struct{ *bytes.Reader }

func (noClose) Close() error { return nil }

func (c *cabinet) Open(_ context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened.Add(1)
	b, ok := c.pages[dossier][hash]
	if !ok {
		return nil, kiosk.ErrGone
	}
	return noClose{bytes.NewReader(b)}, nil
}

func (c *cabinet) Subject(context.Context, kiosk.DossierID, []byte) (*wire.Subject, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.locked != nil {
		return nil, c.locked
	}
	return &wire.Subject{Name: "Nguyễn Thị Thử", Number: "001190000001"}, nil
}

func (c *cabinet) put(d kiosk.DossierID, pages ...[]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil {
		c.pages = map[kiosk.DossierID]map[kiosk.Hash][]byte{}
	}
	if c.pages[d] == nil {
		c.pages[d] = map[kiosk.Hash][]byte{}
	}
	for _, p := range pages {
		c.pages[d][kiosk.HashOf(p)] = p
	}
}

func (c *cabinet) page(d kiosk.DossierID, h kiosk.Hash) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.pages[d][h])
}
