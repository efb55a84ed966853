//go:build race

package screen_test

// raced is true under the race detector.
const raced = true
