package lan

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// List returns the paired screens in the order of their pairing.
func (p *Pairing) List() []Screen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list(func(*kept) bool { return true })
}

func (p *Pairing) list(which func(*kept) bool) []Screen {
	var out []Screen
	for _, s := range p.screens {
		if which(s) {
			out = append(out, s.Screen)
		}
	}
	slices.SortFunc(out, func(a, b Screen) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Seen says that a screen has just asked for something.
func (p *Pairing) Seen(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.screens[id]
	if s == nil {
		return
	}
	now := p.cfg.Now()
	back := p.missing(s, now)
	s.Seen, s.live = now, now
	if back {
		p.wake()
	}
}

func (p *Pairing) missing(s *kept, now time.Time) bool { return now.Sub(s.live) >= p.cfg.Absent }

// Changed returns a channel that is closed when a screen was paired, forgotten or came back.
func (p *Pairing) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Pairing) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Watch reports the screens that were not seen for 15 seconds, none included, at first and
// whenever that changes, until ctx ends. After a start each has those 15 seconds to come back.
func (p *Pairing) Watch(ctx context.Context, report func([]Screen)) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	said, first := "", true
	for {
		changed := p.Changed()
		absent, next := p.look()
		ids := make([]string, len(absent))
		for i, s := range absent {
			ids[i] = s.ID
		}
		if now := strings.Join(ids, " "); first || now != said {
			report(absent)
			said, first = now, false
		}
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-timer.C:
		}
	}
}

// look returns who is missing, and when the next one could be.
func (p *Pairing) look() ([]Screen, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, next := p.cfg.Now(), p.cfg.Absent
	for _, s := range p.screens {
		if now.Before(s.live) {
			s.live = now // the clock was put back
		}
		if left := p.cfg.Absent - now.Sub(s.live); left > 0 {
			next = min(next, left)
		}
	}
	return p.list(func(s *kept) bool { return p.missing(s, now) }), max(next, 10*time.Millisecond)
}

// PlainScreens is [Shield.Plain] for the board: the cookie of a paired screen passes, and no
// other. Whoever reads it on the way can show the board on a screen of their own.
func (s Shield) PlainScreens(next http.Handler, paths ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := tokenOf(r)
		s.Plain(http.HandlerFunc(func(_ http.ResponseWriter, bare *http.Request) {
			if ok {
				bare.AddCookie(&http.Cookie{Name: screenCookie, Value: token})
			}
			next.ServeHTTP(w, bare) // the board sets its own cookie and no other
		}), paths...).ServeHTTP(w, r)
	})
}
