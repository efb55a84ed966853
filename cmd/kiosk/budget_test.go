//go:build noos && !race

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// gateway is the real program as a process of its own, in its demonstration.
type gateway struct {
	*exec.Cmd
	web     string
	started time.Time
	state   string
}

// launch starts the program with a screen of w × h pixels and reads its address.
func launch(t *testing.T, w, h int) *gateway {
	t.Helper()
	return launchAs(t, "kiosk", w, h)
}

// launchAs is launch for another build of the program.
func launchAs(t *testing.T, program string, w, h int) *gateway {
	t.Helper()
	state := t.TempDir()
	config := filepath.Join(state, "office.toml")
	sample, err := os.ReadFile("coto.toml")
	if err != nil {
		t.Fatal(err)
	}
	// The sample office on this display; its own printer stays away, the simulated one comes.
	text, _, _ := strings.Cut(string(sample), "\n[printer]")
	text += fmt.Sprintf("\n[screen]\npixels = \"%dx%d\"\nwidth_mm = %d\n", w, h, map[int]int{1080: 336, 1280: 217, 800: 154}[w])
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g := &gateway{state: state}
	g.Cmd = exec.Command(program, "-demo", "-config", config, "-state", filepath.Join(state, "state"), "-screen", "web", "-listen", "127.0.0.1:0")
	g.Env = append(os.Environ(), "LANG=vi_VN.UTF-8", "HOME="+state)
	var log bytes.Buffer
	g.Stderr = &log
	out, err := g.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	g.started = time.Now()
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = g.Process.Signal(os.Interrupt)
		if err := g.Wait(); err != nil {
			t.Errorf("the gateway ended with %v:\n%s", err, log.String())
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			g.web = "http://" + strings.TrimSuffix(address, "/screen")
			return g
		}
	}
	t.Fatalf("no address:\n%s", log.String())
	return nil
}

// look waits for a frame after one and returns its words and its number.
func (g *gateway) look(t *testing.T, after string) ([]word, string) {
	t.Helper()
	a, err := http.Get(g.web + "/screen/text?after=" + after)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var words []word
	if err := json.NewDecoder(a.Body).Decode(&words); err != nil {
		t.Fatal(err)
	}
	return words, a.Header.Get("X-Frame")
}

// press presses what reads so and returns when it was pressed.
func (g *gateway) press(t *testing.T, text string) time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w, err := see(ctx, g.web, text, true)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	body := fmt.Sprintf(`{"phase":"tap","x":%d,"y":%d}`, w.X+w.W/2, w.Y+w.H/2)
	a, err := http.Post(g.web+"/screen/touch", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("press %s: %s", text, a.Status)
	}
	return began
}

// cpu is the processor time that the process has used, from all of its threads' schedstat.
func (g *gateway) cpu(t *testing.T) time.Duration {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", g.Process.Pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("no threads of %d: %v", g.Process.Pid, err)
	}
	var sum time.Duration
	for _, path := range threads {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has just ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(line))[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(ns)
	}
	return sum
}

// memory returns the resident memory in MB.
func (g *gateway) memory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(text)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kb * 1024 / 1_000_000 // its kB are KiB
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// TestBudgetScreen takes a ticket at each size of display: how soon the first frame stands after
// the start, and the number after the press, the commit to the disk included. What gates is
// twice the budget, or on a slow machine a multiple of what the same program needs to say its
// version and nothing else.
func TestBudgetScreen(t *testing.T) {
	peer := quickest(t)
	for _, c := range []struct {
		w, h   int
		number time.Duration
	}{{800, 480, 100 * time.Millisecond}, {1280, 800, 450 * time.Millisecond}, {1080, 1920, 450 * time.Millisecond}} {
		t.Run(fmt.Sprintf("%dx%d", c.w, c.h), func(t *testing.T) {
			g := launch(t, c.w, c.h)
			words, frame := g.look(t, "0")
			first := time.Since(g.started)
			if len(words) == 0 {
				t.Fatal("the first frame is empty")
			}
			const budget = 300 * time.Millisecond
			t.Logf("budget: first frame after start, %d×%d | %.2f s | the same program saying its version: %.0f ms | ≤ %.1f s", c.w, c.h, first.Seconds(), float64(peer.Microseconds())/1000, budget.Seconds())
			if first > max(2*budget, 20*peer) {
				t.Errorf("the first frame took %v", first)
			}
			g.press(t, "Khai sinh")
			// The tile of the next page reads "lấy số thường" at every size.
			began := g.press(t, "lấy số thường")
			_, before := g.look(t, frame)
			deadline := time.Now().Add(patience)
			for {
				words, frame = g.look(t, frame)
				if strings.Contains(fmt.Sprint(words), "B001") {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("no number: %v", words)
				}
			}
			took := time.Since(began)
			from, _ := strconv.Atoi(before)
			to, _ := strconv.Atoi(frame)
			t.Logf("budget: press to number, fsync included, %d×%d | %.0f ms, %d frames | – | ≤ %d ms", c.w, c.h, float64(took.Microseconds())/1000, to-from+1, c.number.Milliseconds())
			if took > max(2*c.number, 10*peer) {
				t.Errorf("the number took %v", took)
			}
		})
	}
}

// quickest returns the shortest of some starts of the program in which it says its version.
func quickest(t *testing.T) time.Duration {
	t.Helper()
	best := time.Hour
	for range 5 {
		began := time.Now()
		if err := exec.Command("kiosk", "-version").Run(); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	return best
}
