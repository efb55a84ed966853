package province

import (
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

const (
	// purposeLasts is how long a purpose holds for a dossier: a dossier of twenty pages is leafed
	// through without being asked twenty times, and the next one is asked for again.
	purposeLasts = 15 * time.Minute
	// maxPurposes bounds the table; the one that ends soonest makes room.
	maxPurposes = 4096
)

// purposes are why somebody looks at a dossier, by session. They live in memory: after a restart,
// or at another process of the hub, it is asked again. The zero value is ready.
type purposes struct {
	mu   sync.Mutex
	held map[look]purpose
}

type look struct {
	session string
	dossier kiosk.DossierID
}

type purpose struct {
	text   string
	until  time.Time
	opened bool // the dossier's own page was shown for it, and that was written down
}

// hold keeps a purpose.
func (p *purposes) hold(l look, text string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = map[look]purpose{}
	}
	if len(p.held) >= maxPurposes {
		p.makeRoom(now)
	}
	p.held[l] = purpose{text: text, until: now.Add(purposeLasts)}
}

// open notes that a look under the purpose that holds was written down.
func (p *purposes) open(l look) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v, ok := p.held[l]; ok {
		v.opened = true
		p.held[l] = v
	}
}

// opened reports whether a look was written down under the purpose that holds.
func (p *purposes) opened(l look, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.held[l]
	return v.opened && now.Before(v.until)
}

// of returns the purpose that holds, empty where none does.
func (p *purposes) of(l look, now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v := p.held[l]; now.Before(v.until) {
		return v.text
	}
	return ""
}

func (p *purposes) makeRoom(now time.Time) {
	var soonest look
	var until time.Time
	for l, v := range p.held {
		if !now.Before(v.until) {
			delete(p.held, l)
		} else if until.IsZero() || v.until.Before(until) {
			soonest, until = l, v.until
		}
	}
	if len(p.held) >= maxPurposes {
		delete(p.held, soonest)
	}
}
