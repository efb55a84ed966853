package kiosktest

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"sync"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// The part of the suite that is about reading: pages, copies, and readers beside a writer.

func testPaging(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	var want []kiosk.Record
	for range 25 {
		ch := c.Facts(Facts()...)
		c.Commit(t, ch)
		want = append(want, ch.Records...)
	}
	for _, n := range []int{1, 7, 10, 249, 250, 251, math.MaxInt} {
		var got []kiosk.Record
		after := kiosk.Position{}
		for {
			page, err := s.Records(context.Background(), after, n)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > n {
				t.Fatalf("asked for %d records, got %d", n, len(page))
			}
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			after = page[len(page)-1].Position
		}
		equal(t, fmt.Sprintf("pages of %d", n), got, want)
	}
	for _, n := range []int{0, -1} {
		if page, err := s.Records(context.Background(), kiosk.Position{}, n); err != nil || len(page) != 0 {
			t.Errorf("%d records: %v, %v", n, page, err)
		}
	}
	for _, after := range []kiosk.Position{
		{Epoch: c.Last().Epoch + 1}, {Epoch: c.Last().Epoch, Seq: math.MaxUint64}, {Epoch: math.MaxUint32, Seq: math.MaxUint64},
	} {
		if page, err := s.Records(context.Background(), after, 5); err != nil || len(page) != 0 {
			t.Errorf("records after %+v: %v, %v", after, page, err)
		}
	}
	if page, err := s.Records(context.Background(), kiosk.Position{Epoch: c.Last().Epoch - 1, Seq: math.MaxUint64}, 1); err != nil || !reflect.DeepEqual(page, want[:1]) {
		t.Errorf("records after an earlier epoch: %v, %v", page, err)
	}
}

func testCopies(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	ch := busy(c)
	c.Commit(t, ch)
	want := Load(t, s, Site)
	records := all(t, s)

	ch.Box.NumbersUnknown[0] = "changed"
	ch.Records[0].By = "changed"
	k := Load(t, s, Site)
	k.Box.NumbersUnknown[0], k.Tickets[0].Key, k.Counters[0].Reason = "changed", "changed", "changed"
	k.LastNumbers[Monday][Certify] = 99
	all(t, s)[0].By = "changed"

	equal(t, "state", Load(t, s, Site), want)
	equal(t, "records", all(t, s), records)
}

func testConcurrent(t *testing.T, p Place) {
	s := open(t, p)
	c := NewClerk(t, s, Site, Monday)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for seen := 0; ; {
				records, err := s.Records(context.Background(), kiosk.Position{}, math.MaxInt)
				if err != nil {
					t.Errorf("records: %v", err)
					return
				}
				k, err := s.Load(context.Background(), Site)
				if err != nil {
					t.Errorf("load: %v", err)
					return
				}
				// Load came later: it has at least as much, and never a ticket without its fact.
				if n := len(kiosk.Replay(records)); n < seen || n > len(k.Tickets) {
					t.Errorf("%d tickets in the facts, %d before, %d loaded", n, seen, len(k.Tickets))
					return
				} else {
					seen = n
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 60 {
		_, ch := c.Issue(Certify, "A")
		c.Commit(t, ch)
	}
	close(done)
	readers.Wait()
}
