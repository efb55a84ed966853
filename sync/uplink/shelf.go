package uplink

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/motcua/gateway/kiosk"
)

// The keys of what is remembered over restarts.
const (
	keySpent = "spent"
	keyAgain = "again"
	keyFeed  = "feed"
)

// recall reads a value from a shelf; false where there is none. What cannot be read counts as
// nothing: it is no reason to stand still.
func recall(ctx context.Context, shelf kiosk.Shelf, key string, out any) (bool, error) {
	if shelf == nil {
		return false, nil
	}
	items, err := shelf.Read(ctx, key)
	if err != nil {
		return false, fmt.Errorf("read what the line remembers: %w", err)
	}
	for _, v := range items {
		if v.Key == key {
			return json.Unmarshal(v.Value, out) == nil, nil
		}
	}
	return false, nil
}

// remember keeps a value on a shelf; nil takes it away.
func remember(ctx context.Context, shelf kiosk.Shelf, key string, v any) error {
	if shelf == nil {
		return nil
	}
	item := kiosk.Item{Key: key}
	if v != nil {
		var err error
		if item.Value, err = json.Marshal(v); err != nil {
			return fmt.Errorf("keep what the line remembers: %w", err)
		}
	}
	if err := shelf.Write(ctx, item); err != nil {
		return fmt.Errorf("keep what the line remembers: %w", err)
	}
	return nil
}

// spentStep is how many bytes may be forgotten by a power cut: a write for each piece would wear
// the card out.
const spentStep = 1 << 20

// spending counts the bytes of pages that have gone on a day, over restarts too.
type spending struct {
	shelf kiosk.Shelf // nil: in memory alone

	mu   sync.Mutex
	now  spent
	kept int64
}

// spent is what has gone on a day.
type spent struct {
	Day   kiosk.Day `json:"day"`
	Bytes int64     `json:"bytes"`
}

func (s *spending) load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := recall(ctx, s.shelf, keySpent, &s.now)
	s.kept = s.now.Bytes
	return err
}

// on returns what has gone on a day.
func (s *spending) on(day kiosk.Day) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Day != day {
		return 0
	}
	return s.now.Bytes
}

// add counts n bytes, and keeps the sum now and then.
func (s *spending) add(ctx context.Context, day kiosk.Day, n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Day != day {
		s.now, s.kept = spent{Day: day}, 0
	}
	if s.now.Bytes += n; s.now.Bytes-s.kept < spentStep {
		return nil
	}
	return s.keep(ctx)
}

// flush keeps the sum as it is.
func (s *spending) flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Bytes == s.kept {
		return nil
	}
	return s.keep(ctx)
}

// keep keeps the sum; the caller holds mu.
func (s *spending) keep(ctx context.Context) error {
	if err := remember(ctx, s.shelf, keySpent, s.now); err != nil {
		return err
	}
	s.kept = s.now.Bytes
	return nil
}
