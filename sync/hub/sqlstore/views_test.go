package sqlstore_test

import (
	"testing"

	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// A health that this version does not understand is nobody else's trouble.
func TestOverviewOfAStrangeHealth(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		s, good, strange := p.open(t), wire.NewGatewayID(), wire.NewGatewayID()
		for _, g := range []wire.GatewayID{good, strange} {
			if _, err := s.Health(t.Context(), g, []byte(`{"version":"1.2"}`), ""); err != nil {
				t.Fatal(err)
			}
		}
		appendOne(t, s, facts(strange, 1, "a", 1, 3))
		sqlstore.Tamper(t, s, `UPDATE gateways SET health = $1 WHERE gateway = $2`, []byte(`{"version":{"of":"tomorrow"}}`), strange)
		seen, err := s.Overview(t.Context())
		if err != nil || len(seen) != 2 {
			t.Fatalf("%+v, %v", seen, err)
		}
		for _, v := range seen {
			if (v.Health != nil) != (v.Gateway == good) || v.Seen.IsZero() || v.At.IsZero() || len(v.Marks) == 1 != (v.Gateway == strange) {
				t.Errorf("%+v", v)
			}
		}
	})
}
