package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/motcua/gateway/kiosk/boltstore"
)

// TestMain lets the scripts run the real program: the test binary is kiosk when it is called so.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kiosk": kioskForTests, "sim": sim, "finger": finger})
}

// kioskForTests is main with a clock and a store that a script may choose: KIOSK_TEST_NOW is
// the time at its start, KIOSK_TEST_SPEED how many seconds of the office one real second is once
// SIGUSR1 has come, KIOSK_TEST_UNSYNCED a store that does not wait for the disk.
func kioskForTests() {
	w := world{stdout: os.Stdout, stderr: os.Stderr, now: time.Now, openStore: boltstore.Open}
	if text := os.Getenv("KIOSK_TEST_NOW"); text != "" {
		first, err := time.Parse(time.RFC3339, text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		speed, err := strconv.ParseFloat(cmp.Or(os.Getenv("KIOSK_TEST_SPEED"), "1"), 64)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		w.mono = newFastClock(speed).since
		w.now = func() time.Time { return first.Add(w.mono()) }
	}
	if os.Getenv("KIOSK_TEST_UNSYNCED") != "" {
		w.openStore = boltstore.OpenUnsynced
	}
	os.Exit(start(os.Args[1:], w))
}

// fastClock is how long ago the program started, to itself: as it is until SIGUSR1, and so many
// times as fast from then on. A busy machine starts the program slowly, and the office's morning
// must not pass meanwhile.
type fastClock struct {
	start time.Time
	speed float64
	slow  atomic.Int64 // nanoseconds before it went fast; 0: it has not
}

func newFastClock(speed float64) *fastClock {
	c := &fastClock{start: time.Now(), speed: speed}
	if speed != 1 {
		faster := make(chan os.Signal, 1)
		signal.Notify(faster, syscall.SIGUSR1)
		go func() { <-faster; c.slow.Store(int64(time.Since(c.start))) }()
	}
	return c
}

func (c *fastClock) since() time.Duration {
	real := time.Since(c.start)
	if slow := time.Duration(c.slow.Load()); slow > 0 {
		return slow + time.Duration(float64(real-slow)*c.speed)
	}
	return real
}

// sim commands a simulated device of a demonstration: sim DIR DEVICE VERB …
func sim() {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(1)
	}
	if len(os.Args) < 4 {
		fail(errors.New("usage: sim DIR DEVICE VERB …"))
	}
	dir, err := os.Open(os.Args[1])
	if err != nil {
		fail(err)
	}
	c, err := net.Dial("unix", fmt.Sprintf("/proc/self/fd/%d/simulated.sock", dir.Fd()))
	if err != nil {
		fail(err)
	}
	fmt.Fprintln(c, strings.Join(os.Args[2:], " "))
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		fail(err)
	}
	if !strings.HasPrefix(answer, "ok") {
		fail(errors.New(strings.TrimSpace(answer)))
	}
	fmt.Print(strings.TrimPrefix(strings.TrimPrefix(answer, "ok"), " "))
	os.Exit(0)
}

// patience bounds every wait of a script; nothing comes near it when all is well.
const patience = time.Minute

func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/script")
}

// runScripts runs the scripts of a folder against the real programs.
func runScripts(t *testing.T, dir string) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "../kioskctl", "../hub")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build kioskctl and hub: %v\n%s", err, out)
	}
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("LANG", "vi_VN.UTF-8")
			// A Monday morning in the sample office; scripts choose another time themselves.
			e.Setenv("KIOSK_TEST_NOW", "2026-11-23T08:00:00+07:00")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    cmdStatus,
			"await":     cmdAwait,
			"longdir":   cmdLongDir,
			"scribble":  cmdScribble,
			"marked":    cmdMarked,
			"qr":        cmdQR,
			"capture":   cmdCapture,
			"port":      cmdPort,
			"listening": cmdListening,
			"mistype":   cmdMistype,
			"field":     cmdField,
			"bare":      cmdBare,
			"issued":    cmdIssued,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// cmdStatus runs a program and wants this exit status: status 2 kiosk -bogus
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM …")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// cmdAwait runs a program again and again until its output matches: await PATTERN PROGRAM …
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await PATTERN PROGRAM …")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			ts.Fatalf("never matched %s (%v)", args[0], err)
		}
	}
}

// cmdLongDir makes a folder of 200 bytes and puts its path into a variable: longdir STATE
func cmdLongDir(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.MkAbs("long")
	for len(dir) < 200 {
		dir = filepath.Join(dir, strings.Repeat("x", max(1, min(60, 199-len(dir)))))
	}
	if len(dir) != 200 {
		ts.Fatalf("%d bytes", len(dir))
	}
	ts.Setenv(args[0], dir)
}

// cmdScribble writes rubbish over a file from an offset on: scribble FILE OFFSET LENGTH
func cmdScribble(ts *testscript.TestScript, neg bool, args []string) {
	offset, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	length, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xa5\x5a\x00\xff", length/4)), offset)
	ts.Check(errors.Join(err, f.Close()))
}

// cmdQR reads the QR code on a slip's picture.
func cmdQR(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, "zbarimg")
	ts.Check(ts.Exec("zbarimg", "--quiet", "--raw", "--nodbus", ts.MkAbs(args[0])))
}

func need(ts *testscript.TestScript, program string) {
	if _, err := exec.LookPath(program); err != nil {
		ts.Fatalf("%s is not installed; build/test installs it", program)
	}
}
