//go:build !race

package uplink_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/hubtest/line"
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

// weather cuts a line until the test ends.
func weather(t testing.TB, run func(ctx context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := run(ctx); err != nil {
			t.Errorf("the line's weather: %v", err)
		}
	})
	t.Cleanup(func() { stop(); wg.Wait() })
}

// TestBudgetCuts: what a line of 64 kbit/s that is cut every 20 s carries beside the payload.
func TestBudgetCuts(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	l := newLine(t, h.addr, line.Mountain())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.mute = true
	d := b.receive(t, slices.Repeat([]int{45_000}, 3)...)
	const payload = 3 * 45_000
	weather(t, func(ctx context.Context) error { return everyTwenty(ctx, l) })
	began := time.Now()
	b.run(t)
	b.drained(t, 2*time.Minute)
	took := time.Since(began)
	b.halt(t)
	whole(t, b, h, d)
	stats, state := l.Stats(), b.state(t)
	bodies := float64(state.Sent) / float64(state.Acked)
	up, down := float64(stats.Up.Sent)/payload, float64(stats.Down.Sent)/payload
	t.Logf("budget: uplink at 64 kbit/s, cut every 20 s (%d cuts), bodies | %.3f bytes sent for each acknowledged | 1 | ≤ 1.03", stats.Cuts, bodies)
	t.Logf("budget: uplink at 64 kbit/s, cut every 20 s, at the line | %.3f bytes up and %.3f down for each of payload | 1 | ≤ 1.12 up", up, down)
	t.Logf("budget: uplink at 64 kbit/s, cut every 20 s, goodput | %.0f bytes/s in %v | the line carries 8,000 | -", payload/took.Seconds(), took.Round(time.Second))
	if stats.Cuts == 0 {
		t.Error("the line was never cut")
	}
	if bodies > 1.06 || up > 1.24 {
		t.Errorf("%.3f bytes of bodies sent for each acknowledged, %.3f at the line: more than twice what is allowed on top", bodies, up)
	}
}

// everyTwenty cuts a line every 20 s, for the first time after 10, so that a short run has its
// share of cuts.
func everyTwenty(ctx context.Context, l *line.Line) error {
	for up := 10 * time.Second; ; up = 19 * time.Second {
		if !pass(ctx, up) {
			return nil
		}
		l.Cut()
		pass(ctx, time.Second)
		if err := l.Mend(); err != nil {
			return err
		}
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

// TestBudgetFreshFact: how long a fact waits behind a scan on a line of 64 kbit/s.
func TestBudgetFreshFact(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	l := newLine(t, h.addr, line.Mountain())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.mute = true
	b.receive(t, slices.Repeat([]int{80_000}, 8)...)
	b.run(t)
	eventually(t, "a scan is under way", func() bool { return b.state(t).Acked > 6_000 })
	var ages []time.Duration
	for i := range 20 {
		// At odd moments of the pieces' rhythm.
		waited := make(chan struct{})
		time.AfterFunc(time.Duration(400+97*i%300)*time.Millisecond, func() { close(waited) })
		<-waited
		at, pressed := b.fact(t, "fresh"), time.Now()
		waitForFact(t, h, at)
		ages = append(ages, time.Since(pressed))
	}
	if s := b.state(t); s.Backlog.Blobs == 0 {
		t.Fatal("the scan was over before the facts were")
	}
	slices.Sort(ages)
	t.Logf("budget: age of a fresh fact at the hub during a scan at 64 kbit/s | %v at most, %v in the middle | the line's own delay both ways is 0.35 s | ≤ 2 s",
		ages[len(ages)-1].Round(time.Millisecond), ages[len(ages)/2].Round(time.Millisecond))
	if most := ages[len(ages)-1]; most > 4*time.Second {
		t.Errorf("a fact waited %v", most)
	}
}

// waitForFact waits until the hub has a fact.
func waitForFact(t testing.TB, h *hubRig, at kiosk.Position) {
	t.Helper()
	eventually(t, "the fact is at the hub", func() bool {
		for _, m := range must(h.store.Marks(context.Background(), gateway))(t) {
			if m.Epoch == at.Epoch && m.Seq >= at.Seq {
				return true
			}
		}
		return false
	})
}

// TestBudgetGoodput: pages at 27 Mbit/s against one bare PUT of the same bytes over the same line.
func TestBudgetGoodput(t *testing.T) {
	h := newHub(t)
	l := newLine(t, h.addr, line.FourthGeneration())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.mute = true
	const pages, size = 250, 80_000
	d := b.receive(t, slices.Repeat([]int{size}, pages)...)
	began := time.Now()
	b.run(t)
	b.drained(t, 2*time.Minute)
	ours := time.Since(began)
	b.halt(t)
	whole(t, b, h, d)
	bare := putBare(t, l, h, pages*size)
	const rated = pages * size * 8 / 27_000_000.0 // seconds
	t.Logf("budget: goodput of %d pages of 80 kB at 27 Mbit/s, rtt 40 ms | %.2f Mbit/s, %.0f %% of the link | one bare HTTP/2 PUT of the same bytes: %.2f Mbit/s; %.0f %% of its speed | ≥ 80 %%",
		pages, mbit(pages*size, ours), 100*rated/ours.Seconds(), mbit(pages*size, bare), 100*bare.Seconds()/ours.Seconds())
	if ratio := bare.Seconds() / ours.Seconds(); ratio < 0.40 {
		t.Errorf("%.0f %% of a bare PUT's speed", 100*ratio)
	}
}

func mbit(n int, d time.Duration) float64 { return float64(n) * 8 / 1e6 / d.Seconds() }

// putBare sends n bytes in one request to something that throws them away.
func putBare(t testing.TB, l *line.Line, h *hubRig, n int) time.Duration {
	t.Helper()
	h.kill()
	h.open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer h.shut()
	p := makePapers()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.pool, Certificates: []tls.Certificate{p.box}}, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://"+l.Addr()+"/", bytes.NewReader(make([]byte, n)))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	a, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	return time.Since(began)
}
