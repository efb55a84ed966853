//go:build window && !noos

package main

import (
	"context"
	"fmt"
	"image"
	"log/slog"
	"net/http"
	"os"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/go-gl/glfw/v3.3/glfw"
	"golang.org/x/sync/errgroup"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/web"
)

// buildName is what this build is called.
const buildName = "window"

// knownScreens lists what this build can show on; the first is what it does unasked.
func knownScreens() []string { return []string{"window", "none"} }

// screen is the touchscreen in a real window, full screen, painted by the graphics card. A
// browser may look on.
type screen struct {
	app      fyne.App
	window   fyne.Window
	terminal *touch.Terminal
	browser  *web.Screen
}

// newScreen prepares the window where -screen asks for it.
func newScreen(opt *options, cfg *config, office *kiosk.Office, pins pinpad, han []byte, log *slog.Logger) (*screen, error) {
	s := &screen{}
	if len(opt.screens) == 0 {
		return s, nil
	}
	if err := homeForFyne(opt.state); err != nil {
		return nil, err
	}
	size, width, err := measureDisplay()
	if err != nil {
		return nil, err
	}
	if cfg.Screen.WidthMM != 0 {
		width = float32(cfg.Screen.WidthMM)
	}
	s.app = app.NewWithID("vn.motcua.kiosk")
	s.terminal = touch.New(touch.Config{
		Desk: office, Staff: pins, Line: pins.Line, Size: fyne.NewSize(float32(size.X), float32(size.Y)), WidthMM: width,
		Han: han, Do: onFyne, Log: log,
	})
	s.app.Settings().SetTheme(s.terminal.Theme())
	s.window = s.app.NewWindow(cfg.Setup.Name.In(kiosk.Vietnamese))
	s.window.SetPadded(false)
	// Pages have no least size; a window that was never given one would be born with none,
	// which X refuses.
	s.window.Resize(fyne.NewSize(float32(size.X), float32(size.Y)))
	s.window.SetFullScreen(true)
	// A keyboard that somebody plugs in must not close the hall's only window.
	s.window.SetCloseIntercept(func() {})
	s.terminal.SetWindow(shown{s.window})
	s.browser = web.New(web.Options{Words: browserWords(), AllowHost: shielded, Log: log})
	return s, nil
}

// shown is a window that is on the display: showing it again would only ask for the focus.
type shown struct{ fyne.Window }

func (shown) Show() {}

// measureDisplay asks the library beneath Fyne for the display's pixels and millimetres, the
// latter from its EDID; 0 where that says nothing. Fyne enlarges everything on dense displays;
// the kit counts in pixels and millimetres itself, so that is turned off.
func measureDisplay() (size image.Point, widthMM float32, err error) {
	// The library logs that there is no display, reports success, and panics at the first question.
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("open a window: %v (is DISPLAY or WAYLAND_DISPLAY right?)", v)
		}
	}()
	if err := glfw.Init(); err != nil { // Fyne's own Init, later, finds it done
		return size, 0, fmt.Errorf("open a window: %w", err)
	}
	m := glfw.GetPrimaryMonitor()
	if m == nil {
		return size, 0, fmt.Errorf("open a window: no display is connected")
	}
	mode := m.GetVideoMode()
	mm, _ := m.GetPhysicalSize()
	size = image.Pt(mode.Width, mode.Height)
	if os.Getenv("FYNE_SCALE") == "" {
		scale := 1.0
		if mm > 0 {
			// As Fyne reckons: 120 dots an inch are scale 1, and never less than that.
			scale = max(1, float64(mode.Width)*25.4/float64(mm)/120)
		}
		if err := os.Setenv("FYNE_SCALE", strconv.FormatFloat(1/scale, 'f', 4, 64)); err != nil {
			return size, 0, err
		}
	}
	return size, float32(mm), nil
}

// web returns what is served at /screen; nil without a window.
func (s *screen) web() http.Handler {
	if s.browser == nil {
		return nil
	}
	return s.browser.Handler()
}

// run shows the window until ctx ends. Fyne's loop has this goroutine, and ends when everything
// that queues work for it has ended.
func (s *screen) run(ctx context.Context) error {
	if s.window == nil {
		<-ctx.Done()
		return nil
	}
	mirror := &web.Mirror{Screen: s.browser, Capture: func() (image.Image, []look.Item) { return s.capture(ctx) }}
	var parts errgroup.Group
	parts.Go(func() error { return quiet(ctx, s.terminal.Run(ctx)) })
	parts.Go(func() error { return quiet(ctx, mirror.Run(ctx)) })
	ended := make(chan error, 1)
	go func() {
		err := parts.Wait()
		s.browser.Close()
		onFyne(s.app.Quit)
		ended <- err
	}()
	s.window.ShowAndRun()
	if err := <-ended; err != nil {
		return fmt.Errorf("show touchscreen: %w", err)
	}
	return nil
}

// capture returns the window's picture and words, or nil while the gateway stops.
func (s *screen) capture(ctx context.Context) (image.Image, []look.Item) {
	type view struct {
		picture image.Image
		items   []look.Item
	}
	taken := make(chan view, 1)
	onFyne(func() {
		c := s.window.Canvas()
		taken <- view{c.Capture(), look.VisibleText(c.Content())}
	})
	select {
	case v := <-taken:
		return v.picture, v.items
	case <-ctx.Done():
		return nil, nil
	}
}
