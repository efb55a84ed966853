package web

import "time"

// LeaseIdle is how long control stays with a viewer that touches nothing.
const LeaseIdle = 30 * time.Second

// lease says who controls the screen.
type lease struct {
	holder string // "" is a script without a viewer
	held   bool
	used   time.Time // the last touch, or when it was taken
}

// take gives the lease to id if it has it already or nobody else holds it, and reports whether
// it did and who lost it.
func (l *lease) take(id string, now time.Time) (ok bool) {
	if l.held && l.holder != id && now.Sub(l.used) < LeaseIdle {
		return false
	}
	*l = lease{holder: id, held: true, used: now}
	return true
}

// has reports whether id holds the lease, or could have it by touching.
func (l *lease) has(id string, now time.Time) bool {
	return !l.held || l.holder == id || now.Sub(l.used) >= LeaseIdle
}

// left is how long the lease stays with its holder if that does nothing more.
func (l *lease) left(now time.Time) time.Duration {
	return max(0, LeaseIdle-now.Sub(l.used))
}

// drop ends id's lease.
func (l *lease) drop(id string) {
	if l.held && l.holder == id {
		*l = lease{}
	}
}
