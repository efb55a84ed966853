package web

import (
	"cmp"
	"image"
	"image/draw"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/stage"
)

const (
	// maxViewers bounds the event streams: a hall's helpers, not its visitors.
	maxViewers = 8
	// maxWaiting bounds the other requests that wait or compress.
	maxWaiting = 16
)

// Words are the sentences of the page, from ui/words.
type Words struct {
	Language string // BCP 47, such as "vi"
	Title    string
	Watching string // another viewer controls the screen
	Lost     string // the connection is lost and is being restored
	Full     string // too many viewers
}

// Options of a [Screen].
type Options struct {
	// Stage takes the touches. Without it the screen can only be looked at.
	Stage *stage.Stage
	// Picture lets the picture of the newest frame be read; see [stage.Stage.Picture]. Nil: the
	// screen keeps a copy, which at 1080 × 1920 takes 8 MB.
	Picture func(read func(*image.RGBA))
	Words   Words
	// AllowHost reports whether the box may be addressed by a host name, given without its
	// port. Nil allows the names of this very machine only: localhost and loopback addresses.
	AllowHost func(host string) bool
	Log       *slog.Logger
}

// Screen is the newest frame and whoever looks at it. It implements [stage.Output]; its
// Handler serves the browsers.
type Screen struct {
	o       Options
	pointer *stage.Pointer
	// encoding is held while a picture is compressed: one at a time, so that a crowd of
	// viewers costs one core and one scratch image.
	encoding chan struct{}
	closed   chan struct{}

	mu      sync.Mutex
	bounds  image.Rectangle // of the picture; empty before the first
	copied  *image.RGBA     // without Options.Picture
	frame   uint64
	words   []Word
	news    chan struct{} // closed and replaced with each frame
	viewers map[string]*viewer
	waiting int
	lease   lease
	press   *time.Timer // ends a press that a lost browser left behind; nil when none is down
	shut    bool
	last    patch // the patch compressed last, for viewers in step with each other
}

var _ stage.Output = (*Screen)(nil)

// New returns a screen without a picture; [stage.Stage.To] or [Mirror] gives it some.
func New(o Options) *Screen {
	if o.AllowHost == nil {
		o.AllowHost = loopback
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Screen{
		o:        o,
		encoding: make(chan struct{}, 1),
		closed:   make(chan struct{}),
		news:     make(chan struct{}),
		viewers:  map[string]*viewer{},
	}
	if o.Stage != nil {
		s.pointer = o.Stage.Pointer()
	}
	return s
}

// Show implements [stage.Output]: it takes note of what changed and wakes the viewers.
func (s *Screen) Show(f stage.Frame) {
	words := wordsOf(f.Items)
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := f.Changed
	if s.bounds != f.Image.Rect {
		s.bounds, changed = f.Image.Rect, f.Image.Rect
		if s.o.Picture == nil {
			s.copied = image.NewRGBA(s.bounds)
		}
	}
	if s.o.Picture == nil {
		draw.Draw(s.copied, changed, f.Image, changed.Min, draw.Src)
	}
	s.frame = f.Number
	if !slices.Equal(s.words, words) {
		s.words = words
	}
	for _, v := range s.viewers {
		v.stale = v.stale.Union(changed)
	}
	s.wake()
}

// shown calls do with the picture of the newest frame and the lock held.
func (s *Screen) shown(do func(*image.RGBA)) {
	locked := func(picture *image.RGBA) {
		s.mu.Lock()
		defer s.mu.Unlock()
		do(cmp.Or(picture, s.copied))
	}
	if s.o.Picture == nil {
		locked(nil)
		return
	}
	s.o.Picture(locked) // whose lock comes first, as it does in Show
}

// wake tells everybody who waits to look again. It is called with the lock held.
func (s *Screen) wake() {
	close(s.news)
	s.news = make(chan struct{})
}

// Close ends all requests that wait and takes a finger off the screen that a viewer left on
// it. It may be called more than once.
func (s *Screen) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return
	}
	s.shut = true
	close(s.closed)
	s.lift()
}

// watched reports whether anybody looks at the screen.
func (s *Screen) watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.viewers) > 0
}

// Word is a piece of text on the screen, with the rectangle in pixels in which it stands.
type Word struct {
	Text      string `json:"text"`
	X         int    `json:"x"`
	Y         int    `json:"y"`
	W         int    `json:"w"`
	H         int    `json:"h"`
	Pressable bool   `json:"pressable"`
}

func wordsOf(items []look.Item) []Word {
	words := make([]Word, 0, len(items))
	for _, i := range items {
		words = append(words, Word{
			Text: i.Text, Pressable: i.Pressable,
			X: int(i.Position.X), Y: int(i.Position.Y),
			W: int(i.Size.Width), H: int(i.Size.Height),
		})
	}
	return words
}
