package uplink

import (
	"context"
	"sync"
	"time"
)

// The bounds of pieces and of chunks, in bytes of pages.
const (
	// pieceFirst is a piece before anything is known of the line.
	pieceFirst = 2 << 10
	// pieceLeast makes what a request has beside its body, some hundred bytes both ways together,
	// little beside it.
	pieceLeast = 8_000
	// leastTime makes the least piece smaller where the line is slower than any with a name: its
	// answer has to come in time.
	leastTime = 2 * time.Second
	// pieceTime is how long a piece is under way beyond the line's own delay where it is larger
	// than the least.
	pieceTime = 380 * time.Millisecond
	// pieceMost bounds one request, and the hub's buffers.
	pieceMost = 256 << 10

	// A chunk is one record of TLS, which arrives as a whole or not at all: a cut loses the one
	// that it cuts. Each costs 31 bytes.
	chunkLeast = 1_000
	chunkMost  = 4 << 10
	chunkTime  = 125 * time.Millisecond
	// lastChunk ends a piece: so short that its own time on the line is nothing in the answer's.
	lastChunk = 16
)

// piece is a turn at giving bytes to the line.
type piece struct {
	*pacer
	bytes  int
	pass   func()    // lets the next one give
	before int       // what was given to the line before it
	upTo   int       // and with it
	began  time.Time // when its first bytes were given; zero: not yet
	ended  time.Time // and its latest ones
}

// begin waits for a turn at giving at most want bytes. The turn is over when pass is called.
func (p *pacer) begin(ctx context.Context, want int) (*piece, error) {
	select {
	case <-p.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	v := &piece{pacer: p, bytes: min(want, p.pieceNow()), before: p.total}
	v.pass = sync.OnceFunc(v.given)
	return v, nil
}

// given lets the next piece be given; this one waits for its answer.
func (v *piece) given() {
	v.mu.Lock()
	v.waiting[v] = struct{}{}
	v.mu.Unlock()
	v.turn <- struct{}{}
}

// chunk is how many of the rest of a piece are given at once: what a fact finds before it in this
// process. The last few go alone, so that their own time on the line is nothing in the answer's.
func (v *piece) chunk(rest int) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	if rest > lastChunk {
		rest -= lastChunk
	}
	return min(rest, max(int(v.rate*chunkTime.Seconds()), chunkLeast), chunkMost)
}

// await waits until the line has taken what was given before.
func (v *piece) await(ctx context.Context) error {
	for {
		v.mu.Lock()
		now := time.Now()
		wait, answer := v.clear.Sub(now.Add(ahead)), v.answer
		if v.overdue(now) {
			wait = max(wait, overdueLook)
		}
		v.mu.Unlock()
		if wait <= 0 {
			return ctx.Err()
		}
		await(ctx, answer, wait)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// gave takes note of a piece's next n bytes.
func (v *piece) gave(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if v.began.IsZero() {
		v.began = now
	}
	v.give(n, now)
	v.ended, v.upTo = now, v.total
}

// end takes note of the hub's answer to a piece: it has made some of it durable, or failed to.
func (v *piece) end(durable int) {
	v.pass()
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.waiting, v)
	close(v.answer)
	v.answer = make(chan struct{})
	now := time.Now()
	if v.began.IsZero() {
		return
	}
	if took := now.Sub(v.began); durable == 0 {
		if took > pieceSlack { // it did not fail at once
			before := v.rate
			v.rate = max(min(v.rate, float64(v.upTo-v.before)/took.Seconds()), slowestLine)
			v.falls(v, before, took, now)
		}
		return
	}
	v.judge(v, now)
}

// patience returns how long a piece may take before it is given up. What has come of it until
// then the hub keeps, and what has not left this process then does not stand in a fact's way.
func (v *piece) patience() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.patienceFor(v.bytes)
}
