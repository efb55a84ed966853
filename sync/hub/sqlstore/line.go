package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// Marks implements [hub.Store].
func (s *Store) Marks(ctx context.Context, gateway wire.GatewayID) ([]wire.Mark, error) {
	var out []wire.Mark
	err := s.query(ctx, func(scan func(...any) error) error {
		var m wire.Mark
		err := scan(&m.Epoch, &m.Seq, &m.Chain)
		out = append(out, m)
		return err
	}, `SELECT epoch, seq, chain FROM marks WHERE gateway = $1 ORDER BY epoch`, gateway)
	if err != nil {
		return nil, fmt.Errorf("read marks: %w", err)
	}
	return out, nil
}

// Numbers implements [hub.Store].
func (s *Store) Numbers(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) (map[kiosk.ServiceCode]uint32, error) {
	out := map[kiosk.ServiceCode]uint32{}
	err := s.query(ctx, func(scan func(...any) error) error {
		var service kiosk.ServiceCode
		var seq uint32
		err := scan(&service, &seq)
		out[service] = seq
		return err
	}, `SELECT service, seq FROM numbers WHERE site = $1 AND day = $2`, site, day)
	if err != nil {
		return nil, fmt.Errorf("read numbers: %w", err)
	}
	return out, nil
}

// Heir implements [hub.Store]. Every box tells its health as soon as it has a line.
func (s *Store) Heir(ctx context.Context, gateway wire.GatewayID, site kiosk.SiteCode) (heir bool, err error) {
	err = s.query(ctx, func(scan func(...any) error) error {
		heir = true
		return scan(new(int))
	}, `SELECT 1 FROM boxes WHERE site = $1 AND gateway <> $2
		AND NOT EXISTS (SELECT 1 FROM gateways WHERE gateway = $2 AND health_at > 0) LIMIT 1`, site, gateway)
	if err != nil {
		return false, fmt.Errorf("look for the gateways before %s: %w", gateway, err)
	}
	return heir, nil
}

// Push implements [hub.Store].
func (s *Store) Push(ctx context.Context, gateway wire.GatewayID, kind string, data []byte) (cursor uint64, err error) {
	err = s.update(ctx, func(t *tx) (err error) {
		cursor, err = t.push(gateway, kind, data)
		return err
	})
	return cursor, err
}

// push numbers an item under the gateway's own row, which is held until the end of the
// transaction: so no later cursor is ever seen before an earlier one.
func (t *tx) push(gateway wire.GatewayID, kind string, data []byte) (cursor uint64, err error) {
	err = t.row(`INSERT INTO gateways (gateway, site, feed, health_at) VALUES ($1, '', 1, 0)
		ON CONFLICT (gateway) DO UPDATE SET feed = gateways.feed + 1 RETURNING feed`, gateway).Scan(&cursor)
	if err == nil {
		_, err = t.exec(`INSERT INTO feed (gateway, cursor, kind, at, data) VALUES ($1, $2, $3, $4, $5)`, gateway, cursor, kind, t.s.Now().Unix(), data)
	}
	if err != nil {
		return 0, fmt.Errorf("push into feed: %w", err)
	}
	return cursor, nil
}

// Feed implements [hub.Store].
func (s *Store) Feed(ctx context.Context, gateway wire.GatewayID, after uint64, n int) ([]hub.FeedItem, uint64, error) {
	newest, err := s.Cursors(ctx, []wire.GatewayID{gateway})
	if err != nil {
		return nil, 0, err
	}
	if newest[gateway] <= after {
		return nil, newest[gateway], nil
	}
	var out []hub.FeedItem
	err = s.query(ctx, func(scan func(...any) error) error {
		var v hub.FeedItem
		var at int64
		err := scan(&v.Cursor, &v.Kind, &at, &v.Data)
		v.At = moment(at)
		out = append(out, v)
		return err
	}, `SELECT cursor, kind, at, data FROM feed WHERE gateway = $1 AND cursor > $2 ORDER BY cursor LIMIT $3`, gateway, after, n)
	if err != nil {
		return nil, 0, fmt.Errorf("read feed: %w", err)
	}
	last := newest[gateway]
	if n := len(out); n > 0 {
		last = max(last, out[n-1].Cursor) // it came between the two questions
	}
	return out, last, nil
}

// Cursors implements [hub.Store].
func (s *Store) Cursors(ctx context.Context, gateways []wire.GatewayID) (map[wire.GatewayID]uint64, error) {
	out := make(map[wire.GatewayID]uint64, len(gateways))
	for chunk := range slices.Chunk(gateways, 500) {
		args := make([]any, len(chunk))
		for i, g := range chunk {
			args[i] = g
		}
		err := s.query(ctx, func(scan func(...any) error) error {
			var g wire.GatewayID
			var cursor uint64
			err := scan(&g, &cursor)
			out[g] = cursor
			return err
		}, `SELECT gateway, feed FROM gateways WHERE gateway IN `+tuples(1, len(chunk), true), args...)
		if err != nil {
			return nil, fmt.Errorf("read cursors: %w", err)
		}
	}
	return out, nil
}
