//go:build noos

package main

import (
	"testing"

	"github.com/motcua/gateway/ui/touch/look"
)

// The touchscreen is pressed through a browser, which this build alone has.
func TestTouchScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/touch")
}

// The pictograms that a configuration may name are drawn.
func TestPictogramsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, name := range pictograms() {
		if !look.Icon(name).Valid() {
			t.Errorf("no drawing of %q", name)
		}
	}
}
