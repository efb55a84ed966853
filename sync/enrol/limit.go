package enrol

import (
	"cmp"
	"net/netip"
	"sync"
	"time"
)

// Limits bound what strangers may take of the hub. A zero field means its default.
type Limits struct {
	// Wrong bounds claim codes that are refused, by address; 10 at once and one every 6 s, in all
	// 100 and two a second.
	Wrong Rate
	// Renew bounds renewals, by gateway; 6 at once and one a minute, in all 500 and 50 a second.
	Renew Rate
	// AtOnce is how many requests are worked at at once; 32.
	AtOnce int
}

// Rate bounds what each one and all together may do: some at once, then one every so often.
type Rate struct {
	Each      int
	EachEvery time.Duration
	All       int
	AllEvery  time.Duration
}

func (l Limits) filled() Limits {
	l.Wrong = l.Wrong.or(Rate{10, 6 * time.Second, 100, time.Second / 2})
	l.Renew = l.Renew.or(Rate{6, time.Minute, 500, time.Second / 50})
	l.AtOnce = cmp.Or(l.AtOnce, 32)
	return l
}

func (r Rate) or(d Rate) Rate {
	r.Each = cmp.Or(r.Each, d.Each)
	r.EachEvery = cmp.Or(r.EachEvery, d.EachEvery)
	r.All = cmp.Or(r.All, d.All)
	r.AllEvery = cmp.Or(r.AllEvery, d.AllEvery)
	return r
}

// maxBuckets bounds the table of a limiter. One that is full again needs no entry.
const maxBuckets = 4096

// limiter counts by a key.
type limiter struct {
	rate Rate
	now  func() time.Time

	mu   sync.Mutex
	all  bucket
	each map[string]*bucket
}

// bucket holds what may be done at once. It fills with time.
type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(rate Rate, now func() time.Time) *limiter {
	return &limiter{rate: rate, now: now, all: bucket{float64(rate.All), now()}, each: map[string]*bucket{}}
}

// take asks for one. Where there is none left it returns how long to wait. It is taken before the
// work and given back after it, so that a thousand at the same moment are a thousand.
func (l *limiter) take(key string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.all.fill(now, l.rate.All, l.rate.AllEvery)
	b := l.of(key, now)
	b.fill(now, l.rate.Each, l.rate.EachEvery)
	if wait = max(b.wait(l.rate.EachEvery), l.all.wait(l.rate.AllEvery)); wait > 0 {
		return wait
	}
	b.left--
	l.all.left--
	return 0
}

// give gives one back.
func (l *limiter) give(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.left = min(l.all.left+1, float64(l.rate.All))
	if b, ok := l.each[key]; ok {
		b.left = min(b.left+1, float64(l.rate.Each))
	}
}

// of returns the bucket of a key. When the table is full of others' it is one that nobody keeps,
// and the bound for all holds alone: strangers shall not be able to shut a newcomer out.
func (l *limiter) of(key string, now time.Time) *bucket {
	if b, ok := l.each[key]; ok {
		return b
	}
	b := &bucket{float64(l.rate.Each), now}
	if len(l.each) >= maxBuckets {
		for k, other := range l.each {
			other.fill(now, l.rate.Each, l.rate.EachEvery)
			if other.left >= float64(l.rate.Each) {
				delete(l.each, k)
			}
		}
	}
	if len(l.each) < maxBuckets {
		l.each[key] = b
	}
	return b
}

func (b *bucket) fill(now time.Time, most int, every time.Duration) {
	if d := now.Sub(b.at); d > 0 {
		b.left = min(b.left+float64(d)/float64(every), float64(most))
	}
	b.at = now
}

func (b *bucket) wait(every time.Duration) time.Duration {
	if b.left >= 1 {
		return 0
	}
	return time.Duration((1 - b.left) * float64(every))
}

// AddressOf is by what the other end of a connection, HOST:PORT, is counted: its address, of IPv6
// the network, because whoever has one address there has 2⁶⁴.
func AddressOf(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	a := ap.Addr().Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // a valid address has one
		return p.String()
	}
	return a.String()
}
