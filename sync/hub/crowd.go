package hub

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// The bounds of appointments.
const (
	// appointmentLeast is the shortest time that anybody is sent away for.
	appointmentLeast = busyWait / 2
	// appointmentMost is the longest: a gateway keeps its connection for it, and a crowd that melts
	// away sooner than it seemed leaves the hub idle for no longer.
	appointmentMost = 110 * time.Second
	// appointmentsOver is how many appointments are given for each that can be kept. Some do not come,
	// and those who were let in come again with more.
	appointmentsOver = 1.5
	// crowdWindow is over what time it is counted how many get in.
	crowdWindow = 2 * time.Second
	// crowdFirst is how many get in, in a second, until it was counted; crowdLeast is the least that
	// is believed.
	crowdFirst, crowdLeast = 250, 5
)

// crowd gives appointments to those who find no room. A country that is back at once asks in vain
// twenty times for each time that it gets in, where all are sent away for the same few seconds, and
// refusing them takes more of the hub than their facts do. So each is told to come when it will be
// its turn, by how many get in.
type crowd struct {
	mu    sync.Mutex
	rate  float64   // how many get in, in a second, when more want to
	since time.Time // of the window
	in    int       // who got in in it
	away  bool      // somebody was sent away in it
	next  time.Time // the first appointment that is free
}

// entered takes note of one who got in.
func (c *crowd) entered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(time.Now())
	c.in++
}

// sentAway returns when one who found no room should come again.
func (c *crowd) sentAway() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.count(now)
	c.away = true
	wait := max(c.next.Sub(now), appointmentLeast)
	if wait > appointmentMost {
		return appointmentMost/2 + rand.N(appointmentMost/2) //nolint:gosec // nobody gains by guessing it
	}
	c.next = now.Add(wait).Add(time.Duration(float64(time.Second) / (c.rate * appointmentsOver)))
	return wait
}

// refusal sends one away.
func (c *crowd) refusal(title string) *wire.Problem {
	return &wire.Problem{Status: http.StatusServiceUnavailable, Code: wire.CodeBusy, Title: title, RetryAfter: c.sentAway()}
}

// count ends a window that is over. One in which all found room says nothing of how many could.
func (c *crowd) count(now time.Time) {
	passed := now.Sub(c.since)
	if passed < crowdWindow {
		return
	}
	switch seen := max(float64(c.in)/passed.Seconds(), crowdLeast); {
	case c.rate == 0:
		c.rate = crowdFirst
	case c.away:
		c.rate = (c.rate + seen) / 2
	}
	c.since, c.in, c.away = now, 0, false
}
