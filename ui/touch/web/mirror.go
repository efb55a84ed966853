package web

import (
	"context"
	"image"
	"image/draw"
	"time"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/stage"
)

// Mirror shows a real window's picture on a screen that can only be looked at. A window says
// nothing of its frames, so it is asked for them, and only while somebody looks.
type Mirror struct {
	Screen *Screen
	// Capture returns the window's picture and words, or nil when it has none now. It is called
	// on Mirror's goroutine; a window's canvas must be captured on Fyne's.
	Capture func() (image.Image, []look.Item)
	// Every is the time between two captures; 0 is half a second.
	Every time.Duration
}

// Run captures until ctx ends and returns ctx's cause.
func (m *Mirror) Run(ctx context.Context) error {
	every := m.Every
	if every <= 0 {
		every = 500 * time.Millisecond
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	var f stage.Frame
	for {
		if m.Screen.watched() || f.Number == 0 {
			if img, items := m.Capture(); img != nil {
				f = m.show(f, img, items)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// show shows a picture that differs from the one before.
func (m *Mirror) show(before stage.Frame, img image.Image, items []look.Item) stage.Frame {
	b := img.Bounds()
	next := image.NewRGBA(image.Rectangle{Max: b.Size()})
	draw.Draw(next, next.Rect, img, b.Min, draw.Src)
	f := stage.Frame{Number: before.Number + 1, Image: next, Changed: next.Rect, Items: items}
	if before.Image != nil && string(before.Image.Pix) == string(next.Pix) && before.Image.Rect == next.Rect {
		return before
	}
	m.Screen.Show(f)
	return f
}
