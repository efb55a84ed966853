//go:build !noos

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// dayClock is the office's time as the test has it: so many seconds of the office in a real one.
// It stands still while the gateway is down, and goes on with the gateway's own clock.
type dayClock struct {
	mu    sync.Mutex
	at    time.Time // of the office, when it was set
	set   time.Time // really
	speed float64   // 0: it stands
}

func (c *dayClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(time.Duration(float64(time.Since(c.set)) * c.speed))
}

func (c *dayClock) start(at time.Time, speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.set, c.speed = at, time.Now(), speed
}

// really is how long a time of the office takes; a day while it stands.
func (c *dayClock) really(long time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.speed == 0 {
		return 24 * time.Hour
	}
	return time.Duration(float64(long) / c.speed)
}

// until waits for a moment of the office.
func (c *dayClock) until(ctx context.Context, at time.Time) error {
	for {
		c.mu.Lock()
		speed := c.speed
		c.mu.Unlock()
		left := at.Sub(c.now())
		if left <= 0 && speed > 0 {
			return ctx.Err()
		}
		wait := 20 * time.Millisecond // it stands, or may be set: look again
		if speed > 0 {
			wait = min(wait, time.Duration(float64(left)/speed)+time.Microsecond)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// dayGateway is the real program as a process.
type dayGateway struct {
	dir, state, config string
	client             *control.Client

	log kiosktest.Journal // of all its lives

	mu  sync.Mutex
	cmd *exec.Cmd
}

// launch starts the program at a moment of the office, waits until it answers, and lets its clock
// go as fast as the day's from then on.
func (g *dayGateway) launch(ctx context.Context, at time.Time, speed float64) (control.Status, error) {
	cmd := exec.Command("kiosk", "-config", g.config, "-state", g.state, "-screen", "none", "-listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "LANG=vi_VN.UTF-8", "HOME="+g.dir,
		"KIOSK_TEST_NOW="+at.Format(time.RFC3339), "KIOSK_TEST_SPEED="+strconv.FormatFloat(speed, 'f', -1, 64))
	cmd.Stderr = &g.log
	if err := cmd.Start(); err != nil {
		return control.Status{}, fmt.Errorf("start kiosk: %w", err)
	}
	g.mu.Lock()
	g.cmd = cmd
	g.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		var now control.Status
		if err := g.client.Do(ctx, http.MethodGet, "/v1/status", nil, &now); err == nil {
			return g.hurry(ctx, cmd, now, speed)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return control.Status{}, fmt.Errorf("the gateway never answered: %w", ctx.Err())
		}
	}
}

// hurry lets the clock of the program go faster, and returns its status once it does.
func (g *dayGateway) hurry(ctx context.Context, cmd *exec.Cmd, now control.Status, speed float64) (control.Status, error) {
	if speed == 1 {
		return now, nil
	}
	first, asked := now.Now, time.Now()
	if err := cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return now, fmt.Errorf("hurry kiosk: %w", err)
	}
	for now.Now.Sub(first) < time.Since(asked)+2*time.Second {
		if err := g.client.Do(ctx, http.MethodGet, "/v1/status", nil, &now); err != nil {
			return now, fmt.Errorf("hurry kiosk: %w", err)
		}
	}
	return now, nil
}

// stop ends the program: with a signal that it obeys, or without a word.
func (g *dayGateway) stop(kill bool) error {
	g.mu.Lock()
	cmd := g.cmd
	g.cmd = nil
	g.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if kill {
		if err := cmd.Process.Kill(); err != nil {
			return fmt.Errorf("kill kiosk: %w", err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
			return fmt.Errorf("wait for kiosk: %w", err)
		}
		return nil
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("stop kiosk: %w", err)
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("kiosk ended with: %w", err)
	}
	return nil
}

// dayCounters are what each of the six counters serves.
func dayCounters() map[string][]string {
	return map[string][]string{
		"1": {"chung-thuc", "ho-tich", "tra-ket-qua", "huong-dan"},
		"2": {"ho-tich", "chung-thuc", "tra-ket-qua", "huong-dan"},
		"3": {"dat-dai", "kinh-doanh"},
		"4": {"bao-tro", "giao-duc-y-te", "huong-dan"},
		"5": {"cong-an", "tra-ket-qua"},
		"6": {"chung-thuc", "cong-an", "kinh-doanh", "giao-duc-y-te"},
	}
}

// dayServices are the services of the sample office, in its order, and how many of a hundred
// citizens want each.
func dayServices() ([]string, []int) {
	return []string{"chung-thuc", "ho-tich", "dat-dai", "kinh-doanh", "bao-tro", "giao-duc-y-te", "cong-an", "tra-ket-qua", "huong-dan"},
		[]int{24, 13, 10, 8, 9, 8, 13, 11, 4}
}

// newDayOffice writes the sample office with six counters, without its printer and silent.
func newDayOffice(t *testing.T) *dayGateway {
	t.Helper()
	g := &dayGateway{dir: t.TempDir()}
	g.state, g.config = filepath.Join(g.dir, "state"), filepath.Join(g.dir, "office.toml")
	g.client = control.NewClient(g.state)
	sample, err := os.ReadFile("coto.toml")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(sample), "\n[printer]")
	before, rest, ok1 := strings.Cut(text, "[[counter]]")
	_, after, ok2 := strings.Cut(rest, "[hours]")
	if !ok1 || !ok2 {
		t.Fatal("the sample office has no counters before its hours")
	}
	var counters strings.Builder
	for _, code := range byPlace(dayCounters()) {
		fmt.Fprintf(&counters, "[[counter]]\ncode = %q\nserves = [\"%s\"]\n\n", code, strings.Join(dayCounters()[code], `", "`))
	}
	text = before + counters.String() + "[hours]" + after
	for _, line := range [][2]string{
		{`grace = "1 h"`, `grace = "30 min"`}, // the evening is short
		{`show = "6 s"`, `show = "1 s"`},      // that is ten minutes of such an office
		{`device = "default"`, `off = true`},
	} {
		if !strings.Contains(text, "\n"+line[0]+"\n") {
			t.Fatalf("the sample office does not say %s", line[0])
		}
		text = strings.Replace(text, "\n"+line[0]+"\n", "\n"+line[1]+"\n", 1)
	}
	text += "\n[rating]\nurl = \"https://10.0.0.2\"\n"
	if err := os.WriteFile(g.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return g
}
