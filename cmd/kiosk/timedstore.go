package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/motcua/gateway/kiosk"
)

// timedStore is a store that measures how long its commits take: on an SD card that dies they
// grow long before they fail.
type timedStore struct {
	kiosk.Store
	commits prometheus.Histogram
}

func newTimedStore(s kiosk.Store) *timedStore {
	return &timedStore{Store: s, commits: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "kiosk_commit_seconds",
		Help: "How long it took to make a change durable.",
		// From a good disk's half millisecond to a card that keeps a citizen waiting.
		Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
	})}
}

// Commit implements kiosk.Store.
func (s *timedStore) Commit(ctx context.Context, c kiosk.Change) error {
	start := time.Now()
	defer func() { s.commits.Observe(time.Since(start).Seconds()) }()
	return s.Store.Commit(ctx, c)
}
