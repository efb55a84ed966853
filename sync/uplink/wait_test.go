package uplink_test

import (
	"testing"
	"time"
)

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// until waits until something works.
func until(t testing.TB, what string, try func() error) {
	t.Helper()
	var err error
	waitFor(t, patience, func() string { return what + ": " + err.Error() }, func() bool { err = try(); return err == nil })
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	waitFor(t, patience, func() string { return "never: " + what }, so)
}

func waitFor(t testing.TB, within time.Duration, what func() string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(within)
	defer late.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-late.C:
			if so() {
				return
			}
			t.Fatal(what())
		}
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
