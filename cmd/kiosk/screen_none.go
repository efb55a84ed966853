//go:build !noos && !window

package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/motcua/gateway/kiosk"
)

// buildName is what this build is called.
const buildName = "without tags"

// knownScreens lists what this build can show on; the first is what it does unasked.
func knownScreens() []string { return []string{"none"} }

// screen is no screen at all.
type screen struct{}

func newScreen(*options, *config, *kiosk.Office, pinpad, []byte, *slog.Logger) (*screen, error) {
	return &screen{}, nil
}

// web returns what is served at /screen: nothing.
func (*screen) web() http.Handler { return nil }

func (*screen) run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
