package main

import (
	"bufio"
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
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// The first signal stops the gateway in order, which may take some seconds: here a request that
// never becomes whole is waited for. The second one ends it at once.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program, state := filepath.Join(dir, "kiosk"), filepath.Join(dir, "state")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-demo", "-state", state, "-screen", "none", "-listen", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewScanner(stderr)
	logged := func(what string) {
		t.Helper()
		for log.Scan() {
			if strings.Contains(log.Text(), what) {
				return
			}
		}
		t.Fatalf("no %q in the log", what)
	}
	logged("msg=open")

	folder, err := os.Open(state)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if err := control.NewClient(state).Do(ctx, http.MethodGet, "/v1/faults", nil, new([]control.Fault)); err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("unix", fmt.Sprintf("/proc/self/fd/%d/%s", folder.Fd(), control.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// The gateway says that it waits for the rest of this one.
	if _, err := io.WriteString(c, "POST /v1/tickets HTTP/1.1\r\nHost: kiosk\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}

	signal := func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
	}
	signal()
	logged("msg=stopping")
	began := time.Now()
	signal()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, stderr) // until the other end is closed
	}()
	// The gateway may have been on its way to listening no more: a person presses again too.
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for up := true; up; {
		select {
		case <-ended:
			up = false
		case <-again.C:
			signal()
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v, want a signal", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the second signal took %s", took)
	}
}
