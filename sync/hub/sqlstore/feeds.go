package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

var _ hub.Feeds = (*Store)(nil)

// FeedDone implements [hub.Store]. Gateways ask all the time, and mostly behind the same item: that
// writes nothing. One that was put back to an older copy of itself asks behind an older one.
func (s *Store) FeedDone(ctx context.Context, gateway wire.GatewayID, cursor uint64) error {
	moved := false
	err := s.query(ctx, func(scan func(...any) error) error {
		moved = true
		return scan(new(int))
	}, `SELECT 1 FROM gateways WHERE gateway = $1 AND feed_done <> $2`, gateway, cursor)
	if err == nil && moved {
		err = s.update(ctx, func(t *tx) error {
			_, err := t.exec(`UPDATE gateways SET feed_done = $2 WHERE gateway = $1 AND feed >= $2`, gateway, cursor)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("note how far the feed of %s is done: %w", gateway, err)
	}
	return nil
}

// doneFeed is a feed whose items below a cursor may go.
type doneFeed struct {
	gateway wire.GatewayID
	below   uint64
}

// PruneFeeds implements [hub.Feeds]. The item at which a gateway stands is kept: by its name both
// find out whether they speak of the same feed. Of a gateway that was revoked and that another one
// has followed, which has all of it, nothing is kept.
func (s *Store) PruneFeeds(ctx context.Context, before time.Time, n int) (removed int, err error) {
	var feeds []doneFeed
	err = s.query(ctx, func(scan func(...any) error) error {
		var d doneFeed
		err := scan(&d.gateway, &d.below)
		feeds = append(feeds, d)
		return err
	}, `SELECT gateway, feed_done FROM gateways WHERE feed_done > 1
		UNION ALL SELECT g.gateway, g.feed + 1 FROM gateways g JOIN boxes a ON a.gateway = g.gateway
		WHERE a.revoked > 0 AND a.revoked < $1 AND EXISTS (SELECT 1 FROM boxes b WHERE b.site = a.site AND b.made > a.made)
		ORDER BY 1`, before.Unix())
	if err != nil {
		return 0, fmt.Errorf("look for feeds that are done: %w", err)
	}
	for _, d := range feeds {
		last, err := s.oldItems(ctx, d, before, n)
		if err != nil {
			return 0, err
		}
		if last == 0 {
			continue
		}
		err = s.update(ctx, func(t *tx) error {
			gone, err := t.exec(`DELETE FROM feed WHERE gateway = $1 AND cursor <= $2`, d.gateway, last)
			removed = int(gone)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("prune the feed of %s: %w", d.gateway, err)
		}
		return removed, nil
	}
	return 0, nil
}

// oldItems returns the cursor of the last of at most n items that may go; 0: there are none. Items
// lie in the order in which they were put there: the look ends at the first that is younger.
func (s *Store) oldItems(ctx context.Context, d doneFeed, before time.Time, n int) (last uint64, err error) {
	young := false
	err = s.query(ctx, func(scan func(...any) error) error {
		var cursor uint64
		var at int64
		err := scan(&cursor, &at)
		if young = young || at >= before.Unix(); !young {
			last = cursor
		}
		return err
	}, `SELECT cursor, at FROM feed WHERE gateway = $1 AND cursor < $2 ORDER BY cursor LIMIT $3`, d.gateway, d.below, n)
	if err != nil {
		return 0, fmt.Errorf("look at the feed of %s: %w", d.gateway, err)
	}
	return last, nil
}
