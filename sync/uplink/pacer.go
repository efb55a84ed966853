package uplink

import (
	"sync"
	"time"
)

// The bounds of how many pages are under way at once.
const (
	// uploadsLeast: while the answer to a piece of one comes back, a piece of the other one is on
	// the line.
	uploadsLeast = 2
	// uploadsMost: the hub lets eight of a gateway in at once, and one is for what it gets once more.
	uploadsMost = 7
	// uploadBytes is how much under way one more is worth.
	uploadBytes = 64 << 10
)

// The times of the pacer.
const (
	// ahead is how much before the line is free the next chunk is given: timers are late.
	ahead = 20 * time.Millisecond
	// queueLeast is how much later than the line's own delay an answer may come at least, by chance
	// and by what waits in front of the line; where it comes within quickTime that is soon enough.
	// What waits there is lost when the line is cut, and a fact waits behind it.
	queueLeast = 60 * time.Millisecond
	quickTime  = 250 * time.Millisecond
	// drainTime is in what time the difference goes away.
	drainTime = 1500 * time.Millisecond
	// muchQueue is how much longer an answer takes yet by which the line is surely busy: what it
	// carries then is all it can.
	muchQueue = 250 * time.Millisecond
	// overdueLook is how often it is looked whether an answer that comes as late as that is there.
	overdueLook = time.Second
	// delayMost is the longest that is believed to be a line's own delay.
	delayMost = time.Second
	// lateTime is for how long answers come late, although less is given, until that is the line's
	// own delay.
	lateTime = 10 * time.Second
)

// The bounds of how much more is given than the line is known to carry, to find out.
const (
	pushLeast = 1.04
	pushMost  = 2.0
	// Until the answer tells no more comes to wait for it than takes so long, or is so little.
	pushTime  = 250 * time.Millisecond
	pushBytes = 2 << 10
)

// pacer gives pages to the line as it takes them, so that what is under way waits in this process
// and not in front of the line, where it is lost by a cut and makes facts wait.
//
// Pieces go one behind the other. The time between the answers to two of them tells what the line
// carries; how long after a piece's last bytes its answer comes, beyond the line's own delay, tells
// what waits in front of it. Nothing else does: most of the buffers between here and the hub are
// not ours.
type pacer struct {
	turn chan struct{} // holds a token while nobody gives

	mu       sync.Mutex
	waiting  map[*piece]struct{} // for their answers
	answer   chan struct{}       // closed when one has come
	rate     float64             // what the line carries, in bytes a second; 0: not known
	heard    bool                // an answer to a piece has come on this connection
	gain     float64             // how much of that is given
	push     float64             // the gain while nothing waits
	fell     float64             // the rate before it fell at once; 0: it did not, or that is over
	fellAt   time.Time           // when
	seen     float64             // the rate when an answer came last: what was only given up says less
	clear    time.Time           // when the line has taken what was given
	total    int                 // bytes that were given
	answered time.Time           // when the last piece was
	delay    time.Duration       // the line's own; 0: not known
	late     lateness
}

// lateness is a stretch of time in which every answer was late.
type lateness struct {
	since time.Time // zero: the last one was not
	least time.Duration
}

// newPacer returns a pacer for a line that carried so many bytes a second when it was seen last; 0:
// it was not.
func newPacer(rate float64) *pacer {
	p := &pacer{turn: make(chan struct{}, 1), waiting: map[*piece]struct{}{}, answer: make(chan struct{}), rate: rate, seen: rate, gain: 1, push: pushMost}
	if rate > 0 {
		p.push = pushLeast
	}
	p.turn <- struct{}{}
	return p
}

// overdue reports whether an answer is so late that the line has to be left alone: it has become
// slower, or stands still.
func (p *pacer) overdue(now time.Time) bool {
	for v := range p.waiting {
		if !v.ended.IsZero() && now.Sub(v.ended) > p.delay+p.queueTime()+muchQueue {
			return true
		}
	}
	return false
}

// beside takes note of n bytes that do not wait for the line.
func (p *pacer) beside(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.give(n, time.Now())
}

func (p *pacer) give(n int, now time.Time) {
	p.total += n
	if p.rate > 0 {
		p.clear = later(p.clear, now).Add(seconds(float64(n) / (p.rate * p.gain)))
	}
}

// queueTime is how much later than the line's own delay an answer may come.
func (p *pacer) queueTime() time.Duration { return max(quickTime-p.delay, queueLeast) }

// judge learns from an answer what the line carries and what waits in front of it.
func (p *pacer) judge(v *piece, now time.Time) {
	tail := now.Sub(v.ended)
	if p.delay == 0 || tail < p.delay {
		p.delay = tail
	}
	queue, queueTime := tail-p.delay, p.queueTime()
	// The line was this piece's since the one before had arrived, or since its own first byte had.
	spent := now.Sub(later(p.answered, v.began.Add(p.delay)))
	sample := float64(v.upTo-v.before) / max(spent, p.delay/8, 2*time.Millisecond).Seconds()
	p.answered, p.heard = now, true
	if p.rate == 0 {
		if v.upTo-v.before < pieceFirst { // all its time was the hub's: it says nothing of the line
			return
		}
		p.rate = sample
	}
	weight := min(float64(v.bytes)/float64(p.pieceNow()), 1) // a small one says less
	switch sample = min(sample, 2*p.rate); {
	case queue > queueTime+muchQueue: // it is all that the line can
	case sample > p.rate && p.fell > 0: // perhaps it only stood still
	case sample > 1.2*p.rate:
		weight /= 2
	case sample > p.rate, queue > queueTime:
		weight /= 4
	default: // it was given less, and could have carried more
		weight = 0
	}
	before := p.rate
	p.rate = max(p.rate+(sample-p.rate)*weight, slowestLine)
	p.seen = p.rate
	p.falls(v, before, queue, now)
	p.gain = max(1+(queueTime-queue).Seconds()/drainTime.Seconds(), 0.5)
	if queue >= queueTime/2 {
		p.push = pushLeast
	} else if p.fell > 0 {
		p.gain = pushMost
	} else {
		p.gain = p.push
		most := max(p.rate*pushTime.Seconds(), pushBytes) / (p.rate * now.Sub(v.began).Seconds())
		p.push = 1 + min(2*(p.push-1), most, pushMost-1)
	}
	p.watch(tail, queue, now)
}

// falls finds out whether a line that has become slower at once has only stood still: one that
// takes what was given since then, and has no queue, is given twice as much each time, until it is
// nearly as quick as it was or a queue shows that it is not.
func (p *pacer) falls(v *piece, before float64, queue time.Duration, now time.Time) {
	switch {
	case p.rate < before/2:
		p.fell, p.fellAt = max(p.fell, before), now
	case v.began.After(p.fellAt) && (queue >= p.queueTime()/2 || p.rate > p.fell/2):
		p.fell = 0
	}
}

// watch finds out that the line's own delay has grown.
func (p *pacer) watch(tail, queue time.Duration, now time.Time) {
	switch {
	case queue <= p.queueTime():
		p.late = lateness{}
	case p.late.since.IsZero():
		p.late = lateness{now, tail}
	default:
		p.late.least = min(p.late.least, tail)
		if now.Sub(p.late.since) > lateTime {
			p.delay, p.late = min(p.late.least, delayMost), lateness{}
		}
	}
}

// asked takes note of how long a small request took.
func (p *pacer) asked(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if took = min(took, delayMost); p.delay == 0 || took < p.delay {
		p.delay = took
	}
}

// bytesPerSecond returns the rate, 0 while it is not known.
func (p *pacer) bytesPerSecond() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate
}

// lastRate returns what the line carried when the hub answered last, in bytes a second; 0: it never did.
func (p *pacer) lastRate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// uploads returns how many pages may be under way at once.
func (p *pacer) uploads() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.uploadsNow()
}

// underWay is how many bytes of pages are under way where the line is quick.
func (p *pacer) underWay() int { return int(p.rate * (p.delay + pieceTime).Seconds()) }

func (p *pacer) uploadsNow() int {
	return min(max(p.underWay()/uploadBytes, uploadsLeast), uploadsMost)
}

func (p *pacer) pieceNow() int {
	least := min(max(int(p.rate*leastTime.Seconds()), pieceFirst), pieceLeast)
	if !p.heard { // the line may be another one by now
		return least
	}
	return min(max(p.underWay()/p.uploadsNow(), least), pieceMost)
}

func (p *pacer) patienceFor(n int) time.Duration {
	return pieceSlack + 4*(p.delay+pieceTime) + 2*seconds(float64(n)/max(p.rate, slowestLine))
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
