//go:build soak

package main_test

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// mostBroken is how many connections of a storm may break off before it is given up.
const mostBroken = 2000

// tally counts what strangers were told.
type tally struct {
	mu       sync.Mutex
	refusals map[int]int                // by status
	taken    map[string][]time.Duration // of the answer, by path
	waited   map[string][]time.Duration // from the first try on
	broken   int
}

func newTally() *tally {
	return &tally{refusals: map[int]int{}, taken: map[string][]time.Duration{}, waited: map[string][]time.Duration{}}
}

func (c *tally) refused(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusals[status]++
}

// broke counts a connection that broke, and returns how many did.
func (c *tally) broke() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken++
	return c.broken
}

func (c *tally) answered(path string, taken, waited time.Duration) {
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "/v1/"), "?")
	path, _, _ = strings.Cut(path, "/")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken[path] = append(c.taken[path], taken)
	c.waited[path] = append(c.waited[path], waited)
}

// percentile returns the time that so many of a hundred did not exceed.
func percentile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
