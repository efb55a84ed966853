package uplink_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/hubtest/line"
	"github.com/motcua/gateway/sync/uplink"
)

// newLine puts a bad line before a hub.
func newLine(t testing.TB, target string, p line.Profile) *line.Line {
	t.Helper()
	l, err := line.New(target, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// TestFaults: whatever becomes of the line, everything is there once it is mended, and the state
// says a word about it meanwhile.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(*line.Line)
		mend time.Duration // how long it stays so
		word string        // of the trouble; empty: none is felt
	}{
		"cut":             {(*line.Line).Cut, time.Second, "re"}, // refused, reset
		"reset":           {(*line.Line).Reset, 0, ""},
		"stall up":        {func(l *line.Line) { l.Stall(line.Up) }, 2 * time.Second, ""},
		"stall down":      {func(l *line.Line) { l.Stall(line.Down) }, 7 * time.Second, ""},
		"hold":            {func(l *line.Line) { l.Hold(line.Up, 3*time.Second) }, 3 * time.Second, ""},
		"flip up":         {func(l *line.Line) { l.Flip(line.Up, 3) }, time.Second, "re"},
		"flip down":       {func(l *line.Line) { l.Flip(line.Down, 0) }, time.Second, "bad record MAC"},
		"portal":          {func(l *line.Line) { l.Portal(); l.Reset() }, 2 * time.Second, "first record does not look like a TLS handshake"},
		"blackhole":       {(*line.Line).Blackhole, 40 * time.Second, "connection"},
		"a slower cell":   {func(l *line.Line) { _ = l.Shape(line.Mountain()) }, 2 * time.Second, ""},
		"blackhole, soon": {(*line.Line).Blackhole, 2 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && c.mend > 10*time.Second {
				t.Skip("takes as long as it takes to find out")
			}
			h := newHub(t)
			l := newLine(t, h.addr, line.ThirdGeneration())
			b := newBox(t, kiosktest.NewMemory(), l.Addr())
			b.receive(t, 90_000, 90_000, 90_000)
			b.run(t)
			eventually(t, "a page is under way", func() bool { return b.state(t).Acked > 20_000 })
			c.harm(l)
			b.ticket(t)
			heard := c.word == ""
			for began := time.Now(); time.Since(began) < c.mend || !heard && time.Since(began) < c.mend+patience; pass(t.Context(), 20*time.Millisecond) {
				s := b.state(t)
				heard = heard || s.Phase == uplink.PhaseDown && strings.Contains(s.Trouble, c.word)
				if time.Since(began) >= c.mend && heard {
					break
				}
			}
			if !heard {
				t.Errorf("nobody was told %q: %+v", c.word, b.state(t))
			}
			if err := l.Mend(); err != nil {
				t.Fatal(err)
			}
			if err := l.Shape(line.ThirdGeneration()); err != nil {
				t.Fatal(err)
			}
			b.drained(t, 2*patience)
			equal(t, b, h)
			if f := b.fault("line-down"); f != "" {
				t.Errorf("still down: %s", f)
			}
		})
	}
}

// TestWeather: cuts at random moments, facts and dossiers all the while; in the end hub and box
// are equal, item by item.
func TestWeather(t *testing.T) {
	t.Parallel()
	const seed = 1
	h := newHub(t)
	l := newLine(t, h.addr, line.ThirdGeneration())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.seed = seed << 8
	ctx, stop := context.WithTimeout(t.Context(), 8*time.Second)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := l.Weather(ctx, seed, line.Span{Min: 50 * time.Millisecond, Max: 1500 * time.Millisecond}, line.Span{Max: 300 * time.Millisecond})
		if err != nil {
			t.Errorf("weather: %v", err)
		}
	})
	b.run(t)
	for i := 0; pass(ctx, 60*time.Millisecond); i++ {
		b.ticket(t)
		if i%8 == 0 {
			b.receive(t, 30_000+i*100, 20_000, 5)
		}
	}
	stop()
	wg.Wait()
	b.drained(t, 4*patience) // what is left is more than the weather let through
	equal(t, b, h)
	if l.Stats().Cuts < 4 {
		t.Errorf("the weather was fine: %+v", l.Stats())
	}
	if n := b.state(t); n.Sent > 3*n.Acked {
		t.Errorf("%d bytes were sent for %d", n.Sent, n.Acked)
	}
}

// pass lets time pass, and reports whether it did.
func pass(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
