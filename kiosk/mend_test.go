package kiosk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestAFullDiskRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.store.Fail(1, kiosktest.FailBefore)
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeStoreFailed)
	s := w.Snapshot()
	if len(s.Tickets) != 1 || len(s.Faults) != 1 || s.Faults[0].Code != kiosk.FaultStore || s.Faults[0].Severity != kiosk.SeverityStop {
		t.Errorf("after the refusal: %d tickets, %+v", len(s.Tickets), s.Faults)
	}
	// At once it is not tried again; after a while it is, and as long as it fails it is refused.
	w.store.FailReopens(1)
	_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeStoreFailed)
	w.pass(6 * time.Second)
	_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeStoreFailed)
	w.pass(6 * time.Second)
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" {
		t.Errorf("after the disk has room again: %s", got.Number)
	}
	if f := w.Snapshot().Faults; len(f) != 0 {
		t.Errorf("faults %+v", f)
	}
}

// TestARefusedTicketThatReachedTheDisk: the fsync's answer was lost, the ticket was refused, and
// yet it is there. Nobody has its number: it is cancelled and not given again.
func TestARefusedTicketThatReachedTheDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store.Fail(1, kiosktest.FailAfter)
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify, Key: "k"})
	refused(t, err, kiosk.CodeStoreFailed)
	w.pass(6 * time.Second)
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" {
		t.Errorf("the next number is %s", got.Number)
	}
	if got, _ := w.Snapshot().Ticket("A001"); got.State != kiosk.Cancelled {
		t.Errorf("the refused one is %s", got.State)
	}
}

func TestTheNumbersFileFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store.Fail(1, kiosktest.FailNumbers)
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A001" { // the database kept it
		t.Errorf("got %s", got.Number)
	}
	if f := w.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultNumbersFile {
		t.Errorf("faults %+v", f)
	}
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeStoreFailed)
	w.pass(6 * time.Second)
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" {
		t.Errorf("got %s", got.Number)
	}
}

// TestBothFilesAreLost: nothing tells how far the numbers had come, so paper has to.
func TestBothFilesAreLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	memory := w.store.Store.(*kiosktest.Memory)
	memory.Lose(true)
	w.restart()
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeNumbersUnknown)
	if f := w.Snapshot().Faults; !slices.ContainsFunc(f, func(f kiosk.Fault) bool { return f.Code == kiosk.FaultStoreReplaced }) {
		t.Errorf("faults %+v", f)
	}
	if f := w.Snapshot().Faults; !slices.ContainsFunc(f, func(f kiosk.Fault) bool {
		return f.Code == kiosk.FaultNumbersUnknown && strings.Contains(f.Hint, string(kiosktest.Civil))
	}) {
		t.Errorf("nobody is told which numbers to confirm: %+v", f)
	}
	refused(t, w.ConfirmNumber(ctx, kiosktest.Certify, 41_000_000, "kioskctl"), kiosk.CodeBadNumber)
	if err := w.ConfirmNumber(ctx, kiosktest.Certify, 41, "kioskctl"); err != nil {
		t.Fatal(err)
	}
	refused(t, w.ConfirmNumber(ctx, kiosktest.Certify, 50, "kioskctl"), kiosk.CodeNotAsked)
	w.restart() // and the word is kept
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A042" {
		t.Errorf("after the word for 41: %s", got.Number)
	}
	_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Civil})
	refused(t, err, kiosk.CodeNumbersUnknown)
	refused(t, w.ConfirmNumber(ctx, "nothing", 1, "kioskctl"), kiosk.CodeUnknownService)
	// The next day has no paper of its own to ask.
	w.goOn((kiosktest.Monday + 2).At(8 * 60))
	if got := w.issue(kiosktest.Civil, ""); got.Number != "B001" {
		t.Errorf("two days later: %s", got.Number)
	}
}

// TestOnlyTheDatabaseIsLost: the second file goes on counting.
func TestOnlyTheDatabaseIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.issue(kiosktest.Certify, "")
	w.store.Store.(*kiosktest.Memory).Lose(false)
	w.restart()
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A003" {
		t.Errorf("after a lost database: %s", got.Number)
	}
}

// TestAKeyWhoseTicketWasRefused: the screen tries again with the key of its session. It must
// not be told that the ticket which mending has cancelled is its own.
func TestAKeyWhoseTicketWasRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store.Fail(1, kiosktest.FailAfter)
	press := kiosk.IssueRequest{Service: kiosktest.Certify, Key: "k"}
	_, err := w.IssueTicket(ctx, press)
	refused(t, err, kiosk.CodeStoreFailed)
	w.pass(6 * time.Second)
	for _, why := range []string{"pressed again", "and again", "after a power cut"} {
		got, err := w.IssueTicket(ctx, press)
		if err != nil || got.Number != "A002" || got.State != kiosk.Waiting {
			t.Errorf("%s: %s is %s, %v", why, got.Number, got.State, err)
		}
		if why == "and again" {
			w.restart()
		}
	}
}

// TestAKeyOutlivesItsTicket: a ticket that somebody cancelled was somebody's all the same.
func TestAKeyOutlivesItsTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	press := kiosk.IssueRequest{Service: kiosktest.Certify, Key: "k"}
	if _, err := w.IssueTicket(ctx, press); err != nil {
		t.Fatal(err)
	}
	w.move(kiosk.VerbCancel, "A001")
	if got, err := w.IssueTicket(ctx, press); err != nil || got.Number != "A001" {
		t.Errorf("the same press again: %s, %v", got.Number, err)
	}
}

// TestMendingFailsToo: a ticket that nobody was given must not stay in the queue because the
// first attempt to cancel it failed as well.
func TestMendingFailsToo(t *testing.T) {
	t.Parallel()
	for _, how := range []kiosktest.Fault{kiosktest.FailBefore, kiosktest.FailAfter, kiosktest.FailNumbers} {
		w := newWorld(t)
		w.store.Fail(1, kiosktest.FailAfter)
		w.store.Fail(2, how)
		press := kiosk.IssueRequest{Service: kiosktest.Certify}
		_, err := w.IssueTicket(ctx, press)
		refused(t, err, kiosk.CodeStoreFailed)
		w.pass(6 * time.Second)
		_, err = w.IssueTicket(ctx, press)
		refused(t, err, kiosk.CodeStoreFailed)
		if f := w.Snapshot().Faults; len(f) == 0 || f[0].Severity != kiosk.SeverityStop {
			t.Errorf("fault %d: nothing can be kept, yet the faults are %+v", how, f)
		}
		w.pass(6 * time.Second)
		if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" {
			t.Errorf("fault %d: the next number is %s", how, got.Number)
		}
		if got, _ := w.Snapshot().Ticket("A001"); got.State != kiosk.Cancelled {
			t.Errorf("fault %d: the refused one is %s", how, got.State)
		}
		if f := w.Snapshot().Faults; len(f) != 0 {
			t.Errorf("fault %d: faults %+v", how, f)
		}
	}
}

// TestAFullDiskIsTriedByWriting: it opens and reads well, so that only a write tells that there
// is room again; and that there was none is a fact.
func TestAFullDiskIsTriedByWriting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := 1; n <= 3; n++ {
		w.store.Fail(n, kiosktest.FailBefore)
	}
	for n := 1; n <= 3; n++ {
		_, err := w.CallNext(ctx, kiosktest.Counter1, "test")
		if n == 1 {
			_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
		}
		refused(t, err, kiosk.CodeStoreFailed)
		if f := w.Snapshot().Faults; len(f) != 1 || f[0].Code != kiosk.FaultStore {
			t.Errorf("while the disk is full: %+v", f)
		}
		w.pass(6 * time.Second)
	}
	w.issue(kiosktest.Certify, "")
	records, err := w.Records(ctx, kiosk.Position{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []bool
	for _, r := range records {
		if f, ok := r.Fact.(kiosk.FaultMoved); ok && f.Code == kiosk.FaultStore {
			got = append(got, f.Raised)
		}
	}
	if !slices.Equal(got, []bool{true, false}) {
		t.Errorf("facts of the store's failure: %v", got)
	}
}

// TestAnyCommitMayFail: whatever fails, and however, no number is given twice and nobody waits
// whose number was never given.
func TestAnyCommitMayFail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		given := map[string]bool{}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			switch rapid.IntRange(0, 6).Draw(r, "what") {
			case 0, 1:
				got, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
				if err != nil {
					continue
				}
				if given[got.Day.String()+string(got.Number)] {
					r.Fatalf("%s was given twice", got.Number)
				}
				given[got.Day.String()+string(got.Number)] = true
			case 2:
				_, _ = w.CallNext(ctx, kiosktest.Counter1, "test")
			case 3:
				if call := w.Snapshot().Counters[0]; call.Ticket != "" {
					_, _ = w.Move(ctx, kiosk.VerbFinish, call.Ticket, "test")
				}
			case 4, 5:
				how := rapid.SampledFrom([]kiosktest.Fault{kiosktest.FailBefore, kiosktest.FailAfter, kiosktest.FailNumbers}).Draw(r, "how")
				w.store.Fail(rapid.IntRange(1, 3).Draw(r, "commit"), how)
			case 6:
				w.pass(time.Duration(rapid.SampledFrom([]int{1, 6, 600, 9 * 3600, 24 * 3600}).Draw(r, "seconds")) * time.Second)
			}
		}
		for range 12 { // every fault has come and gone
			w.pass(6 * time.Second)
			_, _ = w.CallNext(ctx, kiosktest.Counter2, "test")
		}
		if f := w.Snapshot().Faults; len(f) != 0 {
			r.Fatalf("after mending: %+v", f)
		}
		for _, v := range w.Snapshot().Tickets {
			if !v.State.Final() && !given[v.Day.String()+string(v.Number)] {
				r.Fatalf("%s is %s and was never given", v.Number, v.State)
			}
		}
	})
}

// TestBothFilesAndTheClockAreLost: a surge took the disk, and the box wakes in 1970. The numbers
// of the day that the officer names are as unknown as those of the day it woke on.
func TestBothFilesAndTheClockAreLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	w.store.Store.(*kiosktest.Memory).Lose(true)
	w.set(time.Date(1970, 1, 1, 0, 0, 9, 0, time.UTC))
	w.restart()
	if err := w.ConfirmClock(ctx, kiosktest.Monday, "lead"); err != nil {
		t.Fatal(err)
	}
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeNumbersUnknown)
	if err := w.ConfirmNumber(ctx, kiosktest.Certify, 1, "kioskctl"); err != nil {
		t.Fatal(err)
	}
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" {
		t.Errorf("got %s", got.Number)
	}
	// The next day that the officer names is a day of its own.
	if err := w.ConfirmClock(ctx, kiosktest.Monday+2, "lead"); err != nil {
		t.Fatal(err)
	}
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	if got := w.issue(kiosktest.Civil, ""); got.Number != "B001" {
		t.Errorf("got %s", got.Number)
	}
}

// TestTheHallClosesThoughNothingIsKept: screens are told what time it is, also while the disk is
// gone for hours.
func TestTheHallClosesThoughNothingIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.runOnce()
	w.store.Fail(1, kiosktest.FailBefore)
	w.store.FailReopens(1 << 30)
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeStoreFailed)
	if s := w.Snapshot(); s.Hall.Phase != kiosk.HallOpen {
		t.Fatalf("at eight: %+v", s.Hall)
	}
	w.goOn(kiosktest.Monday.At(20 * 60))
	w.runOnce()
	if s := w.Snapshot(); s.Hall.Reason != kiosk.ClosedAfter || len(s.Faults) != 1 {
		t.Errorf("at eight in the evening: %+v, %+v", s.Hall, s.Faults)
	}
}

// TestANewCardInTheMiddleOfADay: nothing is left that could ask, but a technician knows.
func TestANewCardInTheMiddleOfADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.ConfirmNumber(ctx, kiosktest.Certify, 41, "kioskctl"); err != nil {
		t.Fatal(err)
	}
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A042" {
		t.Errorf("after the word for 41: %s", got.Number)
	}
	refused(t, w.ConfirmNumber(ctx, kiosktest.Certify, 99, "kioskctl"), kiosk.CodeNotAsked)
}
