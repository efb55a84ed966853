//go:build soak

package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
)

// The soak and the storm run for minutes and want the machine for themselves, so that they are
// built by a tag of their own: go test -tags soak -run 'TestSoak|TestStorm' ./cmd/hub

// buildPrograms builds the real programs, and returns the folder that they lie in.
func buildPrograms(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"build", "-o", dir + "/"}
	for _, name := range names {
		args = append(args, "./cmd/"+name)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return dir
}

// program is a program that is killed and started again, with one log of all its lives.
type program struct {
	name string
	path string
	args []string
	// up reports whether it answers.
	up func(context.Context) error

	log kiosktest.Journal

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{}
	how   error
}

// start starts it and waits until it answers.
func (p *program) start(ctx context.Context) error {
	if err := p.launch(); err != nil {
		return err
	}
	return p.await(ctx)
}

// launch starts it and waits for nothing.
func (p *program) launch() error {
	cmd := exec.Command(p.path, p.args...)
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	cmd.Env = append(os.Environ(), "LANG=vi_VN.UTF-8")
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	ended := make(chan struct{})
	p.mu.Lock()
	p.cmd, p.ended = cmd, ended
	p.mu.Unlock()
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		p.how = err
		p.mu.Unlock()
		close(ended)
	}()
	return nil
}

// await waits until it answers, or has ended.
func (p *program) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := p.up(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-p.ended:
			return fmt.Errorf("%s ended: %w\n%s", p.name, p.how, tail(p.log.String(), 3000))
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w\n%s", p.name, err, tail(p.log.String(), 3000))
		}
	}
}

// kill ends it without a warning, as a power cut does.
func (p *program) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// stop asks it to end, and kills it where it does not.
func (p *program) stop() error {
	if p.cmd == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		if p.how != nil {
			return fmt.Errorf("%s: %w\n%s", p.name, p.how, tail(p.log.String(), 3000))
		}
		return nil
	case <-time.After(40 * time.Second):
		p.kill()
		return fmt.Errorf("%s did not end when it was asked to\n%s", p.name, tail(p.log.String(), 3000))
	}
}

// panics is what no program may ever say.
func (p *program) panics() error {
	log := p.log.String()
	for _, bad := range []string{"panic:", "fatal error:", "DATA RACE"} {
		if i := strings.Index(log, bad); i >= 0 {
			return fmt.Errorf("%s says %s\n%s", p.name, bad, log[max(0, i-500):min(len(log), i+4000)])
		}
	}
	return nil
}

// peak is the most memory that it ever had in its present life, in bytes.
func (p *program) peak() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
			return kb << 10, nil
		}
	}
	return 0, errors.New("no VmHWM")
}

// cpu is the processor time of its present life.
func (p *program) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name, in parentheses, may hold anything; utime and stime are the 12th and 13th behind it.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil // USER_HZ is 100 wherever Go runs
}

// newHub makes a hub on ports of its own. A hub that stands beside others shares their state's
// keys and their configuration.
func newHub(t *testing.T, bin, name, config, state string) (p *program, gateways string) {
	t.Helper()
	gateways, status := freeAddr(t), freeAddr(t)
	p = &program{
		name: name, path: filepath.Join(bin, "hub"),
		args: []string{"-config", config, "-state", state, "-listen", gateways, "-status", status},
		up:   func(ctx context.Context) error { return healthy(ctx, "http://"+status+"/healthz") },
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s: %s", name, tail(p.log.String(), 4000))
		}
	})
	return p, gateways
}

func healthy(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s, %v", url, res.Status, err)
	}
	return nil
}

// freeAddr is an address of this machine that nobody listens on: a hub that is killed comes back
// at the same one.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// writeFile writes a file that others may not read.
func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// verb runs a program once and returns what it says.
func verb(ctx context.Context, path string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "USER=soak")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", filepath.Base(path), strings.Join(args, " "), err, &stderr)
	}
	return out, nil
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
