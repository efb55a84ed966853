package look

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
)

// press is the one finger on the glass. It remembers the tile's key rather than the tile,
// because a page is rebuilt whenever a snapshot comes, also while a finger rests on it: the
// number of people waiting must not cost somebody a press.
type press struct {
	key   string
	tile  *Tile // the object that saw the finger come down
	at    fyne.Position
	since time.Time
	away  bool // the finger has slid off the tile
	fired bool // a press-and-hold has done its work and waits for the finger to leave
	echo  bool // the second tap of a double tap that began on another tile: it does nothing
}

// tapped is the last press that counted. A hand that trembles, or that is used to a mouse, taps
// twice, and the second tap falls on the page that the first one brought: on what stands there by
// chance.
type tapped struct {
	key    string
	at     fyne.Position
	when   time.Time // when it ended, or when the page that it brought stood
	keypad bool      // on a key: who types does not wait
}

// echo is how soon after a page came a tap at the same place is the second of a double tap:
// nobody reads a page and decides in that time.
const echo = 400 * time.Millisecond

// slowest is how long after a press the page that it brought may come: later ones come by
// themselves.
const slowest = 2 * time.Second

// down begins a press on t.
func (s *shared) down(t *Tile, at fyne.Position) {
	old := s.press.tile
	s.press = press{key: t.spec.Key, tile: t, at: at, since: s.now(), echo: s.echoes(t, at)}
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
	if p.tile == nil || p.key != t.spec.Key || p.fired || p.echo || s.now().Sub(p.since) < t.spec.Hold {
		return false
	}
	s.tapped = tapped{key: p.key, at: p.at, when: s.now(), keypad: t.spec.Keypad}
	return true
}

// echoes reports whether a finger that comes down on t is the second tap of a double tap on
// another tile, which stood there a moment ago.
func (s *shared) echoes(t *Tile, at fyne.Position) bool {
	last := s.tapped
	if last.when.IsZero() || last.key == t.spec.Key || last.keypad && t.spec.Keypad {
		return false
	}
	since := s.now().Sub(last.when)
	far := math.Hypot(float64(at.X-last.at.X), float64(at.Y-last.at.Y))
	return since >= 0 && since < echo && far < float64(t.kit.OtherTile)
}

// Turned tells the kit that a page has just come and is painted: a display that paints slowly
// hands over the second tap of a double tap only then.
func (k *Kit) Turned() {
	if s := k.shared; !s.tapped.when.IsZero() && s.now().Sub(s.tapped.when) < slowest {
		s.tapped.when = s.now()
	}
}

// under reports whether t is drawn as pressed, and for how long it has been.
func (s *shared) under(t *Tile) (time.Duration, bool) {
	p := s.press
	if p.tile == nil || p.key != t.spec.Key || p.away || p.fired || p.echo || t.spec.Blind {
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
	return p.tile != nil && p.tile.spec.Hold > 0 && !p.fired && !p.away && !p.echo
}
