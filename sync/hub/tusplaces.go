package hub

import (
	"context"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// uploadPlaces lets so many in at once, and so many of one gateway: fewer once more than half of all
// are taken, so that a few gateways on the slowest of lines leave something to the others.
type uploadPlaces struct {
	mu         sync.Mutex
	all, ofOne int
	inside     int
	of         map[wire.GatewayID]int
}

func newUploadPlaces(all, ofOne int) *uploadPlaces {
	return &uploadPlaces{all: all, ofOne: ofOne, of: map[wire.GatewayID]int{}}
}

// enter reports whether there is room; whoever was let in has to leave.
func (p *uploadPlaces) enter(id wire.GatewayID) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.inside >= p.all || p.of[id] >= p.share() {
		return nil, false
	}
	p.inside++
	p.of[id]++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.inside--
		if p.of[id]--; p.of[id] == 0 {
			delete(p.of, id)
		}
	}, true
}

// share is how many places a gateway may have just now.
func (p *uploadPlaces) share() int {
	free := p.all - p.inside
	return max(1, min(p.ofOne, p.ofOne*2*free/p.all))
}

// takers are the requests of this process that take bytes just now, by their page.
type takers struct {
	mu sync.Mutex
	of map[PageKey]*taker
}

type taker struct {
	stop func()
	done chan struct{}
}

// settleTimeout is how long a request waits for one that it has stopped. A store that is slow
// takes longer, and then the answer is what was durable before.
const settleTimeout = 3 * time.Second

// begin makes a request the one that takes bytes of a page here, if there is no other; end has to
// be called when it has taken them.
func (t *takers) begin(page PageKey, stop func()) (end func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of[page] != nil {
		return nil, false
	}
	v := &taker{stop, make(chan struct{})}
	t.of[page] = v
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.of, page)
		close(v.done)
	}, true
}

// settle stops whoever takes bytes of a page here, waits until they are durable, and reports
// whether there was anybody: a gateway that asks again has given its earlier request up, whether
// this end of the line has noticed or not.
func (t *takers) settle(ctx context.Context, page PageKey) bool {
	t.mu.Lock()
	v := t.of[page]
	t.mu.Unlock()
	if v == nil {
		return false
	}
	v.stop()
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	select {
	case <-v.done:
	case <-ctx.Done():
	}
	return true
}
