package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// Health implements [hub.Store].
func (s *Store) Health(ctx context.Context, gateway wire.GatewayID, health []byte, instance string) (cloned bool, err error) {
	err = s.update(ctx, func(t *tx) (err error) {
		cloned, err = t.health(gateway, health, instance)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep health: %w", err)
	}
	return cloned, nil
}

// health holds the gateway's own row until the end of the transaction: two reports, through two
// processes, are heard one after the other.
func (t *tx) health(gateway wire.GatewayID, health []byte, instance string) (cloned bool, err error) {
	now := moment(t.s.Now().Unix())
	var kept []byte
	err = t.row(`INSERT INTO gateways (gateway, site, feed, health, health_at) VALUES ($1, '', 0, $2, $3)
		ON CONFLICT (gateway) DO UPDATE SET health = excluded.health, health_at = excluded.health_at RETURNING instances`, gateway, health, now.Unix()).Scan(&kept)
	if err != nil {
		return false, err
	}
	heard, err := instances(kept)
	if err != nil {
		return false, err
	}
	before := heard.Cloned
	if !heard.Hear(instance, now) {
		return false, nil
	}
	if kept, err = json.Marshal(heard); err == nil {
		_, err = t.exec(`UPDATE gateways SET instances = $1 WHERE gateway = $2`, kept, gateway)
	}
	return before.IsZero() && !heard.Cloned.IsZero(), err
}

// instances reads what is kept of a gateway's runs.
func instances(kept []byte) (v hub.Instances, err error) {
	if len(kept) == 0 {
		return v, nil
	}
	if err := json.Unmarshal(kept, &v); err != nil {
		return v, fmt.Errorf("read the runs of a gateway: %w", err)
	}
	return v, nil
}
