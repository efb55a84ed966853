package boltstore_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// An office is killed with SIGKILL while four citizens press and three officers call, as often
// as BOLTSTORE_KILLS says: while it opens, while it commits, while the second file is compacted.
// Now and then one of its files is taken away before it starts again. Then: no number that a
// citizen was told is lost, none is given twice, one is skipped only where a kill was, and what
// is kept is what the facts say. What was put on a shelf lies there, and the facts are one chain
// (boltstore.CheckFolder). Beside it a province takes what there is, and days that are over are
// pruned: what was settled stays so, and nothing is gone that was not.
//
// A kill spares the page cache; that the bytes reach the disk is shown by TestFsyncFails and
// by the strace test of cmd/kiosk.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := 300
	if text := os.Getenv("BOLTSTORE_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("BOLTSTORE_KILLS: %v", err)
		}
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("BOLTSTORE_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("BOLTSTORE_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("BOLTSTORE_SEED=%d BOLTSTORE_KILLS=%d", seed, kills)
	const life = 25 // kills of one folder: its check after each takes longer the more it holds
	var pruned atomic.Int32
	t.Cleanup(func() {
		if lives := kills / life; lives > 5 && pruned.Load() == 0 {
			t.Errorf("nothing was ever pruned in %d folders", lives)
		}
	})
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
			if v.pruned {
				pruned.Add(1)
			}
			t.Logf("%d tickets acknowledged, %d numbers skipped by %d kills", len(v.told), v.skipped, v.kills)
		})
	}
}

// victim is one folder and everything that was acknowledged about it.
type victim struct {
	dir     string
	random  *rand.Rand
	now     time.Time
	press   [pressers]int
	kills   int
	skipped int                // numbers that neither a citizen was told nor a database holds
	maySkip int                // by what was done to the folder
	asks    bool               // the second file was taken, and nobody has confirmed since
	places  map[uint64]bool    // of the facts that a hub may have seen
	told    map[ticketID]bool  // numbers that a citizen was told
	done    map[ticketID]bool  // tickets that an officer was told are finished
	kept    map[ticketID]bool  // tickets that the database has to have
	top     map[queueID]uint32 // the highest number of a queue so far
	given   map[queueID][]uint32
	shelved int // the last write to the shelf that was acknowledged
	// What was settled and received, as far as a database has to know it.
	settled  uint64
	feed     uint64
	received map[kiosk.DossierID]bool
	pruned   bool
}

type ticketID struct {
	day    kiosk.Day
	number kiosk.Number
}

type queueID struct {
	day     kiosk.Day
	service kiosk.ServiceCode
}

func newVictim(t *testing.T, random *rand.Rand) *victim {
	return &victim{
		dir: t.TempDir(), random: random, now: kiosktest.At(0),
		places: map[uint64]bool{}, told: map[ticketID]bool{}, done: map[ticketID]bool{}, kept: map[ticketID]bool{}, top: map[queueID]uint32{},
		received: map[kiosk.DossierID]bool{},
	}
}

// round runs a child, kills it, and looks at what it left.
func (v *victim) round(t *testing.T) {
	t.Helper()
	if v.random.IntN(6) == 0 {
		v.takeAway(t) // what the parent left in order
	}
	// A third is killed while it starts, the others while they work: from the first thing on that
	// they have acknowledged, because a busy machine starts nobody in a tenth of a second.
	starting := v.random.IntN(3) == 0
	delay := time.Duration(v.random.Int64N(int64(120 * time.Millisecond)))
	if starting {
		delay = time.Duration(v.random.Int64N(int64(30 * time.Millisecond)))
	}
	lines := v.kill(t, delay, starting)
	v.kills++
	v.maySkip++ // the commit that was under way
	v.given = map[queueID][]uint32{}
	v.now = v.now.Add(10 * time.Second)
	if v.kills%6 == 0 {
		v.now = v.now.Add(24 * time.Hour) // what is over can be pruned
	}
	fresh := map[ticketID]bool{}
	for _, line := range lines {
		v.hear(t, line, fresh)
	}
	if v.random.IntN(6) == 0 {
		v.takeAway(t) // what the killed office left as it was
	}
	v.look(t, fresh)
}

// takeAway takes one of the two files away, as a failing medium does.
func (v *victim) takeAway(t *testing.T) {
	t.Helper()
	name, other := boltstore.DBName, boltstore.NumbersName
	if v.random.IntN(2) == 0 {
		name, other = other, name
	}
	// One of them always has to be there: a child that was killed while it made the one that
	// was taken has not told anybody a number.
	if _, err := os.Stat(filepath.Join(v.dir, other)); err != nil {
		return
	}
	if err := os.Remove(filepath.Join(v.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if name == boltstore.DBName {
		v.kept, v.done = map[ticketID]bool{}, map[ticketID]bool{}
		v.shelved = 0
		v.settled, v.feed, v.received = 0, 0, map[kiosk.DossierID]bool{}
		v.maySkip += pressers // each had one that was kept and not told yet
	} else {
		v.asks = true
	}
}

// patience is how long a child may take to acknowledge anything.
const patience = time.Minute

// kill starts a child, kills it after a delay, from its start or from its first word on, and
// returns what it acknowledged.
func (v *victim) kill(t *testing.T, delay time.Duration, starting bool) []string {
	t.Helper()
	o, err := json.Marshal(order{Dir: v.dir, Now: v.now.Unix(), Press: v.press})
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
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if starting {
		timer.Reset(delay)
	}
	var lines []string
	for in := bufio.NewScanner(r); in.Scan(); {
		if lines = append(lines, in.Text()); len(lines) == 1 && !starting {
			timer.Reset(delay)
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the office ended by itself: %v\n%s", err, &stderr)
	}
	return lines
}

// hear takes note of one line that a child wrote.
func (v *victim) hear(t *testing.T, line string, fresh map[ticketID]bool) {
	t.Helper()
	var id ticketID
	var presser, n int
	var q queueID
	var seq uint32
	var place uint64
	if _, err := fmt.Sscanf(line, "issued %d %d %d %s %d %s %d", &presser, &n, &id.day, &q.service, &seq, &id.number, &place); err == nil {
		q.day = id.day
		v.given[q] = append(v.given[q], seq)
		if v.told[id] {
			t.Errorf("number %s of %s was given twice", id.number, id.day)
		}
		if v.places[place] {
			t.Errorf("place %d-%d in the order of facts was taken twice", place>>40, place&(1<<40-1))
		}
		v.places[place] = true
		v.told[id], v.kept[id], fresh[id] = true, true, true
		v.press[presser] = n + 1
		return
	}
	if _, err := fmt.Sscanf(line, "shelved %d", &n); err == nil {
		v.shelved = n
		return
	}
	if _, err := fmt.Sscanf(line, "settled %d %d", &place, &v.feed); err == nil {
		v.settled = max(v.settled, place)
		return
	}
	if name, ok := strings.CutPrefix(line, "received "); ok {
		v.received[kiosk.DossierID(name)] = true
		return
	}
	if _, err := fmt.Sscanf(line, "finished %d %s", &id.day, &id.number); err != nil {
		t.Fatalf("the office wrote %q", line)
	}
	v.done[id] = true
}

// look opens what the child left and holds it against what was acknowledged.
func (v *victim) look(t *testing.T, fresh map[ticketID]bool) {
	t.Helper()
	s, err := boltstore.Open(t.Context(), boltstore.WithNumbersRoom(boltstore.Options{Dir: v.dir, Wait: 10 * time.Second}, 16))
	if err != nil {
		t.Fatal(err)
	}
	records, err := s.Records(t.Context(), kiosk.Position{}, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	kept := kiosktest.Load(t, s, kiosktest.Site)
	// The days before may be pruned, or half-way so.
	records = slices.DeleteFunc(records, func(r kiosk.Record) bool { return r.Day != kept.Day })
	if want := kiosk.Replay(records); !reflect.DeepEqual(kept.Tickets, want) {
		t.Errorf("%d tickets are kept, the facts give %d, or others", len(kept.Tickets), len(want))
	}
	shelved, err := pair(t.Context(), s.Shelf(killShelf))
	if err != nil || shelved != v.shelved && shelved != v.shelved+1 {
		t.Errorf("the shelf says %d, %v; write %d was acknowledged", shelved, err, v.shelved)
	}
	v.shelved = shelved
	v.outbox(t, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	boltstore.CheckFolder(t, v.dir)

	found := map[ticketID]kiosk.TicketState{}
	keys := map[string]bool{}
	for _, ticket := range kept.Tickets {
		id := ticketID{ticket.Day, ticket.Number}
		if _, twice := found[id]; twice || keys[ticket.Key] {
			t.Errorf("ticket %s or its press %s is kept twice", ticket.Number, ticket.Key)
		}
		found[id], keys[ticket.Key] = ticket.State, true
		if v.told[id] && !v.kept[id] {
			t.Errorf("number %s was given again after the database was lost", ticket.Number)
		}
		q := queueID{ticket.Day, ticket.Service}
		v.given[q] = append(v.given[q], ticket.Seq)
	}
	before := func(id ticketID, _ bool) bool { return id.day < kept.Day }
	maps.DeleteFunc(v.kept, before)
	maps.DeleteFunc(v.done, before)
	for id := range v.kept {
		if _, ok := found[id]; !ok {
			t.Errorf("number %s of %s was told to a citizen and is lost (new: %v)", id.number, id.day, fresh[id])
		}
	}
	if kept.NumbersUnknown && !v.asks {
		t.Error("the second file was there all the time, but the numbers are unknown")
	}
	v.asks = kept.NumbersUnknown
	for id := range v.done {
		if found[id] != kiosk.Served {
			t.Errorf("ticket %s was finished and is %q", id.number, found[id])
		}
	}
	v.gaps(t)
}

// outbox holds what is left of the line against what was acknowledged: an acknowledgement never goes
// back, nothing is gone that was not acknowledged, and every dossier is there.
func (v *victim) outbox(t *testing.T, s *boltstore.Store) {
	t.Helper()
	b, err := s.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Acked.Order() < v.settled || b.Feed < v.feed {
		t.Errorf("acknowledged up to %v and %d, after %d-%d and %d", b.Acked, b.Feed, v.settled>>40, v.settled&(1<<40-1), v.feed)
	}
	if b.Acked.Before(b.Pruned) {
		t.Errorf("pruned up to %v, acknowledged up to %v", b.Pruned, b.Acked)
	}
	v.settled, v.feed = b.Acked.Order(), b.Feed
	v.pruned = v.pruned || b.Pruned.Seq > 0
	kept, err := s.Dossiers(t.Context(), kiosktest.Site, "", math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range kept {
		delete(v.received, d.Dossier.ID)
	}
	if len(v.received) > 0 {
		t.Errorf("dossiers were received and are lost: %v", v.received)
	}
	v.received = map[kiosk.DossierID]bool{}
	for _, d := range kept {
		v.received[d.Dossier.ID] = true
	}
}

// gaps counts the numbers that were skipped since the last look.
func (v *victim) gaps(t *testing.T) {
	t.Helper()
	for q, of := range v.given {
		slices.Sort(of)
		for _, seq := range slices.Compact(of) {
			if seq > v.top[q] {
				v.skipped += int(seq - v.top[q] - 1)
				v.top[q] = seq
			}
		}
	}
	if v.skipped > v.maySkip {
		t.Errorf("%d numbers skipped by %d kills, at most %d may be", v.skipped, v.kills, v.maySkip)
	}
}
