package uplink

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// waitsAfter is how long a fact has to wait before that is a fault.
const waitsAfter = 3 * time.Minute

// stuck is the fact that cannot go although the line is up, if there is one, and those behind it
// wait with it. It outlives connections, and belongs to the goroutine that sends facts.
type stuck struct {
	at     kiosk.Position // zero: none
	since  time.Time
	raised bool
}

// waits tells that a fact cannot go just now: the log at once, and people once it has lasted.
func (s *stuck) waits(u *Uplink, at kiosk.Position, why error) {
	if s.at != at {
		s.at, s.since = at, time.Now()
		u.cfg.Log.Warn("a fact has to wait", LogAt, wire.EventID(at), LogError, why)
		u.set(func(st *State) { st.Trouble = why.Error() })
	}
	if time.Since(s.since) >= waitsAfter {
		s.raised = true
		u.cfg.Office.RaiseFault(kiosk.FaultFactsWait, fmt.Sprintf("fact %s and those behind it: %v", wire.EventID(at), why))
	}
}

// passed ends the waiting once the hub has taken the fact, by whichever way.
func (s *stuck) passed(u *Uplink, acked kiosk.Position) {
	if s.at == (kiosk.Position{}) || acked.Before(s.at) {
		return
	}
	if s.raised {
		u.cfg.Office.ClearFault(kiosk.FaultFactsWait)
	}
	u.set(func(st *State) { st.Trouble = "" })
	*s = stuck{}
}
