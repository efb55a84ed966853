package staff_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
)

func TestDelays(t *testing.T) {
	t.Parallel()
	for wrong, want := range map[int]time.Duration{
		0: 0, 1: 0, 2: 0, 3: 5 * time.Second, 4: 10 * time.Second, 5: 20 * time.Second, 9: 320 * time.Second,
		10: 640 * time.Second, 11: 15 * time.Minute, 12: 15 * time.Minute, 13: 15 * time.Minute, 14: 15 * time.Minute, 1000: 15 * time.Minute,
	} {
		if got := staff.Delay(wrong); got != want {
			t.Errorf("after %d: %v, want %v", wrong, got, want)
		}
	}
}

func TestLockOut(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	for i := range 3 { // from three machines, so that only the account is locked
		refused(t, w.try("lan", wrongPIN, fmt.Sprint("10.0.0.", i)), kiosk.CodeSignIn)
	}
	if f, _ := w.disk.last(); f != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffLocked}) {
		t.Errorf("fact %+v", f)
	}
	if w.disk.count(kiosk.StaffRefused) != 1 || w.disk.count(kiosk.StaffLocked) != 1 {
		t.Errorf("facts %+v", w.disk.facts)
	}
	looks, facts := w.hasher.looks(), len(w.disk.facts)
	w.reopen() // kept across restarts
	for range 100 {
		if r := refused(t, w.try("lan", lanPIN, here), kiosk.CodeLocked); r.Hint != "5" {
			t.Fatalf("hint %q", r.Hint)
		}
	}
	if w.hasher.looks() != looks || len(w.disk.facts) != facts {
		t.Error("a locked account was looked at")
	}
	if until := w.Officers()[1].LockedUntil; !until.Equal(morning.Add(5 * time.Second)) {
		t.Errorf("locked until %v", until)
	}
	w.pass(4500 * time.Millisecond)
	if r := refused(t, w.try("lan", lanPIN, here), kiosk.CodeLocked); r.Hint != "1" {
		t.Errorf("hint %q", r.Hint)
	}
	w.pass(500 * time.Millisecond)
	refused(t, w.try("lan", wrongPIN, "10.0.0.4"), kiosk.CodeSignIn)
	if r := refused(t, w.try("lan", lanPIN, here), kiosk.CodeLocked); r.Hint != "10" {
		t.Errorf("hint %q", r.Hint)
	}
	must(t, w.Unlock(ctx, "staff/o1", "o2"))
	if f, by := w.disk.last(); f != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffChanged, Detail: "unlocked"}) || by != "staff/o1" {
		t.Errorf("fact %+v by %s", f, by)
	}
	must(t, w.try("lan", lanPIN, here))
	refused(t, w.try("lan", wrongPIN, "10.0.0.5"), kiosk.CodeSignIn)
	refused(t, w.try("lan", wrongPIN, "10.0.0.6"), kiosk.CodeSignIn)
	must(t, w.try("lan", lanPIN, here))
	refused(t, w.try("lan", wrongPIN, "10.0.0.7"), kiosk.CodeSignIn) // a new row
	if until := w.Officers()[1].LockedUntil; !until.IsZero() {
		t.Errorf("locked until %v", until)
	}
}

// TestAnUnknownLoginIsLikeAKnownOne: in its answers, its locks, its work and its writing.
func TestAnUnknownLoginIsLikeAKnownOne(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	must(t, w.Disable(ctx, "x", "o3"))
	trace := func(login, secret string) string {
		var out strings.Builder
		for i := range 8 {
			if i == 5 {
				w.reopen()
			}
			looks, writes, facts := w.hasher.looks(), w.disk.writes, len(w.disk.facts)
			err := w.try(login, secret, fmt.Sprintf("%s-%d", login, i))
			fmt.Fprint(&out, err, w.hasher.looks()-looks, w.disk.writes-writes, len(w.disk.facts)-facts, ";")
			if i%2 == 1 {
				w.pass(6 * time.Second)
			}
		}
		return out.String()
	}
	want := trace("lan", wrongPIN)
	if !strings.Contains(want, "locked") || !strings.Contains(want, "sign-in") {
		t.Fatalf("the known one: %s", want)
	}
	if got := trace("nobody", wrongPIN); got != want {
		t.Errorf("an unknown one: %s\nwant %s", got, want)
	}
	if got := trace("binh", binhPIN); got != want {
		t.Errorf("a disabled one: %s\nwant %s", got, want)
	}
	if got := trace("O'; DROP", wrongPIN); got != want {
		t.Errorf("an odd one: %s\nwant %s", got, want)
	}
}

func TestAMachineIsLocked(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	for i := range 3 {
		refused(t, w.try(fmt.Sprint("nobody", i), wrongPIN, "10.0.0.9:"+strconv.Itoa(i)), kiosk.CodeSignIn)
	}
	refused(t, w.try("lan", lanPIN, "10.0.0.9:4"), kiosk.CodeLocked)
	must(t, w.try("lan", lanPIN, here))
	for i := range 3 * staff.MaxMachines {
		_ = w.try("nobody", wrongPIN, fmt.Sprint("10.1.", i))
		w.pass(20 * time.Minute)
	}
	if n := w.Machines(); n > staff.MaxMachines {
		t.Errorf("%d rows of machines", n)
	}
}

func TestPINs(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	for pin, code := range map[string]kiosk.OfficerCode{lanPIN: "o2", binhPIN: "o3", techPIN: "o4"} {
		o, err := w.CheckPIN(ctx, pin, "touch/main")
		if err != nil || o.Code != code {
			t.Errorf("%s: %v, %v; want %s", pin, o, err, code)
		}
	}
	must(t, w.Disable(ctx, "x", "o3"))
	for _, pin := range []string{wrongPIN, binhPIN} {
		_, err := w.CheckPIN(ctx, pin, "touch/main")
		if r := refused(t, err, kiosk.CodeSignIn); *r != (kiosk.Refusal{Code: kiosk.CodeSignIn}) {
			t.Errorf("%s: the refusal says %+v", pin, r)
		}
	}
	_, err := w.CheckPIN(ctx, leadPass, "touch/main") // a passphrase is none
	refused(t, err, kiosk.CodeSignIn)
	_, err = w.CheckPIN(ctx, lanPIN, "touch/main")
	refused(t, err, kiosk.CodeLocked)
	if f, _ := w.disk.last(); f != (kiosk.StaffMoved{What: kiosk.StaffLocked, Detail: "touch/main"}) {
		t.Errorf("fact %+v", f)
	}
	w.pass(5 * time.Second)
	for range 10 { // one wrong one now and then holds nobody up
		_, err = w.CheckPIN(ctx, lanPIN, "touch/main")
		must(t, err)
		_, err = w.CheckPIN(ctx, wrongPIN, "touch/main")
		refused(t, err, kiosk.CodeSignIn)
	}
}

// TestOwnPINsDoNotBuyGuesses: who has a PIN cannot try three others between two right ones.
func TestOwnPINsDoNotBuyGuesses(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	guesses := 0
	for range 100 {
		for range 3 {
			if _, err := w.CheckPIN(ctx, wrongPIN, "touch/main"); refusalCode(err) == kiosk.CodeSignIn {
				guesses++
			}
		}
		if _, err := w.CheckPIN(ctx, lanPIN, "touch/main"); err == nil {
			continue
		}
		w.pass(5 * time.Second)
	}
	if guesses > 210 {
		t.Errorf("%d guesses in 500 s", guesses)
	}
}

func refusalCode(err error) kiosk.Code {
	if r, ok := err.(*kiosk.Refusal); ok {
		return r.Code
	}
	return ""
}

// TestLockOutAgainstAModel: whatever is tried in whatever order, what is looked at and what is
// locked is as a few lines of rules say.
func TestLockOutAgainstAModel(t *testing.T) {
	t.Parallel()
	type counted struct {
		wrong int
		last  time.Time
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newOffice(t)
		accounts, machines := map[string]counted{}, map[string]counted{}
		now := func(m map[string]counted, k string) counted {
			if w.clock().Sub(m[k].last) >= time.Hour {
				return counted{}
			}
			return m[k]
		}
		free := func(m map[string]counted, k string) bool {
			c := now(m, k)
			return !w.clock().Before(c.last.Add(staff.Delay(c.wrong)))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) {},
			"try": func(rt *rapid.T) {
				p := rapid.SampledFrom(people()).Draw(rt, "person")
				from := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "from")
				pin := wrongPIN
				if rapid.IntRange(0, 3).Draw(rt, "right") == 0 {
					pin = p.secret
				}
				code := refusalCode(w.try(p.login, pin, from))
				a, m := now(accounts, p.login), now(machines, from)
				switch {
				case !free(accounts, p.login) || !free(machines, from):
					if code != kiosk.CodeLocked {
						rt.Fatalf("%q, want locked", code)
					}
				case pin == wrongPIN:
					if code != kiosk.CodeSignIn {
						rt.Fatalf("%q, want sign-in", code)
					}
					accounts[p.login] = counted{a.wrong + 1, w.clock()}
					machines[from] = counted{m.wrong + 1, w.clock()}
				default:
					if code != "" {
						rt.Fatalf("%q for a right one", code)
					}
					accounts[p.login] = counted{}
					machines[from] = counted{m.wrong / 2, m.last}
				}
			},
			"pass": func(rt *rapid.T) {
				w.pass(time.Duration(rapid.SampledFrom([]int{1, 5, 10, 60, 900, 3600}).Draw(rt, "seconds")) * time.Second)
			},
			"restart": func(*rapid.T) {
				w.reopen()
				clear(machines)
			},
		})
	})
}

// TestThousandsOfWrongPINs: bounded in facts, writes and looks, whoever they are said to be.
func TestThousandsOfWrongPINs(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	steps := w.disk.steps
	for i := range 20_000 {
		_ = w.try(fmt.Sprint("guess", i), strconv.Itoa(100_000+i), "10.0.0.1")
		_, _ = w.CheckPIN(ctx, strconv.Itoa(100_000+i), "touch/main")
		w.pass(100 * time.Millisecond)
	}
	// Half an hour of guessing: twelve looks each.
	if n := w.hasher.looks(); n > 40 {
		t.Errorf("%d looks", n)
	}
	if n := w.disk.steps - steps; n > 80 {
		t.Errorf("%d durable steps", n)
	}
	// And from thousands of machines, for a day.
	facts := len(w.disk.facts)
	for i := range 20_000 {
		_ = w.try(fmt.Sprint("guess", i), wrongPIN, fmt.Sprint("10.", i))
		w.pass(24 * time.Hour / 20_000)
	}
	if n := len(w.disk.facts) - facts; n > 25*staff.NobodysFacts {
		t.Errorf("%d facts in a day", n)
	}
	if n := len(w.disk.items); n > 1100 {
		t.Errorf("%d items on the shelf", n)
	}
	must(t, w.try("lan", lanPIN, here))
}

// TestACrowdWithTheRealHasher: a thousand wrong ones at once cost a few hashes and little memory.
func TestACrowdWithTheRealHasher(t *testing.T) {
	w := newOffice(t)
	key, err := secret.OpenKey(t.TempDir())
	must(t, err)
	w.cfg.Hasher = secret.NewHasher(key)
	w.reopen()
	must(t, w.SetSecret(ctx, "x", "o2", lanPIN))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	var wg sync.WaitGroup
	for i := range 1000 {
		wg.Go(func() {
			if err := w.try("lan", strconv.Itoa(300_000+i), here); err == nil {
				t.Error("a wrong PIN was right")
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	// What they cost is counted in hashes: how long those take is the machine's affair.
	hashed := (after.TotalAlloc - before.TotalAlloc) / (19 << 20)
	if hashed != 3 {
		t.Errorf("%d hashes, want 3: then it is locked", hashed)
	}
	t.Logf("1000 wrong ones in %v, %d hashes", took, hashed)
}

func TestWhoWaitsCanLeave(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	inside, out := make(chan struct{}), make(chan struct{})
	w.hasher.meanwhile(func() {
		select {
		case inside <- struct{}{}:
			<-out
		default:
		}
	})
	first := make(chan error)
	go func() { first <- w.try("lan", lanPIN, here) }()
	<-inside
	w.hasher.meanwhile(nil)
	leave, cancel := context.WithCancel(ctx)
	second := make(chan error)
	go func() {
		_, _, err := w.SignIn(leave, staff.SignIn{Login: "binh", Secret: binhPIN, From: here})
		second <- err
	}()
	cancel()
	if err := <-second; err != context.Canceled {
		t.Errorf("error %v", err)
	}
	close(out)
	must(t, <-first)
}

// TestNoFactHoldsAnAddress: facts go up to the province, and a person's PC is named in the log of
// the box alone. A screen of the office is nobody's.
func TestNoFactHoldsAnAddress(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	var log bytes.Buffer
	w.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.reopen()
	token := w.sit("binh", binhPIN, "2")
	for _, from := range []string{"10.1.2.3", "::ffff:10.1.2.4", "fe80::1%eth0"} {
		refused(t, w.try("lan", wrongPIN, from), kiosk.CodeSignIn)
		refused(t, w.try("nobody", wrongPIN, from), kiosk.CodeSignIn)
	}
	if _, err := w.CheckPIN(ctx, wrongPIN, "touch/main"); err == nil {
		t.Error("a wrong PIN was taken")
	}
	_, err := w.Session(ctx, token, "10.1.2.5:99")
	refused(t, err, kiosk.CodeOtherMachine)
	seen := 0
	for _, f := range w.disk.facts {
		if f.Detail != "" && f.Detail != "touch/main" {
			t.Errorf("a fact says %q: %+v", f.Detail, f)
		}
		if f.What == kiosk.StaffRefused || f.What == kiosk.StaffLocked || f.What == kiosk.StaffMovedAway {
			seen++
		}
	}
	if seen < 5 {
		t.Errorf("only %d facts of guesses", seen)
	}
	for _, from := range []string{"10.1.2.3", "fe80::1%eth0", "10.1.2.5", "touch/main"} {
		if !strings.Contains(log.String(), "from="+from+" ") && !strings.Contains(log.String(), "from="+from+"\n") {
			t.Errorf("the log does not name %s:\n%s", from, &log)
		}
	}
}
