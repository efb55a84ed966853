package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// A kill spares the page cache and shows nothing of the disk. The kernel's own word does: before
// each answer on the control socket stands an fdatasync of kiosk.db that succeeded after the last
// write to it.
func TestAnswersWaitForTheDisk(t *testing.T) {
	t.Parallel()
	const tickets = 12
	if early := earlyAnswers(t, tickets, false); len(early) > 0 {
		t.Errorf("answered before the disk had it:\n%s", strings.Join(early, "\n"))
	}
}

// The test above can fail: a gateway that does not wait for the disk is found out at every answer.
func TestGatewayThatDoesNotWaitIsFoundOut(t *testing.T) {
	t.Parallel()
	const tickets = 5
	if early := earlyAnswers(t, tickets, true); len(early) != tickets {
		t.Errorf("%d of %d answers without an fdatasync were noticed", len(early), tickets)
	}
}

// earlyAnswers runs a gateway without a printer under strace, takes tickets over its socket, and
// returns the answers that came before the disk had the ticket.
func earlyAnswers(t *testing.T, tickets int, unsynced bool) []string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program, state, trace := filepath.Join(dir, "kiosk"), filepath.Join(dir, "state"), filepath.Join(dir, "trace")
	if err := errors.Join(os.Symlink(self, program), os.WriteFile(filepath.Join(dir, "office.toml"), []byte(alwaysOpen), 0o600)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(strace, "-f", "-qq", "-y", "-s", "4096", "-e", "trace=pwrite64,fdatasync,write", "-e", "signal=none", "-o", trace,
		program, "-config", filepath.Join(dir, "office.toml"), "-state", state, "-screen", "none", "-listen", "127.0.0.1:0")
	cmd.Env = os.Environ()
	if unsynced {
		cmd.Env = append(cmd.Env, "KIOSK_TEST_UNSYNCED=1")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	client := control.NewClient(state)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for up := false; !up; {
		up = client.Do(ctx, http.MethodGet, "/v1/faults", nil, new([]control.Fault)) == nil
		select {
		case err := <-ended:
			if strings.Contains(stderr.String(), "ptrace(PTRACE") {
				t.Skipf("strace may not trace here: %s", &stderr)
			}
			t.Fatalf("gateway ended: %v\n%s", err, &stderr)
		case <-ctx.Done():
			t.Fatalf("gateway never answered\n%s", &stderr)
		case <-again.C:
		}
	}
	var numbers []string
	for range tickets {
		var v control.Ticket
		if err := client.Do(ctx, http.MethodPost, "/v1/tickets", control.Issue{Service: "A"}, &v); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, v.Number)
	}
	log, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	// strace passes no signal on; the gateway's own number begins its log.
	pid, _, _ := strings.Cut(string(log), " ")
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(n, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatalf("gateway: %v\n%s", err, &stderr)
	}
	if log, err = os.ReadFile(trace); err != nil {
		t.Fatal(err)
	}
	early, err := findEarly(string(log), numbers)
	if err != nil {
		t.Fatal(err)
	}
	return early
}

// syscallSeen is a system call in a trace, with the lines at which it began and ended.
type syscallSeen struct {
	name, file, text string
	begin, end       int
	ok               bool
}

var syscallLine = regexp.MustCompile(`^(write|pwrite64|fdatasync)\(\d+<([^>]*)>`)

// readTrace reads the log of strace -f -y. A call during which another thread made one stands
// in two lines.
func readTrace(log string) []syscallSeen {
	var calls []syscallSeen
	open := map[string]syscallSeen{} // by thread
	for n, line := range strings.Split(log, "\n") {
		pid, text, _ := strings.Cut(line, " ")
		text = strings.TrimSpace(text)
		c := syscallSeen{begin: n, text: text}
		if strings.HasPrefix(text, "<... ") {
			c = open[pid]
			delete(open, pid)
		} else if m := syscallLine.FindStringSubmatch(text); m != nil {
			c.name, c.file = m[1], m[2]
		}
		if c.name == "" {
			continue
		}
		if strings.HasSuffix(text, "<unfinished ...>") {
			open[pid] = c
			continue
		}
		i := strings.LastIndex(text, " = ")
		c.end, c.ok = n, i >= 0 && !strings.HasPrefix(text[i+3:], "-1")
		calls = append(calls, c)
	}
	return calls
}

// findEarly returns the answers with these numbers for which the disk was not waited for. Its
// error says that the trace does not show what it should.
func findEarly(log string, numbers []string) ([]string, error) {
	calls := readTrace(log)
	var early []string
	before := 0 // the end of the answer before
	for _, number := range numbers {
		var answer, write, sync syscallSeen
		for _, c := range calls {
			if c.name == "write" && c.begin > before && strings.Contains(c.text, "HTTP/1.1 200 OK") && strings.Contains(c.text, `\"number\":\"`+number+`\"`) {
				answer = c
				break
			}
		}
		if answer.name == "" {
			return nil, fmt.Errorf("no answer with %s in the trace", number)
		}
		for _, c := range calls {
			if c.begin < answer.begin && strings.HasSuffix(c.file, "/kiosk.db") {
				switch {
				case c.name == "pwrite64" && c.end > write.end:
					write = c
				case c.name == "fdatasync" && c.ok && c.end < answer.begin && c.begin > sync.begin:
					sync = c
				}
			}
		}
		if write.name == "" || write.end < before {
			return nil, fmt.Errorf("nothing was written for %s", number)
		}
		if sync.begin < write.end {
			early = append(early, answer.text)
		}
		before = answer.end
	}
	return early, nil
}

// alwaysOpen is an office without a printer, so that nothing but tickets is written.
const alwaysOpen = `[office]
name = "Trung tâm"
always_open = true
[site]
code = "x"
name = "Sảnh"
[[service]]
code = "chung-thuc"
prefix = "A"
name = "Chứng thực"
[[counter]]
code = "1"
serves = ["chung-thuc"]
`

func TestFindEarly(t *testing.T) {
	t.Parallel()
	const (
		write  = "7 pwrite64(8</s/kiosk.db>, \"x\"..., 4096, 0) = 4096\n"
		sync   = "7 fdatasync(8</s/kiosk.db>) = 0\n"
		failed = "7 fdatasync(8</s/kiosk.db>) = -1 EIO (Input/output error)\n"
		answer = `9 write(5<socket:[1]>, "HTTP/1.1 200 OK\r\n\r\n{\"number\":\"A001\"}", 30) = 30` + "\n"
	)
	for name, tt := range map[string]struct {
		log   string
		early int
	}{
		"synced":                {"\n" + write + sync + answer, 0},
		"not at all":            {"\n" + write + answer, 1},
		"before the write":      {"\n" + sync + write + answer, 1},
		"after the answer":      {"\n" + write + answer + sync, 1},
		"failed":                {"\n" + write + failed + answer, 1},
		"another file":          {"\n" + write + strings.ReplaceAll(sync, "kiosk.db", "numbers") + answer, 1},
		"still running":         {"\n" + write + "7 fdatasync(8</s/kiosk.db> <unfinished ...>\n" + answer + "7 <... fdatasync resumed>) = 0\n", 1},
		"interrupted":           {"\n" + write + "7 fdatasync(8</s/kiosk.db> <unfinished ...>\n8 write(1<x>, \"\", 0) = 0\n7 <... fdatasync resumed>) = 0\n" + answer, 0},
		"one write came late":   {"\n" + write + sync + write + answer, 1},
		"write still going on":  {"\n7 pwrite64(8</s/kiosk.db>, <unfinished ...>\n" + strings.ReplaceAll(sync, "7 f", "6 f") + answer + "7 <... pwrite64 resumed>) = 1\n", 1},
		"two writes, two syncs": {"\n" + write + sync + write + sync + answer, 0},
	} {
		early, err := findEarly(tt.log, []string{"A001"})
		if err != nil || len(early) != tt.early {
			t.Errorf("%s: %d early, %v", name, len(early), err)
		}
	}
	if _, err := findEarly("\n"+sync+answer, []string{"A001"}); err == nil {
		t.Error("a trace without a write was accepted")
	}
	if _, err := findEarly("\n"+write+sync, []string{"A001"}); err == nil {
		t.Error("a trace without an answer was accepted")
	}
}
