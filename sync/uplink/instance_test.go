package uplink_test

import (
	"testing"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// A run of the program has one name, whatever its line does; the next run has another one.
func TestARunHasItsName(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	b := newBox(t, kiosktest.NewMemory(), h.addr)
	reports := make(chan struct{}, 100)
	b.cfg.Health = func() wire.Health {
		reports <- struct{}{}
		return wire.Health{Site: kiosktest.Site}
	}
	// named waits until the hub knows a name that is, or is not, the one before.
	named := func(what, before string, same bool) (name string) {
		eventually(t, what, func() bool {
			seen := must(h.store.Overview(t.Context()))(t)
			if len(seen) != 1 || seen[0].Health == nil {
				return false
			}
			name = seen[0].Health.Instance
			return name != "" && (name == before) == same
		})
		return name
	}
	b.run(t)
	first := named("the first report", "", false)
	for len(reports) > 0 {
		<-reports
	}
	h.kill()
	h.start(t)
	eventually(t, "the box is back", func() bool { return b.state(t).Phase == uplink.PhaseUp && len(reports) > 0 })
	named("the same run on another connection", first, true)
	b.halt(t)
	b.run(t)
	named("the next run", first, false)
	if v := must(h.store.Overview(t.Context()))(t)[0]; !v.Cloned.IsZero() {
		t.Errorf("one box is taken for two: %+v", v)
	}
}
