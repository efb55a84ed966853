//go:build noos

package main

import "testing"

// The touchscreen is pressed through a browser, which this build alone has.
func TestTouchScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/touch")
}
