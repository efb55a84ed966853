package secret_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/secret"
)

// childEnv, set in the environment, makes this test binary one that keeps keys until it is killed.
// Its value is a folder.
const childEnv = "SECRET_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		fmt.Fprintln(os.Stderr, keepKeys(dir, os.NewFile(3, "ack")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// keepKeys takes box after box through the whole life of its keys, and says what was done before it
// goes on: the last step of the last box is the one in doubt.
func keepKeys(dir string, ack *os.File) error {
	ctx := context.Background()
	for n := 0; ; n++ {
		box := filepath.Join(dir, strconv.Itoa(n))
		if err := os.Mkdir(box, 0o700); err != nil {
			return err
		}
		say := func(format string, args ...any) error {
			_, err := fmt.Fprintf(ack, "%d "+format+"\n", append([]any{n}, args...)...)
			return err
		}
		l, err := secret.Open(ctx, box, secret.Unlock{New: secret.FromFile})
		if err != nil {
			return err
		}
		print := l.Key().Derive("a")
		if err := say("made %x", print); err != nil {
			return err
		}
		r, err := secret.OpenRing(box, l.Key())
		if err != nil {
			return err
		}
		first, err := r.Present(november)
		if err != nil {
			return err
		}
		wrapped, err := r.Wrap(first, l.Key(), nil)
		if err != nil {
			return err
		}
		if err := say("wrapped %s %x", first, wrapped); err != nil {
			return err
		}
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"set", func() error { return secret.Cheap(l).SetPassphrase(ctx, phrase) }},
			{"turned", func() error { _, err := r.Turn(november); return err }},
			{"changed", func() error { return l.ChangePassphrase(ctx, phrase, other) }},
			{"destroyed", func() error { return r.Destroy(first) }},
		} {
			if err := step.do(); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			if err := say("%s", step.name); err != nil {
				return err
			}
		}
	}
}

// TestKill kills it as often as SECRET_KILLS says, after a random number of its words and a while,
// and looks at every box: the key is there, under the passphrase that was acknowledged last or the
// one that was on its way; a wrapping key is whole, or gone for good.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := 30
	if text := os.Getenv("SECRET_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("SECRET_KILLS: %v", err)
		}
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	boxes, finished := 0, 0
	for range kills {
		dir := t.TempDir()
		told := kill(t, dir, random.IntN(12), time.Duration(random.Int64N(int64(5*time.Millisecond))))
		entries, err := os.ReadDir(dir)
		must(t, err)
		for _, e := range entries {
			boxes++
			done := told[e.Name()]
			if done["destroyed"] != nil {
				finished++
			}
			lookAt(t, filepath.Join(dir, e.Name()), done)
		}
	}
	t.Logf("%d boxes, %d at the end of their keys", boxes, finished)
	if boxes < kills/2 {
		t.Errorf("%d boxes by %d kills: nothing was tried", boxes, kills)
	}
}

// kill runs a child and returns what it acknowledged, by box and step.
func kill(t *testing.T, dir string, words int, delay time.Duration) map[string]map[string][]string {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	var stderr bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.ExtraFiles, cmd.Stderr = []*os.File{w}, &stderr
	err = cmd.Start()
	w.Close()
	must(t, err)
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if words == 0 {
		timer.Reset(4 * delay) // while it starts
	}
	told := map[string]map[string][]string{}
	n := 0
	for in := bufio.NewScanner(r); in.Scan(); {
		if n++; n == words {
			timer.Reset(delay)
		}
		f := strings.Fields(in.Text())
		if told[f[0]] == nil {
			told[f[0]] = map[string][]string{}
		}
		told[f[0]][f[1]] = f[2:]
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("it ended by itself: %v\n%s", err, &stderr)
	}
	return told
}

// lookAt opens a box as the next start does and holds it against what was acknowledged.
func lookAt(t *testing.T, dir string, done map[string][]string) {
	t.Helper()
	l := locked(t, dir, secret.Unlock{New: secret.FromFile})
	if done["set"] != nil && l.Key() != nil {
		t.Error("open, after a passphrase was set")
	}
	if l.Key() == nil {
		err := l.Unlock(t.Context(), other)
		switch {
		case done["changed"] != nil || err == nil:
			must(t, err)
		default:
			must(t, l.Unlock(t.Context(), phrase))
		}
		if err == nil && done["turned"] == nil {
			t.Error("the passphrase was changed before anybody asked")
		}
	}
	if made := done["made"]; made != nil {
		if print := l.Key().Derive("a"); hex.EncodeToString(print[:]) != made[0] {
			t.Error("another key")
		}
	}
	r, err := secret.OpenRing(dir, l.Key())
	must(t, err)
	if w := done["wrapped"]; w != nil {
		name, err := secret.ParseWrapName(w[0])
		must(t, err)
		text, err := hex.DecodeString(w[1])
		must(t, err)
		k, err := r.Unwrap(name, text, nil)
		switch {
		case done["destroyed"] != nil && !errors.Is(err, secret.ErrNoKey):
			t.Errorf("destroyed: %v", err)
		case done["changed"] != nil && errors.Is(err, secret.ErrNoKey): // destroyed, which it could not say
		case done["destroyed"] == nil && (err != nil || k.Derive("a") != l.Key().Derive("a")):
			t.Errorf("wrapped: %v", err)
		}
	}
	// Whatever was cut off can be done now, and leaves nothing lying about.
	if l.Source() == secret.FromFile {
		must(t, l.SetPassphrase(t.Context(), phrase))
	}
	_, err = r.Turn(november)
	must(t, err)
	for _, name := range folder(t, dir) {
		if name != "box.key.sealed" && name != "keys" {
			t.Errorf("left behind: %s", name)
		}
	}
	for _, name := range folder(t, filepath.Join(dir, "keys")) {
		if !strings.HasSuffix(name, ".key") {
			t.Errorf("left behind: keys/%s", name)
		}
	}
}
