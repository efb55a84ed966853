package boltstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of a shelf.
const (
	maxItems    = 100 // of one Write
	maxItemKey  = 200
	maxItemSize = 64 << 10
)

// Shelf returns the shelf of a name, at most 48 bytes without NUL: a wrong one is refused by
// Read and Write. What lies on it is as durable as a commit, and a write that fails breaks the
// store as one does. It is good as long as the store, over Reopen too.
func (s *Store) Shelf(name string) kiosk.Shelf { return &shelf{s, name} }

type shelf struct {
	s    *Store
	name string
}

// Read implements [kiosk.Shelf].
func (b *shelf) Read(ctx context.Context, prefix string) ([]kiosk.Item, error) {
	var out []kiosk.Item
	err := checkCode("shelf", b.name)
	if err == nil {
		err = b.s.reading(ctx, func(h *handle) error {
			return h.db.read(func(tx *bbolt.Tx) (err error) {
				out, err = items(tx, b.name, prefix)
				return err
			})
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read shelf %q: %w", b.name, err)
	}
	return out, nil
}

// Write implements [kiosk.Shelf].
func (b *shelf) Write(ctx context.Context, items ...kiosk.Item) error {
	err := ctx.Err()
	if err == nil {
		err = b.write(items)
	}
	if err != nil {
		return fmt.Errorf("write shelf %q: %w", b.name, err)
	}
	return nil
}

func (b *shelf) write(items []kiosk.Item) error {
	puts, err := b.puts(items)
	if err != nil {
		return err
	}
	b.s.commits.Lock()
	defer b.s.commits.Unlock()
	h, err := b.s.acquire()
	if err != nil {
		return err
	}
	if len(puts) == 0 {
		b.s.release()
		return nil
	}
	txid, err := h.db.put(puts)
	b.s.release()
	if err != nil {
		return b.s.fail(err, txid)
	}
	return nil
}

func (b *shelf) puts(items []kiosk.Item) ([]put, error) {
	if err := checkCode("shelf", b.name); err != nil {
		return nil, err
	}
	if len(items) > maxItems {
		return nil, fmt.Errorf("%d items at once, at most %d", len(items), maxItems)
	}
	puts := make([]put, 0, len(items))
	for _, v := range items {
		switch {
		case v.Key == "":
			return nil, errors.New("item without a key")
		case len(v.Key) > maxItemKey:
			return nil, fmt.Errorf("key of %d bytes, at most %d are kept", len(v.Key), maxItemKey)
		case strings.Contains(v.Key, "\x00"):
			return nil, fmt.Errorf("key %q contains a NUL", v.Key)
		case len(v.Value) > maxItemSize:
			return nil, fmt.Errorf("value of %q has %d bytes, at most %d are kept", v.Key, len(v.Value), maxItemSize)
		}
		p := put{bucket: bucketShelves, key: shelfKey(b.name, v.Key)}
		if v.Value != nil {
			p.value = encodeItem(p.key, v.Value)
		}
		puts = append(puts, p)
	}
	return puts, nil
}

func items(tx *bbolt.Tx, name, prefix string) ([]kiosk.Item, error) {
	var out []kiosk.Item
	begin := len(name) + 1
	err := each(tx, bucketShelves, shelfKey(name, prefix), func(k, v []byte) error {
		value, err := decodeItem(k, v)
		out = append(out, kiosk.Item{Key: string(k[begin:]), Value: value})
		return err
	})
	return out, err
}

func encodeItem(key, value []byte) []byte {
	w := newFields(len(value) + 16)
	w.bytes(1, value)
	return seal(key, w)
}

func decodeItem(key, value []byte) ([]byte, error) {
	r, err := unseal(key, value)
	if err != nil {
		return nil, err
	}
	out := []byte{}
	for r.next() {
		if r.tag == 1 {
			out = append([]byte{}, r.bytes()...)
		}
	}
	return out, r.err
}
