package kiosk_test

import (
	"testing"
	"time"

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
	if f := w.Snapshot().Faults; len(f) == 0 || f[0].Code != kiosk.FaultStoreReplaced {
		t.Errorf("faults %+v", f)
	}
	if err := w.ConfirmNumber(ctx, kiosktest.Certify, 41, "kioskctl"); err != nil {
		t.Fatal(err)
	}
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
