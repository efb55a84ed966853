//go:build noos && !window

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"net/http"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"golang.org/x/sync/errgroup"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch"
	"github.com/motcua/gateway/ui/touch/panel"
	"github.com/motcua/gateway/ui/touch/stage"
	"github.com/motcua/gateway/ui/touch/web"
)

// buildName is what this build is called.
const buildName = "noos"

// knownScreens lists what this build can show on; the first is what it does unasked.
func knownScreens() []string { return []string{"web", "panel", "none"} }

// screen is the touchscreen painted in software: into a browser, onto a panel, or both.
type screen struct {
	app      fyne.App
	stage    *stage.Stage
	terminal *touch.Terminal
	browser  *web.Screen  // nil without -screen web
	panel    *panel.Panel // nil without -screen panel
}

// newScreen prepares the screens that -screen names.
func newScreen(opt *options, cfg *config, office *kiosk.Office, pins pinpad, han []byte, log *slog.Logger) (*screen, error) {
	s := &screen{}
	if len(opt.screens) == 0 {
		return s, nil
	}
	if err := homeForFyne(opt.state); err != nil {
		return nil, err
	}
	size, width := image.Pt(cfg.Screen.Width, cfg.Screen.Height), float32(cfg.Screen.WidthMM)
	if slices.Contains(opt.screens, "panel") {
		p, err := panel.Open(panel.Options{
			Framebuffer: cfg.Screen.Framebuffer, Touch: cfg.Screen.Touch,
			Rotation: panel.Rotation(cfg.Screen.Rotation), Log: log,
		})
		if err != nil {
			return nil, err
		}
		s.panel, size = p, p.Size()
		if width == 0 {
			width = p.WidthMM()
		}
	}
	s.app = app.NewWithID("vn.motcua.kiosk")
	s.stage = stage.New(size)
	if s.panel != nil {
		s.stage.To(s.panel)
	}
	if slices.Contains(opt.screens, "web") {
		s.browser = web.New(web.Options{Stage: s.stage, Picture: s.stage.Picture, Words: browserWords(), AllowHost: shielded, Log: log})
		s.stage.To(s.browser)
	}
	app.SetDriverDetails(s.app, s.stage.Driver())
	s.terminal = touch.New(touch.Config{
		Desk: office, Staff: pins, Line: pins.Line, Size: fyne.NewSize(float32(size.X), float32(size.Y)), WidthMM: width,
		Han: han, Do: onFyne, Log: log,
	})
	s.app.Settings().SetTheme(s.terminal.Theme())
	w := s.app.NewWindow("")
	s.stage.Attach(w)
	s.terminal.SetWindow(w)
	return s, nil
}

// web returns what is served at /screen; nil without -screen web.
func (s *screen) web() http.Handler {
	if s.browser == nil {
		return nil
	}
	return s.browser.Handler()
}

// run shows the touchscreen until ctx ends. Fyne's loop has this goroutine. The terminal ends
// first and the stage, which ends the loop, after it: the terminal's last word to Fyne would
// wait for ever without the loop.
func (s *screen) run(ctx context.Context) error {
	if s.stage == nil {
		<-ctx.Done()
		return nil
	}
	standing, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var parts errgroup.Group
	parts.Go(func() error {
		defer end()
		return quiet(ctx, s.terminal.Run(ctx))
	})
	parts.Go(func() error { return quiet(standing, s.stage.Run(standing)) })
	if s.panel != nil {
		parts.Go(func() error { return quiet(standing, s.panel.Run(standing, s.stage.Pointer())) })
	}
	s.app.Run()
	if s.browser != nil {
		s.browser.Close()
	}
	err := parts.Wait()
	if s.panel != nil {
		err = errors.Join(err, s.panel.Close())
	}
	if err != nil {
		return fmt.Errorf("show touchscreen: %w", err)
	}
	return nil
}
