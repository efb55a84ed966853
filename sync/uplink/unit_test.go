package uplink

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// wireModel is a line in a bubble: a rate, a delay, and a queue without end.
type wireModel struct {
	mu    sync.Mutex
	rate  float64 // bytes a second
	delay time.Duration
	free  time.Time
}

// send returns when the answer to n bytes comes, that are given to the line now.
func (w *wireModel) send(n int) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free = later(w.free, time.Now()).Add(time.Duration(float64(n) / w.rate * float64(time.Second)))
	return w.free.Add(w.delay)
}

// carry gives a piece to the line, awaits the answer, and returns how much the hub has kept. What is
// given up stays on the line.
func (w *wireModel) carry(ctx context.Context, p *pacer, size int) (durable int) {
	v, err := p.begin(ctx, size)
	if err != nil {
		return 0
	}
	defer func() { v.end(durable) }()
	limited, cancel := context.WithTimeout(ctx, v.patience())
	defer cancel()
	var answer time.Time
	for rest := v.bytes; rest > 0; {
		if v.await(limited) != nil {
			return 0
		}
		n := v.chunk(rest)
		v.gave(n)
		answer, rest = w.send(n), rest-n
	}
	v.pass()
	await(limited, nil, time.Until(answer))
	if limited.Err() != nil {
		return 0
	}
	return v.bytes
}

// TestPacer: on each line the window is large enough to keep it busy, and what waits in front of it
// is less than a second's worth, soon after the start and after every change.
func TestPacer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, w := newPacer(0), &wireModel{}
		ctx, stop := context.WithCancel(t.Context())
		var sent atomic.Int64
		var uploads sync.WaitGroup
		for i := range uploadsMost {
			uploads.Go(func() {
				for ctx.Err() == nil {
					if i >= p.uploads() {
						await(ctx, nil, time.Second)
						continue
					}
					sent.Add(int64(w.carry(ctx, p, 80_000)))
				}
			})
		}
		for _, c := range []struct {
			rate  float64
			delay time.Duration
			busy  float64 // of the rate
		}{
			{8_000, 350 * time.Millisecond, 0.7},
			{300_000, 150 * time.Millisecond, 0.9},
			{3_375_000, 45 * time.Millisecond, 0.9},
			{8_000, 350 * time.Millisecond, 0.7},
		} {
			w.mu.Lock()
			w.rate, w.delay = c.rate, c.delay
			w.mu.Unlock()
			<-time.After(5 * time.Minute) // to drain what the quicker line had taken, and to settle
			synctest.Wait()
			before := sent.Load()
			<-time.After(20 * time.Second)
			synctest.Wait()
			if got := float64(sent.Load()-before) / 20 / c.rate; got < c.busy {
				t.Errorf("%.0f bytes/s: %.0f %% of it are used", c.rate, 100*got)
			}
			if wait := time.Until(w.send(0)) - c.delay; wait > time.Second {
				t.Errorf("%.0f bytes/s: a fact waits %v", c.rate, wait)
			}
			if r := p.bytesPerSecond(); r < 0.6*c.rate || r > 1.4*c.rate {
				t.Errorf("%.0f bytes/s are said to be %.0f", c.rate, r)
			}
		}
		stop()
		uploads.Wait()
	})
}

// TestPacerBelievesNoTinyPiece: all the time of a page of one byte is the hub's, and the next page
// does not crawl for it.
func TestPacerBelievesNoTinyPiece(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, w := newPacer(0), &wireModel{rate: 3_375_000, delay: 45 * time.Millisecond}
		w.carry(t.Context(), p, 1)
		if r := p.bytesPerSecond(); r != 0 {
			t.Errorf("a byte says that the line carries %.0f bytes/s", r)
		}
		began := time.Now()
		for rest := 300_000; rest > 0; {
			rest -= w.carry(t.Context(), p, rest)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("a page behind it takes %v", took)
		}
	})
}

// bodyOf makes the body of a piece of n bytes, for a line of which nothing is known.
func bodyOf(t *testing.T, g *gate, sent *atomic.Int64, n int) *pieceBody {
	t.Helper()
	v, err := newPacer(0).begin(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	b := &pieceBody{ctx: t.Context(), gate: g, piece: v, sent: sent}
	b.rest.Reset(make([]byte, n))
	return b
}

// TestGate: while a fact is on its way into the connection, no page's bytes are given.
func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g gate
		var sent atomic.Int64
		b := bodyOf(t, &g, &sent, 3*chunkLeast+lastChunk)
		if n, err := b.Read(make([]byte, 1<<20)); n != chunkLeast || err != nil {
			t.Fatalf("%d bytes at once, %v", n, err)
		}
		one, two := g.enter(), g.enter()
		rest := make(chan int)
		go func() { n, _ := io.Copy(io.Discard, b); rest <- int(n) }()
		synctest.Wait()
		one()
		one()
		synctest.Wait()
		if sent.Load() != chunkLeast {
			t.Error("it passes a fact")
		}
		two()
		if n := <-rest; n != 2*chunkLeast+lastChunk || sent.Load() != 3*chunkLeast+lastChunk {
			t.Errorf("%d bytes came, %d were counted", n, sent.Load())
		}
	})
	var g gate
	defer g.enter()()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := bodyOf(t, &g, new(atomic.Int64), 1)
	b.ctx = ctx
	if _, err := b.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
}

// TestOpensIn: the office's hours and bytes.
func TestOpensIn(t *testing.T) {
	t.Parallel()
	day := kiosktest.Monday
	night, noon := Window{From: 22 * 60, To: 6 * 60}, Window{From: 12 * 60, To: 13 * 60, PerDay: 1000}
	for name, c := range map[string]struct {
		w     Window
		now   kiosk.Minute
		spent int64
		want  time.Duration
	}{
		"always":                        {Window{}, 3, 1 << 40, 0},
		"night, at eight":               {night, 8 * 60, 0, 14 * time.Hour},
		"night, at eleven":              {night, 23 * 60, 0, 0},
		"night, at five":                {night, 5 * 60, 0, 0},
		"night, at its end":             {night, 6 * 60, 0, 16 * time.Hour},
		"noon, before":                  {noon, 11 * 60, 0, time.Hour},
		"noon":                          {noon, 12 * 60, 999, 0},
		"noon, after":                   {noon, 13 * 60, 0, 23 * time.Hour},
		"noon, spent":                   {noon, 12*60 + 30, 1000, 23*time.Hour + 30*time.Minute},
		"bytes alone, spent, in a hour": {Window{PerDay: 5}, 23 * 60, 5, time.Hour},
	} {
		if got := c.w.opensIn(day.At(c.now), c.spent); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestSpending: a day's bytes are kept, and another day has its own.
func TestSpending(t *testing.T) {
	t.Parallel()
	shelf := kiosktest.NewMemory().Shelf("line")
	s := spending{shelf: shelf}
	for _, n := range []int64{spentStep - 1, 1, 5} {
		if err := s.add(t.Context(), kiosktest.Monday, n); err != nil {
			t.Fatal(err)
		}
	}
	again := spending{shelf: shelf}
	if err := again.load(t.Context()); err != nil || again.on(kiosktest.Monday) != spentStep || again.on(kiosktest.Culture) != 0 {
		t.Errorf("after a power cut: %+v, %v", again.now, err)
	}
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := again.load(t.Context()); err != nil || again.on(kiosktest.Monday) != spentStep+5 {
		t.Errorf("after an end: %+v, %v", again.now, err)
	}
	if err := shelf.Write(t.Context(), kiosk.Item{Key: keySpent, Value: []byte("{")}); err != nil {
		t.Fatal(err)
	}
	if err := (&spending{shelf: shelf}).load(t.Context()); err != nil {
		t.Errorf("what cannot be read stops the line: %v", err)
	}
}

// TestKeeper: in the night, in small steps, what is due goes and nothing else; not by a clock that
// is not sure, and not twice.
func TestKeeper(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := kiosktest.NewMemory()
		days := 0
		for back := 40; back > 0; back -= 10 {
			c := kiosktest.NewClerk(t, store, kiosktest.Site, kiosktest.Monday.Add(-back))
			_, change := c.Issue(kiosktest.Certify, "A")
			c.Commit(t, change)
			d := kiosktest.Dossier(1, uint64(back))
			change = c.Receive(d)
			change.Blobs = nil
			change.Dossiers[0].State, change.Dossiers[0].ConfirmedOn = kiosk.DossierConfirmed, c.Day
			if back == 10 {
				change.Dossiers[0].State = kiosk.DossierFiled
			}
			c.Commit(t, change)
			days++
			if err := store.Settle(t.Context(), kiosk.Settled{Facts: c.Last()}); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		var sure atomic.Bool
		var mu sync.Mutex
		var gone []kiosk.DossierID
		var sweeps atomic.Int32
		forgotten := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(gone)
		}
		k := &Keeper{
			Outbox: store, Site: kiosktest.Site, Facts: 25, Dossiers: 15, Log: slog.New(slog.DiscardHandler), Sure: sure.Load,
			Now:   func() time.Time { return kiosktest.Monday.At(23 * 60).Add(time.Since(began)) },
			Sweep: func(context.Context) (int, error) { return int(sweeps.Add(1)), nil },
			Forget: func(_ context.Context, id kiosk.DossierID, why kiosk.ForgetReason) error {
				mu.Lock()
				defer mu.Unlock()
				if gone = append(gone, id); len(gone) == 1 {
					return errors.New("the disk")
				}
				if why != kiosk.ForgetOnTime {
					t.Errorf("forgotten %s", why)
				}
				return nil
			},
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- k.Run(ctx) }()
		kept := func() int {
			out, err := store.Outgoing(t.Context(), kiosk.Position{}, 1000)
			if err != nil {
				t.Fatal(err)
			}
			return len(out)
		}
		<-time.After(3 * time.Hour) // two in the morning, and nobody knows
		synctest.Wait()
		if kept() != 2*days || forgotten() != 0 {
			t.Errorf("by an unsure clock %d facts are left, %d dossiers forgotten", kept(), forgotten())
		}
		sure.Store(true)
		<-time.After(90 * time.Minute)
		synctest.Wait()
		if kept() != 4 || forgotten() != 3 { // of 40 and 30 days ago; a filed one stays
			t.Errorf("%d facts are left, %d dossiers were forgotten", kept(), forgotten())
		}
		<-time.After(24 * time.Hour)
		synctest.Wait()
		if forgotten() != 6 { // this store forgets none, so that each is asked for once a night
			t.Errorf("%d in two nights", forgotten())
		}
		if sweeps.Load() != 2 {
			t.Errorf("orphans were swept %d times in two nights", sweeps.Load())
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestAgain: what the hub has lost is remembered over a restart, grows, and is over when it is done.
func TestAgain(t *testing.T) {
	t.Parallel()
	shelf := kiosktest.NewMemory().Shelf("line")
	at := func(seq kiosk.Seq) kiosk.Position { return kiosk.Position{Epoch: 1, Seq: seq} }
	a := newAgain(shelf)
	for _, s := range []stretch{{at(20), at(30)}, {at(10), at(25)}} {
		if err := a.add(t.Context(), s.From, s.To); err != nil {
			t.Fatal(err)
		}
	}
	want := stretch{at(10), at(30)}
	look := func() stretch {
		t.Helper()
		b := newAgain(shelf)
		if err := b.load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if mine, _ := a.get(); mine != b.todo {
			t.Errorf("kept %+v, known %+v", b.todo, mine)
		}
		return b.todo
	}
	if got := look(); got != want {
		t.Errorf("to do %+v", got)
	}
	if err := a.done(t.Context(), stretch{at(20), at(30)}, at(30)); err != nil || look() != want {
		t.Errorf("an older stretch ends it: %+v, %v", look(), err)
	}
	if err := a.done(t.Context(), want, at(15)); err != nil || look() != (stretch{at(15), at(30)}) {
		t.Errorf("half done: %+v, %v", look(), err)
	}
	if err := a.done(t.Context(), stretch{at(15), at(30)}, at(30)); err != nil || look() != (stretch{}) {
		t.Errorf("done: %+v, %v", look(), err)
	}
}
