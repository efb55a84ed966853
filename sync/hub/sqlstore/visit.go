package sqlstore

import (
	"context"
	"fmt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// Visit returns the dossiers that were received on a ticket, the newest first, without their pages.
func (s *Store) Visit(ctx context.Context, site kiosk.SiteCode, day kiosk.Day, number kiosk.Number) ([]hub.Filed, error) {
	found, err := s.filed(ctx, `site = $1 AND day = $2 AND ticket = $3 AND ticket <> '' ORDER BY at DESC, dossier`, site, day, number)
	if err != nil {
		return nil, fmt.Errorf("read the dossiers of a visit: %w", err)
	}
	return found, nil
}

// Asides returns how many facts of each gateway lie in quarantine, by why.
func (s *Store) Asides(ctx context.Context) (map[wire.GatewayID]map[string]int, error) {
	out := map[wire.GatewayID]map[string]int{}
	err := s.query(ctx, func(scan func(...any) error) error {
		var g wire.GatewayID
		var why string
		var n int
		err := scan(&g, &why, &n)
		if out[g] == nil {
			out[g] = map[string]int{}
		}
		out[g][why] += n
		return err
	}, `SELECT gateway, why, COUNT(*) FROM quarantine GROUP BY gateway, why`)
	if err != nil {
		return nil, fmt.Errorf("count what was put aside: %w", err)
	}
	return out, nil
}
