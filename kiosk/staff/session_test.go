package staff_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

func TestASession(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token, s, err := w.SignIn(ctx, staff.SignIn{Login: " Lan ", Secret: lanPIN, Counter: "2", From: here + ":50001"})
	must(t, err)
	if f, by := w.disk.last(); f != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffSignedIn, Counter: "2"}) || by != "staff/o2" {
		t.Errorf("fact %+v by %s", f, by)
	}
	if len(token) != 43 || s.ID == "" || s.Officer.Code != "o2" || s.From != here || !s.Ends.Equal(morning.Add(15*time.Minute)) {
		t.Errorf("token of %d, session %+v, ends %v", len(token), s.ID, s.Ends)
	}
	w.reopen() // a restart
	again, err := w.Session(ctx, token, here+":50002")
	if err != nil || again.ID != s.ID || again.Counter != "2" || !again.Since.Equal(s.Since) {
		t.Errorf("%v, %v", again, err)
	}
	if at, ok := w.AtCounter("2"); !ok || at.ID != s.ID {
		t.Error("nobody at counter 2")
	}
	for _, c := range []kiosk.CounterCode{"", "1", "9"} {
		if _, ok := w.AtCounter(c); ok {
			t.Errorf("somebody at counter %q", c)
		}
	}
	changed := w.Changed()
	must(t, w.SignOut(ctx, token))
	<-changed
	must(t, w.SignOut(ctx, token)) // twice is once
	if n := w.disk.count(kiosk.StaffSignedOut); n != 1 {
		t.Errorf("signed out %d times", n)
	}
	for _, bad := range []string{token, "", "x", token + "x", s.ID} {
		_, err = w.Session(ctx, bad, here)
		refused(t, err, kiosk.CodeNoSession)
	}
	w.reopen()
	_, err = w.Session(ctx, token, here)
	refused(t, err, kiosk.CodeNoSession)
}

func TestATokenOnAnotherMachine(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token := w.sit("lan", lanPIN, "1")
	gone, cancel := context.WithCancel(ctx)
	cancel() // a thief who hangs up at once
	_, err := w.Session(gone, token, "192.168.1.66:1234")
	refused(t, err, kiosk.CodeOtherMachine)
	if f, by := w.disk.last(); f != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffMovedAway, Counter: "1"}) || by != "gateway" {
		t.Errorf("fact %+v by %s", f, by)
	}
	_, err = w.Session(ctx, token, here)
	refused(t, err, kiosk.CodeNoSession)
	w.reopen()
	_, err = w.Session(ctx, token, here)
	refused(t, err, kiosk.CodeNoSession)
}

func TestMachine(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.168.1.7": "192.168.1.7", "192.168.1.7:443": "192.168.1.7", "[::1]:443": "::1", "::1": "::1", "[FE80::1%eth0]:1": "fe80::1%eth0",
		"::FFFF:10.0.0.1": "10.0.0.1", "[::ffff:10.0.0.1]:9": "10.0.0.1", "touch/main": "touch/main", "": "", "a\nb": "a?b", "[": "",
	} {
		if got := staff.Machine(from); got != want {
			t.Errorf("%q: %q, want %q", from, got, want)
		}
	}
}

func TestOneSessionACounter(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	lan := w.sit("lan", lanPIN, "1")
	in := staff.SignIn{Login: "binh", Secret: binhPIN, Counter: "1", From: "192.168.1.8"}
	_, _, err := w.SignIn(ctx, in)
	var taken *staff.Taken
	if r := refused(t, err, kiosk.CodeCounterTaken); r.Subject != "1" || !errors.As(err, &taken) || taken.Session.Officer.Name != "Nguyễn Thị lan" || !taken.Session.Since.Equal(morning) {
		t.Errorf("refusal %+v", r)
	}
	in.TakeOver = true
	binh, _, err := w.SignIn(ctx, in)
	must(t, err)
	_, err = w.Session(ctx, lan, here)
	refused(t, err, kiosk.CodeNoSession)
	_, err = w.Session(ctx, binh, "192.168.1.8")
	must(t, err)
	facts := w.disk.facts[len(w.disk.facts)-2:]
	if facts[0] != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffReplaced, Counter: "1"}) || facts[1].What != kiosk.StaffSignedIn {
		t.Errorf("facts %+v", facts)
	}
	// The same officer does not sit at two.
	in.Counter, in.TakeOver = "2", false
	_, _, err = w.SignIn(ctx, in)
	if r := refused(t, err, kiosk.CodeCounterTaken); r.Subject != "1" {
		t.Errorf("refusal %+v", r)
	}
	in.TakeOver = true
	_, _, err = w.SignIn(ctx, in)
	must(t, err)
	if _, ok := w.AtCounter("1"); ok {
		t.Error("still at counter 1")
	}
	if s, ok := w.AtCounter("2"); !ok || s.Officer.Code != "o3" {
		t.Error("not at counter 2")
	}
}

func TestWhoMaySitWhere(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	sit := func(login, secret string, c kiosk.CounterCode) error {
		_, _, err := w.SignIn(ctx, staff.SignIn{Login: login, Secret: secret, Counter: c, From: here})
		return err
	}
	refused(t, sit("tech", techPIN, "1"), kiosk.CodeNotAllowed)
	must(t, sit("tech", techPIN, ""))
	refused(t, sit("lan", lanPIN, "9"), kiosk.CodeUnknownCounter)
	must(t, sit("lan", lanPIN, "3"))
	o := w.Officers()[1]
	o.Counters = []kiosk.CounterCode{"1"}
	_, err := w.Change(ctx, "staff/o1", o) // away from counter 3
	must(t, err)
	if _, ok := w.AtCounter("3"); ok {
		t.Error("still at counter 3")
	}
	refused(t, sit("lan", lanPIN, "3"), kiosk.CodeNotAllowed)
	must(t, sit("lan", lanPIN, "1"))
	must(t, w.Disable(ctx, "staff/o1", "o2"))
	if _, ok := w.AtCounter("1"); ok {
		t.Error("a disabled account still at counter 1")
	}
}

func TestSessionsWithoutCounterAreBounded(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	var tokens []string
	for range 10 {
		tokens = append(tokens, w.sit("lead", leadPass, ""))
		w.pass(time.Second)
	}
	if n := len(w.Sessions()); n != 4 {
		t.Errorf("%d sessions", n)
	}
	_, err := w.Session(ctx, tokens[9], here)
	must(t, err)
	_, err = w.Session(ctx, tokens[5], here)
	refused(t, err, kiosk.CodeNoSession)
}

func TestTwoAtOneCounterAtOnce(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	for range 50 {
		var wg sync.WaitGroup
		errs := make([]error, 2)
		tokens := make([]string, 2)
		for i, p := range people()[1:3] {
			wg.Go(func() {
				tokens[i], _, errs[i] = w.SignIn(ctx, staff.SignIn{Login: p.login, Secret: p.secret, Counter: "1", From: here})
			})
		}
		wg.Wait()
		in := 0
		if errs[0] != nil {
			in = 1
		}
		must(t, errs[in])
		refused(t, errs[1-in], kiosk.CodeCounterTaken)
		must(t, w.SignOut(ctx, tokens[in]))
	}
}

func TestAnIdleSessionEndsAtItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newOffice(t)
		w.cfg.Now = time.Now
		w.reopen()
		stop, cancel := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- w.Run(stop) }()
		token := w.sit("lan", lanPIN, "1")
		<-time.After(14 * time.Minute)
		_, err := w.Look(ctx, token, here) // keeps nobody signed in
		must(t, err)
		_, err = w.Session(ctx, token, here)
		must(t, err)
		<-time.After(15*time.Minute - time.Second)
		_, err = w.Look(ctx, token, here)
		must(t, err)
		changed := w.Changed()
		<-time.After(2 * time.Second)
		<-changed
		if f, by := w.disk.last(); f != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffIdle, Counter: "1"}) || by != "gateway" {
			t.Errorf("fact %+v by %s", f, by)
		}
		_, err = w.Session(ctx, token, here)
		refused(t, err, kiosk.CodeNoSession)
		cancel()
		must(t, <-done)
	})
}

// TestWhoServesIsNotIdle: an officer who listens to a citizen presses nothing.
func TestWhoServesIsNotIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hand atomic.Bool
		w := newOffice(t)
		w.cfg.Now = time.Now
		w.cfg.Serving = func(c kiosk.CounterCode) bool { return c == "1" && hand.Load() }
		w.reopen()
		stop, cancel := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- w.Run(stop) }()
		looks := func(token string) error {
			_, err := w.Look(ctx, token, here)
			return err
		}
		hand.Store(true)
		lan, binh := w.sit("lan", lanPIN, "1"), w.sit("binh", binhPIN, "2")
		<-time.After(16 * time.Minute)
		must(t, looks(lan))
		refused(t, looks(binh), kiosk.CodeNoSession) // whose hand is free
		<-time.After(44 * time.Minute)
		must(t, looks(lan))
		hand.Store(false) // the lead has finished it: from now on it is idle
		<-time.After(14 * time.Minute)
		must(t, looks(lan))
		<-time.After(2 * time.Minute)
		refused(t, looks(lan), kiosk.CodeNoSession)

		hand.Store(true) // and somebody who has left it all as it is
		lan = w.sit("lan", lanPIN, "1")
		<-time.After(2*time.Hour - time.Second)
		must(t, looks(lan))
		<-time.After(2 * time.Second)
		if n := w.disk.count(kiosk.StaffIdle); n != 3 {
			t.Errorf("%d sessions have ended by idling", n)
		}
		refused(t, looks(lan), kiosk.CodeNoSession)
		cancel()
		must(t, <-done)
	})
}

// TestIdleWithABrokenDisk: the session opens nothing any more, and its end is written as soon as
// the disk takes it.
func TestIdleWithABrokenDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newOffice(t)
		w.cfg.Now = time.Now
		w.reopen()
		token := w.sit("lan", lanPIN, "1")
		stop, cancel := context.WithCancel(ctx)
		done := make(chan error)
		w.disk.failAt = w.disk.steps + 1
		go func() { done <- w.Run(stop) }()
		<-time.After(15*time.Minute + time.Second)
		if n := w.disk.count(kiosk.StaffIdle); n != 0 {
			t.Fatalf("%d facts", n)
		}
		if _, ok := w.AtCounter("1"); ok {
			t.Error("still shown at counter 1")
		}
		<-time.After(30 * time.Second)
		if n := w.disk.count(kiosk.StaffIdle); n != 1 {
			t.Errorf("%d facts", n)
		}
		_, err := w.Session(ctx, token, here)
		refused(t, err, kiosk.CodeNoSession)
		cancel()
		must(t, <-done)
	})
}

func TestSeenIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token := w.sit("lan", lanPIN, "1")
	before := w.disk.writes
	for range 600 {
		w.pass(time.Second)
		_, err := w.Session(ctx, token, here)
		must(t, err)
	}
	if n := w.disk.writes - before; n != 10 {
		t.Errorf("%d writes in ten minutes", n)
	}
	w.reopen()
	w.pass(13 * time.Minute)
	_, err := w.Session(ctx, token, here)
	must(t, err)
}

// TestAClockThatIsPutBack: nobody stays signed in, or locked, for longer than the rules say.
func TestAClockThatIsPutBack(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token := w.sit("lan", lanPIN, "1")
	for range 12 {
		_ = w.try("binh", wrongPIN, "x")
		w.pass(16 * time.Minute)
		_, _ = w.Session(ctx, token, here)
	}
	token = w.sit("lan", lanPIN, "1")
	_ = w.try("binh", wrongPIN, "x")
	w.pass(-1000 * time.Hour)
	_, err := w.Look(ctx, token, here)
	must(t, err)
	refused(t, w.try("binh", binhPIN, here), kiosk.CodeLocked)
	w.pass(15 * time.Minute)
	_, err = w.Look(ctx, token, here)
	refused(t, err, kiosk.CodeNoSession)
	must(t, w.try("binh", binhPIN, here))
}

// TestManyReaders: the book under everybody at once.
func TestManyReaders(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	stop, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- w.Run(stop) }()
	var wg sync.WaitGroup
	for i, p := range people()[1:3] {
		wg.Go(func() {
			for range 40 {
				c := kiosk.CounterCode(fmt.Sprint(i + 1))
				token, _, err := w.SignIn(ctx, staff.SignIn{Login: p.login, Secret: p.secret, Counter: c, From: here, TakeOver: true})
				if err != nil {
					t.Error(err)
					return
				}
				w.Officers()
				w.AtCounter(c)
				if _, err := w.Session(ctx, token, here); err != nil {
					t.Error(err)
				}
				if err := w.SignOut(ctx, token); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 40 {
			o := staff.Officer{Code: "o4", Login: "tech", Name: fmt.Sprint("Thợ ", i), Role: kiosk.RoleTechnician}
			if _, err := w.Change(ctx, "x", o); err != nil {
				t.Error(err)
			}
			if _, err := w.CheckPIN(ctx, techPIN, "touch/main"); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	cancel()
	must(t, <-done)
	if n := len(w.Sessions()); n != 0 {
		t.Errorf("%d sessions", n)
	}
}
