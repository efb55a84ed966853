package look

import "time"

// press is the one finger on the glass. It remembers the tile's key rather than the tile,
// because a page is rebuilt whenever a snapshot comes, also while a finger rests on it: the
// number of people waiting must not cost somebody a press.
type press struct {
	key   string
	tile  *Tile // the object that saw the finger come down
	since time.Time
	away  bool // the finger has slid off the tile
	fired bool // a press-and-hold has done its work and waits for the finger to leave
}

// down begins a press on t.
func (s *shared) down(t *Tile) {
	old := s.press.tile
	s.press = press{key: t.spec.Key, tile: t, since: s.now()}
	if old != nil && old != t {
		old.restyle() // a finger that left without a word, as when it slides onto the bare page
	}
	t.restyle()
}

// slid marks that the finger has left t without letting go.
func (s *shared) slid(t *Tile) {
	if s.press.key == t.spec.Key && s.press.tile != nil {
		s.press.away = true
		t.restyle()
	}
}

// back marks that the finger has come back to t.
func (s *shared) back(t *Tile) {
	if s.press.key == t.spec.Key && s.press.away {
		s.press.away = false
		t.restyle()
	}
}

// up ends the press on t and reports whether it counts: it began on a tile with the same key,
// did not fire yet, and lasted as long as the tile asks.
func (s *shared) up(t *Tile) bool {
	p := s.press
	s.press = press{}
	if p.tile != nil && p.tile != t {
		p.tile.restyle()
	}
	t.restyle()
	return p.tile != nil && p.key == t.spec.Key && !p.fired && s.now().Sub(p.since) >= t.spec.Hold
}

// under reports whether t is drawn as pressed, and for how long it has been.
func (s *shared) under(t *Tile) (time.Duration, bool) {
	p := s.press
	if p.tile == nil || p.key != t.spec.Key || p.away || p.fired {
		return 0, false
	}
	return s.now().Sub(p.since), true
}

// Tick lets a press-and-hold tile under a finger show how far it is, and act once its time is
// over without waiting for the finger to leave. Call it about twice a second while
// [Kit.Holding]; it never acts twice for one press.
func (k *Kit) Tick() {
	p := &k.shared.press
	if !k.Holding() {
		return
	}
	t := p.tile
	if k.shared.now().Sub(p.since) < t.spec.Hold {
		t.restyle()
		return
	}
	p.fired = true
	t.restyle()
	t.act()
}

// Holding reports whether a finger rests on a press-and-hold tile that has not acted yet.
func (k *Kit) Holding() bool {
	p := k.shared.press
	return p.tile != nil && p.tile.spec.Hold > 0 && !p.fired && !p.away
}
