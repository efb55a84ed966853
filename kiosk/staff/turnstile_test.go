package staff_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// threshold is a turnstile over a disk in memory, with a clock of its own.
type threshold struct {
	*staff.Turnstile
	t    *testing.T
	disk *disk
	mu   sync.Mutex
	now  time.Time
	seen atomic.Int32 // passphrases that were looked at
}

func newThreshold(t *testing.T) *threshold {
	t.Helper()
	th := &threshold{t: t, disk: newDisk(), now: morning}
	th.reopen()
	return th
}

func (th *threshold) reopen() {
	th.t.Helper()
	var err error
	th.Turnstile, err = staff.OpenTurnstile(ctx, staff.TurnstileConfig{Shelf: th.disk, Recorder: th.disk, Now: func() time.Time {
		th.mu.Lock()
		defer th.mu.Unlock()
		return th.now
	}})
	if err != nil {
		th.t.Fatal(err)
	}
}

func (th *threshold) pass(d time.Duration) {
	th.mu.Lock()
	defer th.mu.Unlock()
	th.now = th.now.Add(d)
}

func (th *threshold) try(right bool, from string) error {
	return th.Try(ctx, from, func() (bool, error) {
		th.seen.Add(1)
		return right, nil
	})
}

func TestWrongPassphrasesOfOneMachine(t *testing.T) {
	t.Parallel()
	th := newThreshold(t)
	for range 3 {
		refused(t, th.try(false, here), kiosk.CodeWrongPassphrase)
	}
	if th.disk.count(kiosk.StaffUnlockRefused) != 2 || th.disk.count(kiosk.StaffUnlockHeld) != 1 {
		t.Errorf("facts %+v", th.disk.facts)
	}
	th.reopen() // kept over restarts
	if r := refused(t, th.try(true, here), kiosk.CodeLocked); r.Hint != "5" || th.seen.Load() != 3 {
		t.Errorf("hint %q after %d looks", r.Hint, th.seen.Load())
	}
	th.pass(-24 * time.Hour) // a box without a battery
	if r := refused(t, th.try(true, here), kiosk.CodeLocked); r.Hint != "5" {
		t.Errorf("hint %q under a clock that was put back", r.Hint)
	}
	if err := th.try(false, "10.0.0.9"); err == nil || refused(t, err, kiosk.CodeWrongPassphrase) == nil {
		t.Error("another machine waits as well")
	}
	th.pass(5 * time.Second)
	must(t, th.try(true, here))
	if n := len(th.disk.items); n != 0 {
		t.Errorf("%d rows are left behind an open box", n)
	}
	for range 2 {
		refused(t, th.try(false, here), kiosk.CodeWrongPassphrase)
	}
	must(t, th.try(true, here)) // a new row
}

// Who has a hundred addresses is slowed as well; who knows the passphrase gets a turn.
func TestWrongPassphrasesOfManyMachines(t *testing.T) {
	t.Parallel()
	th := newThreshold(t)
	tried := 0
	for i := range 600 { // ten minutes, once a second
		err := th.try(false, fmt.Sprint("10.0.0.", i%200))
		if r, ok := errors.AsType[*kiosk.Refusal](err); ok && r.Code == kiosk.CodeWrongPassphrase {
			tried++
		}
		th.pass(time.Second)
	}
	if tried > 30 || tried != int(th.seen.Load()) {
		t.Errorf("%d guesses in ten minutes, %d looks", tried, th.seen.Load())
	}
	if n := len(th.disk.facts); n > staff.NobodysFacts {
		t.Errorf("%d facts", n)
	}
	th.pass(30 * time.Second)
	th.reopen()
	must(t, th.try(true, here))
}

// What nobody went on with is forgotten, in memory and on the shelf.
func TestOldPassphrasesAreForgotten(t *testing.T) {
	t.Parallel()
	th := newThreshold(t)
	for i := range 5 {
		refused(t, th.try(false, fmt.Sprint("10.0.0.", i)), kiosk.CodeWrongPassphrase)
	}
	th.pass(61 * time.Minute)
	refused(t, th.try(false, here), kiosk.CodeWrongPassphrase)
	if n := len(th.disk.items); n != 2 {
		t.Errorf("%d rows on the shelf: %v", n, th.disk.items)
	}
}

func TestPassphrasesAtOnce(t *testing.T) {
	t.Parallel()
	th := newThreshold(t)
	var busy, looks atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			err := th.Try(ctx, here, func() (bool, error) {
				if busy.Add(1) != 1 {
					t.Error("two are looked at together")
				}
				looks.Add(1)
				<-time.After(time.Millisecond)
				busy.Add(-1)
				return false, nil
			})
			if err == nil {
				t.Error("a wrong one passed")
			}
		})
	}
	all.Wait()
	if n := looks.Load(); n != 3 {
		t.Errorf("%d were looked at before the first wait", n)
	}
}

func TestPassphrasesThatFailOtherwise(t *testing.T) {
	t.Parallel()
	th := newThreshold(t)
	// An error of the look counts for nobody.
	for range 9 {
		if err := th.Try(ctx, here, func() (bool, error) { return false, errDisk }); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
	}
	// A browser that hangs up has guessed all the same.
	for range 3 {
		gone, cancel := context.WithCancel(ctx)
		err := th.Try(gone, here, func() (bool, error) { cancel(); return false, nil })
		refused(t, err, kiosk.CodeWrongPassphrase)
	}
	refused(t, th.try(true, here), kiosk.CodeLocked)
	// A full disk gives no free guesses, and keeps nobody out.
	th = newThreshold(t)
	for n := range 3 {
		th.disk.failAt = th.disk.steps + 1 + n%2
		refused(t, th.try(false, here), kiosk.CodeWrongPassphrase)
	}
	refused(t, th.try(true, here), kiosk.CodeLocked)
	th.pass(5 * time.Second)
	th.disk.failAt = th.disk.steps + 1
	must(t, th.try(true, here))
	th.Opened(ctx, "web/unlock")
	if f, by := th.disk.last(); f.What != kiosk.StaffUnlocked || by != "web/unlock" {
		t.Errorf("fact %+v by %s", f, by)
	}
}
