package uplink_test

import (
	"context"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/hubtest/line"
)

// TestLeaks: a line that has ended has left nothing behind, in whichever state it was.
func TestLeaks(t *testing.T) {
	t.Parallel()
	// The label goes with every goroutine that is started below one that has it, and so with all
	// that belongs to this line and to no other test.
	ours := func() string {
		var b strings.Builder
		if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
			t.Fatal(err)
		}
		for stack := range strings.SplitSeq(b.String(), "\n\n") {
			if strings.Contains(stack, `"leaks":"line"`) {
				return stack
			}
		}
		return ""
	}
	h := newHub(t)
	l := newLine(t, h.addr, line.ThirdGeneration())
	b := newBox(t, kiosktest.NewMemory(), l.Addr())
	b.receive(t, 200_000, 200_000)
	for name, harm := range map[string]func(){
		"up": func() {}, "cut": l.Cut, "dark": l.Blackhole, "stalled": func() { l.Stall(line.Up) },
	} {
		if err := l.Mend(); err != nil {
			t.Fatal(err)
		}
		pprof.Do(context.Background(), pprof.Labels("leaks", "line"), func(context.Context) { b.run(t) })
		eventually(t, "something goes", func() bool { return b.state(t).Acked > 0 || b.state(t).Phase == "up" })
		harm()
		pass(t.Context(), 300*time.Millisecond)
		if ours() == "" {
			t.Fatalf("%s: the look for goroutines finds none of a line that runs", name)
		}
		b.halt(t)
		waitFor(t, patience, func() string { return name + ", left behind:\n" + ours() }, func() bool { return ours() == "" })
	}
}
