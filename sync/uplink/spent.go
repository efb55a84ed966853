package uplink

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/motcua/gateway/kiosk"
)

// spentStep is how many bytes may be forgotten by a power cut: a write for each piece would wear
// the card out.
const spentStep = 1 << 20

const spentKey = "spent"

// spending counts the bytes of pages that have gone on a day, over restarts too.
type spending struct {
	shelf kiosk.Shelf // nil: in memory alone

	mu    sync.Mutex
	day   kiosk.Day
	bytes int64
	kept  int64
}

type keptSpending struct {
	Day   kiosk.Day `json:"day"`
	Bytes int64     `json:"bytes"`
}

func (s *spending) load(ctx context.Context) error {
	if s.shelf == nil {
		return nil
	}
	items, err := s.shelf.Read(ctx, spentKey)
	if err != nil {
		return fmt.Errorf("read what was spent: %w", err)
	}
	for _, v := range items {
		var k keptSpending
		// What cannot be read counts as nothing: a package of data is no reason to stand still.
		if v.Key == spentKey && json.Unmarshal(v.Value, &k) == nil {
			s.day, s.bytes, s.kept = k.Day, k.Bytes, k.Bytes
		}
	}
	return nil
}

// on returns what has gone on a day.
func (s *spending) on(day kiosk.Day) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.day != day {
		return 0
	}
	return s.bytes
}

// add counts n bytes, and keeps the sum now and then.
func (s *spending) add(ctx context.Context, day kiosk.Day, n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.day != day {
		s.day, s.bytes, s.kept = day, 0, 0
	}
	if s.bytes += n; s.bytes-s.kept < spentStep || s.shelf == nil {
		return nil
	}
	value, err := json.Marshal(keptSpending{s.day, s.bytes})
	if err != nil {
		return fmt.Errorf("keep what was spent: %w", err)
	}
	if err := s.shelf.Write(ctx, kiosk.Item{Key: spentKey, Value: value}); err != nil {
		return fmt.Errorf("keep what was spent: %w", err)
	}
	s.kept = s.bytes
	return nil
}
