package kiosktest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of a shelf.
const (
	maxItems    = 100
	maxItemKey  = 200
	maxItemSize = 64 << 10
)

// Shelf returns the shelf of a name. What lies on it shares the life of the facts.
func (m *Memory) Shelf(name string) kiosk.Shelf { return &memoryShelf{m, name} }

type memoryShelf struct {
	m    *Memory
	name string
}

// Read implements [kiosk.Shelf].
func (s *memoryShelf) Read(ctx context.Context, prefix string) ([]kiosk.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read shelf %q: %w", s.name, err)
	}
	s.m.mu.RLock()
	defer s.m.mu.RUnlock()
	items := s.m.shelves[s.name]
	var out []kiosk.Item
	for _, key := range slices.Sorted(maps.Keys(items)) {
		if strings.HasPrefix(key, prefix) {
			out = append(out, kiosk.Item{Key: key, Value: append([]byte{}, items[key]...)})
		}
	}
	return out, nil
}

// Write implements [kiosk.Shelf].
func (s *memoryShelf) Write(ctx context.Context, items ...kiosk.Item) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write shelf %q: %w", s.name, err)
	}
	if len(items) > maxItems {
		return fmt.Errorf("write shelf %q: %d items at once, at most %d", s.name, len(items), maxItems)
	}
	for _, v := range items {
		if len(v.Key) < 1 || len(v.Key) > maxItemKey || strings.Contains(v.Key, "\x00") || len(v.Value) > maxItemSize {
			return fmt.Errorf("write shelf %q: key of %d bytes and value of %d cannot be kept", s.name, len(v.Key), len(v.Value))
		}
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	kept := s.m.shelves[s.name]
	if kept == nil {
		kept = map[string][]byte{}
		s.m.shelves[s.name] = kept
	}
	for _, v := range items {
		if v.Value == nil {
			delete(kept, v.Key)
			continue
		}
		kept[v.Key] = append([]byte{}, v.Value...)
	}
	return nil
}
