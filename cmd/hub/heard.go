package main

import (
	"context"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// heard is what was heard of each gateway; of one that never spoke, the zero Overview.
func (p *parts) heard(ctx context.Context) (map[wire.GatewayID]hub.Overview, error) {
	all, err := p.store.Overview(ctx)
	if err != nil {
		return nil, err
	}
	of := make(map[wire.GatewayID]hub.Overview, len(all))
	for _, o := range all {
		of[o.Gateway] = o
	}
	return of, nil
}
