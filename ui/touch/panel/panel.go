package panel

import (
	"context"
	"errors"
	"image"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/motcua/gateway/ui/touch/stage"
)

// findEvery is the time between two looks for a touch device that is not there.
const findEvery = 2 * time.Second

// Options of a [Panel].
type Options struct {
	Framebuffer string   // such as /dev/fb0
	Touch       string   // an evdev device; "" looks for a touchscreen in /dev/input
	Rotation    Rotation // of the picture on the panel; the touch controller sits as the panel does
	Log         *slog.Logger
}

// Panel is a framebuffer with a touch controller. It implements [stage.Output].
type Panel struct {
	o      Options
	layout Layout
	width  float32 // of the glass in millimetres, unrotated; 0 when nobody knows
	height float32
	find   func() (device, error)

	mu     sync.Mutex // held while memory is written: it is unmapped only between two frames
	mem    []byte
	unmap  func() error
	closed bool
}

var _ stage.Output = (*Panel)(nil)

// device is an open touch controller.
type device struct {
	io.ReadCloser
	name    string
	multi   bool
	x, y    axis
	decoder *decoder
}

// errNoTouch means that no touchscreen is attached: a state, not a failure.
var errNoTouch = errors.New("no touchscreen")

// newPanel returns a panel on memory that holds the layout.
func newPanel(o Options, l Layout, mem []byte, find func() (device, error)) *Panel {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Panel{o: o, layout: l, mem: mem, find: find}
}

// Size returns the size of the picture as the citizen sees it, in pixels.
func (p *Panel) Size() image.Point { return p.o.Rotation.turn(p.layout.Size) }

// WidthMM returns how wide the picture is on the glass, in millimetres, or 0 when neither the
// driver nor the display's EDID say.
func (p *Panel) WidthMM() float32 {
	if p.o.Rotation.sideways() {
		return p.height
	}
	return p.width
}

// Show implements [stage.Output]: it copies the rows that changed.
func (p *Panel) Show(f stage.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && f.Image.Rect.Size() == p.Size() {
		copyPart(p.mem, p.layout, p.o.Rotation, f.Image, f.Changed)
	}
}

// Close gives the framebuffer back. It may be called more than once, also while Fyne still
// paints; Run must have returned.
func (p *Panel) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	p.mem = nil
	if p.unmap == nil {
		return nil
	}
	return p.unmap()
}

// Run passes fingers on to the pointer until ctx ends, and returns ctx's cause. It finds the
// touch device, and finds it again after it was lost.
func (p *Panel) Run(ctx context.Context, pointer *stage.Pointer) error {
	told := false
	for ctx.Err() == nil {
		d, err := p.find()
		if err == nil {
			p.o.Log.Info("touchscreen found", "device", d.name, "multi", d.multi)
			told = false
			p.follow(ctx, d, pointer)
			if ctx.Err() == nil {
				p.o.Log.Info("touchscreen lost", "device", d.name)
			}
		} else if !told {
			p.o.Log.Info("touchscreen absent", "reason", err)
			told = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(findEvery):
		}
	}
	return context.Cause(ctx)
}

// follow reads a device until it is gone or ctx ends.
func (p *Panel) follow(ctx context.Context, d device, pointer *stage.Pointer) {
	stop := context.AfterFunc(ctx, func() { _ = d.Close() }) // ends the read
	defer func() {
		if stop() {
			_ = d.Close() // it is gone already, or about to be
		}
		pointer.Cancel()
	}()
	size := p.Size()
	buf := make([]byte, 64*24)
	for {
		n, err := d.Read(buf)
		d.decoder.feed(buf[:n], func(c contact) {
			x, y := p.o.Rotation.undo(d.x.scale(c.x, p.layout.Size.X), d.y.scale(c.y, p.layout.Size.Y), size)
			switch c.phase {
			case down:
				pointer.Down(x, y)
			case move:
				pointer.Move(x, y)
			case up:
				pointer.Up(x, y)
			case lost:
				pointer.Cancel()
			}
		})
		if err != nil {
			return
		}
	}
}
