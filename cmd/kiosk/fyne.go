//go:build noos || window

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/web"
	"github.com/motcua/gateway/ui/words"
)

// homeForFyne gives Fyne a home that can be written, for preferences that nobody sets. What
// else it wants of the environment, a LANG that is not C, it reads before main runs: the unit
// and build/demo set it.
func homeForFyne(state string) error {
	if os.Getenv("HOME") != "" {
		return nil
	}
	home, err := filepath.Abs(state)
	if err != nil {
		return err
	}
	return os.Setenv("HOME", home)
}

// onFyne queues f for Fyne's main goroutine. It is the only way there, and only the bridge and
// the mirror take it.
func onFyne(f func()) { fyne.Do(f) }

func browserWords() web.Words {
	w := words.For(kiosk.Vietnamese).Browser()
	return web.Words{Language: string(kiosk.Vietnamese), Title: w.Title, Watching: w.Watching, Lost: w.Lost, Full: w.Full}
}

// quiet drops what a part returns that ended because ctx did.
func quiet(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) || err != nil && err == context.Cause(ctx) {
		return nil
	}
	return err
}

// shielded lets the screen answer to every name: lan.Shield has looked at it before.
func shielded(string) bool { return true }
