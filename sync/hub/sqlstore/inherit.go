package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// inherit makes a new gateway the heir of the one that its site had before. A spare box that was
// restored from a backup holds facts that the old one has sent, born with its places: with the
// marks they are replays, and nothing arrives twice. Dossiers whose pages are still to come belong
// to the box that may have them, and the feed goes on where the old one's ended, so that a cursor
// of the backup means what it meant.
//
// What the heir gets is all that there will be: whatever is written in the old one's name holds
// its box ([tx.ended]), so it was committed before the box was touched here, and is read by what
// follows; or it comes later and is refused.
func (t enrolTx) inherit(g enrol.Gateway) error {
	var old wire.GatewayID
	err := t.QueryRowContext(t.ctx, `SELECT gateway FROM boxes WHERE site = $1 AND revoked <> 0 ORDER BY made DESC, issued DESC, gateway DESC LIMIT 1`, g.Site).Scan(&old)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the gateway before %s: %w", g.ID, err)
	}
	for _, step := range []struct {
		text string
		args []any
	}{
		// The box first, then the dossiers and the feed in the order in which an erasure takes them.
		{`UPDATE boxes SET revoked = revoked WHERE gateway = $1`, []any{old}},
		{`UPDATE dossiers SET gateway = $1 WHERE gateway = $2`, []any{g.ID, old}},
		{`INSERT INTO gateways (gateway, site, feed, health_at) VALUES ($1, '', 0, 0) ON CONFLICT (gateway) DO UPDATE SET feed = gateways.feed`, []any{old}},
		{`INSERT INTO gateways (gateway, site, feed, health, health_at) SELECT $1, site, feed, NULL, 0 FROM gateways WHERE gateway = $2 ON CONFLICT (gateway) DO NOTHING`, []any{g.ID, old}},
		{`INSERT INTO feed (gateway, cursor, kind, at, data) SELECT $1, cursor, kind, at, data FROM feed WHERE gateway = $2 ON CONFLICT (gateway, cursor) DO NOTHING`, []any{g.ID, old}},
		{`INSERT INTO marks (gateway, epoch, seq, was, chain, at) SELECT $1, epoch, seq, was, chain, at FROM marks WHERE gateway = $2 ON CONFLICT (gateway, epoch) DO NOTHING`, []any{g.ID, old}},
	} {
		if _, err := t.ExecContext(t.ctx, step.text, step.args...); err != nil {
			return fmt.Errorf("make %s the heir of %s: %w", g.ID, old, err)
		}
	}
	return nil
}
