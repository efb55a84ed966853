package uplink_test

import (
	"context"
	"sync"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// office is a real one, as the line sees it.
type office struct {
	*kiosk.Office
	store kiosk.Store
	packs chan wire.Pack

	mu     sync.Mutex
	raised map[kiosk.FaultCode]string
	mute   bool // faults are heard, and make no facts
}

func (o *office) BeginEpoch(ctx context.Context, mark kiosk.Position) error {
	return o.Office.BeginEpoch(ctx, mark, kiosk.EpochOlder, "hub")
}

func (o *office) HearNumbers(ctx context.Context, heard kiosk.NumbersHeard) error {
	return o.Office.HearNumbers(ctx, heard, "hub")
}

func (o *office) TakePack(_ context.Context, p wire.Pack) error {
	select {
	case o.packs <- p:
	default:
	}
	return nil
}

func (o *office) RaiseFault(code kiosk.FaultCode, hint string) {
	o.mu.Lock()
	o.raised[code] = hint
	mute := o.mute
	o.mu.Unlock()
	if !mute {
		o.Office.RaiseFault(code, hint)
	}
}

func (o *office) ClearFault(code kiosk.FaultCode) {
	o.mu.Lock()
	delete(o.raised, code)
	mute := o.mute
	o.mu.Unlock()
	if !mute {
		o.Office.ClearFault(code)
	}
}

// fault returns the hint of a fault that stands; empty where it does not.
func (o *office) fault(code kiosk.FaultCode) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.raised[code]
}
