package web

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
)

// A window is captured only while somebody looks, and only what differs is a frame.
func TestMirror(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		window := image.NewNRGBA(image.Rect(0, 0, 40, 30))
		captures := 0
		m := &Mirror{Screen: s, Every: time.Second, Capture: func() (image.Image, []look.Item) {
			captures++
			if captures == 1 {
				return nil, nil // not open yet
			}
			return window, []look.Item{{Text: "Xin chào", Size: fyne.NewSize(9, 9)}}
		}}
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- m.Run(ctx) }()
		after := func(d time.Duration, wantCaptures int, wantFrame uint64) {
			t.Helper()
			<-time.After(d)
			synctest.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			if captures != wantCaptures || s.frame != wantFrame {
				t.Errorf("after %v: %d captures and frame %d, want %d and %d", d, captures, s.frame, wantCaptures, wantFrame)
			}
		}
		after(time.Millisecond, 1, 0)
		after(10*time.Second, 2, 1) // the first picture, so that whoever comes sees one at once
		v := s.join()
		after(3*time.Second, 5, 1)
		window.Set(3, 3, color.NRGBA{R: 200, A: 255})
		after(2*time.Second, 7, 2)
		if s.words[0].Text != "Xin chào" || s.bounds != window.Rect {
			t.Errorf("the screen shows %+v in %v", s.words, s.bounds)
		}
		s.part(v)
		after(time.Minute, 7, 2)
		cancel()
		if err := <-ran; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		s.Close()
	})
}
