package sqlstore_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

func TestShelf(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx, s := context.Background(), p.open(t)
		one, other := s.Shelf("accounts"), s.Shelf("accounts-2")
		item := func(key, value string) kiosk.Item { return kiosk.Item{Key: key, Value: []byte(value)} }
		write := func(b kiosk.Shelf, items ...kiosk.Item) {
			t.Helper()
			if err := b.Write(ctx, items...); err != nil {
				t.Fatal(err)
			}
		}
		read := func(b kiosk.Shelf, prefix string) []kiosk.Item {
			t.Helper()
			v, err := b.Read(ctx, prefix)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		equal(t, "empty", read(one, ""), []kiosk.Item(nil))
		write(one)
		write(one, item("o/7", "seven"), item("o/10", "ten"), item("p/1", ""), item("o", "letter"), item("ộ", "tone"))
		write(other, item("o/7", "another's"))
		equal(t, "all", read(one, ""), []kiosk.Item{item("o", "letter"), item("o/10", "ten"), item("o/7", "seven"), item("p/1", ""), item("ộ", "tone")})
		equal(t, "by prefix", read(one, "o/"), []kiosk.Item{item("o/10", "ten"), item("o/7", "seven")})
		equal(t, "by a prefix of nothing", read(one, "q"), []kiosk.Item(nil))
		equal(t, "by prefixes that no key can have", append(read(one, strings.Repeat("x", 300)), read(one, "a\x00")...), []kiosk.Item(nil))
		write(one, item("o/7", "anew"), kiosk.Item{Key: "o/10"}, kiosk.Item{Key: "none"}, item("o", "first"), kiosk.Item{Key: "o"}, item("o", "last"))
		want := []kiosk.Item{item("o", "last"), item("o/7", "anew"), item("p/1", ""), item("ộ", "tone")}
		equal(t, "after changes", read(p.open(t).Shelf("accounts"), ""), want)
		many := make([]kiosk.Item, 101)
		for i := range many {
			many[i] = item(fmt.Sprint(i), "x")
		}
		for what, items := range map[string][]kiosk.Item{
			"no key": {item("", "x")}, "a long key": {item(strings.Repeat("k", 201), "x")}, "a NUL": {item("a\x00b", "x")},
			"a large value": {{Key: "big", Value: bytes.Repeat([]byte{1}, 64<<10+1)}}, "101 items": many, "one bad of two": {item("good", "x"), item("", "x")},
		} {
			if err := one.Write(ctx, items...); err == nil {
				t.Errorf("%s: written, want it refused", what)
			}
		}
		equal(t, "after refusals", read(one, ""), want)
	})
}
