package enrol_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
)

// The variables that make the test's program a box: its state folder, its hub and its claim code,
// or none to renew without end.
const (
	childState = "ENROL_TEST_STATE"
	childHub   = "ENROL_TEST_HUB"
	childCode  = "ENROL_TEST_CODE"
)

func TestMain(m *testing.M) {
	if os.Getenv(childState) != "" {
		fmt.Println(child())
		return
	}
	os.Exit(m.Run())
}

// child is a box that is going to be killed.
func child() error {
	state := os.Getenv(childState)
	key, err := secret.OpenKey(state)
	if err != nil {
		return err
	}
	born := newClock(testDay)
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	e, err := enrol.Open(enrol.Config{
		Dir: filepath.Join(state, "line"), Sealer: key, Time: born.now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	if code := os.Getenv(childCode); code != "" {
		_, err := e.Enrol(context.Background(), os.Getenv(childHub), code)
		return err
	}
	for {
		if err := e.Renew(context.Background()); err != nil {
			return err
		}
	}
}

// victim is a child at work.
type victim struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// start starts a child and waits until it is ready to begin.
func start(t *testing.T, b *testBox, h *testHub, code string) *victim {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childState+"="+filepath.Dir(b.c.Dir), childHub+"="+h.url, childCode+"="+code)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	v := &victim{cmd, in, bufio.NewReader(out)}
	if line, err := v.out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("the child says %q: %v", line, err)
	}
	return v
}

// kill lets the child begin and kills it after a while. It returns what the child has said: nothing
// if it was killed in the middle.
func (v *victim) kill(t *testing.T, after time.Duration) string {
	t.Helper()
	timer := time.AfterFunc(after, func() { _ = v.cmd.Process.Kill() })
	defer timer.Stop()
	_, _ = io.WriteString(v.in, "go\n") // it may be dead already
	said, err := io.ReadAll(v.out)
	if err != nil {
		t.Error(err)
	}
	_ = v.in.Close()
	_ = v.cmd.Wait() // killed or not
	return strings.TrimSpace(string(said))
}

func unlimited(c *enrol.RegistrarConfig) {
	c.Limits.Wrong = enrol.Rate{Each: 1e6, All: 1e6}
	c.Limits.Renew = enrol.Rate{Each: 1e6, All: 1e6}
}

// only checks that a site has one living gateway with one certificate, the one of the box.
func only(t *testing.T, h *testHub, b *testBox, site kiosk.SiteCode) {
	t.Helper()
	n := 0
	for _, g := range h.living(t) {
		if g.Site != site {
			continue
		}
		n++
		if s := b.Status(); g.ID != s.Gateway || g.Serial != serialOf(b.leaf(t)) {
			t.Errorf("the hub has %s %s, the box %s %s", g.ID, g.Serial, s.Gateway, serialOf(b.leaf(t)))
		}
	}
	if n != 1 {
		t.Errorf("%d living gateways at %s", n, site)
	}
	if got := files(t, b.c.Dir); got != "gateway.key line.json" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestKilledWhileEnrolling(t *testing.T) {
	t.Parallel()
	h := newHub(t, unlimited)
	killed := 0
	for round := range 5 {
		site := siteOf("killed" + string(rune('a'+round)))
		code := h.code(t, site, "")
		b := newBox(t, site)
		span := time.Duration(0)
		for range 5 {
			// The first is killed by the hub, when it has made up its mind and before it says so.
			v := start(t, b, h, code)
			if span == 0 {
				began := time.Now()
				f := func() { span = time.Since(began); _ = v.cmd.Process.Kill() }
				h.swallow.Store(1)
				h.swallowed.Store(&f)
				if said := v.kill(t, time.Minute); said != "" {
					t.Errorf("the child says %q", said)
				}
				h.swallowed.Store(nil)
				killed++
				continue
			}
			if said := v.kill(t, rand.N(2*span)); said == "" {
				killed++
			} else if said != "<nil>" {
				t.Errorf("the child says %q", said)
			}
		}
		b.again(t)
		if _, err := b.Enrol(t.Context(), h.url, code); err != nil {
			t.Fatal(err)
		}
		b.works(t, h)
		only(t, h, b, site)
	}
	t.Logf("killed %d of 25 times in the middle", killed)
}

func TestKilledWhileRenewing(t *testing.T) {
	t.Parallel()
	h := newHub(t, unlimited)
	b := enrolled(t, h, coTo)
	serials := map[string]bool{}
	span := 40 * time.Millisecond // longer on a machine on which none gets so far
	for range 20 {
		v := start(t, b, h, "")
		if said := v.kill(t, 5*time.Millisecond+rand.N(span)); said != "" {
			t.Fatalf("the child says %q", said)
		}
		b.again(t)
		if s := b.Status(); !s.Enrolled || s.Trouble != nil {
			t.Fatalf("after a kill: %+v", s)
		}
		b.works(t, h)
		if serials[serialOf(b.leaf(t))] = true; len(serials) < 2 {
			span += span / 2
		}
	}
	if len(serials) < 2 {
		t.Error("no child has ever renewed")
	}
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.works(t, h)
	only(t, h, b, coTo)
}

// Between the note with the new certificate and the key's new name there may be a power cut.
func TestCutWhileRenewing(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	at := func(name string) string { return filepath.Join(b.c.Dir, name) }
	old, err := os.ReadFile(at("gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, first := range [][]byte{old, nil, []byte("rubbish")} {
		if err := os.Rename(at("gateway.key"), at("gateway.key.next")); err != nil {
			t.Fatal(err)
		}
		if first != nil {
			if err := os.WriteFile(at("gateway.key"), first, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// And half of a file that was being written.
		if err := os.WriteFile(at("line.json.new-123"), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.again(t)
		b.works(t, h)
		only(t, h, b, coTo)
	}
}

// Leaving is finished by the next start, wherever it was cut.
func TestCutWhileLeaving(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	for name, cut := range map[string]func(dir string) error{
		"the note was renamed": func(dir string) error {
			return os.Rename(filepath.Join(dir, "line.json"), filepath.Join(dir, "leaving"))
		},
		"the key is gone": func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "line.json"), filepath.Join(dir, "leaving")); err != nil {
				return err
			}
			return os.Remove(filepath.Join(dir, "gateway.key"))
		},
	} {
		b := enrolled(t, h, siteOf(name))
		if err := cut(b.c.Dir); err != nil {
			t.Fatal(err)
		}
		b.again(t)
		if s := b.Status(); s.Enrolled || s.Trouble != nil || files(t, b.c.Dir) != "" {
			t.Errorf("%s: %+v, left behind %q", name, s, files(t, b.c.Dir))
		}
	}
}
