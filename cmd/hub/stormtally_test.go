//go:build soak

package main_test

import (
	"slices"
	"sync"
	"time"
)

// mostBroken is how many connections of a storm may break off for each gateway, on the average,
// before it is given up. All of them live in one process here, which is late with its answers to
// the hub's pings when it has eleven thousand.
const mostBroken = 12

// tally counts what strangers were told.
type tally struct {
	mu       sync.Mutex
	refusals map[int]int     // by status
	taken    []time.Duration // by the answer to a batch
	acks     []time.Duration // from a batch's first try until it was acknowledged, by whichever
	broken   int
	most     int // of them are borne
}

func newTally(most int) *tally {
	return &tally{refusals: map[int]int{}, most: most}
}

func (c *tally) refused(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusals[status]++
}

// broke counts a connection that broke, and reports whether too many did.
func (c *tally) broke() (tooMany bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken++
	return c.broken > c.most
}

// answered counts the answer to a batch, acknowledged what all tries of one have taken together.
func (c *tally) answered(taken time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken = append(c.taken, taken)
}

func (c *tally) acknowledged(waited time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acks = append(c.acks, waited)
}

// percentile returns the time that so many of a hundred did not exceed.
func percentile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
