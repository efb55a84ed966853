package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// newBadOffice is an office that somebody means ill.
func newBadOffice(t *testing.T) *webBox {
	t.Helper()
	b := newWebBox(t, 3)
	b.start(officeMorning())
	for _, login := range []string{"minh", "hoa", "tam"} {
		b.hire(login, "officer")
	}
	return b
}

// Thousands of wrong PINs from one machine hold up nobody else, and leave a handful of facts.
func TestWrongPINsByTheThousand(t *testing.T) {
	t.Parallel()
	b := newBadOffice(t)
	const guesses, hands = 5000, 8
	before, facts := b.resident(), len(b.facts())
	var sent, locked atomic.Int64
	var all sync.WaitGroup
	plain := "http://" + b.listen // where no bound of requests helps: only the lock does
	for range hands {
		c := newWebClient(t, plain, "127.0.0.4")
		all.Go(func() {
			for {
				n := sent.Add(1)
				if n > guesses {
					return
				}
				login := []string{"minh", "hoa", fmt.Sprintf("ai-do-%d", n)}[n%3]
				status, body, err := c.guess(t.Context(), login, fmt.Sprintf("%06d", n), "1")
				switch {
				case err != nil:
					t.Error(err)
					return
				case status == http.StatusTooManyRequests:
					locked.Add(1)
				case status != http.StatusUnauthorized:
					t.Errorf("a wrong PIN is answered %d %s", status, body)
				}
			}
		})
	}
	// Meanwhile an officer signs in again and again, at a PC of her own.
	fastest, signedIn := time.Hour, 0
	for ; sent.Load() < guesses || signedIn == 0; signedIn++ {
		began := time.Now()
		c := newWebClient(t, b.site, fmt.Sprintf("127.0.0.%d", 10+signedIn%200))
		if err := c.signIn(t.Context(), "tam", b.pins["tam"], ""); err != nil {
			t.Fatal(err)
		}
		fastest = min(fastest, time.Since(began))
	}
	all.Wait()
	if fastest > 2*time.Second {
		t.Errorf("each of %d sign-ins meanwhile took more than two seconds", signedIn)
	}
	// Those who were guessed at are not locked out for long by one machine's guesses: what it got in
	// before its own lock is seconds.
	for i, login := range []string{"minh", "hoa"} {
		c, waited := newWebClient(t, b.site, fmt.Sprintf("127.0.0.%d", 5+i)), 0
		for {
			err := c.signIn(t.Context(), login, b.pins[login], fmt.Sprint(1+i))
			if err == nil {
				break
			}
			if waited++; waited > 20 || !strings.Contains(err.Error(), `"locked"`) {
				t.Error(err)
				break
			}
			<-time.After(time.Second) // the lock's time is real
		}
	}
	if n := locked.Load(); n < guesses-20 {
		t.Errorf("of %d guesses only %d were refused without a look", guesses, n)
	}
	grown := len(b.facts()) - facts - signedIn
	if grown > 60+signedIn { // a session too many ends the oldest one
		t.Errorf("%d guesses are %d facts", guesses, grown)
	}
	after := b.resident()
	t.Logf("%d wrong PINs: %d not looked at, %d facts beside %d sign-ins (the fastest %v), %d → %d MB", guesses, locked.Load(), grown, signedIn, fastest, before, after)
	if after-before > 200 { // checking a PIN takes much memory for a moment, more so under the race detector
		t.Errorf("%d guesses cost %d MB", guesses, after-before)
	}
	b.verify()
}

// A form that another page made up, and one that is sent twice.
func TestForgedAndReplayedForms(t *testing.T) {
	t.Parallel()
	b := newBadOffice(t)
	b.issue("chung-thuc", 3)
	c := newWebClient(t, b.site, "127.0.0.2")
	if err := c.signIn(t.Context(), "minh", b.pins["minh"], "1"); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"csrf": {c.csrf}, "key": {"form-1"}, "counter": {"1"}, "day": {fmt.Sprint(c.page.Day)}, "hand": {""}, "number": {""}, "moves": {"0"}, "verb": {"call"}}
	for name, change := range map[string]func(url.Values){
		"no token":        func(f url.Values) { f.Del("csrf") },
		"a wrong token":   func(f url.Values) { f.Set("csrf", strings.Repeat("A", len(c.csrf))) },
		"another's token": func(f url.Values) { f.Set("csrf", other(t, b).csrf) },
	} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = slices.Clone(v)
		}
		change(bad)
		if status, body, err := c.form(t.Context(), "/counter/step", "text/html", bad); err != nil || status != http.StatusForbidden {
			t.Errorf("%s: %d %s %v", name, status, body, err)
		}
	}
	if got := b.moved("", "call"); got != 0 {
		t.Fatalf("forged forms have called %d numbers", got)
	}
	for range 3 { // a person presses "send it again"
		if status, body, err := c.form(t.Context(), "/counter/step", "text/html", form); err != nil || status != http.StatusSeeOther {
			t.Errorf("%d %s %v", status, body, err)
		}
	}
	if got := b.moved("", "call"); got != 1 {
		t.Errorf("one form has called %d numbers", got)
	}
	press := webPress{Key: "finish-1", Counter: "1", Verb: "finish", Number: "A001", Day: c.page.Day, Hand: "A001", Moves: 1}
	for i := range 3 {
		a, err := c.send(t.Context(), press)
		if err != nil || a.Status != http.StatusOK || a.Again != (i > 0) || a.State != "served" {
			t.Errorf("time %d: %+v %v", i+1, a, err)
		}
	}
	if got := b.moved("A001", "finish"); got != 1 {
		t.Errorf("finished %d times", got)
	}
	// The key of one press does not open another one's step.
	press.Verb, press.Number = "call", "A002"
	if a, err := c.send(t.Context(), press); err != nil || a.Status == http.StatusOK && a.State == "called" {
		t.Errorf("a used key calls: %+v %v", a, err)
	}
	b.verify()
}

func other(t *testing.T, b *webBox) *webClient {
	t.Helper()
	c := newWebClient(t, b.site, "127.0.0.3")
	if err := c.signIn(t.Context(), "hoa", b.pins["hoa"], ""); err != nil {
		t.Fatal(err)
	}
	return c
}

// A kill between the step and its answer: the answer is lost on the way, the gateway dies, and
// the same press finds that it was made.
func TestKillBetweenStepAndAnswer(t *testing.T) {
	t.Parallel()
	b := newBadOffice(t)
	b.issue("chung-thuc", 2)
	cable := newWebCable(t, b.lan, "127.0.0.2")
	c := newWebClient(t, cable.site(), "127.0.0.1")
	if err := c.signIn(t.Context(), "minh", b.pins["minh"], "1"); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"call", "serve", "finish"} {
		seen := c.page
		cable.deaf.Store(true)
		key := "only-once-" + verb
		lost := make(chan error, 1)
		go func() {
			_, err := c.step(t.Context(), key, verb)
			lost <- err
		}()
		webEventually(t, verb+" is in the log", func() bool { return b.moved("A001", verb) == 1 })
		b.kill()
		if err := <-lost; err == nil {
			t.Fatalf("%s was answered through a cable that loses answers", verb)
		}
		b.start(officeMorning().Add(time.Minute))
		cable.deaf.Store(false)
		c.page = seen // what the browser still shows
		a, err := c.step(t.Context(), key, verb)
		if err != nil || a.Status != http.StatusOK || !a.Again || a.Number != "A001" {
			t.Errorf("%s once more: %+v %v", verb, a, err)
		}
		if got := b.moved("A001", verb); got != 1 {
			t.Errorf("%s is in the log %d times", verb, got)
		}
	}
	if got := b.ticket("A001"); got.State != "served" {
		t.Errorf("A001 is %s", got.State)
	}
	if got := b.ticket("A002"); got.State != "waiting" {
		t.Errorf("A002 is %s: one press has called two", got.State)
	}
	b.verify()
}
