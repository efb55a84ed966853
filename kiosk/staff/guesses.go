package staff

import (
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// How wrong guesses slow down. Six digits at one guess in fifteen minutes are 28 years.
const (
	freeGuesses = 2 // wrong ones in a row that cost nothing
	firstDelay  = 5 * time.Second
	longest     = 15 * time.Minute
	// forgotten is when a row ends that nobody went on with. Who waits for that gets no more
	// guesses in a day than who does not.
	forgotten = time.Hour
	maxWrong  = 1000 // further ones change nothing
	// maxMachines bounds the rows of machines; the one that is free soonest makes room.
	maxMachines = 1024
	// nobodysFacts is how many facts an hour may come from guesses that hit no account: thousands
	// of wrong PINs must not fill the disk.
	nobodysFacts = 30
)

// row is wrong guesses in a row.
type row struct {
	wrong int
	last  time.Time // of the last one
}

// at returns the row as it stands at now: nothing where it is forgotten. A clock that was put
// back must not lock anybody for longer than the rules say.
func (r row) at(now time.Time) row {
	if r.last.After(now) {
		r.last = now
	}
	if now.Sub(r.last) >= forgotten {
		return row{}
	}
	return r
}

// miss returns the row with one more.
func (r row) miss(now time.Time) row {
	r = r.at(now)
	return row{min(r.wrong+1, maxWrong), now}
}

func (r row) delay() time.Duration {
	over := r.wrong - freeGuesses - 1
	switch {
	case over < 0:
		return 0
	case over > 10:
		return longest
	}
	return min(firstDelay<<over, longest)
}

// until is when the row lets a guess through again; zero where it does not hold any up.
func (r row) until() time.Time {
	if r.delay() == 0 {
		return time.Time{}
	}
	return r.last.Add(r.delay())
}

// wait is how long that is from now.
func (r row) wait(now time.Time) time.Duration {
	return max(0, r.at(now).until().Sub(now))
}

// locked refuses a guess that came too early.
func locked(wait time.Duration) *kiosk.Refusal {
	seconds := (wait + time.Second - 1) / time.Second
	return refuse(kiosk.CodeLocked, "", strconv.Itoa(max(1, int(seconds))))
}

// machines are the rows of the machines that guesses come from. They are not kept: who can
// switch the box off and on has other ways.
type machines map[string]row

func (m machines) miss(from string, now time.Time) row {
	if _, known := m[from]; !known && len(m) >= maxMachines {
		m.makeRoom(now)
	}
	m[from] = m[from].miss(now)
	return m[from]
}

func (m machines) makeRoom(now time.Time) {
	soonest, at := "", time.Time{}
	for from, r := range m {
		if r = r.at(now); r.wrong == 0 {
			delete(m, from)
			continue
		}
		if t := r.last.Add(r.delay()); soonest == "" || t.Before(at) {
			soonest, at = from, t
		}
	}
	if len(m) >= maxMachines {
		delete(m, soonest)
	}
}

// hit takes half of a machine's row back. All of it would let an officer with a PIN of their own
// try others' between two right ones for ever; none would hold up a screen that many use and
// where somebody always mistypes.
func (m machines) hit(from string, now time.Time) {
	r := m[from].at(now)
	r.wrong /= 2
	if r.wrong == 0 {
		delete(m, from)
		return
	}
	m[from] = r
}

// hourly counts what may happen so often in an hour.
type hourly struct {
	begin time.Time
	n     int
}

func (h *hourly) allow(now time.Time, most int) bool {
	if d := now.Sub(h.begin); d < 0 || d >= time.Hour {
		*h = hourly{begin: now}
	}
	h.n++
	return h.n <= most
}
