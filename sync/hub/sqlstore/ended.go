package sqlstore

import (
	"fmt"
	"slices"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// What is written in a gateway's name is held against its box in the same transaction. The door has
// asked whose the connection is up to a minute ago, of another process perhaps: since then the box
// may have been replaced, and its marks copied to the heir that may send the same facts again.

// ended returns which of some gateways were revoked. The boxes of the others stay as they are until
// the end of the transaction: who revokes one or makes its heir waits for what is written in its
// name, and sees it.
func (t *tx) ended(gateways []wire.GatewayID) (map[wire.GatewayID]bool, error) {
	out := map[wire.GatewayID]bool{}
	for chunk := range slices.Chunk(gateways, maxRows) {
		// One of few forms of the statement: the last one stands for those that are not there.
		n := 1
		for n < len(chunk) {
			n *= 2
		}
		args := make([]any, n)
		for i := range args {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		err := t.rows(func(scan func(...any) error) error {
			var g wire.GatewayID
			var at int64
			err := scan(&g, &at)
			out[g] = at != 0
			return err
		}, `SELECT gateway, revoked FROM boxes WHERE gateway IN `+tuples(1, n, true)+t.s.dialect.share, args...)
		if err != nil {
			return nil, fmt.Errorf("look at the boxes: %w", err)
		}
	}
	return out, nil
}

// living is ended of one gateway: hub.ErrRevoked, or nothing.
func (t *tx) living(gateway wire.GatewayID) error {
	ended, err := t.ended([]wire.GatewayID{gateway})
	if err == nil && ended[gateway] {
		err = hub.ErrRevoked
	}
	return err
}
