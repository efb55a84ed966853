package lan

import (
	"net/netip"
	"sync"
	"time"
)

// Limits bound what the network may take of the box. A zero field means its default.
type Limits struct {
	Conns        int     // open connections in all; 512
	ConnsEach    int     // of one address; 32
	Requests     int     // at work in all, streams included; 256
	RequestsEach int     // of one address; 48
	Streams      int     // server-sent events in all; 96
	StreamsEach  int     // of one address; 12
	Strangers    int     // streams of those whom nobody has let in, of Streams; 24
	Rate         float64 // requests a second that one address may keep up; 50
	Burst        float64 // and at once; 200
	Body         int64   // bytes of a request's body; 64 KiB

	Header time.Duration // for a request's headers and for TLS to begin; 10 s
	Read   time.Duration // for a whole request; 30 s
	Write  time.Duration // for an answer; streams set their own; 30 s
	Idle   time.Duration // for the next request on a connection; 2 minutes
	Stop   time.Duration // for what is at work when the gateway stops; 3 s
}

// maxHeader bounds the headers of a request, in bytes.
const maxHeader = 16 << 10

// maxMachines bounds the table of addresses. One that has nothing at work and has been quiet
// until its bucket is full again needs no entry.
const maxMachines = 4096

// filled returns l with its defaults.
func (l Limits) filled() Limits {
	fill(&l.Conns, 512)
	fill(&l.ConnsEach, 32)
	fill(&l.Requests, 256)
	fill(&l.RequestsEach, 48)
	fill(&l.Streams, 96)
	fill(&l.StreamsEach, 12)
	fill(&l.Strangers, 24)
	fill(&l.Rate, 50)
	fill(&l.Burst, 200)
	fill(&l.Body, 64<<10)
	fill(&l.Header, 10*time.Second)
	fill(&l.Read, 30*time.Second)
	fill(&l.Write, 30*time.Second)
	fill(&l.Idle, 2*time.Minute)
	fill(&l.Stop, 3*time.Second)
	return l
}

func fill[T int | int64 | float64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// machine is what one address has at work.
type machine struct {
	requests, streams int
	tokens            float64   // of the bucket, as of seen
	seen              time.Time // monotonic
}

// meter counts requests and streams by address.
type meter struct {
	limits Limits
	now    func() time.Time // monotonic; the box's clock may jump

	mu                sync.Mutex
	machines          map[netip.Addr]*machine
	requests, streams int
	strangers         int // of the streams
}

func newMeter(l Limits) *meter {
	return &meter{limits: l, now: time.Now, machines: map[netip.Addr]*machine{}}
}

// verdict is what a meter says to a request.
type verdict int

const (
	welcome  verdict = iota
	tooMany          // from this address
	tooFull          // in all
	nameless         // the table of addresses is full
)

// enter lets a request of a in. Whoever was welcome must leave.
func (m *meter) enter(a netip.Addr) verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	c, ok := m.machines[a]
	if !ok {
		if len(m.machines) >= maxMachines {
			m.sweep(now)
		}
		if len(m.machines) >= maxMachines {
			return nameless
		}
		c = &machine{tokens: m.limits.Burst, seen: now}
		m.machines[a] = c
	}
	m.refill(c, now)
	if c.tokens < 1 || c.requests >= m.limits.RequestsEach {
		return tooMany
	}
	c.tokens--
	if m.requests >= m.limits.Requests {
		return tooFull
	}
	c.requests++
	m.requests++
	return welcome
}

func (m *meter) leave(a netip.Addr) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests--
	if c := m.machines[a]; c != nil {
		c.requests--
	}
}

// open lets a stream of a in, which is within a request that has entered. Whoever was welcome
// must shut it. Strangers have a share of the places, so that all of them together leave the
// officers' pages and the office's screens theirs.
func (m *meter) open(a netip.Addr, who Standing) verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.machines[a]
	switch {
	case c == nil || c.streams >= m.limits.StreamsEach:
		return tooMany
	case m.streams >= m.limits.Streams, who == Stranger && m.strangers >= m.limits.Strangers:
		return tooFull
	}
	c.streams++
	m.streams++
	if who == Stranger {
		m.strangers++
	}
	return welcome
}

// adopt counts a stranger's stream among the others.
func (m *meter) adopt() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.strangers--
}

func (m *meter) shut(a netip.Addr, who Standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.streams--
	if who == Stranger {
		m.strangers--
	}
	if c := m.machines[a]; c != nil {
		c.streams--
	}
}

func (m *meter) refill(c *machine, now time.Time) {
	if d := now.Sub(c.seen); d > 0 {
		c.tokens = min(m.limits.Burst, c.tokens+d.Seconds()*m.limits.Rate)
		c.seen = now
	}
}

// sweep forgets every address of which nothing is left to remember.
func (m *meter) sweep(now time.Time) {
	for a, c := range m.machines {
		m.refill(c, now)
		if c.requests == 0 && c.streams == 0 && c.tokens >= m.limits.Burst {
			delete(m.machines, a)
		}
	}
}
