package kiosk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// outages holds which outages the day's facts have.
func (w *world) outages(want ...kiosk.OutageSeen) {
	w.t.Helper()
	records, err := w.DayRecords(ctx, kiosktest.Monday)
	if err != nil {
		w.t.Fatal(err)
	}
	var got []kiosk.OutageSeen
	for _, r := range records {
		if f, ok := r.Fact.(kiosk.OutageSeen); ok {
			got = append(got, f)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("outages %v, want %v", got, want)
	}
}

// slow is what a box without a battery shows when it wakes: some hours too early.
const slow = 3 * time.Hour

// wake is a start whose clock is slow until somebody sets it.
func (w *world) wake() {
	w.t.Helper()
	w.set(w.wall.Add(-slow))
	w.restart()
	if w.Snapshot().Clock.Sure {
		w.t.Fatal("the clock is sure")
	}
}

// confirmed sets the slow clock right and has an officer say so.
func (w *world) confirmed() error {
	w.set(w.wall.Add(slow))
	return w.ConfirmClock(ctx, kiosktest.Monday, "lead")
}

// busyWorld is an open hall with somebody waiting; what it returns is the last that is known.
func busyWorld(t *testing.T) (w *world, last time.Time) {
	w = newWorld(t)
	w.runOnce()
	w.issue(kiosktest.Certify, "")
	return w, w.wall
}

// TestAnOutageIsNotedOnceTheDateIsSure, with the moment of the start and not that of the word.
func TestAnOutageIsNotedOnceTheDateIsSure(t *testing.T) {
	t.Parallel()
	w, from := busyWorld(t)
	w.pass(40 * time.Minute)
	back := w.wall
	w.wake()
	w.pass(7 * time.Minute)
	w.call(kiosktest.Counter2)
	w.outages()
	if err := w.confirmed(); err != nil {
		t.Fatal(err)
	}
	w.outages(kiosk.OutageSeen{From: from, To: back})
	w.issue(kiosktest.Certify, "")
	w.restart()
	w.outages(kiosk.OutageSeen{From: from, To: back})
}

// TestTheDateIsSureWhileNobodyActs: two witnesses agree, and a look at a screen is the first to
// see it. The next thing that is kept must not hide the outage from the next start.
func TestTheDateIsSureWhileNobodyActs(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"a step", "the end"} {
		w, from := busyWorld(t)
		w.pass(40 * time.Minute)
		back := w.wall
		w.set(time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC))
		w.restart()
		if err := w.ConfirmClock(ctx, kiosktest.Monday, "lead"); err != nil {
			t.Fatal(err)
		}
		w.pass(5 * time.Minute)
		w.outages()
		w.set(back.Add(5 * time.Minute))
		if !w.Snapshot().Clock.Sure {
			t.Fatal("the clock is unsure")
		}
		if how == "a step" {
			w.call(kiosktest.Counter2)
		} else if err := w.Close(ctx); err != nil {
			t.Fatal(err)
		}
		w.restart()
		w.outages(kiosk.OutageSeen{From: from, To: back})
	}
}

// TestThePowerGoesAgainBeforeTheDateIsSure: what ran in between, without a time of its own, was
// no outage, and nothing is lost or told twice.
func TestThePowerGoesAgainBeforeTheDateIsSure(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"confirmed", "sure at the start"} {
		w, from := busyWorld(t)
		w.pass(30 * time.Minute)
		w.wake()
		for range 20 {
			w.pass(time.Minute)
			w.runOnce() // the box keeps how long it runs
		}
		w.outages()
		w.set(w.wall.Add(slow))
		w.pass(10 * time.Minute)
		want := kiosk.OutageSeen{From: from, To: w.wall.Add(-20 * time.Minute)}
		if how == "confirmed" {
			w.wake()
			w.pass(3 * time.Minute)
			w.outages()
			if err := w.confirmed(); err != nil {
				t.Fatal(err)
			}
		} else {
			w.restart()
		}
		w.outages(want)
		w.pass(30 * time.Second)
		w.restart()
		w.outages(want)
		// The next one begins anew.
		last := w.issue(kiosktest.Certify, "").IssuedAt
		w.pass(5 * time.Minute)
		w.restart()
		w.outages(want, kiosk.OutageSeen{From: last, To: w.wall})
	}
}

// TestAnOutageOutlivesABrokenStore: the officer's word was refused, and so was the outage.
func TestAnOutageOutlivesABrokenStore(t *testing.T) {
	t.Parallel()
	for _, how := range []kiosktest.Fault{kiosktest.FailBefore, kiosktest.FailAfter} {
		w, from := busyWorld(t)
		w.pass(40 * time.Minute)
		back := w.wall
		w.wake()
		w.pass(time.Minute)
		w.store.Fail(1, how)
		refused(t, w.confirmed(), kiosk.CodeStoreFailed)
		w.pass(6 * time.Second)
		if err := w.ConfirmClock(ctx, kiosktest.Monday, "lead"); err != nil {
			t.Fatal(err)
		}
		w.outages(kiosk.OutageSeen{From: from, To: back})
	}
}

// TestABrokenStoreIsNoOutage: the box ran, and a quiet hall has no newer fact than this one.
func TestABrokenStoreIsNoOutage(t *testing.T) {
	t.Parallel()
	w, _ := busyWorld(t)
	w.pass(9 * time.Minute)
	w.store.Fail(1, kiosktest.FailBefore)
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeStoreFailed)
	w.pass(6 * time.Second)
	w.issue(kiosktest.Certify, "")
	w.outages()
}
