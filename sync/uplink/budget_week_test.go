//go:build !race

package uplink_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hubtest/line"
)

// TestBudgetWeek: what a gateway costs that has a week's backlog of pages, while there is no hub
// and while it sends. UPLINK_WEEK is how many pages; a week of a busy commune is 4,000.
func TestBudgetWeek(t *testing.T) {
	t.Parallel()
	pages := 400
	if text := os.Getenv("UPLINK_WEEK"); text != "" {
		pages = must(strconv.Atoi(text))(t)
	}
	const size, each = 80_000, 20
	dir := t.TempDir()
	if err := os.MkdirAll(string(pagesIn(dir)), 0o700); err != nil {
		t.Fatal(err)
	}
	store, office, err := openStored(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	var last kiosk.DossierID
	for range pages / each {
		d := must(pagesIn(dir).file(r, office.Time(), slices.Repeat([]int{size}, each)...))(t)
		if _, err := office.ReceiveDossier(t.Context(), d, "test"); err != nil {
			t.Fatal(err)
		}
		last = d.ID
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	h := newHub(t)
	l := newLine(t, h.addr, line.FourthGeneration())
	l.Cut()
	c, _ := startChild(t, order{Dir: dir, Hub: l.Addr()})
	pass(t.Context(), 2*time.Second) // it has started
	idle0, began := cpuOf(t, c.Process.Pid), time.Now()
	pass(t.Context(), 6*time.Second)
	idle := (cpuOf(t, c.Process.Pid) - idle0).Seconds() / time.Since(began).Seconds()
	rest := memoryOf(t, c.Process.Pid, "VmRSS")
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	busy0, began := cpuOf(t, c.Process.Pid), time.Now()
	waitFor(t, 10*time.Minute, func() string { return "the last page does not come" }, func() bool {
		f, err := h.store.Dossier(t.Context(), last)
		return err == nil && f.Missing == 0
	})
	took := time.Since(began)
	busy := cpuOf(t, c.Process.Pid) - busy0
	most := memoryOf(t, c.Process.Pid, "VmHWM")
	perPage := busy / time.Duration(pages)
	t.Logf("budget: a backlog of %d pages of 80 kB, no hub there | %.2f %% of a core, %.0f MB | the process without the rest of the firmware | ≤ 0.3 %%, ≤ 80 MB", pages, 100*idle, rest)
	t.Logf("budget: the same, sending at 27 Mbit/s | %v of processor for %d pages in %v, %v each; %.0f MB at most | SHA-256, TLS and the loopback included | ≤ 10 ms each, ≤ 80 MB",
		busy.Round(time.Millisecond), pages, took.Round(time.Second), perPage.Round(time.Microsecond), most)
	if idle > 0.006 || rest > 160 || most > 160 || perPage > 20*time.Millisecond {
		t.Errorf("more than twice what is allowed")
	}
}

// cpuOf is the processor time of a process.
func cpuOf(t testing.TB, pid int) time.Duration {
	t.Helper()
	b := must(os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)))(t)
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	var ticks int64
	for _, s := range f[11:13] { // utime and stime, hundredths of a second
		ticks += must(strconv.ParseInt(s, 10, 64))(t)
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// memoryOf reads a line of a process's status, in MB.
func memoryOf(t testing.TB, pid int, name string) float64 {
	t.Helper()
	b := must(os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)))(t)
	_, rest, _ := strings.Cut(string(b), name+":")
	return must(strconv.ParseFloat(strings.Fields(rest)[0], 64))(t) / 1000
}
