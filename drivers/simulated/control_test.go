package simulated

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// converse opens a control socket, however long its path, and returns a way to ask.
func converse(t *testing.T, path string) func(string) string {
	t.Helper()
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	conn, err := net.Dial("unix", fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	answers := bufio.NewReader(conn)
	return func(request string) string {
		t.Helper()
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintln(conn, request); err != nil {
			t.Fatal(err)
		}
		answer, err := answers.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(answer)
	}
}

// serveControl runs a Control until the test ends and returns when it listens.
func serveControl(t *testing.T, c *Control) {
	t.Helper()
	l, err := c.listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.serveAll(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Control: %v", err)
		}
		if _, err := os.Lstat(c.Path); err == nil {
			t.Error("the socket outlived its server")
		}
	})
}

func TestControl(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120), strings.Repeat("e", 120))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link})
	socket := filepath.Join(dir, "simulated.sock")
	serveControl(t, &Control{Path: socket, Devices: map[string]Commander{"printer": p}})
	if at, err := os.Stat(socket); err != nil || at.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", at, err)
	}
	ask := converse(t, socket)
	for _, c := range []struct{ request, want string }{
		{"printer status", "ok tm-t20 ready"},
		{"printer paper-low", "ok"},
		{"printer paper-out", "ok"},
		{"printer open-cover", "ok"},
		{"printer hold-feed on", "ok"},
		{"printer status", "ok tm-t20 cover-open paper-out paper-low feeding"},
		{"printer hold-feed off", "ok"},
		{"printer new-roll upside-down", "ok"},
		{"printer status", "ok tm-t20 ready"},
		{"printer slips", "ok 0"},
		{"printer wait-slips 1 1ms", "error wait for slip 1 of which 0 came: context deadline exceeded"},
		{"printer unplug", "ok"},
		{"printer status", "ok tm-t20 unplugged"},
		{"printer replug", "ok"},
		{"printer stall on", "ok"},
		{"printer status", "ok tm-t20 stalled"},
		{"printer power-cycle", "ok"},
		{"printer noise on", "ok"},
		{"printer noise off", "ok"},
		{"printer garble on", "ok"},
		{"printer garble off", "ok"},
		{"printer scramble off", "ok"},
		{"printer late 1ms", "ok"},
		{"printer late 0s", "ok"},
		{"printer unplug-after 1000", "ok"},
		{"printer paper-out 4000", "ok"},
		{"printer jam-cutter", "ok"},
		{"printer clear-cutter", "ok"},
		{"printer close-cover", "ok"},
		{"printer tear-off", "ok"},
		{"printer anomalies", "ok"},
		{"printer", "error want: DEVICE VERB …"},
		{"", "error want: DEVICE VERB …"},
		{"scanner status", `error no device "scanner"; there are: printer`},
		{"printer dance", `error unknown verb "dance"`},
		{"printer paper-low now", "error paper-low takes no argument"},
		{"printer stall", "error stall wants on or off"},
		{"printer stall maybe", "error stall wants on or off"},
		{"printer unplug-after x", `error unplug-after wants a number, not "x"`},
		{"printer unplug-after -1", `error unplug-after wants a number, not "-1"`},
		{"printer late", `error late wants a duration: time: invalid duration ""`},
		{"printer wait-slips", `error wait-slips wants a number, not ""`},
		{"printer wait-slips 1 x", `error wait-slips wants a duration: time: invalid duration "x"`},
		{"printer new-roll sideways", "error new-roll takes upside-down or nothing"},
	} {
		if got := ask(c.request); got != c.want {
			t.Errorf("%s: %q, want %q", c.request, got, c.want)
		}
	}
	h := openHost(t, link)
	h.send(job(1) + "\x1bQ")
	if got := ask("printer wait-slips 1"); got != "ok" {
		t.Error(got)
	}
	waitFor(t, p, func() bool { return len(p.anomalies) > 0 })
	if got := ask("printer anomalies"); got != "ok ESC Q (51): unknown command" {
		t.Error(got)
	}
}

func TestControlSocketIsTakenOver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	serveControl(t, &Control{Path: path, Devices: map[string]Commander{}})
	if err := (&Control{Path: path}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "somebody listens") {
		t.Errorf("a second server: %v", err)
	}
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&Control{Path: file}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "there is a file") {
		t.Errorf("a file in its place: %v", err)
	}
	if err := (&Control{Path: filepath.Join(file, "s")}).Run(t.Context()); err == nil {
		t.Error("a folder that is a file")
	}
}

func TestPrinterOverTCP(t *testing.T) {
	t.Parallel()
	p := start(t, PrinterConfig{Listen: "127.0.0.1:0"})
	talk := func() {
		t.Helper()
		conn, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(job(2) + processID)); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(printed))
		if _, err := conn.Read(got); err != nil || string(got) != printed {
			t.Errorf("read % X, %v", got, err)
		}
	}
	talk()
	talk() // a second host after the first
	address := p.Addr()
	p.Unplug()
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("an unplugged printer listens")
	}
	p.Replug()
	if p.Addr() != address {
		t.Errorf("the address moved from %s to %s", address, p.Addr())
	}
	talk()
	if n := len(p.Slips()); n != 3 {
		t.Errorf("%d slips", n)
	}
}

func TestArchiveGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"slip-0007.png", "slip-x.png", "slip-0009.txt", "other"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "printer")
	p := start(t, PrinterConfig{Link: link, Out: dir})
	h := openHost(t, link)
	h.send(job(1) + job(1) + processID)
	h.expect(printed)
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := "other slip-0007.png slip-0008.png slip-0009.png slip-0009.txt slip-x.png"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("folder has %s, want %s", got, want)
	}
	if s := p.Slips(); len(s) != 2 || s[0].End != paper.EndCut {
		t.Errorf("%d slips", len(s))
	}
}

func TestBadConfigurations(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]PrinterConfig{
		"two lines":        {Link: "a", Listen: "b"},
		"flow":             {Flow: "magic"},
		"folder is a file": {Out: file},
	} {
		if _, err := NewPrinter(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	p, err := NewPrinter(PrinterConfig{Listen: "nowhere at all"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err == nil {
		t.Error("listening nowhere: no error")
	}
}
