package uplink

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// faultsOf is an office of which only the faults are asked.
type faultsOf struct {
	Office
	raised map[kiosk.FaultCode]string
}

func (f faultsOf) RaiseFault(code kiosk.FaultCode, hint string) { f.raised[code] = hint }
func (f faultsOf) ClearFault(code kiosk.FaultCode)              { delete(f.raised, code) }

// A fact that waits for minutes is a fault, over connections too, until the hub has it.
func TestStuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		faults := faultsOf{raised: map[kiosk.FaultCode]string{}}
		u := &Uplink{cfg: Config{Office: faults, Log: slog.New(slog.DiscardHandler)}, changed: make(chan struct{})}
		at := kiosk.Position{Epoch: 3, Seq: 7}
		trouble := errors.New("input/output error")
		for range 3 {
			u.stuck.waits(u, at, trouble)
			u.stuck.passed(u, kiosk.Position{Epoch: 3, Seq: 6})
			if len(faults.raised) > 0 || u.state.Trouble == "" {
				t.Fatalf("faults %v, trouble %q", faults.raised, u.state.Trouble)
			}
			<-time.After(waitsAfter / 3)
		}
		u.stuck.waits(u, at, trouble)
		if f := faults.raised[kiosk.FaultFactsWait]; !strings.Contains(f, "3-7") || !strings.Contains(f, "input/output") {
			t.Errorf("the fault says %q", f)
		}
		u.stuck.waits(u, kiosk.Position{Epoch: 3, Seq: 8}, trouble) // another one: the fault goes on
		if len(faults.raised) != 1 {
			t.Error("the fault is over, and a fact waits")
		}
		u.stuck.passed(u, kiosk.Position{Epoch: 4, Seq: 1})
		if len(faults.raised) > 0 || u.state.Trouble != "" || u.stuck != (stuck{}) {
			t.Errorf("it has gone: faults %v, trouble %q", faults.raised, u.state.Trouble)
		}
	})
}
