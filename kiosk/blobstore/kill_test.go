package blobstore_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
)

// An office is killed with SIGKILL while three officers scan and forget and the night's work goes
// on beside them, as often as BLOBSTORE_KILLS says. Then every page that was acknowledged is whole,
// what was forgotten is not there, and once a Rewrap that began later has ended, or NeedsRewrap
// says that there is nothing to do, the keys that somebody copied before open no more.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := 40
	if text := os.Getenv("BLOBSTORE_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("BLOBSTORE_KILLS: %v", err)
		}
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("BLOBSTORE_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("BLOBSTORE_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("BLOBSTORE_SEED=%d BLOBSTORE_KILLS=%d", seed, kills)
	const life = 10 // kills of one folder
	for first := 0; first < kills; first += life {
		t.Run(fmt.Sprintf("from=%d", first), func(t *testing.T) {
			t.Parallel()
			v := newVictim(t, rand.New(rand.NewPCG(seed, uint64(first))))
			for range min(life, kills-first) {
				v.round(t)
				if t.Failed() {
					return
				}
			}
			v.end(t)
		})
	}
}

// victim is one folder and everything that was acknowledged about it.
type victim struct {
	*box
	random *rand.Rand
	pages  map[kiosk.DossierID][]kiosk.Hash
	doubt  map[kiosk.DossierID]bool   // may be forgotten or not
	copied map[kiosk.DossierID][]byte // key files, as they lay there before the forgetting
	gone   map[kiosk.DossierID]bool   // forgotten, and a Rewrap has to have destroyed what wrapped it
	done   map[kiosk.DossierID]bool   // acknowledged to be forgotten
	begun  map[kiosk.DossierID]bool   // done when the Rewrap that is under way began
	counts struct{ pages, forgotten, rewraps int }
}

func newVictim(t *testing.T, random *rand.Rand) *victim {
	return &victim{
		box: newBox(t), random: random, pages: map[kiosk.DossierID][]kiosk.Hash{}, doubt: map[kiosk.DossierID]bool{},
		copied: map[kiosk.DossierID][]byte{}, gone: map[kiosk.DossierID]bool{}, done: map[kiosk.DossierID]bool{},
	}
}

// round runs a child, kills it, and looks at what it left.
func (v *victim) round(t *testing.T) {
	t.Helper()
	v.day = []kiosk.Day{20261130, 20261201}[v.random.IntN(2)]
	v.begun = nil
	for _, line := range v.kill(t, order{Dir: v.dir, Day: v.day, Seed: v.random.Uint64()}, v.random.IntN(3) == 0, time.Duration(v.random.Int64N(int64(100*time.Millisecond)))) {
		v.hear(t, line)
	}
	v.open()
	v.look(t)
}

// kill starts a child, kills it a while after its start, or after its first word, and returns what
// it acknowledged.
func (v *victim) kill(t *testing.T, what order, early bool, delay time.Duration) []string {
	t.Helper()
	o, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var stderr bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(o))
	cmd.ExtraFiles, cmd.Stderr = []*os.File{w}, &stderr
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	wait := time.Minute
	if early {
		wait = delay
	}
	timer := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var lines []string
	for in := bufio.NewScanner(r); in.Scan(); {
		if strings.HasPrefix(in.Text(), "put ") && wait > delay {
			wait = delay
			timer.Reset(delay)
		}
		lines = append(lines, in.Text())
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the office ended by itself: %v\n%s", err, &stderr)
	}
	return lines
}

// hear takes note of one line that a child wrote.
func (v *victim) hear(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	id := kiosk.DossierID("")
	if len(words) > 1 {
		id = kiosk.DossierID(words[1])
	}
	switch words[0] {
	case "put":
		hash, err := kiosk.ParseHash(words[2])
		if err != nil {
			t.Fatal(err)
		}
		v.pages[id] = append(v.pages[id], hash)
		v.counts.pages++
	case "forgetting":
		key, err := hex.DecodeString(words[2])
		if err != nil {
			t.Fatal(err)
		}
		v.copied[id], v.doubt[id] = key, true
	case "forgot":
		v.done[id] = true
		delete(v.doubt, id)
		v.counts.forgotten++
	case "rewrapping":
		v.begun = map[kiosk.DossierID]bool{}
		for id := range v.done {
			v.begun[id] = true
		}
	case "rewrapped":
		for id := range v.begun {
			v.gone[id] = true
		}
		v.counts.rewraps++
	default:
		t.Fatalf("the office wrote %q", line)
	}
}

// look holds what the child left against what was acknowledged.
func (v *victim) look(t *testing.T) {
	t.Helper()
	all := !v.store.NeedsRewrap()
	for id, hashes := range v.pages {
		there := 0
		for _, hash := range hashes {
			err := v.store.Verify(t.Context(), id, hash)
			switch {
			case err == nil:
				there++
			case v.done[id] || v.doubt[id]:
				if !errors.Is(err, blobstore.ErrNotFound) {
					t.Errorf("forgotten: %v", err)
				}
			default:
				t.Errorf("a page that was acknowledged: %v", err)
			}
		}
		if v.done[id] && there > 0 || v.doubt[id] && there > 0 && there < len(hashes) {
			t.Errorf("%d of %d pages are there after their forgetting, acknowledged: %v", there, len(hashes), v.done[id])
		}
		if v.doubt[id] && there == 0 {
			v.done[id] = true
			delete(v.doubt, id)
		} else {
			delete(v.doubt, id) // it lives on
		}
		v.gone[id] = v.gone[id] || all && v.done[id]
		if !v.done[id] {
			delete(v.copied, id)
		}
	}
	for id, file := range v.copied {
		by, text, _, why := blobstore.ParseKeyFile(file)
		if why != "" {
			t.Fatal(why)
		}
		if _, err := v.ring.Unwrap(by, text, blobstore.WrapAAD(id)); err == nil && v.gone[id] {
			t.Errorf("the key of forgotten %s still opens by %s", id, by)
		}
	}
}

// end does the night's work a last time: everything that was forgotten is gone for good.
func (v *victim) end(t *testing.T) {
	t.Helper()
	if _, err := v.store.Rewrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v.store.NeedsRewrap() || len(v.ring.Names()) > 1 {
		t.Errorf("still something to do, keys %v", v.ring.Names())
	}
	v.look(t)
	for id := range v.done {
		if !v.gone[id] {
			t.Errorf("%s is not gone", id)
		}
	}
	if v.counts.pages == 0 {
		t.Error("no page was acknowledged: nothing was tried")
	}
	t.Logf("%+v acknowledged", v.counts)
}
