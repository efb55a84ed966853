package durable_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/durable"
)

// A writer is killed at any line. What it was told is done is there, whole; what was on its way is
// there whole or not at all; and what it left goes with the next TidyUp.
func TestKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 15 {
		dir := t.TempDir()
		last := kill(t, dir, 1+random.IntN(20), time.Duration(random.Int64N(int64(3*time.Millisecond))))
		must(t, durable.TidyUp(dir, "*"))
		for _, name := range []string{"one", "second", fmt.Sprintf("fresh-%d", last["created"]), fmt.Sprintf("fresh-%d", last["replaced"])} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			least := -1 // the n that has to be there
			switch {
			case name == "one":
				least = last["replaced"]
			case name == "second" && last["renamed"] > last["removed"]:
				if least = last["renamed"]; errors.Is(err, fs.ErrNotExist) {
					continue // removed, which it could not say
				}
			}
			switch {
			case errors.Is(err, fs.ErrNotExist) && least < 0:
			case err != nil:
				t.Errorf("acknowledged %v: %v", last, err)
			default:
				n := 0
				if _, err := fmt.Sscanf(string(text[:min(8, len(text))]), "%d", &n); err != nil || !bytes.Equal(text, content(n)) || n < least || n > last["replaced"]+1 {
					t.Errorf("%s holds %d bytes of number %d (%v), acknowledged %v", name, len(text), n, err, last)
				}
			}
		}
		entries, err := os.ReadDir(dir)
		must(t, err)
		if more := len(entries) - last["made"] - 1; more > 5 { // one, second, fresh, and made twice ahead
			t.Errorf("%d more than there should be: %v", more, entries)
		}
	}
}

// kill runs a child and returns the last number of each thing that it acknowledged, -1 for none.
func kill(t *testing.T, dir string, words int, delay time.Duration) map[string]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	last := map[string]int{"replaced": -1, "created": -1, "renamed": -1, "removed": -1, "made": -1}
	n := 0
	for in := bufio.NewScanner(out); in.Scan(); n++ {
		if n == words {
			timer := time.AfterFunc(delay, cancel)
			defer timer.Stop()
		}
		var what string
		var number int
		if _, err := fmt.Sscan(in.Text(), &what, &number); err != nil {
			t.Fatalf("it wrote %q", in.Text())
		}
		last[what] = number
	}
	if err := cmd.Wait(); err == nil || stderr.Len() > 0 {
		t.Fatalf("it ended by itself: %v\n%s", err, &stderr)
	}
	if n < words {
		t.Fatalf("%d words, want %d", n, words)
	}
	return last
}
