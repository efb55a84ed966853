package stage

import (
	"context"
	"errors"
	"image"
	"slices"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/embedded"

	"github.com/motcua/gateway/ui/touch/look"
)

// ErrEnded means that Fyne's loop has ended and nobody handles touches any more.
var ErrEnded = errors.New("stage ended")

// Frame is what the display shows from now on.
type Frame struct {
	// Number counts the frames that differed from the one before, from 1.
	Number uint64
	// Image is the whole display. It belongs to the stage: it may be read during Show, and in
	// [Stage.Picture].
	Image *image.RGBA
	// Changed bounds what differs from the frame before; it is never empty.
	Changed image.Rectangle
	// Items are the words on the display. The slice may be kept, not changed.
	Items []look.Item
}

// Output shows frames. Show is called on Fyne's goroutine, so it copies what changed and
// returns: whoever waits in it keeps the citizen waiting.
type Output interface{ Show(Frame) }

// Stage is a display of a fixed size. Use [New].
type Stage struct {
	size    image.Point
	outputs []Output
	queue   chan embedded.Event
	touches touches

	// Only Fyne's goroutine touches these after Attach; the picture is also read by others, under
	// painting.
	canvas   fyne.Canvas
	painting sync.RWMutex // held from the first pixel of a frame until all outputs have it
	painter  *painter
	items    []look.Item

	mu      sync.Mutex
	frame   uint64
	started bool
	closed  bool          // Run has ended: Fyne's loop shall not begin
	ended   chan struct{} // closed when Fyne's loop has returned
}

// New returns a stage of size pixels.
func New(size image.Point) *Stage {
	s := &Stage{
		size:    size,
		queue:   make(chan embedded.Event),
		painter: newPainter(size),
		ended:   make(chan struct{}),
	}
	s.touches.init()
	return s
}

// Size returns the display's size in pixels.
func (s *Stage) Size() image.Point { return s.size }

// To adds outputs that show the frames. Call it before Fyne's loop runs.
func (s *Stage) To(outputs ...Output) { s.outputs = append(s.outputs, outputs...) }

// Attach makes w the window on the stage. Call it once, before Fyne's loop runs. Without it
// the stage shows what Fyne's own painter paints.
func (s *Stage) Attach(w fyne.Window) {
	w.SetPadded(false)
	s.canvas = w.Canvas()
	s.shrink(shrunken)
}

// shrunken makes any display one pixel: Fyne rounds sizes up.
const shrunken = 1.0 / 65536

// shrink sets the scale at which Fyne's own painter paints the canvas.
func (s *Stage) shrink(scale float32) {
	if c, ok := s.canvas.(interface{ SetScale(float32) }); ok {
		c.SetScale(scale)
	}
}

// Driver returns the stage as Fyne wants it, for app.SetDriverDetails.
func (s *Stage) Driver() embedded.Driver { return driver{s} }

// Frame returns the number of the newest frame, 0 before the first.
func (s *Stage) Frame() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frame
}

// driver keeps Fyne's method names away from the stage's own.
type driver struct{ s *Stage }

var _ embedded.Driver = driver{}

// Render implements [embedded.Driver] on Fyne's goroutine.
func (d driver) Render(img image.Image) { d.s.render(img) }

// Run implements [embedded.Driver]: loop is Fyne's. A stage has one, and none after its end.
func (d driver) Run(loop func()) {
	s := d.s
	s.mu.Lock()
	again, late := s.started, s.closed
	s.started = true
	s.mu.Unlock()
	if again {
		return
	}
	defer close(s.ended)
	if !late {
		loop()
	}
}

// ScreenSize implements [embedded.Driver].
func (d driver) ScreenSize() fyne.Size {
	return fyne.NewSize(float32(d.s.size.X), float32(d.s.size.Y))
}

// Queue implements [embedded.Driver].
func (d driver) Queue() chan embedded.Event { return d.s.queue }

// render shows what changed since the last frame.
func (s *Stage) render(painted image.Image) {
	s.painting.Lock()
	defer s.painting.Unlock()
	changed := s.paint(painted)
	var items []look.Item
	if s.canvas != nil {
		items = look.VisibleText(s.canvas.Content())
	}
	if !slices.Equal(items, s.items) {
		s.items = items
		if changed.Empty() {
			changed = image.Rect(0, 0, 1, 1) // the words of a picture may change without a pixel
		}
	}
	if changed.Empty() {
		return
	}
	s.mu.Lock()
	s.frame++
	f := Frame{Number: s.frame, Image: s.painter.screen, Changed: changed, Items: s.items}
	s.mu.Unlock()
	for _, o := range s.outputs {
		o.Show(f)
	}
}

// Picture lets others than Fyne's goroutine read the picture of the newest frame, between two
// frames: the citizen waits for read, and an Output must not call it in Show.
func (s *Stage) Picture(read func(*image.RGBA)) {
	s.painting.RLock()
	defer s.painting.RUnlock()
	read(s.painter.screen)
}

// paint brings the stage's picture up to date and returns what changed. painted is what Fyne's
// painter made of the canvas.
func (s *Stage) paint(painted image.Image) image.Rectangle {
	if s.canvas == nil {
		return s.painter.copyFrom(painted)
	}
	if s.canvas.Overlays().Top() == nil {
		if changed, ok := s.painter.paint(s.canvas.Content()); ok {
			return changed
		}
	}
	s.shrink(1)
	defer s.shrink(shrunken)
	return s.painter.copyFrom(s.canvas.Capture())
}

// Run feeds touches to Fyne until ctx ends, and then ends Fyne's loop and waits for it.
func (s *Stage) Run(ctx context.Context) error {
	for {
		ev, ok := s.touches.next(ctx, s.ended)
		if !ok {
			break
		}
		// Fyne takes the second event only when it has dealt with the first and painted: a key
		// that comes up is the one event that the driver drops without painting.
		if !s.send(ctx, ev) || !s.send(ctx, &embedded.KeyEvent{Direction: embedded.KeyReleased}) {
			break
		}
		s.touches.done()
	}
	s.touches.end()
	s.mu.Lock()
	s.closed = true
	started := s.started
	s.mu.Unlock()
	if started {
		select {
		case s.queue <- nil: // the driver's word for "quit", said on its own goroutine
		case <-s.ended:
		}
		<-s.ended
	}
	return context.Cause(ctx)
}

func (s *Stage) send(ctx context.Context, ev embedded.Event) bool {
	select {
	case s.queue <- ev:
		return true
	case <-ctx.Done():
		return false
	case <-s.ended:
		return false
	}
}

// Settle waits until everything that pointers have said before the call is dealt with and
// painted, and returns the number of the newest frame. It returns ErrEnded after the loop's
// end, or ctx's error.
func (s *Stage) Settle(ctx context.Context) (frame uint64, err error) {
	if err := s.touches.settle(ctx); err != nil {
		return 0, err
	}
	return s.Frame(), nil
}
