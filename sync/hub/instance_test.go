package hub_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
)

// spoken is that a run speaks, some time after the one before it.
type spoken struct {
	name  string
	after time.Duration
}

// rounds is some runs that speak in turn, n times.
func rounds(n int, after time.Duration, names ...string) (out []spoken) {
	for i := range n * len(names) {
		out = append(out, spoken{names[i%len(names)], after})
	}
	return out
}

func TestTwoBoxesWithOneIdentity(t *testing.T) {
	t.Parallel()
	run := func(i int) string { return fmt.Sprint("run ", i) }
	restarts := func(late bool) (out []spoken) {
		for i := range 20 {
			out = append(out, spoken{run(i), 5 * time.Second}, spoken{run(i), 5 * time.Second})
			if late && i > 0 { // what the run before had left in a slow line
				out = append(out, spoken{run(i - 1), time.Second}, spoken{run(i), 10 * time.Second})
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		heard  []spoken
		cloned bool
	}{
		"one box":                  {rounds(100, time.Minute, "a"), false},
		"a restart":                {append(rounds(5, time.Minute, "a"), rounds(5, time.Minute, "b")...), false},
		"twenty restarts in a row": {restarts(false), false},
		"twenty restarts, each with a late report":     {restarts(true), false},
		"restored after days, and going on elsewhere":  {append(rounds(5, time.Minute, "a"), append([]spoken{{"b", 72 * time.Hour}}, rounds(50, time.Minute, "b")...)...), false},
		"boxes that do not tell their run":             {rounds(20, 30*time.Second, "", "a"), false},
		"names that are none":                          {rounds(20, 30*time.Second, string(make([]byte, 100)), "a"), false},
		"two boxes":                                    {rounds(4, 30*time.Second, "a", "b"), true},
		"three boxes":                                  {rounds(4, 20*time.Second, "a", "b", "c"), true},
		"two boxes, of which one starts anew at times": {append(rounds(2, 30*time.Second, "a", "b"), rounds(3, 30*time.Second, "a", "c")...), true},
		"two boxes on a bad line":                      {rounds(4, 4*time.Minute, "a", "b"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v hub.Instances
			now := time.Unix(1_800_000_000, 0)
			for _, s := range c.heard {
				now = now.Add(s.after)
				v.Hear(s.name, now)
				if len(v.Heard) > 8 {
					t.Fatalf("%d runs are remembered", len(v.Heard))
				}
			}
			if got := !v.Cloned.IsZero(); got != c.cloned {
				t.Errorf("cloned: %t, of %+v", got, v)
			}
		})
	}
}

// Two boxes are told of within minutes of both being there, and it stays told when one is gone.
func TestACopyIsNoticedWithinMinutes(t *testing.T) {
	t.Parallel()
	var v hub.Instances
	began := time.Unix(1_800_000_000, 0)
	now := began
	for v.Cloned.IsZero() && now.Sub(began) < time.Hour {
		for _, name := range []string{"a", "b"} {
			now = now.Add(30 * time.Second)
			v.Hear(name, now)
		}
	}
	if took := now.Sub(began); took > 5*time.Minute {
		t.Errorf("noticed after %v", took)
	}
	at := v.Cloned
	for range 100 {
		now = now.Add(time.Minute)
		v.Hear("b", now)
	}
	if v.Hear("c", now.Add(time.Minute)); !v.Cloned.Equal(at) {
		t.Errorf("cloned at %v, was %v", v.Cloned, at)
	}
}
