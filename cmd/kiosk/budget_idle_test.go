//go:build noos && !race

package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBudgetIdle leaves the gateway alone after a visit, with its screen at the largest size and
// its simulated printer in the same process. What gates is twice the budget of time here too, and a
// tenth beyond that of memory, which does not depend on the machine. It is the program as it is
// shipped: these tests have more in their file, and all that is read of it counts.
func TestBudgetIdle(t *testing.T) {
	g := launchAs(t, filepath.Join(programs(t, "."), "kiosk"), 1080, 1920)
	g.visit(t)
	g.idle(t, "screen 1080×1920 and simulated printer")
}

// TestBudgetIdleLine does the same with a gateway that the province knows and that has sent all that
// it had: the line is up, and there is nothing to say.
func TestBudgetIdleLine(t *testing.T) {
	bin, hub := programs(t, ".", "../kioskctl", "../hub"), t.TempDir()
	g := launchAs(t, filepath.Join(bin, "kiosk"), 1080, 1920)
	run := func(name string, args ...string) string {
		t.Helper()
		out, err := exec.Command(filepath.Join(bin, name), args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	ctl := func(args ...string) string {
		t.Helper()
		return run("kioskctl", append([]string{"-state", filepath.Join(g.state, "state")}, args...)...)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	code, _, _ := strings.Cut(run("hub", "-state", hub, "claim", "coto"), "\n")
	province := exec.CommandContext(t.Context(), filepath.Join(bin, "hub"), "-state", hub, "-listen", address, "-status", "127.0.0.1:0")
	if err := province.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = province.Wait() }) // t's context has killed it
	until := func(what string, done func() bool) {
		t.Helper()
		for deadline := time.Now().Add(patience); !done(); <-time.After(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("not %s: %s", what, ctl("line"))
			}
		}
	}
	until("listening", func() bool {
		c, err := net.Dial("tcp4", address)
		if err == nil {
			err = c.Close()
		}
		return err == nil
	})
	ctl("enrol", "https://"+address, code)
	g.visit(t)
	ctl("dossier", "generate", "-pages", "20")
	until("all sent", func() bool { return strings.Contains(ctl("dossiers"), "confirmed") })
	g.idle(t, "the same, known to the province and with nothing to send")
}

// programs builds some and returns the folder in which they are.
func programs(t *testing.T, packages ...string) string {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", append([]string{"build", "-trimpath", "-ldflags=-s -w", "-tags", "noos", "-o", bin}, packages...)...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %v: %v\n%s", packages, err, out)
	}
	return bin
}

// visit takes a ticket, with a look at the page in Chinese before.
func (g *gateway) visit(t *testing.T) {
	t.Helper()
	g.press(t, "中文")
	<-time.After(time.Second) // a second press at the same place at once is a trembling finger
	for _, text := range []string{"Tiếng Việt", "Khai sinh", "lấy số thường", "Xong"} {
		g.press(t, text)
	}
	if _, err := see(t.Context(), g.web, "Khai sinh", true); err != nil {
		t.Fatal(err)
	}
}

// idle measures it once it is left alone.
func (g *gateway) idle(t *testing.T, what string) {
	t.Helper()
	// The printer finishes, and the clips of the voice are made: on a slow machine that takes a while,
	// with quiet seconds in between in which another program speaks.
	for quiet, n := 0, 0; quiet < 5 && n < 90; n++ {
		before := g.cpu(t)
		if <-time.After(time.Second); g.cpu(t)-before < 10*time.Millisecond {
			quiet++
		} else {
			quiet = 0
		}
	}
	const (
		span          = 15 * time.Second
		budget, bytes = 0.3, 80 // % of a core, MB
	)
	before := g.cpu(t)
	<-time.After(span)
	share := 100 * float64(g.cpu(t)-before) / float64(span)
	memory := g.memory(t)
	t.Logf("budget: idle, %s | %.2f %% of a core, %d MB resident | – | ≤ %.1f %%, ≤ %d MB", what, share, memory, budget, bytes)
	if share > 2*budget {
		t.Errorf("idle takes %.2f %% of a core", share)
	}
	if memory > bytes+bytes/10 {
		t.Errorf("%d MB are resident", memory)
	}
}
