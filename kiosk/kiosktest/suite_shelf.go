package kiosktest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// The part of the suite that is about shelves.

func shelved(t *testing.T, shelf kiosk.Shelf, prefix string) []kiosk.Item {
	t.Helper()
	v, err := shelf.Read(context.Background(), prefix)
	if err != nil {
		t.Fatalf("read shelf: %v", err)
	}
	return v
}

func shelve(t *testing.T, shelf kiosk.Shelf, items ...kiosk.Item) {
	t.Helper()
	if err := shelf.Write(context.Background(), items...); err != nil {
		t.Fatalf("write shelf: %v", err)
	}
}

func item(key, value string) kiosk.Item { return kiosk.Item{Key: key, Value: []byte(value)} }

func testShelf(t *testing.T, p Place) {
	s := open(t, p)
	one, other := p.Shelf(s, "accounts"), p.Shelf(s, "accounts-2")
	if got := shelved(t, one, ""); got != nil {
		t.Errorf("an empty shelf has %v", got)
	}
	shelve(t, one)
	shelve(t, one, item("o/7", "seven"), item("o/10", "ten"), item("p/1", ""), item("o", "letter"))
	shelve(t, other, item("o/7", "another's"))
	equal(t, "all", shelved(t, one, ""), []kiosk.Item{item("o", "letter"), item("o/10", "ten"), item("o/7", "seven"), item("p/1", "")})
	equal(t, "by prefix", shelved(t, one, "o/"), []kiosk.Item{item("o/10", "ten"), item("o/7", "seven")})
	equal(t, "by whole key", shelved(t, one, "o/7"), []kiosk.Item{item("o/7", "seven")})
	equal(t, "by a prefix of nothing", shelved(t, one, "q"), []kiosk.Item(nil))
	equal(t, "by a prefix that no key can have", shelved(t, one, strings.Repeat("x", 300)), []kiosk.Item(nil))
	equal(t, "the same shelf asked for again", shelved(t, p.Shelf(s, "accounts"), "o/7"), []kiosk.Item{item("o/7", "seven")})
	equal(t, "other shelf", shelved(t, other, ""), []kiosk.Item{item("o/7", "another's")})

	// Anew, away, away though it was never there, and the last word counts.
	shelve(t, one, item("o/7", "anew"), kiosk.Item{Key: "o/10"}, kiosk.Item{Key: "none"}, item("o", "first"), kiosk.Item{Key: "o"}, item("o", "last"))
	equal(t, "after changes", shelved(t, one, ""), []kiosk.Item{item("o", "last"), item("o/7", "anew"), item("p/1", "")})

	// Copies, both ways.
	v := item("copy", "kept")
	shelve(t, one, v)
	v.Value[0] = 'X'
	shelved(t, one, "copy")[0].Value[1] = 'X'
	equal(t, "copy", shelved(t, one, "copy"), []kiosk.Item{item("copy", "kept")})
	// A shelf is no fact.
	equal(t, "head", head(t, s), kiosk.ChainHead{})
}

func testShelfBounds(t *testing.T, p Place) {
	s := open(t, p)
	shelf := p.Shelf(s, "bounds")
	key, value := strings.Repeat("k", 200), bytes.Repeat([]byte{0xA5}, 64<<10)
	full := make([]kiosk.Item, 100)
	for i := range full {
		full[i] = item(fmt.Sprintf("%03d", i), "x")
	}
	full[99] = kiosk.Item{Key: key, Value: value}
	shelve(t, shelf, full...)
	equal(t, "at the bounds", shelved(t, shelf, ""), full)
	for what, items := range map[string][]kiosk.Item{
		"no key":              {item("", "x")},
		"a key of 201 bytes":  {item(key+"k", "x")},
		"a key with NUL":      {item("a\x00b", "x")},
		"a value over 64 KiB": {{Key: "big", Value: append(value, 0)}},
		"101 items":           append(full[:100:100], item("one more", "x")),
		"no key to take away": {{}},
		"one bad of two":      {item("good", "x"), item("", "x")},
	} {
		if err := shelf.Write(context.Background(), items...); err == nil {
			t.Errorf("%s: written, want it refused", what)
		}
	}
	equal(t, "after refusals", shelved(t, shelf, ""), full)
	shelve(t, shelf, item("000", "y")) // a refusal breaks nothing
}

func testShelfAllOrNothing(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	shelf := p.Shelf(s, "pairs")
	done := make(chan error, 1)
	go func() {
		for i := range 40 {
			v := fmt.Sprint(i)
			if err := shelf.Write(context.Background(), item("a", v), item("b", v)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "pair", shelved(t, shelf, ""), []kiosk.Item{item("a", "39"), item("b", "39")})
			return
		default:
		}
		c.Commit(t, c.Facts(Facts()[3]))
		if got := shelved(t, shelf, ""); len(got) != 0 && (len(got) != 2 || !bytes.Equal(got[0].Value, got[1].Value)) {
			t.Fatalf("half of a write was seen: %v", got)
		}
	}
}

func testShelfReopen(t *testing.T, p Place) {
	s := p.Open(t)
	shelf := p.Shelf(s, "sessions")
	shelve(t, shelf, item("a", "1"), item("b", "2"))
	reopen(t, s)
	// The shelf that was handed out before goes on.
	shelve(t, shelf, item("c", "3"), kiosk.Item{Key: "a"})
	want := []kiosk.Item{item("b", "2"), item("c", "3")}
	equal(t, "after reopening", shelved(t, shelf, ""), want)
	p.Close(t, s)
	s = open(t, p)
	equal(t, "after closing and opening", shelved(t, p.Shelf(s, "sessions"), ""), want)
}
