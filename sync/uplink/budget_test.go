//go:build !race

package uplink_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/hubtest/line"
)

// TestBudgetCuts: what a line of 64 kbit/s that is cut every 20 s carries beside the payload, from
// one cut to the next: a handshake, what was under way, and everything in between.
func TestBudgetCuts(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	l := newLine(t, h.addr, line.Mountain())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.mute = true
	d := b.receive(t, slices.Repeat([]int{60_000}, 8)...)
	b.run(t)
	// cut cuts the line for a second and returns what has been carried until then.
	cut := func() (payload, bodies int64, s line.Stats) {
		l.Cut()
		pass(t.Context(), time.Second)
		for _, p := range d.Pages {
			payload += h.durable(t, d.ID, p)
		}
		return payload, b.state(t).Sent, l.Stats()
	}
	pass(t.Context(), 7*time.Second)
	payload0, bodies0, s0 := cut()
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	pass(t.Context(), 19*time.Second)
	payload1, bodies1, s1 := cut()
	payload := float64(payload1 - payload0)
	bodies := float64(bodies1-bodies0) / payload
	up, down := float64(s1.Up.Sent-s0.Up.Sent)/payload, float64(s1.Down.Sent-s0.Down.Sent)/payload
	t.Logf("budget: uplink at 64 kbit/s, cut every 20 s, bodies | %.3f bytes sent for each acknowledged | 1 | ≤ 1.03", bodies)
	t.Logf("budget: uplink at 64 kbit/s, cut every 20 s, at the line | %.3f bytes up for each of payload; %.3f down, %.3f both ways | 1 | ≤ 1.12 up", up, down, up+down)
	t.Logf("budget: uplink at 64 kbit/s, cut every 20 s, goodput | %.0f bytes/s | the line carries 8,000, and none for 1 s of 20 | -", payload/20)
	if payload1 == int64(len(d.Pages))*60_000 || payload == 0 {
		t.Fatalf("%.0f bytes in 20 s is no measurement", payload)
	}
	if bodies > 1.06 || up > 1.24 { // twice what is allowed on top
		t.Errorf("%.3f bytes of bodies sent for each acknowledged, %.3f at the line", bodies, up)
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
		eventually(t, "the fact is at the hub", func() bool { return h.holds(t, at) })
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

// TestBudgetGoodput: pages at 27 Mbit/s against one bare PUT of the same bytes over the same line.
func TestBudgetGoodput(t *testing.T) {
	h := newHub(t)
	l := newLine(t, h.addr, line.FourthGeneration())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.mute = true
	const pages, size = 400, 80_000
	d := b.receive(t, slices.Repeat([]int{size}, pages)...)
	began := time.Now()
	b.run(t)
	waitFor(t, 2*time.Minute, func() string { return "the pages do not arrive" }, func() bool {
		filed, err := h.store.Dossier(context.Background(), d.ID)
		return err == nil && filed.Missing == 0
	})
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
