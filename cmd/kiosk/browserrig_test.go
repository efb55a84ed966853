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
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// webBox is the real program as a process of its own, with its HTTPS on the office's network:
// what browsers and boards find in an office. It may be killed, and comes back where it was.
type webBox struct {
	t                  *testing.T
	dir, state, config string
	client             *control.Client
	listen, lan        string // as flags; with their ports once it has run
	site               string // https://…
	pins               map[string]string

	log kiosktest.Journal // of all its lives

	mu  sync.Mutex
	cmd *exec.Cmd
}

// webServices are the services of the sample office.
const webServices = `"chung-thuc", "ho-tich", "dat-dai", "kinh-doanh", "bao-tro", "giao-duc-y-te", "cong-an", "tra-ket-qua", "huong-dan"`

// newWebBox writes the sample office, open at any hour, without its printer and silent, with so
// many counters that serve everything. An edit replaces a line of it.
func newWebBox(t *testing.T, counters int, edits ...[2]string) *webBox {
	t.Helper()
	b := &webBox{t: t, dir: t.TempDir(), listen: "127.0.0.1:0", lan: "127.0.0.1:0", pins: map[string]string{}}
	b.state, b.config = filepath.Join(b.dir, "state"), filepath.Join(b.dir, "office.toml")
	b.client = control.NewClient(b.state)
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
	var own strings.Builder
	for i := range counters {
		fmt.Fprintf(&own, "[[counter]]\ncode = \"%d\"\nserves = [%s]\n\n", i+1, webServices)
	}
	text = before + own.String() + "[hours]" + after
	lines := map[string]string{
		`always_open = false`: `always_open = true`, `show = "6 s"`: `show = "1 s"`,
		`device = "default"`: `off = true`,
	}
	for _, e := range edits {
		lines[e[0]] = e[1]
	}
	for old, line := range lines {
		if !strings.Contains(text, "\n"+old+"\n") {
			t.Fatalf("the sample office does not say %s", old)
		}
		text = strings.Replace(text, "\n"+old+"\n", "\n"+line+"\n", 1)
	}
	if err := os.WriteFile(b.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.end)
	return b
}

// start starts the program at a moment of the office, or at the real one where that is zero, and
// waits until it serves.
func (b *webBox) start(at time.Time) control.Status {
	b.t.Helper()
	cmd := exec.Command("kiosk", "-config", b.config, "-state", b.state, "-screen", "none", "-listen", b.listen, "-lan", b.lan)
	cmd.Env = append(os.Environ(), "LANG=vi_VN.UTF-8", "HOME="+b.dir)
	if !at.IsZero() {
		cmd.Env = append(cmd.Env, "KIOSK_TEST_NOW="+at.Format(time.RFC3339))
	}
	cmd.Stderr = &b.log
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	b.cmd = cmd
	b.mu.Unlock()
	var s control.Status
	webEventually(b.t, "the gateway answers", func() bool {
		return b.client.Do(b.t.Context(), http.MethodGet, "/v1/status", nil, &s) == nil
	})
	b.listen, b.lan = strings.TrimPrefix(s.Web, "http://"), strings.TrimPrefix(s.LAN, "https://")
	b.site = s.LAN
	return s
}

// webEventually asks until something holds.
func webEventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

func (b *webBox) process() *exec.Cmd {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cmd
}

// kill ends the program without a word.
func (b *webBox) kill() {
	b.t.Helper()
	cmd := b.process()
	if err := cmd.Process.Kill(); err != nil {
		b.t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	b.cmd = nil
	b.mu.Unlock()
}

// end stops the program as systemd does, and looks for what it may not have said.
func (b *webBox) end() {
	if cmd := b.process(); cmd != nil {
		_ = cmd.Process.Signal(os.Interrupt)
		late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			b.t.Errorf("the gateway ended with %v", err)
		}
		late.Stop()
	}
	for _, bad := range []string{"DATA RACE", "panic:", "level=ERROR"} {
		if i := strings.Index(b.log.String(), bad); i >= 0 {
			b.t.Errorf("the gateway says %s", bad)
		}
	}
	if b.t.Failed() {
		text := b.log.String()
		b.t.Logf("the gateway's last words:\n%s", text[max(0, len(text)-4000):])
	}
}

// webAsk asks the control socket.
func webAsk[T any](b *webBox, method, path string, in any) T {
	b.t.Helper()
	var out T
	if err := b.client.Do(b.t.Context(), method, path, in, &out); err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return out
}

// hire makes an account whose PIN is known here.
func (b *webBox) hire(login, role string) {
	b.t.Helper()
	made := webAsk[control.Officer](b, http.MethodPost, "/v1/staff", control.NewOfficer{Login: login, Name: "Trần Văn " + strings.ToUpper(login[:1]) + login[1:], Role: role})
	b.pins[login] = made.Secret
}

// issue gives so many tickets for a service.
func (b *webBox) issue(service string, n int) []string {
	b.t.Helper()
	var out []string
	for range n {
		out = append(out, webAsk[control.Ticket](b, http.MethodPost, "/v1/tickets", control.Issue{Service: service}).Number)
	}
	return out
}

func (b *webBox) ticket(number string) control.Ticket {
	b.t.Helper()
	return webAsk[control.Ticket](b, http.MethodGet, "/v1/tickets/"+number, nil)
}

// facts returns today's log, as an auditor takes it out.
func (b *webBox) facts() []control.AuditLine {
	b.t.Helper()
	return webAsk[[]control.AuditLine](b, http.MethodGet, "/v1/days/today/audit", nil)
}

// moved counts how often a verb was done to a number; an empty number means any.
func (b *webBox) moved(number, verb string) int {
	b.t.Helper()
	n := 0
	for _, f := range b.facts() {
		if f.Kind == "ticket-moved" && f.Verb == verb && (number == "" || f.Number == number) {
			n++
		}
	}
	return n
}

// did counts what happened to accounts and sessions.
func (b *webBox) did(what string) int {
	b.t.Helper()
	n := 0
	for _, f := range b.facts() {
		if f.Kind == "staff-moved" && f.What == what {
			n++
		}
	}
	return n
}

// verify lets the gateway compute the chain of its log again.
func (b *webBox) verify() {
	b.t.Helper()
	if a := webAsk[control.Audit](b, http.MethodGet, "/v1/audit", nil); a.Facts == 0 {
		b.t.Error("the audit log has no facts")
	}
}

// resident returns the resident memory in MB.
func (b *webBox) resident() int {
	b.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.process().Process.Pid))
	if err != nil {
		b.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(text)[0])
			if err != nil {
				b.t.Fatal(err)
			}
			return kb / 1000
		}
	}
	b.t.Fatal("no VmRSS")
	return 0
}
