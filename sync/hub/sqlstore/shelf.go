package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of a shelf: those that every [kiosk.Shelf] has.
const (
	maxShelf    = 48 // bytes of a name
	maxItems    = 100
	maxItemKey  = 200
	maxItemSize = 64 << 10
)

// Shelf returns the shelf of a name, at most 48 bytes without NUL.
func (s *Store) Shelf(name string) kiosk.Shelf { return shelf{s, name} }

type shelf struct {
	s    *Store
	name string
}

// Read implements [kiosk.Shelf].
func (b shelf) Read(ctx context.Context, prefix string) ([]kiosk.Item, error) {
	if len(prefix) > maxItemKey || strings.Contains(prefix, "\x00") || !utf8.ValidString(prefix) {
		return nil, nil // no key begins so
	}
	var out []kiosk.Item
	err := b.s.query(ctx, func(scan func(...any) error) error {
		var v kiosk.Item
		err := scan(&v.Key, &v.Value)
		if v.Value == nil {
			v.Value = []byte{} // an empty value is one
		}
		out = append(out, v)
		return err
	}, `SELECT key, value FROM shelves WHERE shelf = $1 AND key >= $2 AND key < $3 ORDER BY key`, b.name, prefix, prefix+string(utf8.MaxRune))
	if err != nil {
		return nil, fmt.Errorf("read shelf %q: %w", b.name, err)
	}
	return out, nil
}

// Write implements [kiosk.Shelf].
func (b shelf) Write(ctx context.Context, items ...kiosk.Item) error {
	err := b.check(items)
	if err == nil && len(items) > 0 {
		err = b.s.update(ctx, func(t *tx) error { return b.put(t, items) })
	}
	if err != nil {
		return fmt.Errorf("write shelf %q: %w", b.name, err)
	}
	return nil
}

// put writes items in the order of their keys; of those with one key the last one counts.
func (b shelf) put(t *tx, items []kiosk.Item) error {
	last := map[string]kiosk.Item{}
	for _, v := range items {
		last[v.Key] = v
	}
	for _, key := range sortedKeys(last, strings.Compare) {
		var err error
		if v := last[key].Value; v == nil {
			_, err = t.exec(`DELETE FROM shelves WHERE shelf = $1 AND key = $2`, b.name, key)
		} else {
			_, err = t.exec(`INSERT INTO shelves (shelf, key, value) VALUES ($1, $2, $3)
				ON CONFLICT (shelf, key) DO UPDATE SET value = excluded.value`, b.name, key, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b shelf) check(items []kiosk.Item) error {
	if b.name == "" || len(b.name) > maxShelf || !plain(b.name) {
		return errors.New("not the name of a shelf")
	}
	if len(items) > maxItems {
		return fmt.Errorf("%d items at once, at most %d", len(items), maxItems)
	}
	i := slices.IndexFunc(items, func(v kiosk.Item) bool {
		return v.Key == "" || len(v.Key) > maxItemKey || !plain(v.Key) || len(v.Value) > maxItemSize
	})
	if i >= 0 {
		return fmt.Errorf("item %d: want a key of 1 to %d bytes without NUL, and a value of at most %d", i, maxItemKey, maxItemSize)
	}
	return nil
}

func plain(s string) bool { return !strings.Contains(s, "\x00") && utf8.ValidString(s) }
