//go:build !noos && !window

package main

import (
	"log/slog"
	"os"

	"github.com/motcua/gateway/kiosk"
)

// chineseFont returns the font for Chinese that is installed, or nil. Paper needs only the
// letters that stand on it, so there is nothing to gain by taking the font apart, and Fyne stays
// out of this build.
func chineseFont(*kiosk.Setup, *slog.Logger) []byte {
	for _, path := range []string{
		"/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
	} {
		if b, err := os.ReadFile(path); err == nil {
			return b
		}
	}
	return nil
}
