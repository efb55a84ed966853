package kiosk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestParkAndReleaseBlobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := kiosktest.Dossier(300, 1) // more than go in one transaction
	at := w.receive(d).At
	place := func(i uint32) kiosk.BlobPlace { return kiosk.BlobPlace{Filed: at, Index: i} }
	must(t, w.ParkBlob(ctx, place(999), "hash-differs")) // does not wait
	for _, i := range []uint32{0, 7, 299} {
		must(t, w.ParkBlob(ctx, place(i), "hash-differs"+strings.Repeat("é", 30)))
	}
	parked, err := w.ParkedBlobs(ctx, 10)
	if err != nil || len(parked) != 3 || parked[2].Index != 299 || parked[2].Dossier != d.ID || !strings.HasPrefix(parked[2].Why, "hash-differs") {
		t.Errorf("parked: %+v, %v", parked, err)
	}
	if two, err := w.ParkedBlobs(ctx, 2); err != nil || len(two) != 2 || two[1].Index != 7 {
		t.Errorf("two of them: %+v, %v", two, err)
	}
	end := w.Last()
	must(t, w.ParkBlob(ctx, place(7), "hash-differs"))
	if w.Last() != end {
		t.Error("a blob was parked twice")
	}
	f, ok := w.lastFacts(1)[0].Fact.(kiosk.BlobMoved)
	if !ok || f.Dossier != d.ID || f.State != kiosk.BlobParked || f.Why != "hash-differs"+strings.Repeat("é", 18) || f.Hash != d.Pages[299].Hash {
		t.Errorf("fact: %+v", f)
	}
	if b := w.waiting(); b.Parked != 3 || b.Blobs != 300 || !w.has(kiosk.FaultBlobsParked) {
		t.Errorf("backlog %+v, faults %+v", b, w.Snapshot().Faults)
	}
	w.restart()
	w.runOnce()
	if !w.has(kiosk.FaultBlobsParked) {
		t.Error("the fault did not outlive the power cut")
	}
	n, err := w.ReleaseBlobs(ctx, "kioskctl")
	if b := w.waiting(); err != nil || n != 3 || b.Parked != 0 || b.Blobs != 300 || w.has(kiosk.FaultBlobsParked) {
		t.Errorf("%d released, %v, backlog %+v", n, err, b)
	}
	if r := w.lastFacts(1)[0]; r.By != "kioskctl" || r.Fact.(kiosk.BlobMoved).State != kiosk.BlobPending {
		t.Errorf("fact: %+v", r)
	}
	end = w.Last()
	if n, err := w.ReleaseBlobs(ctx, "kioskctl"); err != nil || n != 0 || w.Last() != end {
		t.Errorf("released again: %d, %v", n, err)
	}
	// The province takes a parked one after all, and nobody tells the office: it looks by itself.
	must(t, w.ParkBlob(ctx, place(0), "quota"))
	must(t, w.store.Settle(ctx, kiosk.Settled{Blobs: []kiosk.BlobPlace{place(0)}}))
	w.pass(time.Minute)
	w.runOnce()
	if w.has(kiosk.FaultBlobsParked) {
		t.Error("the fault stands for nothing")
	}
}

func TestBeginEpoch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.issue(kiosktest.Certify, kiosk.NoPriority)
	was := w.Last()
	mark := kiosk.Position{Epoch: was.Epoch, Seq: was.Seq + 40}
	must(t, w.BeginEpoch(ctx, mark, kiosk.EpochOlder, "hub"))
	r := w.lastFacts(1)[0]
	if r.Fact != (kiosk.EpochBegun{After: was, Mark: mark, Why: kiosk.EpochOlder}) || r.Seq != 1 || r.Epoch != kiosk.EpochAt(kiosktest.At(0)) || w.Last() != r.Position {
		t.Errorf("fact: %+v", r)
	}
	// Said again, because the answer was lost: the epoch stands.
	must(t, w.BeginEpoch(ctx, mark, kiosk.EpochOlder, "hub"))
	w.restart()
	must(t, w.BeginEpoch(ctx, mark, kiosk.EpochOlder, "hub"))
	if w.Last() != r.Position {
		t.Errorf("begun once more: %v", w.Last())
	}
	// Nothing is given before each number is known; the higher one counts.
	w.runOnce()
	if !w.has(kiosk.FaultNumbersUnknown) {
		t.Error("nobody is asked for the numbers")
	}
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify, By: "touch/main"})
	refused(t, err, kiosk.CodeNumbersUnknown)
	must(t, w.ConfirmNumber(ctx, kiosktest.Civil, 41, "hub"))
	must(t, w.ConfirmNumber(ctx, kiosktest.Certify, 0, "hub"))
	if next := w.issue(kiosktest.Civil, kiosk.NoPriority); next.Seq != 42 {
		t.Errorf("the next number is %d", next.Seq)
	}
	if next := w.issue(kiosktest.Certify, kiosk.NoPriority); next.Seq != old.Seq+1 {
		t.Errorf("the next number is %d, after our own %d", next.Seq, old.Seq)
	}
	_, err = w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Guidance, By: "touch/main"})
	refused(t, err, kiosk.CodeNumbersUnknown)
	must(t, w.ConfirmNumber(ctx, kiosktest.Guidance, 0, "hub"))
	if w.has(kiosk.FaultNumbersUnknown) {
		t.Error("still asked")
	}

	// A mark beyond our clock: behind it. A mark that nobody can have: not believed.
	far := kiosk.Position{Epoch: kiosk.MaxEpoch / 2, Seq: 1}
	must(t, w.BeginEpoch(ctx, far, kiosk.EpochOlder, "hub"))
	if got := w.Last(); got != (kiosk.Position{Epoch: far.Epoch + 1, Seq: 1}) {
		t.Errorf("went on at %v", got)
	}
	end := w.Last()
	refused(t, w.BeginEpoch(ctx, kiosk.Position{Epoch: kiosk.MaxEpoch - 1, Seq: 1}, kiosk.EpochOlder, "hub"), kiosk.CodeBadRequest)
	if w.Last() != end {
		t.Error("a mark that cannot be moved the epoch")
	}
	if _, err := w.VerifyLog(ctx); err != nil {
		t.Error(err)
	}
}

func TestRecordLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, w.RecordLine(ctx, kiosk.LineMoved{What: kiosk.LineEnrolled, Detail: "gw-1\x00" + strings.Repeat("x", 200)}, "kioskctl"))
	r := w.lastFacts(1)[0]
	if f := r.Fact.(kiosk.LineMoved); f.What != kiosk.LineEnrolled || len(f.Detail) != 80 || strings.Contains(f.Detail, "\x00") || r.By != "kioskctl" {
		t.Errorf("fact: %+v", r)
	}
}
