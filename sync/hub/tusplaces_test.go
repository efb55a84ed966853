package hub

import (
	"fmt"
	"testing"

	"github.com/motcua/gateway/sync/wire"
)

// A few gateways that hold on to all they can get leave places to the others.
func TestAFewGatewaysLeavePlaces(t *testing.T) {
	t.Parallel()
	p := newUploadPlaces(defaultBodies, defaultOfOne)
	grab := func(id wire.GatewayID) (n int) {
		for range 2 * defaultOfOne {
			if _, ok := p.enter(id); ok {
				n++
			}
		}
		return n
	}
	if n := grab("alone"); n != defaultOfOne {
		t.Errorf("one that is alone got %d, want all %d of one", n, defaultOfOne)
	}
	for i := range 2 * defaultBodies / defaultOfOne {
		grab(wire.GatewayID(fmt.Sprint(i)))
	}
	leave, ok := p.enter("late")
	if !ok {
		t.Fatalf("%d gateways took all places", 2*defaultBodies/defaultOfOne)
	}
	leave()
	for i := range defaultBodies { // but nothing stays unused where many come
		grab(wire.GatewayID(fmt.Sprint("many ", i)))
	}
	if p.inside != defaultBodies {
		t.Errorf("%d of %d places are taken", p.inside, defaultBodies)
	}
	if _, ok := p.enter("later"); ok {
		t.Error("more than all places")
	}
}
