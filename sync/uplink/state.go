package uplink

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Phase is what the line does. The values are stable.
type Phase string

// The phases.
const (
	PhaseUnenrolled Phase = "not-enrolled" // no certificate yet
	PhaseConnecting Phase = "connecting"
	PhaseUp         Phase = "up"
	PhaseDown       Phase = "down"    // waiting before the next attempt
	PhaseRefused    Phase = "refused" // revoked, or not known: a person has to act
)

// State is the line as it is now.
type State struct {
	Phase Phase
	Since time.Time // of the phase
	Hub   string
	// Contact is when the hub answered last; zero: not since the start.
	Contact time.Time
	// Trouble is why the line is down, or what holds it up while it is not, for the technician.
	Trouble string
	Next    time.Time // of the next attempt, while down
	// Rate is what the line was seen to carry, in bytes of pages a second; 0: not known.
	Rate float64
	// PagesFrom is from when on pages may go: the office's hours or bytes are used up. Zero: now.
	PagesFrom time.Time
	// Sent and Acked are bodies in bytes since the start: what was given to the line, and what of
	// it the hub has made durable.
	Sent, Acked int64

	Backlog kiosk.Backlog
}

// Expected returns how long it takes until everything is there, at the present rate; false where
// that cannot be said.
func (s State) Expected() (time.Duration, bool) {
	switch {
	case s.Backlog.Facts == 0 && s.Backlog.Blobs == s.Backlog.Parked:
		return 0, true
	case s.Phase != PhaseUp || s.Rate <= 0 || !s.PagesFrom.IsZero():
		return 0, false
	}
	const factBytes = 150 // of one on the wire, packed, about
	return time.Duration((float64(s.Backlog.BlobBytes) + factBytes*float64(s.Backlog.Facts)) / s.Rate * float64(time.Second)), true
}

// set changes the state, and wakes who watches if anything has changed.
func (u *Uplink) set(change func(*State)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.state
	change(&u.state)
	if u.state.Phase != before.Phase {
		u.state.Since = u.cfg.Office.Time()
	}
	if u.state != before {
		close(u.changed)
		u.changed = make(chan struct{})
	}
}

// Changed is closed when the state has changed, but for the backlog.
func (u *Uplink) Changed() <-chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.changed
}
