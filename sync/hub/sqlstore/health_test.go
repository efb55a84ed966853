package sqlstore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// overviewOf is what is seen of a gateway.
func overviewOf(t *testing.T, s *sqlstore.Store, g wire.GatewayID) hub.Overview {
	t.Helper()
	all, err := s.Overview(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Gateway == g {
			return v
		}
	}
	t.Fatalf("nothing is seen of %s", g)
	return hub.Overview{}
}

// Two boxes that report in turn, each through another process of the hub, are noticed, and told of
// once; one that starts twenty times is one box.
func TestACopyIsNoticed(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx, hubs := context.Background(), []*sqlstore.Store{p.open(t), p.open(t)}
		one, two, told := wire.NewGatewayID(), wire.NewGatewayID(), 0
		report := func(via int, g wire.GatewayID, instance string) {
			t.Helper()
			cloned, err := hubs[via%2].Health(ctx, g, []byte(`{"version":"1.4.0"}`), instance)
			if err != nil {
				t.Fatal(err)
			}
			if cloned {
				told++
			}
		}
		for i := range 20 {
			report(i, one, fmt.Sprint("start ", i))
			report(i+1, one, fmt.Sprint("start ", i))
		}
		if v := overviewOf(t, hubs[0], one); !v.Cloned.IsZero() || v.Health.Version != "1.4.0" || told != 0 {
			t.Errorf("one box, told %d times: %+v", told, v)
		}
		if _, err := hubs[0].Push(ctx, two, "notice", []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			report(i, two, []string{"this", "that"}[i%2])
		}
		if v := overviewOf(t, hubs[1], two); !v.Cloned.Equal(now) || told != 1 {
			t.Errorf("two boxes, told %d times: %+v", told, v)
		}
	})
}
