package uplink

import (
	"sync"

	"github.com/motcua/gateway/kiosk"
)

// place is a position that one goroutine moves and others look at.
type place struct {
	mu    sync.Mutex
	at    kiosk.Position
	moved chan struct{}
}

func (p *place) get() (kiosk.Position, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.moved == nil {
		p.moved = make(chan struct{})
	}
	return p.at, p.moved
}

func (p *place) set(at kiosk.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}
