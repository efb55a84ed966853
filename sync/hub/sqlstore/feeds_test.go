package sqlstore_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// TestPruneFeeds: what a gateway has done goes after its time, a little in a transaction; what it
// stands at and what it has not done stays. An heir has what is kept; then its forerunner's goes.
func TestPruneFeeds(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(testing.TB) place{"sqlite": sqlitePlace, "postgres": postgresPlace} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := make(t).open(t)
			box, heir := wire.NewGatewayID(), wire.NewGatewayID()
			enrolAs(t, s, box, "coto", 1, false)
			for range 12 {
				if _, err := s.Push(t.Context(), box, wire.FeedNotice, []byte(`{}`)); err != nil {
					t.Fatal(err)
				}
			}
			done := func(cursor uint64) {
				t.Helper()
				if err := s.FeedDone(t.Context(), box, cursor); err != nil {
					t.Fatal(err)
				}
			}
			prune := func(before time.Time, want ...int) {
				t.Helper()
				for _, n := range append(want, 0) {
					if got, err := s.PruneFeeds(t.Context(), before, 5); err != nil || got != n {
						t.Errorf("%d items went, %v; want %d", got, err, n)
					}
				}
			}
			first := func(gateway wire.GatewayID) (cursor uint64, items int) {
				t.Helper()
				kept, newest, err := s.Feed(t.Context(), gateway, 0, 100)
				if err != nil || newest != 12 || len(kept) == 0 {
					t.Fatalf("%d items up to %d, %v", len(kept), newest, err)
				}
				return kept[0].Cursor, len(kept)
			}
			later := now.Add(time.Hour)
			prune(later) // nothing is done
			done(8)
			prune(now)         // or old
			done(99)           // a cursor that is none says nothing
			prune(later, 5, 2) // 1 to 7
			if at, n := first(box); at != 8 || n != 5 {
				t.Errorf("%d items from %d on", n, at)
			}
			done(12)
			done(9) // put back to an older copy
			prune(later, 1)
			enrolAs(t, s, box, "coto", 1, true)
			prune(now.Add(48 * time.Hour)) // nobody has followed it
			enrolAs(t, s, heir, "coto", 3, false)
			prune(later) // it was revoked a moment ago
			prune(now.Add(48*time.Hour), 4)
			if at, n := first(heir); at != 9 || n != 4 {
				t.Errorf("the heir has %d items from %d on", n, at)
			}
		})
	}
}
